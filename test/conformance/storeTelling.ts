import { describe, expect, it } from 'vitest';
import type { LinkToKeep } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt } from './storeRecords.ts';

/** What every store promises to whoever listens for changes. */
export function testStoreTelling(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`changes in the store: ${name}`, () => {
    const { open } = storesAt(newPlace);

    it('are told in order, from any place on, by whom they were made and with the names that they ended', async () => {
      const [store, other] = [await open(), await open()];
      expect(await store.lastChange()).toBe(0);
      await store.link([a, b], BY_HAND, 10, 'a request');
      await other.tell([{ kind: 'UPDATED', record: b, fields: ['email'], at: AT }]);
      await store.unlink(b, deedAt(AT));
      const changes = await other.changesAfter(0, 10);
      expect(changes).toEqual([
        { ...change('LINKED'), sequence: expect.any(Number), customer: a, former: [b] },
        { ...change('UPDATED'), sequence: expect.any(Number), customer: a, provider: b.provider, fields: ['email'] },
        { ...change('UNLINKED'), sequence: expect.any(Number), customer: b },
        { ...change('UNLINKED'), sequence: expect.any(Number), customer: a },
      ]);
      const places = changes.map(({ sequence }) => sequence);
      expect(places).toEqual(places.toSorted((one, two) => one - two));
      expect(await store.lastChange()).toBe(places.at(-1));
      expect(await store.changesAfter(places[1] ?? 0, 1)).toEqual([changes[2]]);
    });

    it('that erase a customer name all that led to it', async () => {
      const store = await open();
      await store.link([a, b, c], BY_HAND, 10, 'a request');
      await store.erase(b, deedAt(AT));
      const [, erased] = await store.changesAfter(0, 10);
      expect(erased).toMatchObject({ kind: 'ERASED', customer: a, former: [b, c] });
    });

    it('by a write are not told again where whoever saw the written content first has told of it since, and only then', async () => {
      const [store, other] = [await open(), await open()];
      const later = (ms: number) => new Date(AT.getTime() + ms);
      const see = (hash: string, at: Date, told = true) =>
        other.keepCopies([{ ...COPY, key: a, hash, fetchedAt: at }], { asked: false, told });
      const tell = async (kind: 'UPDATED' | 'CREATED' | 'CONFIRMED', hash: string, since: Date) => {
        const before = await store.lastChange();
        await store.tell([{ kind, record: a, fields: null, at: later(99), seen: { hash, since } }]);
        return (await store.changesAfter(before, 10)).map((each) => each.kind);
      };
      await see('one', AT);
      expect(await tell('CREATED', 'one', new Date(0))).toEqual([]);
      expect(await tell('UPDATED', 'one', new Date(0))).toEqual(['UPDATED']);
      await see('two', later(2));
      expect(await tell('UPDATED', 'two', later(2))).toEqual([]);
      // Told before the write was begun; of another kind; of another content; kept and not told of.
      expect(await tell('UPDATED', 'two', later(3))).toEqual(['UPDATED']);
      expect(await tell('CONFIRMED', 'two', later(2))).toEqual(['CONFIRMED']);
      expect(await tell('UPDATED', 'three', later(2))).toEqual(['UPDATED']);
      await see('four', later(4), false);
      expect(await tell('UPDATED', 'four', later(2))).toEqual(['UPDATED']);
    });

    it('by a write of a record that was told as a customer by itself are told as its going over into its customer', async () => {
      const store = await open();
      await store.keep([{ key: b, customer: b }]);
      await store.keepCopies([{ ...COPY, key: a, hash: 'one', fetchedAt: AT }], { asked: false, told: true });
      await store.keep([{ key: a, customer: b, made: true }]);
      await store.tell([
        { kind: 'CREATED', record: a, fields: null, at: AT, seen: { hash: 'one', since: new Date(0) } },
      ]);
      expect(await store.changesAfter(0, 10)).toMatchObject([
        { kind: 'CREATED', customer: a },
        { ...change('LINKED'), customer: b, former: [a] },
      ]);
    });

    it('are forgotten by their time, and no number is given out again', async () => {
      const store = await open();
      const tell = (at: Date) => store.tell([{ kind: 'UPDATED', record: a, fields: null, at }]);
      await tell(new Date(AT.getTime() - 1));
      await tell(AT);
      await store.forgetChangesBefore(AT);
      const [left, ...none] = await store.changesAfter(0, 10);
      expect([left?.at, none]).toEqual([AT, []]);
      await store.forgetChangesBefore(new Date(AT.getTime() + 1));
      await tell(AT);
      const [next] = await store.changesAfter(0, 10);
      expect(next?.sequence).toBeGreaterThan(left?.sequence ?? 0);
    });

    it('are announced after the commit that told them, each time, and by nothing else', async () => {
      const store = await open();
      const seen: number[] = [];
      const waiting: Promise<unknown>[] = [];
      const look = async (): Promise<void> => void seen.push((await store.changesAfter(0, 100)).length);
      const end = store.onChange(() => void waiting.push(look()));
      const confirmed = { kind: 'CONFIRMED', record: a, fields: null, at: AT } as const;
      const does: readonly (readonly [() => Promise<unknown>, readonly number[]])[] = [
        [() => store.keep([{ key: a, customer: a }]), []],
        [() => store.link([a, b], BY_HAND, 10, 'a request'), [1]],
        [() => store.link([a, b], BY_HAND, 10, 'a request'), [1]],
        [() => store.tell([confirmed]), [1, 2]],
        [() => store.tell([]), [1, 2]],
        [() => store.unlink(b, deedAt(AT)), [1, 2, 4]],
        [() => store.erase(a, deedAt(AT)), [1, 2, 4, 5]],
        [() => store.markMissing([c], AT), [1, 2, 4, 5]],
        [() => store.forgetChangesBefore(new Date(0)), [1, 2, 4, 5]],
      ];
      for (const [what, counts] of does) {
        await what();
        await Promise.all(waiting);
        expect(seen).toEqual(counts);
      }
      end();
      await store.tell([confirmed]);
      expect(seen).toHaveLength(4);
    });

    it('of a transaction that failed are neither kept nor announced', async () => {
      const store = await open();
      let announced = 0;
      store.onChange(() => {
        announced += 1;
      });
      const wrong = { kind: 'UPDATED', record: a, fields: null, at: new Date(Number.NaN) } as const;
      await expect(store.tell([{ ...wrong, at: AT }, wrong])).rejects.toThrow();
      expect([announced, await store.changesAfter(0, 10)]).toEqual([0, []]);
    });
  });
}

const AT = new Date(1_700_000_000_000);
const a = { provider: 'octobat', providerId: 'oc_cu_1' };
const b = { provider: 'nutcache', providerId: '1' };
const c = { provider: 'cycle-software', providerId: '1' };
const BY_HAND: LinkToKeep = { rule: 'MANUAL', evidence: [], at: AT, by: 'somebody' };
const COPY = { profile: '{}', raw: '{}', terms: [], words: [] };
const change = (kind: string) => ({ kind, former: [], provider: null, fields: null, at: AT });
