import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../contract/provider.ts';
import type { CallLimits } from '../../http/transport.ts';
import type { RecordKey } from '../../ids/ids.ts';
import type { KnownRecord, Store } from '../../store/store.ts';
import { liveRecord, type ProviderRecord } from '../record.ts';
import type { Calls } from './calls.ts';
import type { Seen } from './seen.ts';

/** So many records that a listing left out are looked for in one run; the next one goes on. */
const MOST_SOUGHT = 1_000;
/** What came of so many is written down together. */
const TOGETHER = 20;
const KNOWN_PAGE = 500;

export interface SeekParts {
  readonly provider: string;
  readonly connection: Connection;
  readonly store: Store;
  readonly calls: Calls;
  readonly clock: Clock;
  /** What the listing had, and which were known when it began. */
  readonly seen: Pick<Seen, 'places' | 'last'>;
  readonly keep: (records: readonly ProviderRecord[]) => Promise<void>;
  /** Is told of what was looked for: how many of them are missing, and the place that the next run goes on behind. */
  readonly sought: (missing: number, place: number) => Promise<void>;
}

/**
 * Looks by id for the records that a listing left out: listings lie, and offsets shift while they are walked. Only one that
 * its provider says it does not have is missing.
 * @param from goes on behind this place
 * @returns the place to go on from in the next run; 0: all were looked for
 * @throws GatewayError of the provider
 */
export async function seekMissing(parts: SeekParts, from: number): Promise<number> {
  const { provider, connection, store } = parts;
  const { places, last } = parts.seen;
  if (!connection.read) return 0;
  const isSought = ({ sequence, missingSince, erasedAt }: KnownRecord): boolean =>
    sequence <= last && !places.has(sequence) && missingSince === null && erasedAt === null;
  let sought = 0;
  for (let place = from; place < last; ) {
    const page = await store.page(provider, place, KNOWN_PAGE);
    const left = page.filter(isSought);
    while (left.length > 0) {
      const some = left.splice(0, Math.min(TOGETHER, MOST_SOUGHT - sought));
      await seek(parts, some);
      sought += some.length;
      if (sought === MOST_SOUGHT) return some.at(-1)?.sequence ?? 0;
    }
    place = page.at(-1)?.sequence ?? last;
    // The embedded store answers at once: without a pause, a long walk would keep everything else waiting.
    await setImmediate();
  }
  return 0;
}

/** One after the other: there is no hurry, and callers come first. */
async function seek(parts: SeekParts, some: readonly KnownRecord[]): Promise<void> {
  const { connection, store, calls, clock, keep, sought } = parts;
  const there: ProviderRecord[] = [];
  const gone: RecordKey[] = [];
  for (const { provider, providerId } of some) {
    const key = { provider, providerId };
    let askedAt = clock.now();
    const ask = async (limits: CallLimits): Promise<unknown> => {
      askedAt = clock.now();
      return connection.read?.(providerId, limits);
    };
    const wire = (await calls(ask)) ?? null;
    if (wire === null) gone.push(key);
    else there.push(liveRecord(key, connection, wire, new Date(askedAt)));
  }
  if (gone.length > 0) await store.markMissing(gone, new Date(clock.now()));
  if (there.length > 0) await keep(there);
  await sought(gone.length, some.at(-1)?.sequence ?? 0);
}

/** The place of the provider's record that became known last; 0: none is known. */
export async function lastKnown(store: Store, provider: string): Promise<number> {
  const isAny = async (after: number): Promise<boolean> => (await store.page(provider, after, 1)).length > 0;
  let [low, high] = [0, 1];
  while (await isAny(high)) [low, high] = [high, high * 2];
  if (low === 0 && !(await isAny(0))) return 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isAny(middle)) low = middle;
    else high = middle;
  }
  return high;
}
