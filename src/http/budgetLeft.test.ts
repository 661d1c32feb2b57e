import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Budget } from './budget.ts';
import type { RateLimit } from './rateLimit.ts';
import type { SharedCalls } from './sharedCalls.ts';
import { ALONE, type Together } from './together.ts';
import type { Spender } from './window.ts';

/** How many calls a budget says to have for whoever asks: as many as then go. */

const NOON = Date.UTC(2026, 5, 1, 12);
const MIDNIGHT = NOON + 10 * 3_600_000;

function createBench(together: Together) {
  const clock = { ms: 0, now: () => NOON + clock.ms, elapsed: () => clock.ms };
  const budget = new Budget('shop', clock, 4_000, together);
  return {
    ...{ budget, clock },
    async spend(times: number, spender: Spender): Promise<number> {
      for (let count = 0; count < times; count++) {
        try {
          (await budget.spend(spender)).end();
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'PROVIDER_RATE_LIMITED' });
          return count;
        }
      }
      return times;
    },
    async told(limits: readonly RateLimit[]): Promise<void> {
      const one = await budget.spend({ caller: null, isForWrite: false });
      budget.learn(limits, one);
      one.end();
    },
  };
}

it('has no bound until an answer tells of one', () => {
  expect(createBench(ALONE).budget.leftFor({ caller: 'web', isForWrite: false })).toBe(Infinity);
});

it.each([
  ['one gateway', ALONE],
  ['one of three that can’t be counted together', { gateways: 3, calls: null }],
])('is right for %s, whatever was told and spent, by whom and what for', async (_, together) => {
  const spenders = fc.record({ caller: fc.constantFrom(null, 'web', 'job'), isForWrite: fc.boolean() });
  const steps = fc.array(fc.tuple(spenders, fc.nat(50), fc.nat(90_000)), { maxLength: 8 });
  const told = fc.record({ minute: fc.nat(60), day: fc.nat(400) });
  const property = fc.asyncProperty(told, steps, spenders, async (left, spent, last) => {
    const bench = createBench(together);
    await bench.told([
      { window: 'minute', limit: 60, remaining: left.minute, resetsAt: null },
      { window: 'day', limit: 400, remaining: left.day, resetsAt: new Date(MIDNIGHT) },
    ]);
    for (const [spender, times, ms] of spent) {
      await bench.spend(times, spender);
      bench.clock.ms += ms;
    }
    const calls = bench.budget.leftFor(last);
    expect(await bench.spend(calls + 3, last)).toBe(calls);
  });
  await fc.assert(property, { numRuns: 300 });
});

it('counts what other gateways have made, where calls are counted together', async () => {
  const ELSEWHERE = 20;
  let made = 0;
  const calls: SharedCalls = {
    limits: async () => new Map(),
    async take(_, asks) {
      const place = asks.findIndex((ask) => made + ELSEWHERE >= ask.most - ask.keptForKnown - ask.keptForUnknown);
      if (place < 0) made++;
      const windows = asks.map(() => ({ countedForMs: 7_200_000, calls: made + ELSEWHERE }));
      return { known: 1, windows, refused: place < 0 ? null : { place, oldestMs: 0 } };
    },
    giveBack: () => void made--,
    leave: () => undefined,
    onLost: () => undefined,
  };
  const bench = createBench({ gateways: 3, calls });
  const web = { caller: 'web', isForWrite: false };
  await bench.told([{ window: 'minute', limit: 60, remaining: 60, resetsAt: null }]);
  bench.clock.ms += 120_000;
  // Once it has used its own two, it leaves two for the one that is known, and an equal part for the one that is not.
  expect(await bench.spend(2, web)).toBe(2);
  const left = bench.budget.leftFor(web);
  expect(left).toBe(60 - ELSEWHERE - 2 - (2 + 20));
  expect(await bench.spend(left + 3, web)).toBe(left);
});
