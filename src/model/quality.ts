import { country as readCountry } from './country.ts';
import type { CountryCode, DataQualityIssue } from './customer.ts';
import { email } from './email.ts';
import { callingCodeMatches, phone } from './phone.ts';
import { text } from './text.ts';

/** How far into a text an email address is looked for, in UTF-16 units. */
const SCAN_LIMIT = 10_000;

/** INVALID_EMAIL when there is text and `email` can't read it. `field` as in the provider's extension. */
export function emailQuality(field: string, raw: unknown): DataQualityIssue[] {
  if (text(raw) === null || email(raw) !== null) return [];
  return [{ field, code: 'INVALID_EMAIL', message: 'This is not an email address.' }];
}

/**
 * INVALID_PHONE when there is text and `phone` can't read it in that country; PHONE_COUNTRY_MISMATCH when it can, and
 * the number's calling code is another country's.
 */
export function phoneQuality(field: string, raw: unknown, country: CountryCode | null): DataQualityIssue[] {
  if (text(raw) === null) return [];
  const number = phone(raw, country);
  if (number === null) {
    const message =
      country === null
        ? 'This can’t be read as a phone number; without a country, only the international spelling can.'
        : 'This can’t be read as a phone number.';
    return [{ field, code: 'INVALID_PHONE', message }];
  }
  if (country === null || callingCodeMatches(number, country)) return [];
  const message = 'The calling code of this number is not that of the customer’s country.';
  return [{ field, code: 'PHONE_COUNTRY_MISMATCH', message }];
}

/** UNKNOWN_COUNTRY when there is text and `country` can't read it. */
export function countryQuality(field: string, raw: unknown): DataQualityIssue[] {
  if (text(raw) === null || readCountry(raw) !== null) return [];
  return [{ field, code: 'UNKNOWN_COUNTRY', message: 'This is neither a country’s code nor a name we know.' }];
}

/** EMAIL_IN_OTHER_FIELD when an email address stands in a text that is meant for something else. */
export function noEmailIn(field: string, raw: unknown): DataQualityIssue[] {
  if (typeof raw !== 'string' || !raw.includes('@')) return [];
  // Word by word: a pattern that looks for an address anywhere takes quadratic time on a text that holds none.
  const words = raw.slice(0, SCAN_LIMIT).split(/[\s<>()[\]"',;:|]+/);
  if (!words.some(isAddress)) return [];
  return [{ field, code: 'EMAIL_IN_OTHER_FIELD', message: 'An email address stands where something else belongs.' }];
}

function isAddress(word: string): boolean {
  if (!word.includes('@')) return false;
  // A sentence's full stop is no part of the address; a domain without a dot is more likely prose ("2@home").
  return email(word.replace(/[.!?]{1,3}$/, ''))?.includes('.', word.indexOf('@')) ?? false;
}
