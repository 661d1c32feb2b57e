import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Wait } from '../../src/gateway/sync/calls.ts';
import { NOBODY, type Outcome, type Watcher } from '../../src/gateway/sync/watcher.ts';
import { type OpenedSync, openSync } from '../../src/openSync.ts';
import { type RunningSandbox, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { KnownRecord, Store } from '../../src/store/store.ts';
import { merge } from './store.ts';

/** Simulated providers, and processes that sync them into one store: with a clock that stands until somebody waits. */

export interface TestClock extends Clock {
  readonly wait: Wait;
  /** Every wait so far, in milliseconds. */
  readonly waits: readonly number[];
  pass(ms: number): void;
}

const START = Date.UTC(2026, 4, 4, 8);

/** Whoever waits finds the time passed. */
function createTestClock(): TestClock {
  let time = START;
  const waits: number[] = [];
  return {
    now: () => time,
    elapsed: () => time,
    waits,
    pass(ms) {
      time += ms;
    },
    async wait(ms, stop) {
      stop.throwIfAborted();
      waits.push(ms);
      time += ms;
    },
  };
}

export interface Syncing {
  readonly sandbox: Sandbox;
  readonly clock: TestClock;
  /** The store that everything is synced into, looked at from beside. */
  readonly store: Store;
  readonly database: string;
  readonly environment: Record<string, string>;
  provider(id: string): RunningSandbox;
  /** What another process would be. */
  open(watcher?: Partial<Watcher>, environment?: Record<string, string>): Promise<OpenedSync>;
  /** Runs one provider once, in a process of its own as far as anything remembered goes. */
  run(provider: string, options?: { readonly full?: boolean }): Promise<Outcome>;
  /** Everything that is known of a provider. */
  known(provider: string): Promise<readonly KnownRecord[]>;
}

export async function startSyncing(options: SandboxOptions = {}): Promise<Syncing> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-sync-'));
  const clock = createTestClock();
  const sandbox = await startSandbox({ customers: 20, clock: clock.now, ...options });
  const database = join(folder, 'a.db');
  const store = openSqliteStore(database, merge);
  const environment = {
    ...sandbox.env,
    ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `file:${database}`, SYNC_INTERVAL: '0' },
  };
  onTestFinished(async () => {
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open: Syncing['open'] = (watcher = {}, more = {}) =>
    openSync({ ...environment, ...more }, { ...NOBODY, ...watcher }, { clock, syncing: { wait: clock.wait } });
  return {
    sandbox,
    clock,
    store,
    database,
    environment,
    provider: (id) => sandbox.provider(id),
    open,
    async run(provider, how) {
      const opened = await open();
      try {
        return await opened.sync.run(provider, how);
      } finally {
        await opened.close();
      }
    },
    async known(provider) {
      return store.page(provider, 0, 100_000);
    },
  };
}

/** Lists a provider once into a store, as `clientele sync` does. */
export async function syncOnce(environment: Record<string, string>, provider: string, clock?: Clock): Promise<void> {
  const { sync, close } = await openSync(environment, NOBODY, clock && { clock });
  const { state } = await sync.run(provider).finally(close);
  if (state !== 'COMPLETE') throw new Error(`the sync of ${provider} was ${state}`);
}

/** The calls of a provider's listing, as the query that each was asked with. */
export const listCalls = (provider: RunningSandbox): readonly Readonly<Record<string, string>>[] =>
  provider.calls.filter(({ method, path }) => method === 'GET' && LISTS.test(path)).map(({ query }) => query);

const LISTS = /^\/(?:customers|webapi\/customers|api\/v1\/customers\/list\.json)$/;

/** What a listing is called in the answers of each provider. */
export const LIST_ROUTE: Readonly<Record<string, { readonly route: string; readonly key: string }>> = {
  octobat: { route: '/customers', key: 'data' },
  'cycle-software': { route: '/api/v1/customers/list.json', key: 'customers' },
  nutcache: { route: '/webapi/customers', key: 'customers' },
};

type Json = Record<string, unknown>;

/** Has a provider's listing say something else from now on. */
export function lie(provider: RunningSandbox, change: (records: Json[], page: Json) => unknown): void {
  const { route = '', key = '' } = LIST_ROUTE[provider.id] ?? {};
  provider.fault({
    kind: 'mutate',
    route,
    change(json) {
      const page = json as Json;
      const records = change(page[key] as Json[], page);
      return Array.isArray(records) ? { ...page, [key]: records } : page;
    },
  });
}

export const idIn = (record: Json): string => String(record.customer_id ?? record.id);
