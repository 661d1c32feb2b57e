import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../../model/text.ts';
import { joinLine1, splitLine1 } from './houseNumber.ts';

describe('the first line of an address', () => {
  it.each([
    ['Raadhuisplein 1c', 'Raadhuisplein', '1', 'c'],
    ['Mauritslaan 32B', 'Mauritslaan', '32', 'B'],
    ['Bruggen 38', 'Bruggen', '38', null],
    ['Belgische weg 2B', 'Belgische weg', '2', 'B'],
    ['Plein 1813 5', 'Plein 1813', '5', null],
    ['Kerkstraat 7bis', 'Kerkstraat', '7', 'bis'],
    ['Damrak 1 A', 'Damrak 1 A', null, null],
    ['Damrak  1', 'Damrak  1', null, null],
    ['Prinsengracht 12-14', 'Prinsengracht 12-14', null, null],
    ['12 Rue de la Paix', '12 Rue de la Paix', null, null],
    ['Postbus', 'Postbus', null, null],
    ['1c', '1c', null, null],
    ['Straße 1ß', 'Straße 1ß', null, null],
  ])(
    '%s is split at the number only where it reads back the same',
    (line1, street, houseNumber, houseNumberPostfix) => {
      expect(splitLine1(line1)).toEqual({ street, houseNumber, houseNumberPostfix });
    },
  );

  it.each([
    ['street', '1', '2', 'street 1 2'],
    ['Raadhuisplein', null, null, 'Raadhuisplein'],
    [null, '12', 'a', '12a'],
    [null, null, null, null],
  ])('joins %j, %j and %j', (street, houseNumber, houseNumberPostfix, line1) => {
    expect(joinLine1({ street, houseNumber, houseNumberPostfix })).toBe(line1);
  });

  it('reads back the same, whatever it was', () => {
    const words = fc.array(fc.constantFrom('Plein', 'van', '1', '12', '1813', 'c', '1c', '2 B', '-', '', '٣', '\t'), {
      maxLength: 6,
    });
    const lines = fc.oneof(
      words.map((list) => list.join(' ')),
      fc.string({ unit: 'grapheme' }),
      fc.tuple(fc.string(), fc.nat(), fc.string({ maxLength: 4 })).map(([street, n, end]) => `${street} ${n}${end}`),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const line1 = text(line);
        fc.pre(line1 !== null);
        expect(joinLine1(splitLine1(line1))).toBe(line1);
      }),
      { numRuns: 2000 },
    );
  });
});
