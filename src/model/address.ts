import { countryName } from './country.ts';
import type { PostalAddress } from './customer.ts';
import { text } from './text.ts';

/** Unicode's and everyone else's line breaks: an envelope's line must not hold one. */
const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]+/;

/**
 * The address as lines for an envelope, without the addressee: lines 1 and 2, postal code and city, region, country
 * in English. Nothing empty. A country without a code is written as the provider wrote it, unless that is a bare
 * number of the provider's own, which no post office reads.
 */
export function addressLines(address: PostalAddress): string[] {
  const city = [address.postalCode, address.city].filter((part) => text(part) !== null).join(' ');
  return [address.line1, address.line2, city, address.region, countryLine(address)]
    .flatMap((line) => (line ?? '').split(LINE_BREAK))
    .map((line) => text(line))
    .filter((line) => line !== null);
}

/** Whether nothing is known of the address, not even a country that could not be read. */
export function isEmptyAddress(address: PostalAddress): boolean {
  const { line1, line2, city, postalCode, region, country, rawCountry } = address;
  return [line1, line2, city, postalCode, region, country, rawCountry].every((part) => text(part) === null);
}

function countryLine({ country, rawCountry }: PostalAddress): string | null {
  if (country !== null) return countryName(country);
  return rawCountry !== null && /^[\s\d.,-]*$/.test(rawCountry) ? null : rawCountry;
}
