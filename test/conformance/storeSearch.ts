import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effort } from '../../src/store/effort.ts';
import type { Criteria, FoundCustomer, SearchRequest } from '../../src/store/search.ts';
import type { CopyToKeep, LinkToKeep, Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { copyOf, deedAt, keyOf, LISTED, nameOf, time } from './storeRecords.ts';
import { type Action, action, asking, criteria, Directory, found, GONE_AT, requestOf } from './storeSearchModel.ts';

/** What every store promises of finding customers. */
export function testStoreSearch(name: string, newPlace: (effort?: Effort) => Promise<StorePlace>, runs: number): void {
  describe(`search in the store: ${name}`, () => {
    const { open } = storesAt(() => newPlace());

    it('finds nobody where nobody is', async () => {
      const store = await open();
      expect(await store.search(ask())).toEqual([]);
      expect(await store.countFound(ANY)).toBe(0);
      expect(await store.sharing(['email a'], 10)).toEqual([]);
      expect(await store.sample(10)).toEqual([]);
    });

    it('finds a customer by one record that is all of what is asked, not by two that are it together', async () => {
      const store = await open();
      await keep(store, [
        copyOf('octobat 1', { terms: ['email a', 'country NL'] }),
        copyOf('nutcache 2', { terms: ['email b', 'country FR'] }),
      ]);
      await store.link([keyOf('octobat 1'), keyOf('nutcache 2')], LINK, 10, 'a request');
      const names = async (criteria: Partial<Criteria>) => (await store.search(ask(criteria))).map(customer);
      expect(await names({ terms: [['email a'], ['country NL', 'country BE']] })).toEqual(['octobat 1']);
      expect(await names({ terms: [['email b'], ['country FR']] })).toEqual(['octobat 1']);
      expect(await names({ terms: [['email a'], ['country FR']] })).toEqual([]);
      expect(await names({ terms: [['email a', 'email b']] })).toEqual(['octobat 1']);
      expect(await names({ terms: [['email b']], providers: ['octobat'] })).toEqual([]);
      expect(await names({ terms: [['email b']], providers: ['octobat', 'nutcache'] })).toEqual(['octobat 1']);
      expect(await names({ providers: [] })).toEqual([]);
      expect(await names({ terms: [[]] })).toEqual([]);
    });

    it('sorts by name, with those without a name last in either direction', async () => {
      const store = await open();
      await keep(store, [
        copyOf('octobat 1', { name: 'Zoë' }),
        copyOf('octobat 2'),
        copyOf('octobat 3', { name: 'Ábel' }),
        copyOf('octobat 4', { name: 'abel' }),
        copyOf('octobat 5', { name: '\u{20000}' }),
        copyOf('octobat 6', { name: '\u{FA0E}' }),
      ]);
      const sorted = async (descending: boolean) =>
        (await store.search(ask({ order: 'NAME', descending }))).map(({ customer: { providerId } }) => providerId);
      expect(await sorted(false)).toEqual(['3', '4', '1', '6', '5', '2']);
      expect(await sorted(true)).toEqual(['5', '6', '1', '4', '3', '2']);
    });

    it('forgives one letter of a word, not in a short word or a number, and finds what is spelt right first', async () => {
      const store = await open();
      const words = ['jansen', 'janssen', 'jansn', 'ajnsen', 'jasnen', 'jensens', 'ann', 'anna', '1234', '1235'];
      await keep(
        store,
        words.map((word, index) => copyOf(`octobat ${index}`, { words: [word] })),
      );
      const finds = async (word: string) =>
        (await store.search(ask({ words: [word], order: 'RELEVANCE' }))).map(({ customer: { providerId }, place }) => [
          words[Number(providerId)],
          place[0],
        ]);
      expect(await finds('janssen')).toEqual([
        ['janssen', 0],
        ['jansen', 1],
      ]);
      expect(await finds('jansen')).toEqual([
        ['jansen', 0],
        ['janssen', 1],
        ['jansn', 1],
        ['ajnsen', 1],
        ['jasnen', 1],
      ]);
      expect(await finds('ann')).toEqual([['ann', 0]]);
      expect(await finds('anna')).toEqual([
        ['anna', 0],
        ['ann', 1],
      ]);
      expect(await finds('1234')).toEqual([['1234', 0]]);
      expect(await finds('%')).toEqual([]);
    });

    it('shows no customer twice and skips nobody while others come and go between two pages', async () => {
      const store = await open();
      const named = (index: number) => copyOf(`octobat ${index}`, { name: `n${String(index).padStart(3, '0')}` });
      await keep(
        store,
        Array.from({ length: 40 }, (_, index) => named(10 + 2 * index)),
      );
      const pages: FoundCustomer[] = [];
      for (let turn = 0; ; turn++) {
        const page = await store.search(ask({ order: 'NAME', limit: 7, after: pages.at(-1)?.place ?? null }));
        pages.push(...page);
        if (page.length < 7) break;
        await keep(store, [named(9 - turn), named(11 + 2 * turn)]);
        await store.erase(keyOf(`octobat ${10 + 2 * turn}`), deedAt(time(1)));
      }
      const ids = pages.map(({ customer: { providerId } }) => Number(providerId));
      expect(new Set(ids).size).toBe(ids.length);
      const even = ids.filter((id) => id % 2 === 0 && id >= 10);
      expect(even).toEqual(Array.from({ length: 40 }, (_, index) => 10 + 2 * index));
    });

    it('finds records that share a term with few, and none by a term that many have', async () => {
      const store = await open();
      await keep(
        store,
        Array.from({ length: 20 }, (_, index) =>
          copyOf(`octobat ${index}`, { terms: ['country NL', `postal ${index % 7}`, `email ${index % 10}`] }),
        ),
      );
      const shared = async (terms: string[], most: number) => (await store.sharing(terms, most)).map(nameOf).sort();
      expect(await shared(['email 1'], 2)).toEqual(['octobat 1', 'octobat 11']);
      expect(await shared(['email 1'], 1)).toEqual([]);
      expect(await shared(['country NL', 'email 1', 'postal 3', 'email 1'], 3)).toEqual(
        ['octobat 1', 'octobat 10', 'octobat 11', 'octobat 17', 'octobat 3'].sort(),
      );
      const many = Array.from({ length: 20 }, (_, index) => `email ${index}`);
      expect(await shared(many, 2)).toHaveLength(20);
      await store.erase(keyOf('octobat 1'), deedAt(time(1)));
      expect(await shared(['email 1'], 2)).toEqual(['octobat 11']);
    });

    it('draws as many records that a copy is held of as are wanted, or all', async () => {
      const store = await open();
      await keep(
        store,
        Array.from({ length: 300 }, (_, index) => copyOf(`octobat ${index}`)),
      );
      await store.keep([{ key: keyOf('nutcache 1'), customer: keyOf('nutcache 1') }]);
      await store.erase(keyOf('octobat 7'), deedAt(time(1)));
      const all = (await store.sample(1_000)).map(nameOf);
      expect(new Set(all).size).toBe(299);
      expect(all).not.toContain('nutcache 1');
      expect(all).not.toContain('octobat 7');
      const some = (await store.sample(20)).map(nameOf);
      expect(new Set(some).size).toBe(20);
      expect(all).toEqual(expect.arrayContaining(some));
      expect((await store.sample(250)).length).toBe(250);
    });

    it.each([
      ['as it does', undefined],
      ['as where everything is too much to look at in one piece', LARGE],
    ])(
      'finds what the plainest model of it finds, whatever was kept, linked, missing and erased, %s',
      async (_, effort) => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(action, { minLength: 1, maxLength: 25 }),
            fc.array(asking, { minLength: 5, maxLength: 20 }),
            fc.array(criteria, { minLength: 1, maxLength: 5 }),
            async (actions, requests, counts) => {
              const own = await newPlace(effort);
              const store = await own.open();
              const directory = new Directory();
              for (const each of actions) await does(store, directory, each);
              for (const request of requests.map((each) => requestOf(directory, each)))
                expect(await store.search(request), JSON.stringify(request)).toEqual(found(directory, request));
              for (const each of counts) expect(await store.countFound(each)).toBe(found(directory, ask(each)).length);
              await store.close();
              await own.drop();
            },
          ),
          { numRuns: runs },
        );
      },
    );
  });
}

/** A few customers are for this what a million are for the real one. */
const LARGE: Effort = {
  byIndex: { few: 1, firstLook: 2, gatheredPerLook: 0.5, counts: true },
  byRecord: { few: 1, firstLook: 2, gatheredPerLook: 1, counts: false },
  ...{ fewByTypos: 1, least: 1, most: 2 },
  ...{ atOnce: 1, span: 4, spanByTypos: 3 },
};
const ANY: Criteria = { providers: null, terms: [], words: [], changedSince: null };
const LINK: LinkToKeep = { rule: 'MANUAL', evidence: [], at: time(0), by: 'support' };

const ask = (request: Partial<SearchRequest> = {}): SearchRequest => ({
  ...ANY,
  ...{ order: 'KNOWN', descending: false, after: null, before: null, limit: 500, fromEnd: false },
  ...request,
});

const keep = (store: Store, copies: readonly CopyToKeep[]) => store.keepCopies(copies, LISTED);
const customer = (one: FoundCustomer): string => nameOf(one.customer);

/** In the store and in the model. */
async function does(store: Store, directory: Directory, action: Action): Promise<void> {
  if (action.does === 'keep') {
    const source = { asked: action.asked, told: false };
    await store.keepCopies(action.copies, source);
    directory.keep(action.copies, source);
  } else if (action.does === 'link') {
    await store.link(action.all.map(keyOf), LINK, 50, 'a request');
    directory.link(action.all);
  } else if (action.does === 'know') {
    await store.keep([{ key: keyOf(action.named), customer: keyOf(action.named) }]);
    directory.at(action.named);
  } else if (action.does === 'missing') {
    await store.markMissing([keyOf(action.named)], GONE_AT);
    directory.missing(action.named);
  } else {
    await store.erase(keyOf(action.named), deedAt(GONE_AT));
    directory.erase(action.named);
  }
}
