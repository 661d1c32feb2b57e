import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullName, withInsertion, withoutInsertion } from './name.ts';
import { text } from './text.ts';

describe('fullName', () => {
  test.each([
    [
      'joins first name, insertion and last name',
      { firstName: 'Jan', insertion: 'van', lastName: 'Dam' },
      'Jan van Dam',
    ],
    ['joins what there is', { firstName: 'Yogi', lastName: 'Berra' }, 'Yogi Berra'],
    ['passes over nulls and blanks', { firstName: null, insertion: ' ', lastName: ' Berra ' }, 'Berra'],
    ['is a first name alone', { firstName: 'Yogi', lastName: null }, 'Yogi'],
    ['is null without any part', { firstName: '', lastName: null }, null],
    ['is null for nothing', {}, null],
  ])('%s', (_, parts, expected) => {
    expect(fullName(parts)).toBe(expected);
  });
});

describe('withInsertion', () => {
  test.each([
    ['puts the insertion before the name', 'van', 'Wijgergangs', 'van Wijgergangs'],
    ['is the name without an insertion', null, 'Wijgergangs', 'Wijgergangs'],
    ['is the name for an empty insertion', '', 'Wijgergangs', 'Wijgergangs'],
    ['is null for an insertion without a name', 'van', null, null],
    ['is null for an insertion with a blank name', 'van', ' ', null],
    ['is null for nothing', null, null, null],
  ])('%s', (_, insertion, name, expected) => {
    expect(withInsertion(insertion, name)).toBe(expected);
  });
});

describe('withoutInsertion', () => {
  test.each([
    ['takes the insertion off', 'van Wijgergangs', 'van', 'Wijgergangs'],
    ['takes it off in any case', 'Van Wijgergangs', 'van', 'Wijgergangs'],
    ['takes several words off with any blanks between', 'van  der\u00a0 Berg', 'van der', 'Berg'],
    ['takes it off once', 'van van Dam', 'van', 'van Dam'],
    ['leaves half a word', 'Vandam', 'van', 'Vandam'],
    ['leaves another insertion', 'de Wit', 'van', 'de Wit'],
    ['leaves half an insertion', 'van Dam', 'van der', 'van Dam'],
    ['leaves a name that is nothing but the insertion', 'van', 'van', 'van'],
    ['leaves the insertion alone with its blanks', 'van ', 'van', 'van '],
    ['leaves a name with its blanks', ' Dam', null, ' Dam'],
    ['leaves a name for a blank insertion', 'van Dam', ' ', 'van Dam'],
    ['leaves an empty name', '', 'van', ''],
  ])('%s', (_, lastName, insertion, expected) => {
    expect(withoutInsertion(lastName, insertion)).toBe(expected);
  });

  test('undoes withInsertion', () => {
    const word = fc.constantFrom('van', 'Van', 'der', "'t", 'É', 'İ', 'ß', '\u0301', 'x\u0085y', '  ', '\u00a0');
    const some = fc.oneof(
      fc.array(word, { minLength: 1 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.option(some), some, (i, n) => {
        const [insertion, name] = [text(i), text(n)];
        fc.pre(name !== null);
        expect(withoutInsertion(withInsertion(insertion, name) ?? '', insertion)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  test('takes linear time on a long name', () => {
    const started = performance.now();
    withoutInsertion('van '.repeat(50_000), 'van '.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
