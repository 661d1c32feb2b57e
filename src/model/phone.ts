import {
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { country as countryCode } from './country.ts';
import type { CountryCode } from './customer.ts';
import { shortText } from './text.ts';

/**
 * Digits with single blanks or hyphens between them. Everything else takes the library's way: it knows full stops,
 * brackets, extensions and the digits of other scripts.
 */
const PLAIN = /^\+?\d(?:[ -]?\d){6,14}$/;

/**
 * Closed numbering plans, where a number's shape says all that the library would say of it: North America's ten digits
 * and the nine of the Netherlands and France, each without the trunk prefix. phone.test.ts holds them against the library.
 */
const CLOSED_PLAN = /^\+(?:1[2-9]\d{9}|3[13][1-9]\d{8})$/;
const TRUNK_ZERO_THEN_NINE = /^0[1-9]\d{8}$/;

/**
 * A phone number in E.164 ("+31733030050"), or null.
 *
 * `region` is the country to read a national spelling in, or one with that country's international prefix ("0031…").
 * Without it only a number with its + is read; nothing is guessed.
 *
 * Numbers need only be *possible* (their length exists in the plan), not *valid* (their range is given out): the
 * library's ranges age, and providers hold numbers such as +13333333333 as the key to a customer.
 * An extension ("x123") is dropped: E.164 has no place for it, and the rest still reaches the switchboard.
 */
export function phone(value: unknown, region: CountryCode | null): string | null {
  const written = shortText(value);
  if (written === null) return null;
  // 4 µs a call without this, 11 µs for a number under +1.
  if (PLAIN.test(written)) {
    const digits = written.replace(/[ -]/g, '');
    if (CLOSED_PLAN.test(digits)) return digits;
    if ((region === 'NL' || region === 'FR') && TRUNK_ZERO_THEN_NINE.test(digits)) {
      return `+${region === 'NL' ? '31' : '33'}${digits.slice(1)}`;
    }
  }
  const key = `${region ?? ''} ${written}`;
  const known = lately.get(key);
  if (known !== undefined) return known;
  const number = parse(written, region)?.number ?? null;
  const readable = number === null || number === written || readsAsItself(number) ? number : null;
  if (lately.size >= MOST_LATELY) lately.clear();
  lately.set(key, readable);
  return readable;
}

/** A record's numbers are read for its profile, for what it is found by and for what is wrong with it: 10 µs each time. */
const lately = new Map<string, string | null>();
const MOST_LATELY = 500;

/**
 * The library may take a trunk prefix out of an international number and leave another one behind (+3820000000000).
 * Such a number would be a different one each time it is read, so it is none.
 */
function readsAsItself(e164: string): boolean {
  return CLOSED_PLAN.test(e164) || parse(e164, null)?.number === e164;
}

/** The country that a number in E.164 belongs to, or null when several share it or nobody is known to have it. */
export function phoneRegion(e164: string): CountryCode | null {
  const countries = parse(e164, null)?.getPossibleCountries() ?? [];
  // Ascension (AC) and Tristan da Cunha (TA) are countries to telephony and not to ISO 3166-1.
  return countries.length === 1 ? countryCode(countries[0]) : null;
}

/**
 * Whether a number in E.164 has that country's calling code. Countries share them: +1 is the United States' and
 * Canada's. True for a country that the library doesn't know, since nothing speaks against it.
 */
export function callingCodeMatches(e164: string, country: CountryCode): boolean {
  // No calling code begins with another one (ITU-T E.164), so the first digits decide.
  return !isSupportedCountry(country) || e164.startsWith(`+${getCountryCallingCode(country)}`);
}

/**
 * How the number is dialled inside its country, digits only, with the trunk prefix: "0733030050" for +31733030050.
 * For a number outside every plan: its digits as they are.
 */
export function nationalDigits(e164: string): string {
  const national = /^\+(?:31|33)[1-9]\d{8}$/.test(e164) ? `0${e164.slice(3)}` : parse(e164, null)?.formatNational();
  return (national ?? e164).replace(/\D/g, '');
}

function parse(written: string, region: CountryCode | null): PhoneNumber | null {
  // Numbers copied from a page come with invisible direction marks, which the library takes for letters.
  const visible = written.replace(/\p{Cf}/gu, '');
  const supported = region !== null && isSupportedCountry(region) ? { defaultCountry: region } : {};
  const number = parsePhoneNumberFromString(visible, { ...supported, extract: false });
  return number?.isPossible() ? number : null;
}
