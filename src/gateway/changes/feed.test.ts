import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { createIds } from '../../ids/ids.ts';
import { createSealer } from '../../ids/seal.ts';
import { openSqliteStore } from '../../store/sqlite.ts';
import type { Store } from '../../store/store.ts';
import { ChangeFeed, type FeedLimits } from './feed.ts';
import { keepForgetting } from './forget.ts';
import { changeFilter } from './told.ts';

const LIMITS: FeedLimits = { subscribers: 100, ofOneCaller: 100, waiting: 10, pollMs: 1_000 };
const KEY = { provider: 'octobat', providerId: 'oc_cu_1' };
const ALL = changeFilter(null, null);

let store: Store;
let reads: number;
let isAway: boolean;
const problems: unknown[] = [];
let feed: ChangeFeed;
beforeEach(() => {
  vi.useFakeTimers();
  store = openSqliteStore(':memory:', () => ({ name: null, createdAt: null }));
  reads = 0;
  isAway = false;
  problems.length = 0;
  feed = new ChangeFeed({
    store: {
      ...store,
      async changesAfter(...asked) {
        reads += 1;
        if (isAway) throw new GatewayError('UNAVAILABLE', 'away');
        return store.changesAfter(...asked);
      },
    },
    ids: createIds(createSealer('a secret of at least sixteen characters')),
    limits: LIMITS,
    elsewhere: null,
    unforeseen: (error) => problems.push(error),
  });
});
afterEach(async () => {
  feed.close();
  await store.close();
  vi.useRealTimers();
});

const tell = (name: string): Promise<void> =>
  store.tell([{ kind: 'UPDATED', record: KEY, fields: [name], at: new Date(Date.now()) }]);

/** How often the store is read during so long. */
async function readsIn(ms: number): Promise<number> {
  const before = reads;
  await vi.advanceTimersByTimeAsync(ms);
  return reads - before;
}

describe('the feed', () => {
  it('reads nothing while nobody subscribes, before and after', async () => {
    expect(await readsIn(60_000)).toBe(0);
    const subscriber = await feed.subscribe('a', ALL, null);
    expect(await readsIn(10_000)).toBeGreaterThanOrEqual(10);
    await subscriber.return();
    expect(feed.size).toBe(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(await readsIn(60_000)).toBe(0);
    await tell('a');
    expect(await readsIn(0)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reads once for all who subscribe', async () => {
    const subscribers = await Promise.all(Array.from({ length: 50 }, () => feed.subscribe('a', ALL, null)));
    const next = subscribers.map((each) => each.next());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await readsIn(10_000)).toBe(10);
    const before = reads;
    await tell('a');
    for (const { value } of await Promise.all(next)) expect(value?.change.fields).toEqual(['a']);
    expect(reads - before).toBe(1);
  });

  it('goes on when the store can be reached again, and says nothing of it: that was told by others', async () => {
    const subscriber = await feed.subscribe('a', ALL, null);
    const next = subscriber.next();
    isAway = true;
    await tell('a');
    await vi.advanceTimersByTimeAsync(5_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await next).value?.change.fields).toEqual(['a']);
    expect(problems).toEqual([]);
  });

  it('tells of errors of its own, and goes on', async () => {
    const subscriber = await feed.subscribe('a', ALL, null);
    const next = subscriber.next();
    await vi.advanceTimersByTimeAsync(0);
    const broken = new Error('broken');
    const changesAfter = vi.spyOn(store, 'changesAfter').mockRejectedValueOnce(broken);
    await tell('a');
    await vi.advanceTimersByTimeAsync(2_000);
    changesAfter.mockRestore();
    expect((await next).value?.change.fields).toEqual(['a']);
    expect(problems).toEqual([broken]);
  });

  it('takes nobody on once it is closed, and gives their place back', async () => {
    feed.close();
    await expect(feed.subscribe('a', ALL, null)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(feed.size).toBe(0);
  });

  it('starts with the newest where a place is asked for that there never was: the store came from a backup', async () => {
    await tell('a');
    const first = await feed.subscribe('a', ALL, null);
    const next = first.next();
    for (const name of ['b', 'c', 'd']) await tell(name);
    await vi.advanceTimersByTimeAsync(0);
    await next;
    const last = (await first.next()).value?.cursor ?? '';
    const restored = openSqliteStore(':memory:', () => ({ name: null, createdAt: null }));
    const other = new ChangeFeed({
      ...{ store: restored, limits: LIMITS, elsewhere: null, unforeseen: () => undefined },
      ids: createIds(createSealer('a secret of at least sixteen characters')),
    });
    const subscriber = await other.subscribe('a', ALL, last);
    await restored.tell([{ kind: 'UPDATED', record: KEY, fields: ['z'], at: new Date(0) }]);
    expect((await subscriber.next()).value?.change.fields).toEqual(['z']);
    other.close();
    await restored.close();
  });
});

it('changes are forgotten after a day, soon after the start and every hour', async () => {
  const HOUR = 60 * 60 * 1_000;
  const clock = { now: () => Date.now(), elapsed: () => performance.now() };
  const failed: unknown[] = [];
  const end = keepForgetting(store, clock, (error) => failed.push(error));
  const kept = async (): Promise<number> => (await store.changesAfter(0, 100)).length;
  await tell('a');
  await vi.advanceTimersByTimeAsync(12 * HOUR);
  await tell('b');
  await vi.advanceTimersByTimeAsync(12 * HOUR - 60_000);
  expect(await kept()).toBe(2);
  await vi.advanceTimersByTimeAsync(HOUR + 60_000);
  expect(await kept()).toBe(1);
  vi.spyOn(store, 'forgetChangesBefore').mockRejectedValueOnce(new Error('away'));
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(failed).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(12 * HOUR);
  expect(await kept()).toBe(0);
  end();
  expect(vi.getTimerCount()).toBe(0);
});
