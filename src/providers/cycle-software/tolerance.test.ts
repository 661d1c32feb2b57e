import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../http/exactJson.ts';
import { customer } from './api.ts';
import { profile, quality, raw } from './mapping.ts';
import { retrieved } from './test-data.ts';
import { wireOf } from './test-server.ts';

describe('anything that has the shape', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.constantFrom(null, undefined, '', ' ', -0, JSON.rawJSON('12345678901234567890'), JSON.rawJSON('-1.5E-400')),
  );
  const phones = fc.array(
    fc.dictionary(fc.constantFrom('phone_number_id', 'phone_number', 'name', 'customer_id', 'other'), scalar),
  );
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(retrieved), 'other'), scalar);
  const id = fc.oneof(fc.integer({ min: 1, max: 9_999_999_999 }), fc.constant('26196'));
  const json = fc
    .tuple(fields, id, fc.option(phones))
    .map(([one, customer_id, phone_numbers]) => ({ ...one, customer_id, phone_numbers }));

  it('CS-5 CS-20 is taken: missing, null, numbers for text, and properties that nobody has heard of', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(customer.safeParse(parseExact(JSON.stringify(value))).success).toBe(true);
      }),
    );
  });

  it('is read without a word, to canonical values', () => {
    fc.assert(
      fc.property(json, (value) => {
        const wire = wireOf(customer.parse(parseExact(JSON.stringify(value))));
        const values = Object.values(profile).map((reader) => reader(wire));
        for (const one of values) expect([undefined, '', Number.NaN]).not.toContain(one);
        expect(quality(wire)).toBeInstanceOf(Array);
        expect(raw(wire)).not.toHaveProperty('phone_numbers.0.customer_id');
      }),
    );
  });
});
