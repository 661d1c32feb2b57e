import type { ProfileReaders, SearchTerms } from '../../contract/provider.ts';
import { stated, withoutKeys } from '../../contract/wire.ts';
import { isEmptyAddress } from '../../model/address.ts';
import { country } from '../../model/country.ts';
import type { CountryCode, DataQualityIssue, PostalAddress } from '../../model/customer.ts';
import { email } from '../../model/email.ts';
import { fullName, withInsertion } from '../../model/name.ts';
import { countryQuality, emailQuality, noEmailIn, phoneQuality } from '../../model/quality.ts';
import { taxId } from '../../model/taxId.ts';
import { text } from '../../model/text.ts';
import type { CustomerFields, CycleSoftwareWire } from './api.ts';
import { kindOfType } from './customerType.ts';
import { joinLine1, streetPartsOf } from './houseNumber.ts';
import { idOf, phoneOf } from './phoneNumbers.ts';

/** CS-17: in any case, and at its word: "sr" is Suriname, though the phone beside it is Serbian. */
export const countryOf = (customer: CustomerFields): CountryCode | null => country(customer.country_code_iso_3166);

/** CS-3: `name` is the last name without its insertion. */
export const lastNameOf = (customer: CustomerFields): string | null =>
  withInsertion(text(customer.insertion), text(customer.name));

export const line1Of = (customer: CustomerFields): string | null => joinLine1(streetPartsOf(customer));

/** CS-2: "decimal", and 0 is a real zero. */
export function discountOf(customer: CustomerFields): number | null {
  const written = text(customer.discount_percentage);
  const value = written === null ? Number.NaN : Number(written);
  return Number.isFinite(value) ? value : null;
}

/** CS-2: `text` reads "" as null. CS-11: no time of change is told, so there is no updatedAt. */
export const profile: ProfileReaders<CycleSoftwareWire> = {
  kind: ({ customer }) => kindOfType(customer.customer_type_name),
  displayName: ({ customer }) =>
    text(customer.company_name) ?? fullName({ firstName: text(customer.first_name), lastName: lastNameOf(customer) }),
  firstName: ({ customer }) => text(customer.first_name),
  lastName: ({ customer }) => lastNameOf(customer),
  companyName: ({ customer }) => text(customer.company_name),
  email: ({ customer }) => email(customer.email),
  phone: ({ customer }) => phoneOf(customer.phone_numbers ?? [], countryOf(customer)),
  address: ({ customer }) => readAddress(customer),
  // CS-22: the number at the chamber of commerce is not one for tax.
  taxId: ({ customer }) => taxId(customer.vat_number),
  createdAt: ({ createdAt }) => (createdAt === null ? null : new Date(createdAt)),
};

function readAddress(customer: CustomerFields): PostalAddress | null {
  const address: PostalAddress = {
    line1: line1Of(customer),
    line2: null,
    city: text(customer.city),
    postalCode: text(customer.postcode),
    region: null,
    country: countryOf(customer),
    rawCountry: text(customer.country_code_iso_3166),
  };
  return isEmptyAddress(address) ? null : address;
}

export function quality({ customer }: CycleSoftwareWire): readonly DataQualityIssue[] {
  const region = countryOf(customer);
  return [
    ...emailQuality('email', customer.email),
    ...countryQuality('countryCode', customer.country_code_iso_3166),
    ...(customer.phone_numbers ?? []).flatMap((entry) =>
      phoneQuality(`phoneNumbers.${idOf(entry)}`, text(entry.phone_number), region),
    ),
    ...noEmailIn('attn', customer.attn),
    ...noEmailIn('street', customer.street),
    ...noEmailIn('city', customer.city),
    ...noEmailIn('firstName', customer.first_name),
    ...noEmailIn('lastName', customer.name),
    ...noEmailIn('companyName', customer.company_name),
  ];
}

/** CS-15: a customer is found by any of their numbers. CS-22: the chamber of commerce's number is no tax id, but known. */
export const searched = ({ customer }: CycleSoftwareWire): SearchTerms => ({
  phones: stated((customer.phone_numbers ?? []).map((entry) => entry.phone_number)),
  words: stated([customer.customer_reference, customer.coc_number]),
});

/** CS-18: the customer that a phone number points at is another one as often as not, and nobody's business. */
export function raw({ customer }: CycleSoftwareWire): Record<string, unknown> {
  const copy = withoutKeys(customer, []);
  if (!customer.phone_numbers) return copy;
  return { ...copy, phone_numbers: customer.phone_numbers.map((entry) => withoutKeys(entry, ['customer_id'])) };
}
