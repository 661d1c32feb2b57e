import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canBeMisspelt, halves } from './misspelling.ts';
import { oneEditApart } from './oneEdit.ts';

it.each([
  ['anna', true],
  ['ann', false],
  ['1234', false],
  ['123a', true],
  ['\u{1F600}\u{1F600}', false],
])('can %s be misspelt: %s', (word, expected) => {
  expect(canBeMisspelt(word)).toBe(expected);
});

it('leaves one half of a word as it is by any edit, or swaps across the middle', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\u{1F600}'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, (word, other) => {
      fc.pre(oneEditApart(word, other));
      const { beginning, ending, swapped } = halves(word);
      expect(other.startsWith(beginning) || other.endsWith(ending) || other === swapped).toBe(true);
    }),
  );
});
