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

describe('marks in a row', () => {
  /** Above, below, attached, outside the first plane, one that stands for two, and spacing ones that stay where they are. */
  const mark = fc.constantFrom('\u0301', '\u0316', '\u0327', '\u{1d165}', '\u0344', '\u0f73', '\u093f');
  const word = fc
    .tuple(
      fc.string({ unit: fc.constantFrom('a', 'é', 'ᾂ', '株', '𝅘𝅥', ' ', '\ud800'), maxLength: 40 }),
      fc.oneof(fc.array(mark, { maxLength: 3 }), fc.array(mark, { minLength: 28, maxLength: 33 })),
    )
    .map(([letters, marks]) => letters + marks.join(''));
  const marked = fc.array(word, { maxLength: 5 }).map((words) => words.join(''));

  test('are composed up to thirty, and beyond stay as they are written', () => {
    fc.assert(
      fc.property(marked, (raw) => {
        const written = raw.toWellFormed();
        const isLong = (written.match(/\p{M}+/gu) ?? []).some((marks) => [...marks].length > 30);
        const once = text(raw);
        expect(once ?? '').toBe((isLong ? written : written.normalize('NFC')).trim());
        expect(text(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['marks above and below in turn', '\u0301\u0316'],
    ['marks outside the first plane', '\u{1d165}\u{1d16e}'],
    ['marks that stand for two each', '\u0344\u0316'],
  ])('%s, a provider’s whole answer of them, are read without being put in order', (_, pair) => {
    // To be put in order, they would take an hour.
    const raw = ` a${pair.repeat(1_000_000)} `;
    expect(text(raw)).toBe(raw.trim());
  });

  test('are composed in a text of many runs, none of which is too long', () => {
    const run = `a${'\u0301\u0316'.repeat(15)}`;
    expect(text(run.repeat(100_000))).toBe(run.normalize('NFC').repeat(100_000));
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
