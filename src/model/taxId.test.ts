import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { taxId } from './taxId.ts';

describe('taxId', () => {
  test.each([
    ['takes Octobat’s number', 'FR60528551658', 'FR60528551658'],
    ['takes blanks out and lower case up', ' nl 8532.46.015 b01 ', 'NL8532.46.015B01'],
    ['takes no-break spaces and U+0085 out', 'BE\u00a00123\u0085456\u2009789', 'BE0123456789'],
    ['reads a number as its digits', 123456789, '123456789'],
    ['refuses text without a digit', 'n/a', null],
    ['refuses an empty string', '', null],
    ['refuses null', null, null],
    ['refuses an object', { id: 375 }, null],
    ['refuses a huge text', '1'.repeat(1_000_000), null],
  ])('%s', (_, raw, expected) => {
    expect(taxId(raw)).toBe(expected);
  });

  test('is total and idempotent', () => {
    const unit = fc.constantFrom('ß', 'ŉ', 'ΐ', '1', ' ', '\u0085', '\u0301', 'a', '\ud800', 'ﬁ');
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.string({ unit })), (raw) => {
        const once = taxId(raw);
        if (once === null) return;
        expect(once).toMatch(/\d/);
        expect(once).not.toMatch(/[\s\u0085]/);
        expect(once).toBe(once.toUpperCase().normalize('NFC'));
        expect(taxId(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
