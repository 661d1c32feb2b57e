import { expect, it } from 'vitest';
import { MOST_WATCHED, Watch } from './watch.ts';

const time = { now: 1_000_000, elapsed: 50_000 };
const clock = { now: () => time.now, elapsed: () => time.elapsed };
const pass = (ms: number): void => {
  time.now += ms;
  time.elapsed += ms;
};

const HOUR = 3_600_000;
const begun = (id: number, msAgo = 0) => ({ id, begunAt: new Date(time.now - msAgo) });

it('a write is late 45 s after it was begun, and not before it was watched for as long', () => {
  const watch = new Watch(clock, 21_000);
  const [young, old] = [begun(1), begun(2, 100_000)];
  for (const each of [young, old]) expect(watch.lateAt(each)).toBe(time.now + 45_000);
  const lateAt = watch.lateAt(old);
  pass(40_000);
  expect(watch.lateAt(old)).toBe(lateAt);
  // The clock is set: what has passed since is all that counts.
  time.now += HOUR;
  expect(watch.lateAt(old)).toBe(time.now + 5_000);
  expect(watch.lateAt(begun(3, HOUR))).toBe(time.now + 45_000);
  pass(5_000);
  expect(watch.lateAt(old)).toBe(time.now);
});

it('a write is watched for as long as somebody may be at it, where that is longer', () => {
  expect(new Watch(clock, 61_000).lateAt(begun(1))).toBe(time.now + 61_000);
});

it('none can come any more up to the one before the first that can', () => {
  const watch = new Watch(clock, 21_000);
  expect(watch.see([])).toBe(0);
  expect(watch.see([begun(5), begun(7)])).toBe(4);
  pass(44_999);
  expect(watch.see([begun(5, HOUR), begun(7, HOUR), begun(9)])).toBe(4);
  pass(1);
  expect(watch.see([begun(5, HOUR), begun(7, HOUR), begun(9)])).toBe(8);
  // They are behind it for good.
  expect(watch.lateAt(begun(5, 10))).toBe(time.now - 10);
  expect(watch.lateAt(begun(7, -HOUR))).toBe(time.now);
  expect(watch.lateAt(begun(8, -HOUR))).toBe(time.now);
  expect(watch.see([begun(9)])).toBe(8);
  pass(45_000);
  expect(watch.see([begun(9, HOUR)])).toBe(9);
  expect(watch.see([])).toBe(9);
});

it('what was not open any more was not watched meanwhile', () => {
  const watch = new Watch(clock, 21_000);
  watch.see([begun(1)]);
  watch.see([]);
  pass(45_000);
  expect(watch.see([begun(1, HOUR)])).toBe(0);
});

it('of more than can be watched at once, the others are when these are late', () => {
  const watch = new Watch(clock, 21_000);
  const many = Array.from({ length: 25_000 }, (_, id) => begun(id + 1, HOUR));
  const seen = () => watch.see(many.filter(({ id }) => id > watch.lateTo).slice(0, MOST_WATCHED));
  for (const lateTo of [0, 10_000, 20_000, 25_000]) {
    expect(seen()).toBe(lateTo === 0 ? 0 : lateTo);
    seen();
    // One that is asked for beside them keeps none of them from being watched.
    expect(watch.lateAt(begun(99_999))).toBeGreaterThan(time.now);
    pass(45_000);
  }
});

it('a write that was begun before the clock was set back is late when it was watched for 45 s', () => {
  const watch = new Watch(clock, 21_000);
  const write = begun(1, -HOUR);
  expect(watch.lateAt(write)).toBe(time.now + 45_000);
  pass(45_000);
  expect(watch.lateAt(write)).toBe(time.now);
});
