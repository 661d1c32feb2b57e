import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressLines, isEmptyAddress } from './address.ts';
import { NO_ADDRESS } from './customer.ts';

describe('addressLines', () => {
  test('writes everything in the order of an envelope', () => {
    const lines = addressLines({
      line1: 'Rue de Rivoli 1',
      line2: '2e étage',
      city: 'Paris',
      postalCode: '75001',
      region: 'Île-de-France',
      country: 'FR',
      rawCountry: 'France',
    });
    expect(lines).toEqual(['Rue de Rivoli 1', '2e étage', '75001 Paris', 'Île-de-France', 'France']);
  });

  test.each([
    [
      'leaves out what is not there',
      { line1: 'Straat 1', city: 'Utrecht', country: 'NL' },
      ['Straat 1', 'Utrecht', 'Netherlands'],
    ],
    ['writes a postal code without a city', { postalCode: '75001' }, ['75001']],
    ['writes a country as the provider did, when it has no code', { rawCountry: 'Atlantis' }, ['Atlantis']],
    ['leaves out a provider’s own number for a country', { line1: 'Straat 1', rawCountry: '40' }, ['Straat 1']],
    ['prefers the code to what was written', { country: 'SR', rawCountry: 'sr' }, ['Suriname']],
    ['writes a code that nobody has', { country: 'ZZ' }, ['ZZ']],
    ['leaves out blanks', { line1: ' ', line2: '', city: '  ', postalCode: '' }, []],
    ['makes two lines of one with a line break', { line1: 'c/o Jan\r\nStraat 1\u2028' }, ['c/o Jan', 'Straat 1']],
    ['is empty for nothing', {}, []],
  ])('%s', (_, address, expected) => {
    expect(addressLines({ ...NO_ADDRESS, ...address })).toEqual(expected);
  });

  test('never writes an empty line or a line break', () => {
    const part = fc.option(fc.string({ unit: 'binary' }));
    const address = fc.record({
      line1: part,
      line2: part,
      city: part,
      postalCode: part,
      region: part,
      country: part,
      rawCountry: part,
    });
    fc.assert(
      fc.property(address, (value) => {
        for (const line of addressLines(value)) expect(line).toMatch(/^[^\n\r\u2028\u2029]+$/);
        if (isEmptyAddress(value)) expect(addressLines(value)).toEqual([]);
      }),
    );
  });
});

describe('isEmptyAddress', () => {
  test.each([
    ['is true for nothing', {}, true],
    ['is true for blanks', { line1: ' ', city: '' }, true],
    ['is false for a country alone', { country: 'NL' }, false],
    ['is false for a country that nobody could read', { rawCountry: '40' }, false],
    ['is false for a region alone', { region: 'QC' }, false],
  ])('%s', (_, address, expected) => {
    expect(isEmptyAddress({ ...NO_ADDRESS, ...address })).toBe(expected);
  });
});
