import { expect, it, onTestFinished, vi } from 'vitest';
import { KeyUse } from './keyUse.ts';

it('keeps what could not be kept for the next time, and what was noted since beside it', async () => {
  const kept: (readonly (readonly [string, number])[])[] = [];
  let isAway = true;
  const store = {
    async keepKeyUses(uses: ReadonlyMap<string, Date>) {
      if (isAway) throw new Error('away');
      kept.push([...uses].map(([key, at]) => [key, at.getTime()]));
    },
  };
  let now = 1;
  const failures: unknown[] = [];
  const use = new KeyUse(store, { now: () => now }, (error) => failures.push(error));
  use.note('a');
  use.note('b');
  const keeping = use.keep();
  now = 2;
  use.note('b');
  use.note('c');
  await keeping;
  expect([kept, failures.length]).toEqual([[], 1]);
  isAway = false;
  await use.close();
  await use.close();
  expect(kept).toEqual([
    [
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ],
  ]);
});

it('keeps every minute what was noted, until it is closed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const kept: string[][] = [];
  const store = { keepKeyUses: async (uses: ReadonlyMap<string, Date>) => void kept.push([...uses.keys()]) };
  const use = new KeyUse(store, { now: () => 0 }, () => undefined);
  use.note('a');
  await vi.advanceTimersByTimeAsync(59_999);
  expect(kept).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(kept).toEqual([['a']]);
  await use.close();
  expect(vi.getTimerCount()).toBe(0);
});
