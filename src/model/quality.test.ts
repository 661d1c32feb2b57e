import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countryQuality, emailQuality, noEmailIn, phoneQuality } from './quality.ts';

const codes = (issues: readonly { readonly code: string }[]): string[] => issues.map((issue) => issue.code);

describe('emailQuality', () => {
  test.each([
    ['finds nothing wrong with an address', 'a@b.nl', []],
    ['finds nothing wrong with none', '', []],
    ['finds nothing wrong with null', null, []],
    ['finds text that is no address', 'none', ['INVALID_EMAIL']],
    ['finds a number', 5, ['INVALID_EMAIL']],
  ])('%s', (_, raw, expected) => {
    expect(codes(emailQuality('email', raw))).toEqual(expected);
  });
});

describe('phoneQuality', () => {
  test.each([
    ['finds nothing wrong with a Dutch number in the Netherlands', '0733030050', 'NL', []],
    ['finds nothing wrong without a number', ' ', 'NL', []],
    ['finds nothing wrong with a foreign number of nobody’s country', '+381 60 2222222', null, []],
    ['finds nothing wrong with a Canadian number in the United States', '+14185810827', 'US', []],
    ['finds nothing wrong with Dirty Lemon’s number', '+13333333333', 'US', []],
    ['finds Serbia’s number in Suriname', '+381 60 2222222', 'SR', ['PHONE_COUNTRY_MISMATCH']],
    ['finds a number that is too short', '333-333-333', 'US', ['INVALID_PHONE']],
    ['finds a national number without a country', '0733030050', null, ['INVALID_PHONE']],
    ['finds text', 'none', 'NL', ['INVALID_PHONE']],
  ])('%s', (_, raw, country, expected) => {
    expect(codes(phoneQuality('phone', raw, country))).toEqual(expected);
  });
});

describe('countryQuality', () => {
  test.each([
    ['finds nothing wrong with a name', 'France', []],
    ['finds nothing wrong with a code', 'sr', []],
    ['finds nothing wrong without one', null, []],
    ['finds a name that nobody knows', 'Atlantis', ['UNKNOWN_COUNTRY']],
    ['finds a provider’s number', 40, ['UNKNOWN_COUNTRY']],
  ])('%s', (_, raw, expected) => {
    expect(codes(countryQuality('country', raw))).toEqual(expected);
  });
});

describe('noEmailIn', () => {
  test.each([
    ['finds an address alone', 'Clientinactif@yopmail.com', ['EMAIL_IN_OTHER_FIELD']],
    ['finds an address in a sentence', 'Mail naar (jan@example.nl).', ['EMAIL_IN_OTHER_FIELD']],
    ['finds an address after mailto', 'mailto:jan@example.nl', ['EMAIL_IN_OTHER_FIELD']],
    ['finds an address at the end of a sentence', 'Ask jan@example.nl!', ['EMAIL_IN_OTHER_FIELD']],
    ['finds nothing in a street', 'Straat 1', []],
    ['finds nothing in an @ alone', 'Room @ 5.1', []],
    ['finds nothing in a name without a dot', '2@home', []],
    ['finds nothing in an empty string', '', []],
    ['finds nothing in a number', 5, []],
    ['finds nothing in null', null, []],
  ])('%s', (_, raw, expected) => {
    expect(codes(noEmailIn('contact', raw))).toEqual(expected);
  });

  test('takes linear time on a text that almost holds one', () => {
    const started = performance.now();
    expect(noEmailIn('notes', 'a@'.repeat(2_000_000))).toEqual([]);
    expect(noEmailIn('notes', `@${'a '.repeat(2_000_000)}`)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test('every check is total, names the field it was given, and never quotes the value', () => {
  const secret = fc.stringMatching(/^[!-~]{8,20}$/);
  const raw = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), secret);
  fc.assert(
    fc.property(raw, fc.constantFrom(null, 'NL', 'US', 'ZZ'), (value, country) => {
      const issues = [
        ...emailQuality('f', value),
        ...phoneQuality('f', value, country),
        ...countryQuality('f', value),
        ...noEmailIn('f', value),
      ];
      for (const issue of issues) {
        expect(issue.field).toBe('f');
        if (typeof value === 'string' && value.length >= 8) expect(issue.message).not.toContain(value);
      }
    }),
  );
});
