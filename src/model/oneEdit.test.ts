import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneEditApart } from './oneEdit.ts';

test.each([
  ['4814', '4184', true],
  ['4814', '4815', true],
  ['4814', '481', true],
  ['4814', '14814', true],
  ['a', '', true],
  ['4814', '4814', false],
  ['4814', '8144', false],
  ['4814', '4841x', false],
  ['jansen', 'jasnen', true],
  ['jansen', 'ajnsen', true],
  ['jansen', 'jansne', true],
  ['jansen', 'sjansens', false],
  ['abcd', 'badc', false],
  ['\u{1F600}abc', '\u{1F601}abc', true],
  ['ab', 'cd', false],
  ['', '', false],
])('%s and %s are one edit apart: %s', (one, other, expected) => {
  expect(oneEditApart(one, other)).toBe(expected);
});

test('sees every single edit, from both sides', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, fc.constantFrom('a', 'b', 'c'), (before, after, letter) => {
      expect(oneEditApart(before + after, before + letter + after)).toBe(true);
      expect(oneEditApart(before + letter + after, before + after)).toBe(true);
      expect(oneEditApart(`${before}x${after}`, `${before}${letter}${after}`)).toBe(true);
      expect(oneEditApart(`${before}xy${after}`, `${before}yx${after}`)).toBe(true);
    }),
  );
});
