import type { ProfileReaders, SearchTerms } from '../../contract/provider.ts';
import { stated, withoutKeys } from '../../contract/wire.ts';
import { isEmptyAddress } from '../../model/address.ts';
import type { CountryCode, CustomerStatus, DataQualityIssue, PostalAddress } from '../../model/customer.ts';
import { email } from '../../model/email.ts';
import { phone } from '../../model/phone.ts';
import { emailQuality, noEmailIn, phoneQuality } from '../../model/quality.ts';
import { text } from '../../model/text.ts';
import type { NutcacheCustomer } from './api.ts';
import type { Countries } from './settings.ts';

/** NC-1: what the country number stands for is known only where the operator has told. */
const countryOf = (wire: NutcacheCustomer, countries: Countries): CountryCode | null =>
  countries?.get(text(wire.country) ?? '') ?? null;

/**
 * NC-13: `name` is a person or a company, and nothing says which: it is what to call the customer, and neither a
 * company's nor a person's name. `contact` is somebody there, not the customer. NC-2: `tax` is the number of a tax
 * record, so there is no tax id. NC-12: there are no times.
 */
export const profile = (countries: Countries): ProfileReaders<NutcacheCustomer> => ({
  displayName: (wire) => text(wire.name),
  email: (wire) => email(wire.email),
  phone: (wire) => {
    const region = countryOf(wire, countries);
    return phone(wire.mobile_phone, region) ?? phone(wire.phone, region);
  },
  address: (wire) => readAddress(wire, countries),
  status: statusOf,
});

/** NC-7: the only word on it is a customer named "Client inactif" with 1. */
function statusOf(wire: NutcacheCustomer): CustomerStatus | null {
  const status = text(wire.status);
  return status === '0' ? 'ACTIVE' : status === '1' ? 'INACTIVE' : null;
}

/** NC-10: an email address in the address line stays in it, and `quality` tells. */
function readAddress(wire: NutcacheCustomer, countries: Countries): PostalAddress | null {
  const address: PostalAddress = {
    line1: text(wire.address),
    line2: null,
    city: text(wire.city),
    postalCode: text(wire.zip_code),
    region: text(wire.state),
    country: countryOf(wire, countries),
    rawCountry: text(wire.country),
  };
  return isEmptyAddress(address) ? null : address;
}

export const quality =
  (countries: Countries) =>
  (wire: NutcacheCustomer): readonly DataQualityIssue[] => {
    const region = countryOf(wire, countries);
    return [
      ...statusQuality(wire),
      ...emailQuality('email', wire.email),
      ...noEmailIn('name', wire.name),
      ...noEmailIn('contact', wire.contact),
      ...noEmailIn('address', wire.address),
      ...noEmailIn('city', wire.city),
      ...noEmailIn('state', wire.state),
      ...noEmailIn('zipCode', wire.zip_code),
      ...phoneQuality('mobilePhone', wire.mobile_phone, region),
      ...phoneQuality('phone', wire.phone, region),
      ...countryQuality(wire, countries),
    ];
  };

function statusQuality(wire: NutcacheCustomer): DataQualityIssue[] {
  if (text(wire.status) === null || statusOf(wire) !== null) return [];
  return [{ field: 'status', code: 'UNKNOWN_STATUS', message: 'A status that nobody has documented.' }];
}

/** NC-1: without a map every number is unknown to us, which says nothing of the data: `rawCountry` has the number. */
function countryQuality(wire: NutcacheCustomer, countries: Countries): DataQualityIssue[] {
  if (countries === null || text(wire.country) === null || countryOf(wire, countries) !== null) return [];
  return [{ field: 'country', code: 'UNKNOWN_COUNTRY', message: 'This country number is not in the configured list.' }];
}

/** NC-13: whom one speaks to there is no part of the profile, and who remembers that name asks for it. */
export const searched = (wire: NutcacheCustomer): SearchTerms => ({
  phones: stated([wire.mobile_phone, wire.phone]),
  words: stated([wire.contact]),
});

/** The list of links leads into the provider's own API: it is no data. */
export const raw = (wire: NutcacheCustomer) => withoutKeys(wire.own, ['links']);
