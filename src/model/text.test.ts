import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHORT_TEXT_LIMIT, shortText, text } from './text.ts';

const unlikely = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(' ', '\u0085', '\ufeff', '\ud800', '\udc00', '\0', 'a', '\u0301', 'Å') }),
);

describe('text', () => {
  test.each([
    ['takes the blanks off both ends', '  Dhr./Mevr. ', 'Dhr./Mevr.'],
    ['keeps blanks inside', 'Extra  1', 'Extra  1'],
    ['takes off no-break spaces, byte order marks and U+0085', '\u00a0\ufeff\u0085 x \u0085\u2003', 'x'],
    ['composes letters', 'Cre\u0301teil', 'Créteil'],
    ['makes lone surrogates well-formed', 'a\ud800b', 'a\ufffdb'],
    ['keeps a pair of surrogates', '😀', '😀'],
    ['keeps NUL inside', 'a\0b', 'a\0b'],
    ['writes a number as its digits', 714253, '714253'],
    ['writes zero, negative zero too', -0, '0'],
    ['writes a large number without an exponent', 1.5e21, '1500000000000000000000'],
    ['writes a small number without an exponent', -1.25e-7, '-0.000000125'],
    [
      'writes a number that JavaScript can’t hold as it is spelt',
      JSON.rawJSON('12345678901234567890'),
      '12345678901234567890',
    ],
    ['has no text in an empty string', '', null],
    ['has no text in blanks', ' \u0085\t\n', null],
    ['has no text in NaN', Number.NaN, null],
    ['has no text in infinity', Number.POSITIVE_INFINITY, null],
    ['has no text in true', true, null],
    ['has no text in null', null, null],
    ['has no text in undefined', undefined, null],
    ['has no text in a symbol', Symbol('x'), null],
    ['has no text in a bigint', 1n, null],
    ['has no text in an array', ['x'], null],
    ['has no text in an object with a toString', { toString: () => 'x' }, null],
  ])('%s', (_, raw, expected) => {
    expect(text(raw)).toBe(expected);
  });

  test('is total, and what it returns is canonical', () => {
    fc.assert(
      fc.property(unlikely, (raw) => {
        const once = text(raw);
        if (once === null) return;
        expect(once).not.toBe('');
        expect(once).toBe(once.trim());
        expect(once.isWellFormed()).toBe(true);
        expect(once).toBe(once.normalize('NFC'));
        expect(text(once)).toBe(once);
      }),
    );
  });

  test('writes every finite number so that it reads back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const written = text(number) ?? '';
        expect(written).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(written)).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  test('takes linear time on blanks that hide behind U+0085', () => {
    const started = performance.now();
    expect(text(`\u0085${' \u0085'.repeat(500_000)}`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('shortText', () => {
  test('takes as much as the limit and no more', () => {
    expect(shortText('x'.repeat(SHORT_TEXT_LIMIT))).toHaveLength(SHORT_TEXT_LIMIT);
    expect(shortText('x'.repeat(SHORT_TEXT_LIMIT + 1))).toBeNull();
  });

  test('takes no numbers', () => {
    expect(shortText(5)).toBeNull();
  });
});
