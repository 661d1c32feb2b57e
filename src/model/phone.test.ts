import fc from 'fast-check';
import { GraphQLCountryCode, GraphQLPhoneNumber } from 'graphql-scalars';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { describe, expect, test } from 'vitest';
import { callingCodeMatches, nationalDigits, phone, phoneRegion } from './phone.ts';

const region = fc.constantFrom(null, 'ZZ', '', 'AQ', ...getCountries());

describe('phone', () => {
  test.each([
    ['reads CycleSoftware’s mobile with a hyphen', '06-12345678', 'NL', '+31612345678'],
    ['reads CycleSoftware’s mobile with a blank', '06 24238848', 'NL', '+31624238848'],
    ['reads a Dutch number in one piece', '0733030050', 'NL', '+31733030050'],
    ['reads a Dutch number in three', '073 303 0050', 'NL', '+31733030050'],
    ['reads a foreign number beside the record’s country', '+381 60 2222222', 'SR', '+381602222222'],
    ['reads Octobat’s French number', '+33 9 52 54 03 70', 'FR', '+33952540370'],
    ['reads a French number in the national spelling', '09 52 54 03 70', 'FR', '+33952540370'],
    ['reads a + number without a country', '+33 9 52 54 03 70', null, '+33952540370'],
    ['keeps Dirty Lemon’s number that is in no valid range', '+13333333333', 'US', '+13333333333'],
    ['keeps Dirty Lemon’s Canadian number', '+14185810827', 'CA', '+14185810827'],
    ['refuses nine digits in the United States', '333-333-333', 'US', null],
    ['reads the international prefix of the region', '0031 73 3030050', 'NL', '+31733030050'],
    ['reads another international prefix', '011 31 73 3030050', 'US', '+31733030050'],
    ['does not guess an international prefix without a region', '0031733030050', null, null],
    ['does not guess a region', '0733030050', null, null],
    ['does not guess a region that it does not know', '0733030050', 'ZZ', null],
    ['reads (0) as the trunk prefix it is', '+31 (0)73 303 0050', null, '+31733030050'],
    ['keeps Italy’s zero', '06 1234 5678', 'IT', '+390612345678'],
    ['drops an extension', '073 303 0050 x123', 'NL', '+31733030050'],
    ['drops an extension of an international number', '+31733030050 ext. 5', null, '+31733030050'],
    ['reads the digits of other scripts', '٠٦١٢٣٤٥٦٧٨', 'NL', '+31612345678'],
    ['looks past invisible direction marks', '\u202a+31612345678\u202c', null, '+31612345678'],
    ['does not look for a number in prose', 'bel 0612345678', 'NL', null],
    ['refuses two numbers', '0612345678 / 0733030050', 'NL', null],
    ['refuses a number whose E.164 form reads as another number', '+3820000000000', null, null],
    ['refuses an emergency number', '112', 'NL', null],
    ['refuses too many digits', '+316123456789012', 'NL', null],
    ['refuses an email address', 'Clientinactif@yopmail.com', 'NL', null],
    ['refuses an empty string', '', 'NL', null],
    ['refuses a number, which has lost its zeros', 612345678, 'NL', null],
    ['refuses null', null, 'NL', null],
    ['refuses a huge text', '06'.repeat(1_000_000), 'NL', null],
  ])('%s', (_, raw, country, expected) => {
    expect(phone(raw, country)).toBe(expected);
  });

  test('is total, idempotent, and accepted by the PhoneNumber scalar', () => {
    const unit = fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      '6',
      '7',
      '8',
      '9',
      '+',
      ' ',
      '-',
      '(',
      ')',
      'x',
      '/',
      '.',
      '٣',
      ';',
    );
    const callingCode = fc.constantFrom(...getCountries()).map((code) => `+${getCountryCallingCode(code)}`);
    const digits = fc.stringMatching(/^\d{4,12}$/);
    const raw = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit }),
      digits,
      fc.tuple(callingCode, fc.constantFrom('', '0', '1', '8', '(0)', ' 15'), digits).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(raw, region, (value, country) => {
        const once = phone(value, country);
        if (once === null) return;
        expect(once).toMatch(/^\+[1-9]\d{3,16}$/);
        expect(GraphQLPhoneNumber.serialize(once)).toBe(once);
        expect(phone(once, country)).toBe(once);
        expect(phone(once, null)).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  test('takes no short cut that libphonenumber would not', () => {
    const blank = fc.constantFrom('', '', ' ', '-');
    const digits = fc.array(fc.tuple(blank, fc.integer({ min: 0, max: 9 })), { minLength: 7, maxLength: 11 });
    const raw = fc
      .tuple(fc.constantFrom('+31', '+33', '+1', '0', '00', '+310', '+11'), digits)
      .map(([start, rest]) => start + rest.flat().join(''));
    fc.assert(
      fc.property(raw, fc.constantFrom('NL', 'FR', 'US', 'CA', 'BS', 'BE', null), (value, country) => {
        const options = country === null ? {} : { defaultCountry: country };
        const number = parsePhoneNumberFromString(value, { ...options, extract: false });
        const again = parsePhoneNumberFromString(number?.number ?? '')?.number;
        expect(phone(value, country)).toBe(number?.isPossible() && again === number.number ? number.number : null);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('phoneRegion', () => {
  test.each([
    ['knows the Netherlands', '+31733030050', 'NL'],
    ['knows Serbia, where a record said Suriname', '+381602222222', 'RS'],
    ['tells Canada from the United States', '+14185810827', 'CA'],
    ['does not choose among North America’s countries', '+13333333333', null],
    ['has none for a freephone number of the world', '+80012345678', null],
    ['has none for Ascension, which ISO 3166-1 lacks', '+24740123', null],
    ['has none for a national number', '0733030050', null],
    ['has none for no number', 'x', null],
  ])('%s', (_, number, expected) => {
    expect(phoneRegion(number)).toBe(expected);
  });

  test('is total and accepted by the CountryCode scalar', () => {
    const number = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\+\d{5,15}$/));
    fc.assert(
      fc.property(number, (value) => {
        const country = phoneRegion(value);
        if (country !== null) GraphQLCountryCode.serialize(country);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('callingCodeMatches', () => {
  test.each([
    ['is true for +1 and the United States', '+14185810827', 'US', true],
    ['is true for +1 and Canada', '+14185810827', 'CA', true],
    ['is false for Serbia’s number in Suriname', '+381602222222', 'SR', false],
    ['is false for France’s number in the Netherlands', '+33952540370', 'NL', false],
    ['is true for a country that the library lacks', '+33952540370', 'AQ', true],
    ['is true for no country', '+33952540370', '', true],
    ['is false for no number', '', 'NL', false],
  ])('%s', (_, number, country, expected) => {
    expect(callingCodeMatches(number, country)).toBe(expected);
  });
});

describe('nationalDigits', () => {
  test.each([
    ['has the Dutch trunk zero', '+31733030050', '0733030050'],
    ['has the French trunk zero', '+33952540370', '0952540370'],
    ['has no trunk prefix in North America', '+14185810827', '4185810827'],
    ['keeps Italy’s zero and adds none', '+390612345678', '0612345678'],
    ['has Serbia’s trunk zero', '+381602222222', '0602222222'],
    ['is the digits of a number outside every plan', '+999123', '999123'],
    ['is empty for no number', 'x', ''],
  ])('%s', (_, number, expected) => {
    expect(nationalDigits(number)).toBe(expected);
  });

  test('is digits only, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(nationalDigits(value)).toMatch(/^\d*$/);
      }),
    );
  });

  test.each([
    ['NL', /^\+31[1-9]\d{8}$/],
    ['FR', /^\+33[1-9]\d{8}$/],
  ])('reads back as the same number in %s', (country, pattern) => {
    fc.assert(fc.property(fc.stringMatching(pattern), (number) => phone(nationalDigits(number), country) === number));
  });
});
