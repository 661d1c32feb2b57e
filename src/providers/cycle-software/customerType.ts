import type { CustomerKind } from '../../model/customer.ts';
import { text } from '../../model/text.ts';

/** CS-6: "common enum `customer_types`" is not in the document; these three are in its examples. Written by name. */
export const CUSTOMER_TYPES = ['Klant', 'Zakelijk', 'E-commerce'] as const;

/** A customer type in the provider's own spelling, from any case; null when it is none of the three. */
export function customerType(value: string): string | null {
  return CUSTOMER_TYPES.find((type) => type.toLowerCase() === value.toLowerCase()) ?? null;
}

/** CS-4, CS-6: only `Zakelijk` says what the customer is; a company's name, or its absence, says nothing. */
export function kindOfType(value: unknown): CustomerKind | null {
  return customerType(text(value) ?? '') === 'Zakelijk' ? 'BUSINESS' : null;
}

/** INDIVIDUAL has no type of its own: `Klant` is the shop's plain customer. */
export const typeOfKind = (kind: string): string => (kind === 'BUSINESS' ? 'Zakelijk' : 'Klant');
