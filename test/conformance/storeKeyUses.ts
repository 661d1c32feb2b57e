import { describe, expect, it } from 'vitest';
import { type StorePlace, storesAt } from './storePlace.ts';

/** When API keys were used last. */
export function testStoreKeyUses(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`the uses of keys: ${name}`, () => {
    const { open, reopened } = storesAt(newPlace);
    const at = (ms: number) => new Date(1_700_000_000_000 + ms);

    it('are kept by key, the latest of each, whoever keeps them in which order', async () => {
      const [one, other] = [await open(), await open()];
      expect(await one.keyUses()).toEqual(new Map());
      await one.keepKeyUses(new Map());
      await one.keepKeyUses(
        new Map([
          ['a', at(5)],
          ['b', at(1)],
        ]),
      );
      await other.keepKeyUses(
        new Map([
          ['b', at(9)],
          ['a', at(3)],
          ['c', at(0)],
        ]),
      );
      for (const again of [async () => one, async () => other, reopened])
        expect(await (await again()).keyUses()).toEqual(
          new Map([
            ['a', at(5)],
            ['b', at(9)],
            ['c', at(0)],
          ]),
        );
    });

    it('may be many, by several at once', async () => {
      const [one, other] = [await open(), await open()];
      const many = (ms: number) => Array.from({ length: 600 }, (_, key): [string, Date] => [`k${key}`, at(ms + key)]);
      await Promise.all([one.keepKeyUses(new Map(many(0))), other.keepKeyUses(new Map(many(1).reverse()))]);
      expect([...(await one.keyUses())].sort()).toEqual(many(1).sort());
    });
  });
}
