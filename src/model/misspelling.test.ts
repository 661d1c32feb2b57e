import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canBeMisspelt, halves, isMisspelling } from './misspelling.ts';

it.each([
  ['jansen', 'jansen', false],
  ['jansen', 'janssen', true],
  ['janssen', 'jansen', true],
  ['jansen', 'janzen', true],
  ['jansen', 'jasnen', true],
  ['jansen', 'ajnsen', true],
  ['jansen', 'jansne', true],
  ['jansen', 'janss', false],
  ['jansen', 'sjansens', false],
  ['abcd', 'badc', false],
  ['\u{1F600}abc', '\u{1F601}abc', true],
  ['', 'a', true],
])('%s and %s: %s', (one, other, expected) => {
  expect(isMisspelling(one, other)).toBe(expected);
  expect(isMisspelling(other, one)).toBe(expected);
});

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
      fc.pre(isMisspelling(word, other));
      const { beginning, ending, swapped } = halves(word);
      expect(other.startsWith(beginning) || other.endsWith(ending) || other === swapped).toBe(true);
    }),
  );
});
