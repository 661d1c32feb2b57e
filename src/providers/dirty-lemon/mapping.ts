import type { ProfileReaders, SearchTerms, VerificationFacts } from '../../contract/provider.ts';
import { stated, type WireText } from '../../contract/wire.ts';
import { country } from '../../model/country.ts';
import type { CountryCode, DataQualityIssue } from '../../model/customer.ts';
import { isoDate } from '../../model/date.ts';
import { email } from '../../model/email.ts';
import { fullName } from '../../model/name.ts';
import { phone } from '../../model/phone.ts';
import { countryQuality, emailQuality, noEmailIn, phoneQuality } from '../../model/quality.ts';
import { text } from '../../model/text.ts';
import { type DirtyLemonCustomer, dirtyLemonCustomer } from './api.ts';

/** DL-13: "The phone number's ISO 3166 country code": it helps to read the number, and says nothing of an address. */
const regionOf = (wire: DirtyLemonCustomer): CountryCode | null => country(wire.country_code);

/** The confirmed number; the unconfirmed one only where there is none. */
const phoneOf = (wire: DirtyLemonCustomer): string | null =>
  phone(text(wire.phone_number) === null ? wire.unconfirmed_phone_number : wire.phone_number, regionOf(wire));

/** DL-7: whether the phone is confirmed is no status of the customer; see `verification`. */
export const profile: ProfileReaders<DirtyLemonCustomer> = {
  displayName: (wire) =>
    fullName({ firstName: text(wire.first_name), lastName: text(wire.last_name) }) ?? phoneOf(wire),
  firstName: (wire) => text(wire.first_name),
  lastName: (wire) => text(wire.last_name),
  email: (wire) => email(wire.email),
  phone: phoneOf,
  createdAt: (wire) => isoDate(wire.created_at),
  updatedAt: (wire) => isoDate(wire.updated_at),
};

/**
 * The four fields as they are, each by itself, since none of them can be believed alone: DL-7 `confirmed_at` is set on
 * a customer without a confirmed phone, DL-8 the unconfirmed number stays after confirming, DL-9 and DL-11
 * `confirmation_sent_at` is null though a code was sent. Nothing is concluded here.
 */
export function verification(wire: DirtyLemonCustomer): VerificationFacts {
  // DL-16: the document's own numbers are in no numbering plan; one that can't be read is still what was confirmed.
  const number = (value: WireText): string | null => phone(value, regionOf(wire)) ?? text(value);
  return {
    phone: number(wire.phone_number),
    unconfirmedPhone: number(wire.unconfirmed_phone_number),
    confirmedAt: isoDate(wire.confirmed_at),
    sentAt: isoDate(wire.confirmation_sent_at),
  };
}

export function quality(wire: DirtyLemonCustomer): readonly DataQualityIssue[] {
  return [
    ...emailQuality('email', wire.email),
    ...countryQuality('countryCode', wire.country_code),
    ...phoneQuality('phoneNumber', wire.phone_number, regionOf(wire)),
    ...phoneQuality('unconfirmedPhoneNumber', wire.unconfirmed_phone_number, regionOf(wire)),
    ...noEmailIn('firstName', wire.first_name),
    ...noEmailIn('lastName', wire.last_name),
  ];
}

/** DL-8: the unconfirmed number stays, and may be another one; both are the customer's. */
export const searched = (wire: DirtyLemonCustomer): SearchTerms => ({
  phones: stated([wire.phone_number, wire.unconfirmed_phone_number]),
  words: [],
});

/** DL-1, DL-2: the fields that the wire schema names, once more: a copy from elsewhere could hold others. */
export const raw = (wire: DirtyLemonCustomer): Record<string, unknown> =>
  Object.fromEntries(Object.entries(wire).filter(([key]) => Object.hasOwn(dirtyLemonCustomer.shape, key)));
