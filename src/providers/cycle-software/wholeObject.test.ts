import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Patch } from '../../contract/write.ts';
import { parseExact } from '../../http/exactJson.ts';
import { customer } from './api.ts';
import { profile } from './mapping.ts';
import { retrieved } from './test-data.ts';
import { wireOf } from './test-server.ts';
import { draftUpdate } from './writes.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constantFrom('', ' ', null, 'Dhr./Mevr. ', '06-12345678', '+31 6 1', 'NL', 'sr'),
  fc.constantFrom(JSON.rawJSON('9007199254740993'), JSON.rawJSON('0.12345678901234567890'), JSON.rawJSON('1e400')),
);
const unknown = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => !(key in retrieved) && key !== '__proto__'),
  // What JSON.parse can read it can't always write: -0 comes back as 0.
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
);
const phoneEntry = fc
  .tuple(
    unknown,
    fc.record(
      {
        phone_number_id: fc.oneof(fc.constantFrom('mob', 'tel', '', null), fc.nat().map(String), fc.nat()),
        customer_id: fc.integer(),
        phone_number: scalar,
        name: scalar,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([extra, entry]) => ({ ...extra, ...entry }));
const { customer_id: _, phone_numbers: __, ...texts } = retrieved;
const known = fc.record(Object.fromEntries(Object.keys(texts).map((key) => [key, scalar])), { requiredKeys: [] });
const phoneNumbers = fc.option(fc.array(phoneEntry, { maxLength: 5 }));
const overTheLine = (value: unknown) => customer.parse(parseExact(JSON.stringify(value)));
/** A customer as it could come over the line. */
const json = fc
  .tuple(unknown, known, fc.integer({ min: 1, max: 9_999_999_999 }), phoneNumbers)
  .map(([extra, fields, customer_id, phone_numbers]) =>
    overTheLine({ ...extra, ...fields, customer_id, ...(phone_numbers ? { phone_numbers } : {}) }),
  );

const update = (value: unknown, patch: Patch, own = {}) => {
  const parsed = customer.parse(value);
  const current = { providerId: String(parsed.customer_id), wire: wireOf(parsed) };
  const draft = draftUpdate({ patch, own, current, decidedAt: new Date(0) });
  return { ...draft, sent: draft.request && overTheLine(draft.request.json) };
};

describe('CS-1 the whole object', () => {
  it('CS-1 comes back equal but for the change, with unknown properties and every phone number', () => {
    fc.assert(
      fc.property(json, (value) => {
        const { sent } = update(value, { email: 'new@domain.nl' });
        expect(JSON.stringify(sent)).toBe(JSON.stringify({ ...value, email: 'new@domain.nl' }));
        expect(update(value, {}, { attn: 'A new name' }).sent).toEqual({ ...value, attn: 'A new name' });
      }),
      { numRuns: 400 },
    );
  });

  it('CS-1 is not sent at all where nothing is named', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(update(value, {}, { phoneNumbers: [] }).request).toBeNull();
      }),
    );
  });

  it('CS-1 keeps every phone number that is not named, byte for byte', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('+31612345678', null), (value, wanted) => {
        const { sent, held } = update(value, { phone: wanted });
        const before = value.phone_numbers ?? [];
        const after = (sent ?? value).phone_numbers ?? [];
        const kept = before.filter(
          (entry: unknown, index: number) => JSON.stringify(entry) === JSON.stringify(after[index]),
        );
        expect(kept.length).toBeGreaterThanOrEqual(before.length - 1);
        expect({ ...sent, phone_numbers: null }).toEqual({ ...(sent && value), phone_numbers: null });
        expect(held).toEqual(['phone']);
        if (wanted && sent) expect(profile.phone?.(wireOf(customer.parse(sent)))).toBe(wanted);
      }),
      { numRuns: 400 },
    );
  });

  it('CS-3 reads back the last name and the first line that were written', () => {
    const words = fc.array(fc.constantFrom('van', 'Van', 'der', 'Berg', '1', '12b'), { minLength: 1, maxLength: 4 });
    const line = words.map((list) => list.join(' '));
    fc.assert(
      fc.property(json, line, line, (value, lastName, line1) => {
        const wire = wireOf(customer.parse(update(value, { lastName, 'address.line1': line1 }).sent ?? value));
        expect(profile.lastName?.(wire)?.toLowerCase().split(/\s+/).join(' ')).toBe(lastName.toLowerCase());
        expect(profile.address?.(wire)?.line1).toBe(line1);
      }),
      { numRuns: 400 },
    );
  });
});
