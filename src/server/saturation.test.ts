import { afterEach, expect, it } from 'vitest';
import { watchSaturation } from './saturation.ts';

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

it('tells that there is more to do than can be done, for as long as the event loop never rests, and then no more', async () => {
  const told: boolean[] = [];
  ending.push(watchSaturation((isSaturated) => told.push(isSaturated)));
  await expect.poll(() => told.length).toBeGreaterThan(1);
  expect(told).not.toContain(true);
  while (!told.includes(true)) {
    const until = performance.now() + 20;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Not by the first look that says so.
  expect(told.indexOf(true)).toBeGreaterThan(1);
  await expect.poll(() => told.at(-1)).toBe(false);
});
