import { describe, expect, it } from 'vitest';
import { keyText, type RecordKey } from '../../src/ids/ids.ts';
import type { CopyToKeep, LinkToKeep, Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { ASKED, copyOf, deedAt, keyOf, LISTED, nameOf, TOLD, time } from './storeRecords.ts';

/** What every store promises of the copies of records that it is given to keep. */
export function testStoreCopies(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`copies in the store: ${name}`, () => {
    const { open, reopened } = storesAt(newPlace);

    it('gives back what was kept, and nothing of what was not, also after it was opened again', async () => {
      const store = await open();
      const copies = [copyOf('octobat 1', { name: 'Zoë O’Hara \u{1F600}"\n' }), copyOf('nutcache 1')];
      expect((await store.keepCopies(copies, LISTED)).map(({ became }) => became)).toEqual(['ADDED', 'ADDED']);
      await store.keep([{ key: keyOf('octobat 2'), customer: keyOf('octobat 2') }]);
      for (const again of [async () => store, reopened]) {
        const held = await (await again()).copies(['octobat 1', 'octobat 2', 'nutcache 1', 'nutcache 9'].map(keyOf));
        expect(held).toEqual(new Map(copies.map(({ key, profile, raw }) => [keyText(key), { profile, raw }])));
      }
    });

    it('answers for each in the order given, however many there are', async () => {
      const store = await open();
      const named = (index: number) => copyOf(`octobat ${index}`, { words: [`word${index}`] });
      await store.keepCopies([named(3), named(700)], LISTED);
      const copies = Array.from({ length: 777 }, (_, index) => named(index));
      const kept = await store.keepCopies(copies, LISTED);
      expect(kept.flatMap(({ became }, index) => (became === 'ADDED' ? [] : [[became, index]]))).toEqual([
        ['UNCHANGED', 3],
        ['UNCHANGED', 700],
      ]);
      for (const index of [0, 3, 500, 776])
        expect(await store.record(keyOf(`octobat ${index}`))).toMatchObject({ sequence: kept[index]?.sequence });
      expect(await store.count('octobat')).toBe(777);
      expect((await store.copies(copies.map(({ key }) => key))).size).toBe(777);
    });

    it('writes nothing where the content is what is held, and says when it saw it change', async () => {
      const store = await open();
      await store.keepCopies([copyOf('octobat 1', { name: 'Ann', at: time(1) })], LISTED);
      const before = await store.record(keyOf('octobat 1'));
      expect(before).toMatchObject({ fetchedAt: time(1), changedSeenAt: time(1), missingSince: null });
      const [same] = await store.keepCopies([copyOf('octobat 1', { name: 'Ann', at: time(2) })], TOLD);
      expect(same).toEqual({ became: 'UNCHANGED', sequence: before?.sequence });
      expect(await store.record(keyOf('octobat 1'))).toEqual(before);
      const [changed] = await store.keepCopies([copyOf('octobat 1', { name: 'Anna', at: time(3) })], TOLD);
      expect(changed).toEqual({ became: 'CHANGED', sequence: before?.sequence });
      expect(await store.record(keyOf('octobat 1'))).toMatchObject({ fetchedAt: time(3), changedSeenAt: time(3) });
    });

    it('takes a record for outdated from when it was written to until it is read again', async () => {
      const store = await open();
      const copy = copyOf('octobat 1', { at: time(1) });
      await store.keepCopies([copy], LISTED);
      await store.keep([{ key: copy.key, customer: copy.key, outdated: time(3) }]);
      expect(await store.record(copy.key)).toMatchObject({ isOutdated: true });
      // A page that was asked for before the write, and comes after it.
      await store.keepCopies([{ ...copy, fetchedAt: time(2) }], LISTED);
      expect(await store.record(copy.key)).toMatchObject({ isOutdated: true, fetchedAt: time(1) });
      await store.keepCopies([{ ...copy, fetchedAt: time(4) }], LISTED);
      expect(await store.record(copy.key)).toMatchObject({
        ...{ isOutdated: false, fetchedAt: time(4), changedSeenAt: time(1) },
      });
    });

    it('keeps nothing that was asked for before what is known became known', async () => {
      const store = await open();
      const before = copyOf('octobat 1', { name: 'Ann', at: time(2) });
      const copy = copyOf('octobat 1', { name: 'Anna', at: time(5) });
      await store.keepCopies([copy], LISTED);
      for (const source of [LISTED, { ...LISTED, asked: true }]) {
        expect(await store.keepCopies([before], source)).toMatchObject([{ became: 'UNCHANGED' }]);
        expect(await store.record(copy.key)).toMatchObject({ hash: copy.hash });
      }
      await store.markMissing([copy.key], time(6));
      await store.keepCopies([before], LISTED);
      expect(await store.record(copy.key)).toMatchObject({ missingSince: time(6) });
      await store.erase(copy.key, deedAt(time(7)));
      expect(await store.keepCopies([before], { ...LISTED, asked: true })).toMatchObject([{ became: 'ERASED' }]);
      expect(await store.copies([copy.key])).toEqual(new Map());
    });

    it('finds a record by what it says now, and no more by what it said', async () => {
      const store = await open();
      await store.keepCopies([copyOf('octobat 1', { terms: ['email a', 'kind x'], words: ['jansen'] })], LISTED);
      await store.keepCopies([copyOf('octobat 1', { terms: ['email b', 'kind x'], words: ['visser'] })], LISTED);
      expect(await finds(store, ['email a'])).toEqual([]);
      expect(await finds(store, ['email b'])).toEqual(['octobat 1']);
      expect(await finds(store, ['kind x'])).toEqual(['octobat 1']);
      expect(await finds(store, [], ['jansen'])).toEqual([]);
      expect(await finds(store, [], ['vissers'])).toEqual(['octobat 1']);
    });

    it('tells what changed to whoever is to be told, with the fields', async () => {
      const store = await open();
      await store.keepCopies([copyOf('octobat 1', { name: 'Ann' })], LISTED);
      await store.keepCopies([copyOf('octobat 1', { name: 'Anna' }), copyOf('octobat 2')], TOLD);
      await store.keepCopies([copyOf('octobat 1', { name: 'Anna', terms: ['email a'] })], TOLD);
      await store.keepCopies([copyOf('octobat 1', { name: 'Anna', createdAt: time(1) })], LISTED);
      const changes = (await store.changesAfter(0, 10)).map(({ kind, customer, fields }) => [
        ...[kind, nameOf(customer), fields],
      ]);
      expect(changes).toEqual([
        ['UPDATED', 'octobat 1', ['displayName']],
        ['CREATED', 'octobat 2', null],
        ['UPDATED', 'octobat 1', []],
      ]);
    });

    it('keeps the copy of a record that its provider has no more, and lists it no more, until it is there again', async () => {
      const store = await open();
      const copy = copyOf('octobat 1', { terms: ['email a'] });
      await store.keepCopies([copy], LISTED);
      await store.markMissing([copy.key, keyOf('octobat 9')], time(5));
      await store.markMissing([copy.key], time(6));
      expect(await store.record(copy.key)).toMatchObject({ missingSince: time(5), hash: copy.hash });
      expect(await store.record(keyOf('octobat 9'))).toBeNull();
      expect((await store.copies([copy.key])).size).toBe(1);
      expect(await finds(store, ['email a'])).toEqual([]);
      const [again] = await store.keepCopies([{ ...copy, fetchedAt: time(7) }], LISTED);
      expect(again?.became).toBe('CHANGED');
      expect(await store.record(copy.key)).toMatchObject({ missingSince: null });
      expect(await finds(store, ['email a'])).toEqual(['octobat 1']);
    });

    it('forgets all of an erased customer but its keys, and keeps no copy again until somebody asks for it', async () => {
      const store = await open();
      const [one, two] = [copyOf('octobat 1', { terms: ['email a'], words: ['jansen'] }), copyOf('nutcache 2')];
      await store.keepCopies([one, two], LISTED);
      await store.link([one.key, two.key], BY_HAND, 10, 'a request');
      expect(await store.erase(two.key, deedAt(time(7)))).toBe(2);
      for (const { key } of [one, two])
        expect(await store.record(key)).toMatchObject({
          customer: key,
          erasedAt: time(7),
          hash: null,
          fetchedAt: null,
        });
      expect((await store.copies([one.key, two.key])).size).toBe(0);
      expect(await store.linksOf(one.key)).toEqual([]);
      expect(await finds(store, ['email a'])).toEqual([]);
      expect(await finds(store, [], ['janssen'])).toEqual([]);
      expect((await store.keepCopies([one], LISTED))[0]?.became).toBe('ERASED');
      expect((await store.copies([one.key])).size).toBe(0);
      const asked = { ...one, fetchedAt: time(8) };
      expect((await store.keepCopies([asked], ASKED))[0]?.became).not.toBe('ERASED');
      expect(await store.record(one.key)).toMatchObject({ erasedAt: null, hash: one.hash });
      expect(await finds(store, ['email a'])).toEqual(['octobat 1']);
      expect(await store.erase(keyOf('octobat 2'), deedAt(time(8)))).toBe(0);
    });

    it('finds the records of customers that become one under its name, and apart again under their own', async () => {
      const store = await open();
      const all = ['octobat 1', 'octobat 2', 'octobat 3'];
      await store.keepCopies(
        all.map((each) => copyOf(each, { terms: [`email ${each}`], words: ['same'] })),
        LISTED,
      );
      await store.link(all.map(keyOf), BY_HAND, 10, 'a request');
      for (const each of all) expect(await finds(store, [`email ${each}`])).toEqual(['octobat 1']);
      expect(await finds(store, [], ['same'])).toEqual(['octobat 1']);
      await store.unlink(keyOf('octobat 1'), deedAt(time(1)));
      for (const [each, customer] of [all.slice(0, 1), ['octobat 2', 'octobat 2'], ['octobat 3', 'octobat 2']])
        expect(await finds(store, [`email ${each}`])).toEqual([customer ?? each]);
      expect(await finds(store, [], ['same'])).toEqual(['octobat 1', 'octobat 2']);
    });

    it('makes records one customer that share an id, from when they are first seen, and says why', async () => {
      const store = await open();
      await store.keepCopies([copyOf('octobat 1', { shared: 'x' }), copyOf('nutcache 1', { shared: 'y' })], LISTED);
      await store.keepCopies([copyOf('dirty-lemon 1', { shared: 'x', at: time(4) })], TOLD);
      expect(await together(store, 'dirty-lemon 1')).toEqual(['octobat 1', 'dirty-lemon 1']);
      expect(await store.linksOf(keyOf('octobat 1'))).toMatchObject([
        { rule: 'SHARED_ID', at: time(4), records: [keyOf('octobat 1'), keyOf('dirty-lemon 1')] },
      ]);
      await store.keepCopies([copyOf('octobat 2', { shared: 'z' }), copyOf('nutcache 2', { shared: 'z' })], LISTED);
      expect(await together(store, 'nutcache 2')).toEqual(['octobat 2', 'nutcache 2']);
      // Somebody's word stands, however often the records are listed.
      await store.unlink(keyOf('nutcache 2'), deedAt(time(5)));
      await store.keepCopies([copyOf('nutcache 2', { shared: 'z', name: 'new' })], LISTED);
      expect(await together(store, 'nutcache 2')).toEqual(['nutcache 2']);
    });

    it('makes nobody a customer of more records than one may have, whatever id they share', async () => {
      const store = await open();
      const copies = Array.from({ length: 520 }, (_, index) => copyOf(`octobat ${index}`, { shared: 'x' }));
      await store.keepCopies(copies, LISTED);
      const sizes = Map.groupBy(
        await Promise.all(copies.map(async ({ key }) => nameOf((await store.record(key))?.customer ?? key))),
        (customer) => customer,
      );
      expect(Math.max(...[...sizes.values()].map(({ length }) => length))).toBeLessThanOrEqual(500);
    });

    it('loses nothing and makes nothing twice when two keep the same copies at once', async () => {
      const both = [await open(), await open()];
      const copies = Array.from({ length: 60 }, (_, index) =>
        copyOf(`octobat ${index}`, { terms: ['kind x'], shared: `${index % 30}` }),
      );
      const kept = await Promise.all(both.map((store) => store.keepCopies(copies, LISTED)));
      expect(kept[0]?.map(({ sequence }) => sequence)).toEqual(kept[1]?.map(({ sequence }) => sequence));
      for (const store of both) {
        expect(await store.count('octobat')).toBe(60);
        expect(await finds(store, ['kind x'])).toHaveLength(30);
      }
    });

    it('keeps all copies of a page or none', async () => {
      const store = await open();
      const broken = { ...copyOf('octobat 2'), profile: null } as unknown as CopyToKeep;
      await expect(store.keepCopies([copyOf('octobat 1', { terms: ['kind x'] }), broken], LISTED)).rejects.toThrow();
      expect(await store.record(keyOf('octobat 1'))).toBeNull();
      expect(await finds(store, ['kind x'])).toEqual([]);
      await store.keepCopies([copyOf('octobat 1')], LISTED);
      expect(await store.count('octobat')).toBe(1);
    });
  });
}

const BY_HAND: LinkToKeep = { rule: 'MANUAL', evidence: ['They say so.'], at: time(0), by: 'support' };

/** The customers, by name, that are found by all of this. */
async function finds(store: Store, terms: readonly string[], words: readonly string[] = []): Promise<string[]> {
  const found = await store.search({
    ...{ providers: null, terms: terms.map((term) => [term]), words, changedSince: null },
    ...{ order: 'KNOWN', descending: false, after: null, before: null, limit: 500, fromEnd: false },
  });
  return found.map(({ customer }) => nameOf(customer));
}

const together = async (store: Store, named: string): Promise<string[]> =>
  (await store.recordsOf(keyOf(named))).map((record: RecordKey) => nameOf(record));
