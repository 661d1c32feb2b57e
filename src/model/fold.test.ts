import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, solid } from './fold.ts';

test.each([
  ['drops case, accents and punctuation', "  J. P. O'Néill-Smith ", 'jp oneill smith'],
  ['makes one word of initials', 'Acme B.V.', 'acme bv'],
  ['spells out letters without a plain one', 'Weiße Œuvre Łódź Ærø', 'weisse oeuvre lodz aero'],
  ['keeps other scripts', 'Ωμέγα 12', 'ωμεγα 12'],
  ['keeps a number and its letter apart as they were', '12-b', '12 b'],
  ['is null for punctuation', ' -- ', null],
  ['is null for nothing', null, null],
])('%s', (_, text, expected) => {
  expect(fold(text)).toBe(expected);
});

test('is total, and leaves nothing but words between single blanks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const folded = fold(text) ?? 'nothing';
      expect(folded).toMatch(/^[\p{L}\p{N}]+(?: [\p{L}\p{N}]+)*$/u);
      expect(solid(folded)).not.toContain(' ');
    }),
  );
});

test('takes a bounded time for a long text', () => {
  expect(fold('a b '.repeat(1_000_000))?.length).toBeLessThan(1000);
});
