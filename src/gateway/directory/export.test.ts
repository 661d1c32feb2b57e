import { expect, it } from 'vitest';
import { createIds } from '../../ids/ids.ts';
import { createSealer } from '../../ids/seal.ts';
import type { Store } from '../../store/store.ts';
import { exportCustomer } from './export.ts';

const ids = createIds(createSealer('x'.repeat(32)));
const at = new Date(0);
const customer = { provider: 'octobat', providerId: 'a' };
const absorbed = { provider: 'nutcache', providerId: 'b' };

const held = (records: unknown[], writes: unknown[] = []) =>
  ({
    heldOn: async () => ({ records, writes, changes: [] }),
    linksOf: async () => [{ rule: 'EMAIL', evidence: 'x', at, by: 'shop', records: [customer, absorbed] }],
  }) as unknown as Store;

it('is nothing where nothing is held', async () => {
  expect(await exportCustomer(held([]), ids, customer, at)).toBeNull();
});

it('names the customer as the API does, with the ids of before, and keeps what was said to the letter', async () => {
  const record = (key: object, more: object = {}) => ({ ...key, customer, absorbedAt: null, erasedAt: null, ...more });
  const copy = { profile: '{"firstName":"Ada"}', raw: '{"id":12345678901234567890}', terms: ['t'], words: ['w'] };
  const write = { id: 1, kind: 'UPDATE', content: '{"a":1}', result: null };
  const exported = await exportCustomer(
    held(
      [
        { record: record(customer), copy },
        { record: record(absorbed, { absorbedAt: at }), copy: null },
      ],
      [write, { ...write, result: '{"b":2}' }],
    ),
    ...([ids, customer, at] as const),
  );
  const id = (kind: 'customer' | 'record', key: typeof customer) => ids.seal({ kind, ...key });
  expect(exported).toMatchObject({
    ...{ exportedAt: at, customer: { id: id('customer', customer), formerIds: [id('customer', absorbed)] } },
    records: [
      { id: id('record', customer), profile: { firstName: 'Ada' }, foundBy: { terms: ['t'], words: ['w'] } },
      { id: id('record', absorbed), profile: null, raw: null, foundBy: null },
    ],
    links: [{ rule: 'EMAIL', linkedBy: 'shop', records: [id('record', customer), id('record', absorbed)] }],
    writes: [
      { content: { a: 1 }, result: null },
      { content: { a: 1 }, result: { b: 2 } },
    ],
  });
  expect(JSON.stringify(exported)).toContain('12345678901234567890');
});
