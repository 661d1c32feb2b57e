import { expect, it } from 'vitest';
import { Watch } from './watch.ts';

const time = { now: 1_000_000, elapsed: 50_000 };
const clock = { now: () => time.now, elapsed: () => time.elapsed };
const pass = (ms: number): void => {
  time.now += ms;
  time.elapsed += ms;
};

it('a write is late 45 s after it was begun, and not before it was watched for as long as it may be held', () => {
  const watch = new Watch(clock, 21_000);
  const [young, old] = [
    { id: 1, begunAt: new Date(time.now) },
    { id: 2, begunAt: new Date(time.now - 100_000) },
  ];
  expect(watch.lateAt(young)).toBe(time.now + 45_000);
  const lateAt = watch.lateAt(old);
  expect(lateAt).toBe(time.now + 21_000);
  pass(20_000);
  expect(watch.lateAt(old)).toBe(lateAt);
  // The clock is set: what has passed since is all that counts.
  time.now += 3_600_000;
  expect(watch.lateAt(old)).toBe(time.now + 1_000);
  expect(watch.lateAt({ id: 3, begunAt: new Date(time.now - 3_600_000) })).toBe(time.now + 21_000);
  pass(1_000);
  expect(watch.lateAt(old)).toBe(time.now);
});

it('a write that was begun before the clock was set back is late when it was watched for 45 s', () => {
  const watch = new Watch(clock, 21_000);
  const write = { id: 1, begunAt: new Date(time.now + 3_600_000) };
  expect(watch.lateAt(write)).toBe(time.now + 45_000);
  pass(45_000);
  expect(watch.lateAt(write)).toBe(time.now);
});
