import { text } from '../../model/text.ts';
import type { CustomerFields } from './api.ts';

/** The three fields in which CycleSoftware keeps what elsewhere is an address's first line. */
interface StreetParts {
  readonly street: string | null;
  readonly houseNumber: string | null;
  readonly houseNumberPostfix: string | null;
}

/** "Raadhuisplein", "1", "c" are "Raadhuisplein 1c"; null when there is nothing. */
export function joinLine1({ street, houseNumber, houseNumberPostfix }: StreetParts): string | null {
  const number = houseNumber ?? '';
  const postfix = houseNumberPostfix ?? '';
  // "1" with the postfix "2", as in the create example, is not number 12.
  const gap = /\d$/.test(number) && /^\d/.test(postfix) ? ' ' : '';
  return text(`${street ?? ''} ${number}${gap}${postfix}`);
}

/** A street, one blank, a number, and letters right behind it. */
const NUMBERED = /^(.*\S) (\d{1,6})([a-z]{0,4})$/i;

/**
 * Undoes `joinLine1` where that gives the very same line back. Any other line goes into the street as it is, without a
 * number: "Damrak 1 A", "12 Rue de la Paix" and "Postbus 12-14" would come back changed, or mean something else.
 */
export function splitLine1(line1: string): StreetParts {
  const [, street = '', houseNumber = '', postfix = ''] = NUMBERED.exec(line1) ?? [];
  const parts = { street, houseNumber, houseNumberPostfix: postfix === '' ? null : postfix };
  return houseNumber !== '' && joinLine1(parts) === line1
    ? parts
    : { street: line1, houseNumber: null, houseNumberPostfix: null };
}

/** CS-20: the number is text; one that comes as a number is read as well. */
export const streetPartsOf = (customer: CustomerFields): StreetParts => ({
  street: text(customer.street),
  houseNumber: text(customer.house_number),
  houseNumberPostfix: text(customer.house_number_postfix),
});
