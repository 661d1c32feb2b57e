import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from './exactJson.ts';

describe('exact JSON', () => {
  it.each([
    '9007199254740993',
    '-12345678901234567890',
    '0.12345678901234567890',
    '1e400',
    '-1.5E-400',
    '[12345678901234567]',
  ])('writes %s back as it was spelt', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
    expect(JSON.stringify(parseExact(`{"a":{"b":[ ${text}]}}`))).toBe(`{"a":{"b":[${text}]}}`);
  });

  it.each([
    ['1e3', 1000],
    ['0.25', 0.25],
    ['9007199254740991', 9007199254740991],
    ['"9007199254740993"', '9007199254740993'],
  ])('reads %s as the plain value that it is', (text, value) => {
    expect(parseExact(text)).toBe(value);
    expect(JSON.isRawJSON(parseExact(text))).toBe(false);
  });

  it('reads whatever JavaScript has written as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('refuses what is not JSON', () => {
    for (const text of ['', '{', '[1e', '{"a":12345678901234567890'])
      expect(() => parseExact(text)).toThrow(SyntaxError);
  });
});
