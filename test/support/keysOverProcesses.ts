import { expect, it, vi } from 'vitest';
import { createDice } from '../../src/sandbox/random.ts';
import type { Place } from './place.ts';
import { startTwo } from './twoProcesses.ts';
import { ask } from './world.ts';

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId status error { code } } errors { code } } }`;

interface Payload {
  readonly customer: { readonly id: string } | null;
  readonly errors: readonly { readonly code: string }[];
}

/** So many keys are under way at once. */
const AT_ONCE = 5;

/** The same key and the same meaning are one write, whichever of two processes is asked how often at once. */
export function testKeysOverProcesses(name: string, newPlace: () => Promise<Place>, keys: number): void {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const timeout = 60_000 + keys * 2_000;
  it(
    `does ${keys} keys once each, asked for 2 to 20 times at once over two processes, on ${name} (SEED=${seed})`,
    async () => {
      const dice = createDice(seed);
      const { sandbox, urls } = await startTwo(newPlace);
      const octobat = sandbox.provider('octobat');
      const writes = () => octobat.calls.filter(({ method }) => method !== 'GET').length;
      const count = { asked: 0, again: 0, refused: 0 };
      const create = async (key: number, at: number, firstName = 'Ada'): Promise<Payload> => {
        const input = {
          firstName,
          lastName: 'Lovelace',
          email: `k${key}@example.com`,
          address: { country: 'NL' },
          providers: ['OCTOBAT'],
        };
        const { data, errors } = await ask(urls[at % 2] ?? '', CREATE, {
          input: { ...input, idempotencyKey: `key ${key}` },
        });
        expect(errors).toEqual([]);
        const payload = data?.createCustomer as Payload;
        // Its time was over before the others were answered: whoever is told so asks again.
        if (payload.errors[0]?.code !== 'IDEMPOTENCY_IN_PROGRESS') return payload;
        count.again += 1;
        return create(key, at, firstName);
      };
      const refused = [{ code: 'IDEMPOTENCY_KEY_REUSED' }];
      const oneKey = async (key: number): Promise<void> => {
        const times = 2 + dice.roll(19);
        const start = dice.roll(2);
        const answers = await Promise.all(Array.from({ length: times }, (_, index) => create(key, start + index)));
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        expect(answers[0]).toMatchObject({ customer: { id: expect.any(String) }, errors: [] });
        // Another input, at whichever of them.
        const others = await Promise.all([create(key, 0, 'Eve'), create(key, 1, 'Eve')]);
        for (const other of others) expect(other).toMatchObject({ customer: null, errors: refused });
        count.asked += times;
        count.refused += others.length;
      };
      for (let key = 0; key < keys; key += AT_ONCE)
        await Promise.all(Array.from({ length: Math.min(AT_ONCE, keys - key) }, (_, index) => oneKey(key + index)));
      expect(writes()).toBe(keys);

      // What never left frees its key: for another input, at the other process.
      await octobat.down();
      const lost = Math.ceil(keys / 10);
      for (let key = keys; key < keys + lost; key++)
        expect(await create(key, key)).toMatchObject({ errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
      await octobat.up();
      // One that has failed very often is left alone for a moment.
      for (let key = keys; key < keys + lost; key++)
        await vi.waitFor(
          async () => expect(await create(key, key + 1, 'Eve')).toMatchObject({ customer: {}, errors: [] }),
          { timeout: 10_000 },
        );
      expect(writes()).toBe(keys + lost);
      console.log(
        `${name}, SEED=${seed}: ${keys} keys, asked for ${count.asked} times over two processes (${count.again} had to ask again): ${writes() - lost} writes; ` +
          `${count.refused} of ${count.refused} other inputs refused; ${lost} of ${lost} keys free again that never left`,
      );
    },
    timeout,
  );
}
