import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt, keyOf, time } from './storeRecords.ts';

/** What every store promises of who writes next, and of codes that are guessed at and sent. */
export function testStoreTurns(name: string, newPlace: () => Promise<StorePlace>, runs: number): void {
  describe(`turns in the store: ${name}`, () => {
    const { open } = storesAt(newPlace);

    it('come in the order of asking, whatever process asks, for each name by itself', async () => {
      const [store, other] = [await open(), await open()];
      await store.enterLine(['one'], 'first', time(100));
      await other.enterLine(['one', 'two'], 'second', time(200));
      await store.enterLine(['two'], 'third', time(300));
      await other.enterLine(['three'], 'fourth', time(400));
      const waits = async () =>
        Promise.all(['first', 'second', 'third', 'fourth'].map((holder) => waitsUntil(other, holder)));
      expect(await waits()).toEqual([null, time(100), time(200), null]);
      await store.leaveLine('second');
      expect(await waits()).toEqual([null, null, null, null]);
      await other.enterLine(['one'], 'last', time(500));
      expect(await waitsUntil(store, 'last')).toEqual(time(100));
    });

    it('let nobody send who was put out after their time', async () => {
      const [store, other] = [await open(), await open()];
      const hold = { heldUntil: time(900), latestHold: time(900) };
      const begun = { caller: 'shop', kind: 'UPDATE', key: null, input: 'hash', at: time(0), ...hold };
      const what = await store.beginMutation({ ...begun, kind: 'UPDATE' });
      if (what.state !== 'NEW') throw new Error('it is not new');
      const to = { provider: 'octobat', providerId: '7', customer: keyOf('octobat 7'), fields: [], content: '{}' };
      const [late = 0, intime = 0] = (await store.intend(what.mutation, time(900), [to, to], time(0))) ?? [];
      await store.enterLine(['octobat:7', 'octobat:8'], 'slow', time(100));
      await other.enterLine(['octobat:7'], 'next', time(200));
      const before = await other.lineBefore('next');
      const everybody = await other.everybodyInLine(9);
      expect(everybody).toEqual([before, { place: expect.any(Number), until: time(200) }]);
      expect(await other.everybodyInLine(1)).toEqual([before]);
      expect(before?.until).toEqual(time(100));
      await other.putOut(before?.place ?? 0);
      expect(await other.lineBefore('next')).toBeNull();
      expect(await store.takeToSend(late, 'slow')).toBe(false);
      expect(await store.write(late)).toMatchObject({ state: 'INTENT' });
      expect(await other.takeToSend(intime, 'next')).toBe(true);
    });

    it('are as in the plainest model, however they are asked for, left and put out (generated)', async () => {
      const stores = [await open(), await open()] as const;
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(STEP, { maxLength: 20 }), async (steps) => {
          round += 1;
          const line = new Line();
          for (const [now, step] of steps.entries()) {
            const store = stores[now % 2] as Store;
            await line.take(store, step, `${round} ${now}`, now);
            for (const { holder } of line.entries) expect(await waitsUntil(store, holder)).toEqual(line.before(holder));
          }
          for (const { holder } of line.entries) await stores[0].leaveLine(holder);
        }),
        { numRuns: runs },
      );
    });
  });

  describe(`codes in the store: ${name}`, () => {
    const { open } = storesAt(newPlace);
    const key = keyOf('dirty-lemon 1');

    it('are guessed at so often and no more, whatever process asks, until there is a later one', async () => {
      const stores = [await open(), await open()] as const;
      const guess = async (code: number, index = 0) =>
        (await (stores[index % 2] as Store).takeGuess(key, code, 5)) !== null;
      const many = await Promise.all(Array.from({ length: 12 }, (_, index) => guess(-5, index)));
      expect(many.filter(Boolean)).toHaveLength(5);
      await stores[1].giveGuessBack(key, { code: -5, askedAt: 0 });
      expect([await guess(-5), await guess(-5)]).toEqual([true, false]);
      expect([await guess(7), await guess(-5, 1), await guess(7), await guess(7, 1), await guess(7)]).not.toContain(
        false,
      );
      for (const code of [7, -5, 0]) expect(await guess(code, 1)).toBe(false);
      expect(await guess(8)).toBe(true);
      expect(await stores[0].takeGuess(keyOf('dirty-lemon 2'), -5, 5)).toEqual({ code: -5, askedAt: 0 });
    });

    it('are given back by whoever is late as nothing of a later one', async () => {
      const [store, other] = [await open(), await open()];
      const left = async (code: number) => {
        let guesses = 0;
        while (await other.takeGuess(key, code, 5)) guesses += 1;
        return guesses;
      };
      const late = await store.takeGuess(key, 1, 5);
      if (!late) throw new Error('it was not taken');
      expect(await left(2)).toBe(5);
      await store.giveGuessBack(key, late);
      expect(await left(2)).toBe(0);
      // Nor where the provider tells of no other one, and one was asked for.
      const same = await store.takeGuess(key, 3, 5);
      if (!same) throw new Error('it was not taken');
      await other.noteCodesAsked(key, { at: time(5), count: 1 });
      expect(await left(3)).toBe(4);
      await store.giveGuessBack(key, same);
      expect(await left(3)).toBe(0);

      const [noted, newer] = [
        { at: time(6), count: 2 },
        { at: time(7), count: 3 },
      ];
      for (const asked of [noted, newer]) await store.noteCodesAsked(key, asked);
      await other.giveCodeBack(key, noted, { at: time(5), count: 1 });
      expect(await store.codesAsked(key)).toEqual(newer);
      await other.giveCodeBack(key, newer, noted);
      expect(await store.codesAsked(key)).toEqual(noted);
    });

    it('are guessed at anew where one was sent for certain, but for what was guessed of it before that was known', async () => {
      const [store, other] = [await open(), await open()];
      const left = async () => {
        let guesses = 0;
        while (await other.takeGuess(key, 1, 5)) guesses += 1;
        return guesses;
      };
      const sent = (at: number, acknowledged = true) => {
        const record = { key, customer: key, codeSentAt: time(at), acknowledged };
        return store.settle({ writes: [], at: time(9), request: 'a request', records: [record], changes: [] });
      };
      await sent(1);
      expect(await left()).toBe(5);
      await store.noteCodesAsked(key, { at: time(2), count: 1 });
      expect(await left()).toBe(0);
      await sent(2, false);
      expect(await left()).toBe(0);
      await sent(2);
      await other.takeGuess(key, 1, 5);
      await store.noteCodesAsked(key, { at: time(4), count: 2 });
      for (let guess = 0; guess < 3; guess++) await other.takeGuess(key, 1, 5);
      // Known late: of the code before, of this one, and of this one once more.
      await sent(3);
      expect(await left()).toBe(1);
      await sent(4);
      expect(await left()).toBe(1);
      await sent(5);
      expect(await left()).toBe(0);
    });

    it('are remembered as they were asked for, also of who was erased', async () => {
      const store = await open();
      expect(await store.codesAsked(key)).toEqual({ at: null, count: 0 });
      await store.noteCodesAsked(key, { at: time(5), count: 2 });
      for (let guess = 0; guess < 5; guess++) await store.takeGuess(key, 1, 5);
      await store.erase(key, deedAt(time(6)));
      expect(await store.codesAsked(key)).toEqual({ at: time(5), count: 2 });
      expect(await store.takeGuess(key, 1, 5)).toBeNull();
      await store.noteCodesAsked(key, { at: null, count: 0 });
      expect(await store.codesAsked(key)).toEqual({ at: null, count: 0 });
    });
  });
}

const STEP = fc.oneof(
  fc.record({
    does: fc.constant('enter' as const),
    names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    forMs: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ does: fc.constant('leave' as const), which: fc.nat(9) }),
  fc.record({ does: fc.constant('clear' as const) }),
);
type Step = typeof STEP extends fc.Arbitrary<infer Each> ? Each : never;

/** Until when whoever has waited longest before a holder may be at it. */
const waitsUntil = async (store: Store, holder: string): Promise<Date | null> =>
  (await store.lineBefore(holder))?.until ?? null;

/** The model: one list. */
class Line {
  entries: { readonly holder: string; readonly names: readonly string[]; readonly until: number }[] = [];

  /** Does a step here and in the store. */
  async take(store: Store, step: Step, holder: string, now: number): Promise<void> {
    if (step.does === 'enter') {
      const until = now + step.forMs;
      this.entries.push({ holder, names: step.names, until });
      return store.enterLine(step.names, holder, time(until));
    }
    if (step.does === 'clear') {
      this.entries = this.entries.filter(({ until }) => until > now);
      const over = (await store.everybodyInLine(99)).filter(({ until }) => until <= time(now));
      for (const { place } of over) await store.putOut(place);
      return;
    }
    const [gone] = this.entries.splice(step.which % Math.max(1, this.entries.length), 1);
    return gone && store.leaveLine(gone.holder);
  }

  before(holder: string): Date | null {
    const index = this.entries.findIndex((entry) => entry.holder === holder);
    const names = this.entries[index]?.names ?? [];
    const before = this.entries.slice(0, index).filter((entry) => entry.names.some((name) => names.includes(name)));
    return before[0] ? time(before[0].until) : null;
  }
}
