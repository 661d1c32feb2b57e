import type { CountryCode } from '../../model/customer.ts';
import { phone } from '../../model/phone.ts';
import { text } from '../../model/text.ts';
import type { PhoneEntry } from './api.ts';

/** CS-19: the two numbers that every customer has a place for; all other ids are the provider's own. */
export const SLOTS: readonly string[] = ['mob', 'tel'];

export const idOf = (entry: PhoneEntry): string => text(entry.phone_number_id) ?? '';

/** CS-16: every spelling, national ones in the customer's own country. */
export const numberOf = (entry: PhoneEntry, region: CountryCode | null): string | null =>
  phone(text(entry.phone_number), region);

/** Where a profile's one phone is read from: `mob`, else `tel`, else the first that can be read; -1 where none can. */
export function phoneIndex(entries: readonly PhoneEntry[], region: CountryCode | null): number {
  const readable = entries.map((entry) => (numberOf(entry, region) === null ? null : idOf(entry)));
  for (const slot of SLOTS) {
    const index = readable.indexOf(slot);
    if (index >= 0) return index;
  }
  return readable.findIndex((id) => id !== null);
}

export function phoneOf(entries: readonly PhoneEntry[], region: CountryCode | null): string | null {
  const entry = entries[phoneIndex(entries, region)];
  return entry ? numberOf(entry, region) : null;
}
