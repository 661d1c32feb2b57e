import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordKey } from '../../src/ids/ids.ts';
import type { LinkToKeep, Store } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';
import { deedAt } from './storeRecords.ts';

/** What every store promises of customers that become one, and of records that are taken out of them. */
export function testStoreLinks(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`linking in the store: ${name}`, () => {
    const { open } = storesAt(newPlace);

    it('makes customers one by the first one’s name, known or not, and remembers by whose word', async () => {
      const store = await open();
      await store.keep([
        { key: b, customer: b },
        { key: c, customer: b },
      ]);
      expect(await store.link([a, c, d], BY_HAND, 10, 'a request')).toBe('LINKED');
      for (const each of [a, b, c, d]) expect(await store.record(each)).toMatchObject({ customer: a });
      const absorbed = (await store.recordsOf(a)).filter(({ absorbedAt }) => absorbedAt).map(keyOf);
      expect(absorbed).toEqual([b, d]);
      const again = await open();
      expect(await again.linksOf(a)).toEqual([{ ...BY_HAND, records: [b, c, a, d] }]);
      expect(await again.linksOf(b)).toEqual(await again.linksOf(a));
    });

    it('leaves customers as they are that are one already', async () => {
      const store = await open();
      expect(await store.link([a, a], BY_HAND, 10, 'a request')).toBe('ALREADY_ONE');
      expect(await store.record(a)).toBeNull();
      await store.link([a, b], BY_HAND, 10, 'a request');
      expect(await store.link([b, a], { ...BY_HAND, by: 'another' }, 10, 'a request')).toBe('ALREADY_ONE');
      expect(await store.linksOf(a)).toHaveLength(1);
    });

    it('makes no customer of more records than it may have, and changes nothing', async () => {
      const store = await open();
      await store.keep([
        { key: b, customer: b },
        { key: c, customer: b },
      ]);
      expect(await store.link([a, c, d], BY_HAND, 3, 'a request')).toBe('TOO_MANY_RECORDS');
      expect(await store.record(a)).toBeNull();
      expect((await store.recordsOf(b)).map(keyOf)).toEqual([b, c]);
      expect(await store.link([a, c, d], BY_HAND, 4, 'a request')).toBe('LINKED');
    });

    it('takes a record out, which is a customer by itself then, with the links that held it', async () => {
      const store = await open();
      await store.link([a, b, c], BY_HAND, 10, 'a request');
      expect(await store.unlink(b, deedAt(AT))).toEqual(a);
      expect(await store.record(b)).toMatchObject({ customer: b, absorbedAt: null });
      expect(await store.linksOf(a)).toEqual([{ ...BY_HAND, records: [a, c] }]);
      expect(await store.unlink(c, deedAt(AT))).toEqual(a);
      for (const each of [a, b, c]) expect(await store.linksOf(each)).toEqual([]);
      expect(await store.unlink(a, deedAt(AT))).toBeNull();
      expect(await store.unlink(d, deedAt(AT))).toBeNull();
    });

    it('names what is left by the record first known, when the one that named it is taken out', async () => {
      const store = await open();
      await store.link([a, b, c], BY_HAND, 10, 'a request');
      expect(await store.unlink(a, deedAt(AT))).toEqual(b);
      expect((await store.recordsOf(b)).map(keyOf)).toEqual([b, c]);
      expect(await store.record(b)).toMatchObject({ absorbedAt: null });
      expect((await store.recordsOf(a)).map(keyOf)).toEqual([a]);
    });

    it('keeps why records are one that were created together, and not of one alone', async () => {
      const store = await open();
      const together: LinkToKeep = { ...BY_HAND, rule: 'SAME_CREATE' };
      await store.keep([{ key: d, customer: d }], together);
      await store.keep(
        [
          { key: a, customer: a },
          { key: b, customer: a },
          { key: d, customer: a },
        ],
        together,
      );
      expect(await store.linksOf(a)).toEqual([{ ...together, records: [a, b] }]);
      expect(await store.linksOf(d)).toEqual([]);
    });

    it('keeps a record with the customer that has absorbed its own meanwhile', async () => {
      const store = await open();
      await store.keep([{ key: b, customer: b }]);
      await store.link([a, b], BY_HAND, 10, 'a request');
      expect(await store.keep([{ key: b, customer: b, codeSentAt: AT }])).toEqual([]);
      expect(await store.keep([{ key: c, customer: b }])).toEqual([]);
      expect(await store.record(c)).toMatchObject({ customer: a });
    });

    it('makes one of them, whoever links them at once in whatever direction', async () => {
      const both = [await open(), await open()];
      await Promise.all([
        both[0]?.link([a, b], BY_HAND, 10, 'a request'),
        both[1]?.link([b, a], BY_HAND, 10, 'a request'),
      ]);
      const named = await both[0]?.record(a);
      expect(await both[1]?.record(b)).toMatchObject({ customer: named?.customer });
      expect([a, b]).toContainEqual(named?.customer);
    });

    it('gives every record one customer that has it and is named by one of its own, whatever is linked and unlinked', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          const own = await newPlace();
          const store = await own.open();
          let model: Groups = ALL.map((key) => [key]);
          for (const each of steps) model = await stepped(store, model, each);
          for (const key of ALL) await expectIn(store, key, groupOf(model, key));
          await store.close();
          await own.drop();
        }),
        { numRuns: 25 },
      );
    });
  });
}

const AT = new Date(1_700_000_000_123);
const BY_HAND: LinkToKeep = { rule: 'MANUAL', evidence: ['They say so.'], at: AT, by: 'support' };

const ALL = ['1', '2', '3', '4', '5'].map((providerId): RecordKey => ({ provider: 'octobat', providerId }));
const [a, b, c, d] = ALL as [RecordKey, RecordKey, RecordKey, RecordKey, RecordKey];
interface Step {
  readonly does: 'link' | 'unlink';
  readonly keys: readonly RecordKey[];
}
const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('link', 'link', 'unlink'),
  keys: fc.array(fc.constantFrom(...ALL), { minLength: 1, maxLength: 3 }),
});

/** The records that are one customer, all customers. */
type Groups = readonly (readonly RecordKey[])[];

const groupOf = (model: Groups, key: RecordKey) => model.find((group) => group.includes(key)) ?? [key];

/** Does the step in the store. @returns the model after it */
async function stepped(store: Store, model: Groups, { does, keys }: Step): Promise<Groups> {
  if (does === 'link') {
    await store.link(keys, BY_HAND, 10, 'a request');
    const groups = [...new Set(keys.map((key) => groupOf(model, key)))];
    return groups.length > 1 ? [...model.filter((group) => !groups.includes(group)), groups.flat()] : model;
  }
  const [first = a] = keys;
  const group = groupOf(model, first);
  const rest = group.filter((key) => key !== first);
  expect((await store.unlink(first, deedAt(AT))) !== null).toBe(rest.length > 0);
  return rest.length > 0 ? [...model.filter((each) => each !== group), rest, [first]] : model;
}

async function expectIn(store: Store, key: RecordKey, group: readonly RecordKey[]): Promise<void> {
  const customer = (await store.record(key))?.customer;
  if (!customer) return expect(group).toEqual([key]);
  const records = (await store.recordsOf(customer)).map(keyOf);
  expect(new Set(records.map(textOf))).toEqual(new Set(group.map(textOf)));
  expect(records).toContainEqual(customer);
  const links = await store.linksOf(customer);
  expect(links.length > 0).toBe(records.length > 1);
  for (const link of links) for (const each of link.records) expect(records).toContainEqual(each);
}

const keyOf = ({ provider, providerId }: RecordKey): RecordKey => ({ provider, providerId });
const textOf = ({ provider, providerId }: RecordKey): string => `${provider}:${providerId}`;
