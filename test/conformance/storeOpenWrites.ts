import { describe, expect, it } from 'vitest';
import type { Due } from '../../src/store/leftMutations.ts';
import type { Store } from '../../src/store/store.ts';
import { ask, begun, sent, settlement, write } from './storeMutations.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt, keyOf, time } from './storeRecords.ts';

/** What every store promises of writes of which nobody knows yet what came. */
export function testStoreOpenWrites(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`open writes in the store: ${name}`, () => {
    const { open } = storesAt(newPlace);

    it('hands out what nobody knows when it is to be looked for again, and not for ever', async () => {
      const store = await open();
      const { mutation, id } = await sent(store);
      await store.settle(settlement(id, 'UNKNOWN'));
      const taken = (now: number) => takeLeft(store, due(now, 1), time(now + 10));
      expect(await taken(99)).toEqual([]);
      expect(await taken(100)).toEqual([mutation]);
      await store.letGo(mutation, time(110), time(150));
      expect(await taken(149)).toEqual([]);
      expect(await taken(150)).toEqual([mutation]);
      await store.letGo(mutation, time(160));
      expect(await takeLeft(store, due(151, 2), time(161))).toEqual([]);
      expect(await taken(151)).toEqual([mutation]);
    });

    it('hands out what was left behind once, to whoever asks first when its time is over', async () => {
      const [store, other] = [await open(), await open()];
      const { mutation, id: known } = await sent(store);
      const { id } = await sent(store);
      await store.settle(settlement(id, 'UNKNOWN'));
      expect(await takeLeft(other, due(99), time(300))).toEqual([]);
      for (const each of [store, other]) expect(await each.leftMutations(due(100), 10)).toEqual([mutation]);
      expect(await takeLeft(other, due(100), time(300))).toEqual([mutation]);
      expect(await store.takeLeft(mutation, due(100), time(300))).toBe(false);
      expect(await takeLeft(store, due(300), time(400))).toEqual([mutation]);
      await store.settle(settlement(known, 'DONE'));
      expect(await store.takeLeft(mutation, due(400), time(500))).toBe(false);
    });

    it('hands out what is held, or to be looked for, so late that the clock must have been set back since', async () => {
      const store = await open();
      const { mutation } = await sent(store, { heldUntil: time(5_000) });
      expect(await takeLeft(store, { ...due(0), latestHold: time(5_000) }, time(100))).toEqual([]);
      expect(await takeLeft(store, { ...due(0), latestHold: time(4_999) }, time(100))).toEqual([mutation]);
      await store.letGo(mutation, time(100), time(6_000));
      expect(await takeLeft(store, { ...due(0), latestLook: time(6_000) }, time(100))).toEqual([]);
      expect(await takeLeft(store, { ...due(0), latestLook: time(5_999) }, time(100))).toEqual([mutation]);
    });

    it('hands out what was left behind in the order in which it was begun, the oldest of many', async () => {
      const store = await open();
      const left: number[] = [];
      for (let each = 0; each < 5; each++) {
        const mutation = begun(await store.beginMutation(ask()));
        await store.intend(mutation, time(100), [write(), write()], time(1));
        left.push(mutation);
      }
      expect(await store.leftMutations(due(100), 9)).toEqual(left);
      expect(await store.leftMutations(due(100), 2)).toEqual(left.slice(0, 2));
    });

    it('tells which are open: intended, sent, or not known, the oldest first', async () => {
      const store = await open();
      const intending = begun(await store.beginMutation(ask()));
      const [intended = 0] = (await store.intend(intending, time(100), [write()], time(7))) ?? [];
      const [unknown, done, failed, last] = [
        await sent(store),
        await sent(store),
        await sent(store),
        await sent(store),
      ];
      await store.settle(settlement(unknown.id, 'UNKNOWN'));
      await store.settle(settlement(done.id, 'DONE'));
      await store.settle(settlement(failed.id, 'FAILED'));
      expect(await store.openWrites(0, 9)).toEqual([
        { id: intended, state: 'INTENT', begunAt: time(7) },
        { id: unknown.id, state: 'UNKNOWN', begunAt: time(1) },
        { id: last.id, state: 'SENT', begunAt: time(1) },
      ]);
      expect(await store.openWrites(intended, 1)).toMatchObject([{ id: unknown.id }]);
      expect(await store.openWrites(last.id, 9)).toEqual([]);
    });

    it('tells which updates of a record were done, or may be, and of no other', async () => {
      const store = await open();
      const to = (providerId: string) => ({ ...write(), providerId });
      const mutation = begun(await store.beginMutation(ask({ kind: 'UPDATE' })));
      const ids =
        (await store.intend(mutation, time(100), [to('7'), to('7'), to('7'), to('7'), to('8')], time(1))) ?? [];
      const confirming = begun(await store.beginMutation(ask({ kind: 'CONFIRM' })));
      const confirmed = (await store.intend(confirming, time(100), [to('7')], time(1))) ?? [];
      for (const id of [...ids.slice(1), ...confirmed]) await store.takeToSend(id, null);
      const [, sent = 0, unknown = 0, failed = 0] = ids;
      await store.settle(settlement(unknown, 'UNKNOWN'));
      await store.settle(settlement(failed, 'FAILED'));
      const of7 = async () => (await store.updatesOf(keyOf('octobat 7'))).toSorted((one, other) => one.id - other.id);
      expect(await of7()).toMatchObject([
        { id: sent, state: 'SENT' },
        { id: unknown, state: 'UNKNOWN' },
      ]);
      await store.settle(settlement(sent, 'DONE'));
      expect((await of7()).map(({ state }) => state)).toEqual(['DONE', 'UNKNOWN']);
    });

    it('tells whether anybody of a provider was erased who became known behind a record', async () => {
      const store = await open();
      const keys = ['octobat 7', 'octobat 8', 'nutcache 1'].map(keyOf);
      for (const key of keys) await store.keep([{ key, customer: key }]);
      const [first = 0, second = 0] = (await store.page('octobat', 0, 9)).map(({ sequence }) => sequence);
      await store.erase(keyOf('nutcache 1'), deedAt(time(9)));
      expect(await store.hasErased('octobat', 0)).toBe(false);
      await store.erase(keyOf('octobat 8'), deedAt(time(9)));
      expect([await store.hasErased('octobat', first), await store.hasErased('octobat', second)]).toEqual([
        true,
        false,
      ]);
    });

    it('lists and counts writes by what is known of them', async () => {
      const store = await open();
      const [first, second] = [await sent(store), await sent(store)];
      for (const { id } of [first, second]) await store.settle(settlement(id, 'UNKNOWN'));
      await sent(store);
      expect((await store.writesIn(['UNKNOWN'], 10)).map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(await store.writesIn(['UNKNOWN', 'SENT'], 1)).toMatchObject([{ state: 'SENT' }]);
      expect([await store.countWrites('UNKNOWN'), await store.countWrites('DONE')]).toEqual([2, 0]);
    });
  });
}

/** @param unknownSince absent: what nobody knows is not looked for */
const due = (now: number, unknownSince = 9_999): Due => ({
  ...{ now: time(now), unknownSince: time(unknownSince) },
  ...{ latestHold: time(9_000), latestLook: time(9_000) },
});

/** Takes all that is left. */
async function takeLeft(store: Store, when: Due, until: Date): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const each of await store.leftMutations(when, 10)) if (await store.takeLeft(each, when, until)) taken.push(each);
  return taken;
}
