import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Source, Subscriber } from './subscriber.ts';
import { changeFilter, ToldChange } from './told.ts';

/** One subscriber, and a feed that is played: whatever happens, everything comes in order, once. */

const MOST = 3;
const never = { sealCursor: () => '', recordsOf: async () => [] };

function play(after = 0) {
  const log: ToldChange[] = [];
  let handedOn = after;
  let isAway = false;
  let hasLeft = 0;
  let asked = 0;
  const source: Source = {
    newest: () => handedOn,
    async after(sequence, limit) {
      asked += 1;
      if (isAway) throw new Error('away');
      const page = log.filter(({ change }) => change.sequence > sequence).slice(0, limit);
      // What is written and handed on meanwhile is not in it.
      await new Promise(setImmediate);
      return page;
    },
    failed: () => undefined,
  };
  const subscriber = new Subscriber(source, changeFilter(null, null), after, MOST, () => {
    hasLeft += 1;
  });
  return {
    subscriber,
    left: () => hasLeft,
    write() {
      const change = {
        ...{ sequence: log.length + 1, kind: 'UPDATED' as const, customer: { provider: 'octobat', providerId: '1' } },
        ...{ former: [], provider: 'octobat', fields: null, at: new Date(0) },
      };
      log.push(new ToldChange(change, never as never, never as never));
    },
    /** Reads what there is and hands it on, as the feed does. */
    hand() {
      for (const told of log.slice(handedOn)) {
        handedOn = told.change.sequence;
        subscriber.offer(told);
      }
      subscriber.rouse();
    },
    away(is: boolean) {
      isAway = is;
    },
    written: () => log.length,
    /** How often the store was asked. */
    asked: () => asked,
  };
}

it('is told everything in order and once, however little it takes and whenever the store is away', async () => {
  const names = ['write', 'write', 'write', 'hand', 'take', 'take', 'away', 'back', 'tick'] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 200 }), fc.nat(5), async (steps, before) => {
      const { subscriber, write, hand, away, written } = play(before);
      for (let index = 0; index < before; index++) write();
      const told: number[] = [];
      let isTaking = false;
      async function take(): Promise<void> {
        if (isTaking) return;
        isTaking = true;
        const { value } = await subscriber.next();
        if (value) told.push(value.change.sequence);
        isTaking = false;
      }
      const tick = (): Promise<void> => new Promise(setImmediate);
      const actions = { write, hand, tick, take: () => void take(), away: () => away(true), back: () => away(false) };
      for (const step of steps) await actions[step]();
      away(false);
      while (told.length < written() - before) {
        hand();
        void take();
        await tick();
      }
      expect(told).toEqual(Array.from({ length: written() - before }, (_, index) => before + index + 1));
      await subscriber.return();
    }),
    { numRuns: 300 },
  );
});

it('lets go of more than may wait, and reads it again when it is wanted', async () => {
  const { subscriber, write, hand, asked } = play();
  const first = subscriber.next();
  for (let index = 0; index < 3; index++) await new Promise(setImmediate);
  const before = asked();
  for (let index = 0; index <= MOST + 1; index++) write();
  hand();
  const told = [(await first).value];
  while (told.length <= MOST + 1) told.push((await subscriber.next()).value);
  expect(told.map((each) => each?.change.sequence)).toEqual([1, 2, 3, 4, 5]);
  expect(asked()).toBeGreaterThan(before);
});

it('ends at once for who waits for the next, and says so once', async () => {
  const { subscriber, left, write, hand } = play();
  const waiting = subscriber.next();
  await subscriber.return();
  await subscriber.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  write();
  hand();
  expect(await subscriber.next()).toEqual({ done: true, value: undefined });
  expect(left()).toBe(1);
});

it('ends while the store is away', async () => {
  const { subscriber, away } = play();
  away(true);
  const waiting = subscriber.next();
  await new Promise(setImmediate);
  await subscriber.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
