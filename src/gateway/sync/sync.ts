import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Directory } from '../directory/directory.ts';
import type { Member } from '../gateway.ts';
import type { Wait } from './calls.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { runSync } from './run.ts';
import { keepRunning } from './schedule.ts';
import { NOBODY, type Outcome, type Watcher } from './watcher.ts';

/** What is known of the copies of the providers' listings. */
export interface SyncView {
  /** Whether this gateway begins to copy by itself; otherwise somebody has to have it done. */
  readonly runsByItself: boolean;
  /** null: the provider is not configured, or can't be listed. */
  coverageOf(provider: string): Promise<Coverage | null>;
  /**
   * Waits for a first listing of everything that is under way or about to begin, so that a question right after the start
   * does not find nothing. Resolves when it has ended, whatever came of it, so long after its start, or at once where there
   * is none.
   */
  firstRun(provider: string, withinMs: number): Promise<void>;
}

/** Keeps the directory's copies complete: lists what the providers have, and keeps it. */
export interface Sync extends SyncView {
  /** Runs every provider that can be listed, now and by the interval. Without an interval nothing is begun. */
  start(): void;
  /** Runs one provider once. It never throws for what goes wrong on the way: that is the outcome. */
  run(provider: string, options?: { readonly full?: boolean }): Promise<Outcome>;
  /** Ends what runs as soon as what it is keeping is kept; nothing begins any more. */
  stop(): Promise<void>;
}

export interface SyncOptions {
  /** 0: nothing runs by itself. */
  readonly intervalMs: number;
  readonly wait?: Wait;
  readonly watcher?: Watcher;
}

export interface SyncParts {
  readonly member: ReadonlyMap<string, Member>;
  readonly store: Store;
  readonly directory: Pick<Directory, 'keep'>;
  readonly clock: Clock;
  /** The last write that can't come any more, as none before it can: a listing that begins now shows what they have made. */
  readonly lateTo: () => Promise<number>;
  readonly unforeseen: (error: unknown, requestId: string) => void;
}

/** How often it is looked whether another process has come to the end of its first run. */
const LOOK_MS = 100;

const waiting: Wait = (ms, signal) => pause(ms, undefined, { signal });

export function createSync(parts: SyncParts, options: SyncOptions): Sync {
  const { member, store, clock, unforeseen } = parts;
  const { intervalMs, wait = waiting, watcher = NOBODY } = options;
  const stopping = new AbortController();
  const stop = stopping.signal;
  /** What runs now, by provider, and since when. */
  const running = new Map<string, { readonly work: Promise<Outcome>; readonly startedAt: number }>();
  const schedules: Promise<void>[] = [];

  function run(provider: string, full = false): Promise<Outcome> {
    const holder = member.get(provider);
    const connection = holder?.connection;
    if (!holder || !connection || !isListed(holder)) throw cantBeListed(holder, provider);
    const work = runSync({ ...parts, wait, watcher }, holder, connection, { full, stop }).then((outcome) => {
      running.delete(provider);
      watcher.ended(outcome);
      return outcome;
    });
    running.set(provider, { work, startedAt: clock.now() });
    return work;
  }

  async function coverage(provider: string): Promise<Coverage | null> {
    const holder = member.get(provider);
    return holder && isListed(holder) ? coverageOf(store, holder, clock) : null;
  }

  return {
    start() {
      if (intervalMs === 0) return;
      for (const each of member.values()) {
        if (!isListed(each)) continue;
        const schedule = { ...{ store, clock, wait, intervalMs, stop, unforeseen } };
        schedules.push(keepRunning(schedule, each.id, run(each.id), () => run(each.id)));
      }
    },
    run: async (provider, { full = false } = {}) => {
      await running.get(provider)?.work;
      return run(provider, full);
    },
    async stop() {
      stopping.abort();
      await Promise.all([...schedules, ...[...running.values()].map(({ work }) => work)]);
    },
    runsByItself: intervalMs > 0,
    coverageOf: coverage,
    async firstRun(provider, withinMs) {
      const until = performance.now() + withinMs;
      while (performance.now() < until && !stop.aborted) {
        const now = await coverage(provider);
        const here = running.get(provider);
        if (!now || now.isListed || (now.state !== 'RUNNING' && !here)) return;
        // A listing that takes long may take hours: then nobody waits.
        const startedAt = here?.startedAt ?? now.startedAt?.getTime() ?? 0;
        if (clock.now() - startedAt >= withinMs) return;
        // One of this process tells when it ends; another's is looked at.
        await Promise.race([...(here ? [here.work] : []), pause(LOOK_MS, undefined, { ref: false })]);
      }
    },
  };
}

/** Whether there is a listing to copy. */
export const isListed = ({ provider, connection }: Member): boolean =>
  connection?.list !== undefined && provider.capabilities.LIST.support === 'NATIVE';

/** Why a provider can't be synced, for people. */
export function whyNotListed({ provider, connection }: Member): string {
  if (!connection) return `${provider.title} is not configured here.`;
  return provider.capabilities.LIST.note ?? `${provider.title} has no list.`;
}

const cantBeListed = (member: Member | undefined, provider: string): GatewayError =>
  new GatewayError('CAPABILITY_UNSUPPORTED', member ? whyNotListed(member) : 'There is no such provider.', {
    provider,
  });
