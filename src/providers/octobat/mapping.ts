import type { ProfileReaders, SearchTerms } from '../../contract/provider.ts';
import { stated, withoutKeys } from '../../contract/wire.ts';
import { isEmptyAddress } from '../../model/address.ts';
import { country } from '../../model/country.ts';
import type { DataQualityIssue, PostalAddress } from '../../model/customer.ts';
import { email } from '../../model/email.ts';
import { phone } from '../../model/phone.ts';
import { countryQuality, emailQuality, noEmailIn, phoneQuality } from '../../model/quality.ts';
import { taxId } from '../../model/taxId.ts';
import { text } from '../../model/text.ts';
import type { OctobatCustomer } from './api.ts';

/** OC-8: `B2C` is an individual or a company that is not registered for tax, so it says nothing of the kind. */
const isBusiness = (wire: OctobatCustomer): boolean => text(wire.business_type) === 'B2B';

/** OC-1: the document says ISO code, its examples say "France"; both are read. */
export const countryOf = (wire: OctobatCustomer) => country(wire.billing_address_country);

/** OC-16: one `name`, never split: firstName and lastName are nobody's to know. */
export const profile: ProfileReaders<OctobatCustomer> = {
  kind: (wire) => (isBusiness(wire) ? 'BUSINESS' : null),
  displayName: (wire) => text(wire.name),
  companyName: (wire) => (isBusiness(wire) ? text(wire.name) : null),
  email: (wire) => email(wire.email),
  phone: (wire) => phone(wire.phone_number, countryOf(wire)),
  address: readAddress,
  taxId: (wire) => taxId(wire.tax_number),
};

function readAddress(wire: OctobatCustomer): PostalAddress | null {
  const address: PostalAddress = {
    line1: text(wire.billing_address_line1),
    line2: text(wire.billing_address_line2),
    city: text(wire.billing_address_city),
    postalCode: text(wire.billing_address_zip),
    region: text(wire.billing_address_state),
    country: countryOf(wire),
    rawCountry: text(wire.billing_address_country),
  };
  return isEmptyAddress(address) ? null : address;
}

export function quality(wire: OctobatCustomer): readonly DataQualityIssue[] {
  // OC-9: a B2B customer without a number is a fact of the provider's data, not a contradiction to repair.
  const missing: DataQualityIssue[] =
    isBusiness(wire) && !taxId(wire.tax_number)
      ? [{ field: 'taxNumber', code: 'MISSING_TAX_ID', message: 'Registered for tax (B2B), but without a tax number.' }]
      : [];
  return [
    ...emailQuality('email', wire.email),
    ...countryQuality('billingAddressCountry', wire.billing_address_country),
    ...phoneQuality('phoneNumber', wire.phone_number, countryOf(wire)),
    ...noEmailIn('billingAddressLine1', wire.billing_address_line1),
    ...noEmailIn('billingAddressLine2', wire.billing_address_line2),
    ...missing,
  ];
}

/** The only names that an Octobat customer goes by are its name and its id. */
export const searched = (wire: OctobatCustomer): SearchTerms => ({ phones: stated([wire.phone_number]), words: [] });

/**
 * OC-4: the billing page is a secret, and a copy from elsewhere could hold it. OC-11: payment sources are behind a scope
 * of their own, and never here.
 */
export const raw = (wire: OctobatCustomer) => withoutKeys(wire, ['octobat_billing_page', 'payment_sources']);
