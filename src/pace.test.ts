import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

const burn = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

it('lets everybody else have a turn between those who work much, however many they are', async () => {
  const pace = createPace();
  let turns = 0;
  let isOver = false;
  const other = (): void => {
    turns += 1;
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let step = 0; step < 20; step++) {
        await pace();
        burn(1);
      }
    }),
  );
  isOver = true;
  // 400 ms of work in pieces of some 8 ms; without turns it would have been none.
  expect(turns).toBeGreaterThan(20);
});

it('keeps the order of those who wait', async () => {
  const pace = createPace();
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3, 4, 5].map(async (who) => {
      await pace();
      order.push(who);
      burn(5);
    }),
  );
  expect(order).toEqual([1, 2, 3, 4, 5]);
});
