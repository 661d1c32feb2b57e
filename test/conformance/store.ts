import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyText, type RecordKey } from '../../src/ids/ids.ts';
import type { KnownRecord, RecordToKeep } from '../../src/store/store.ts';
import { type StorePlace, storesAt } from './storePlace.ts';

/** What every store promises, whatever it is made of. */
export function testStore(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`the store: ${name}`, () => {
    const { open, reopened } = storesAt(newPlace);

    it('knows nothing at first', async () => {
      const store = await open();
      expect(await store.record(octobat)).toBeNull();
      expect(await store.recordsOf(octobat)).toEqual([]);
      expect(await store.page('octobat', 0, 10)).toEqual([]);
      expect(await store.count('octobat')).toBe(0);
    });

    it('gives back what was kept, to the millisecond, and after it was opened again', async () => {
      const store = await open();
      await store.keep([
        { key: octobat, customer: octobat, remembered: { wire: WIRE, at: new Date(1_700_000_000_123) } },
        { key: lemon, customer: octobat, codeSentAt: new Date(1_700_000_000_456) },
      ]);
      for (const again of [async () => store, reopened]) {
        const each = await again();
        expect(await each.record(octobat)).toEqual({
          ...octobat,
          customer: octobat,
          sequence: expect.any(Number),
          remembered: WIRE,
          rememberedAt: new Date(1_700_000_000_123),
          codeSentAt: null,
          ...NO_COPY,
        });
        expect(await each.record(lemon)).toMatchObject({
          customer: octobat,
          remembered: null,
          rememberedAt: null,
          codeSentAt: new Date(1_700_000_000_456),
        });
        expect(keysOf(await each.recordsOf(octobat))).toEqual([octobat, lemon]);
        expect(keysOf(await each.recordsOf(lemon))).toEqual([octobat, lemon]);
      }
    });

    it('knows many customers at once, by any of their records', async () => {
      const store = await open();
      const keys = Array.from({ length: 60 }, (_, index) => ({ provider: 'nutcache', providerId: String(index) }));
      await store.keep(keys.map((key) => ({ key, customer: key })));
      await store.keep(keys.slice(0, 9).map((key) => ({ key: other(key), customer: key })));
      const asked = [...keys, ...keys.slice(0, 5).map(other), octobat];
      const known = await store.recordsOfAll(asked);
      for (const key of asked) expect(known.get(keyText(key)) ?? []).toEqual(await store.recordsOf(key));
      expect(known.get(keyText(octobat))).toBeUndefined();
      expect(await store.recordsOfAll([])).toEqual(new Map());
    });

    it('leaves what a later write does not speak of', async () => {
      const store = await open();
      const at = new Date(1_700_000_000_000);
      await store.keep([{ key: octobat, customer: octobat, remembered: { wire: { a: 1 }, at }, codeSentAt: at }]);
      await store.keep([{ key: octobat, customer: octobat }]);
      expect(await store.record(octobat)).toMatchObject({ remembered: { a: 1 }, rememberedAt: at, codeSentAt: at });
      const later = new Date(1_800_000_000_000);
      await store.keep([{ key: octobat, customer: octobat, remembered: { wire: { b: 2 }, at: later } }]);
      expect(await store.record(octobat)).toMatchObject({ remembered: { b: 2 }, rememberedAt: later, codeSentAt: at });
    });

    it('leaves a record with the customer that it has, and in its place', async () => {
      const store = await open();
      await store.keep([{ key: octobat, customer: octobat }]);
      await store.keep([{ key: lemon, customer: lemon }]);
      const before = await store.record(octobat);
      await store.keep([{ key: octobat, customer: lemon }]);
      expect(await store.record(octobat)).toEqual(before);
      expect(keysOf(await store.recordsOf(lemon))).toEqual([lemon]);
    });

    it('tells apart ids that only look alike', async () => {
      const store = await open();
      const keys = ['a', 'A', 'a ', ' a', 'ä', 'a\u0308', '1', '01', '1.0', "a'--", 'a%', 'a_', ''].map(
        (providerId) => ({
          provider: 'octobat',
          providerId,
        }),
      );
      await store.keep(keys.map((key) => ({ key, customer: key })));
      expect(await store.count('octobat')).toBe(keys.length);
      for (const key of keys) expect(keysOf(await store.recordsOf(key))).toEqual([key]);
      expect(await store.record({ provider: 'octobat', providerId: '%' })).toBeNull();
      expect(await store.record({ provider: 'Octobat', providerId: 'a' })).toBeNull();
    });

    it('keeps all of a write or none', async () => {
      const store = await open();
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const broken: RecordToKeep = { key: lemon, customer: octobat, remembered: { wire: circle, at: new Date() } };
      await expect(store.keep([{ key: octobat, customer: octobat }, broken])).rejects.toThrow();
      expect(await store.record(octobat)).toBeNull();
      await store.keep([{ key: octobat, customer: octobat }]);
      expect(await store.count('octobat')).toBe(1);
    });

    it('pages through the records of one provider once each, in the order in which they became known', async () => {
      const store = await open();
      const keys = Array.from({ length: 25 }, (_, index) => ({ provider: 'nutcache', providerId: String(index) }));
      for (const key of keys)
        await store.keep([
          { key, customer: key },
          { key: other(key), customer: key },
        ]);
      const paged: KnownRecord[] = [];
      for (;;) {
        const page = await store.page('nutcache', paged.at(-1)?.sequence ?? 0, 10);
        paged.push(...page);
        if (page.length < 10) break;
      }
      expect(keysOf(paged)).toEqual(keys);
      expect(await store.page('nutcache', paged.at(-1)?.sequence ?? 0, 10)).toEqual([]);
    });

    it('shows what one has kept to the other at once', async () => {
      const [one, two] = [await open(), await open()];
      await one.keep([{ key: octobat, customer: octobat }]);
      expect(await two.record(octobat)).toMatchObject({ customer: octobat });
      await two.keep([{ key: lemon, customer: octobat }]);
      expect(keysOf(await one.recordsOf(octobat))).toEqual([octobat, lemon]);
    });

    it('loses nothing when two write at once', async () => {
      const both = [await open(), await open()];
      const keys = Array.from({ length: 100 }, (_, index) => ({ provider: 'octobat', providerId: String(index) }));
      await Promise.all(keys.map((key, index) => both[index % 2]?.keep([{ key, customer: key }])));
      for (const store of both) expect(await store.count('octobat')).toBe(100);
      const page = await both[0]?.page('octobat', 0, 500);
      expect(new Set(page?.map(({ sequence }) => sequence)).size).toBe(100);
    });

    it('gives the one customer of whoever came first to both who write the same record at once', async () => {
      const [one, two] = [await open(), await open()];
      await Promise.all([
        one.keep([{ key: octobat, customer: octobat }]),
        two.keep([{ key: octobat, customer: lemon }]),
      ]);
      const [seenByOne, seenByTwo] = [await one.record(octobat), await two.record(octobat)];
      expect(seenByOne).toEqual(seenByTwo);
      expect([octobat, lemon]).toContainEqual(seenByOne?.customer);
    });

    it('is what the plainest model of it is, whatever is kept in whatever order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
          const own = await newPlace();
          const store = await own.open();
          const model = new Map<string, Omit<KnownRecord, 'sequence'>>();
          for (const each of writes) {
            expect(await store.keep([each])).toEqual(keepIn(model, each));
          }
          for (const [key, expected] of model) {
            const { sequence, ...record } = (await store.record(JSON.parse(key))) ?? { sequence: 0 };
            expect(record).toEqual(expected);
          }
          const all = await Promise.all(PROVIDERS.map((provider) => store.page(provider, 0, 500)));
          const known = all.flat().sort((first, second) => first.sequence - second.sequence);
          expect(keysOf(known).map((key) => JSON.stringify(key))).toEqual([...model.keys()]);
          await store.close();
          await own.drop();
        }),
        { numRuns: 25 },
      );
    });
  });
}

const octobat: RecordKey = { provider: 'octobat', providerId: 'oc_cu_1' };
const lemon: RecordKey = { provider: 'dirty-lemon', providerId: '00000000-0000-4000-8000-000000000001' };
const WIRE = { name: 'Zoë "O’Hara"\n\u{1F600}', none: null, list: [1, 'two', { three: 3 }], flag: false, '': '' };
const NO_COPY = {
  ...{ absorbedAt: null, hash: null, fetchedAt: null, changedSeenAt: null, missingSince: null, erasedAt: null },
  isOutdated: false,
};
const PROVIDERS = ['octobat', 'nutcache', 'dirty-lemon'] as const;

const other = ({ providerId }: RecordKey): RecordKey => ({ provider: 'octobat', providerId });

const keysOf = (records: readonly RecordKey[]): RecordKey[] =>
  records.map(({ provider, providerId }) => ({ provider, providerId }));

const key = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  providerId: fc.constantFrom('1', '2', '3', 'é', "'"),
});
const time = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => new Date(ms));
const write: fc.Arbitrary<RecordToKeep> = fc.record(
  {
    key,
    customer: key,
    // What is remembered is a provider's JSON, so never null by itself.
    remembered: fc.record({ wire: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map(asJson), at: time }),
    codeSentAt: time,
  },
  { requiredKeys: ['key', 'customer'] },
);

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A record that is known as another customer's stays as it was, and is told. */
function keepIn(model: Map<string, Omit<KnownRecord, 'sequence'>>, each: RecordToKeep): RecordKey[] {
  const name = JSON.stringify(each.customer);
  if (!model.has(name)) model.set(name, kept({ key: each.customer, customer: each.customer }, undefined));
  const known = model.get(JSON.stringify(each.key));
  const customer = model.get(JSON.stringify(each.customer))?.customer ?? each.customer;
  if (known && JSON.stringify(known.customer) !== JSON.stringify(customer)) return [each.key];
  model.set(JSON.stringify(each.key), kept({ ...each, customer }, known));
  return [];
}

function kept(
  { key: { provider, providerId }, customer, remembered, codeSentAt }: RecordToKeep,
  before: Omit<KnownRecord, 'sequence'> | undefined,
): Omit<KnownRecord, 'sequence'> {
  return {
    provider,
    providerId,
    customer: before?.customer ?? customer,
    remembered: remembered ? remembered.wire : (before?.remembered ?? null),
    rememberedAt: remembered?.at ?? before?.rememberedAt ?? null,
    codeSentAt: codeSentAt ?? before?.codeSentAt ?? null,
    ...NO_COPY,
  };
}
