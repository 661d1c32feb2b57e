import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

const overloaded = expect.objectContaining({ code: 'OVERLOADED', retryable: true, retryAfterMs: 1_000 });

/** What ends those of so many that come in. */
function enter(admission: Admission, caller: string, times: number): (() => void)[] {
  const leaving: (() => void)[] = [];
  for (let time = 0; time < times; time++) {
    try {
      leaving.push(admission.enter(caller));
    } catch (thrown) {
      expect(thrown).toEqual(overloaded);
    }
  }
  return leaving;
}

describe('admission', () => {
  it('lets in two thousand, and as many again as are over', () => {
    const admission = new Admission();
    const leaving = enter(admission, 'shop', 2_500);
    expect(leaving).toHaveLength(2_000);
    for (const leave of leaving.slice(0, 10)) leave();
    expect([admission.running, enter(admission, 'shop', 20).length]).toEqual([1_990, 10]);
  });

  it('refuses whoever takes more than their part, and not those who take less', () => {
    const admission = new Admission(32);
    expect(enter(admission, 'greedy', 500)).toHaveLength(32);
    expect(enter(admission, 'modest', 500)).toHaveLength(16);
    expect(enter(admission, 'late', 500)).toHaveLength(10);
    expect(enter(admission, 'greedy', 10)).toEqual([]);
  });

  it('never lets in more than twice as many, however many callers there are', () => {
    const admission = new Admission(32);
    for (let caller = 0; caller < 500; caller++) enter(admission, `caller ${caller}`, 3);
    expect(admission.running).toBeGreaterThanOrEqual(32);
    expect(admission.running).toBeLessThanOrEqual(64);
  });

  it('forgets callers that are gone', () => {
    const admission = new Admission(32);
    for (const leave of enter(admission, 'gone', 32)) leave();
    enter(admission, 'alone', 31);
    expect(enter(admission, 'alone', 5)).toHaveLength(1);
    expect(enter(admission, 'another', 100)).toHaveLength(16);
  });

  it('lets in one for two that end, where there is more to do than can be done and enough to keep it busy', () => {
    const admission = new Admission();
    const leaving = enter(admission, 'shop', 1_064);
    admission.adapt(true);
    for (const leave of leaving.splice(0, 64)) leave();
    expect(enter(admission, 'shop', 100)).toHaveLength(32);
    for (let time = 0; time < 10_000; time++) {
      leaving.shift()?.();
      leaving.push(...enter(admission, 'shop', 1));
    }
    expect(admission.running).toBe(64);
    admission.adapt(false);
    expect(enter(admission, 'shop', 500)).toHaveLength(500);
  });

  it('then still has an equal share for everybody', () => {
    const admission = new Admission();
    admission.adapt(true);
    expect(enter(admission, 'greedy', 500)).toHaveLength(64);
    expect(enter(admission, 'modest', 500)).toHaveLength(32);
    expect(enter(admission, 'greedy', 500)).toEqual([]);
  });
});
