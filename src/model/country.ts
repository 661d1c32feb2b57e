import { countryByName, englishName, readCodes } from './countryNames.ts';
import type { CountryCode } from './customer.ts';
import { shortText } from './text.ts';

let codes: ReadonlyMap<string, CountryCode> | undefined;

/**
 * The country a provider wrote, as an ISO 3166-1 alpha-2 code: from alpha-2 or alpha-3 in any case, or from a name in
 * English, Dutch, French, German, Spanish or Italian. A code is always taken at its word: "sr" is Suriname, whatever
 * the phone number beside it says. Numbers are null, ISO's numeric codes too: a provider's own look just like them.
 */
export function country(value: unknown): CountryCode | null {
  if (typeof value !== 'string') return null;
  codes ??= readCodes();
  const exact = codes.get(value);
  if (exact !== undefined) return exact;
  const written = shortText(value);
  if (written === null) return null;
  // ASCII first: "ß" has "SS" (South Sudan) as its upper case.
  if (/^[A-Za-z]{2,3}$/.test(written)) {
    const code = codes.get(written.toUpperCase());
    if (code !== undefined) return code;
  }
  return countryByName(written);
}

/** The country's name in English, as mail crosses borders with; the code itself when it is unknown. */
export function countryName(code: CountryCode): string {
  return englishName(code) ?? code;
}
