/**
 * The one vocabulary in which every provider's record is told. `null` means that nobody says; nothing is invented.
 * Values are canonical: text is trimmed, NFC and never empty; see the normaliser of each kind beside this file.
 */

export type CustomerKind = 'BUSINESS' | 'INDIVIDUAL';
export type CustomerStatus = 'ACTIVE' | 'INACTIVE';

/** An ISO 3166-1 alpha-2 code in upper case. */
export type CountryCode = string;

export interface PostalAddress {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly region: string | null;
  readonly country: CountryCode | null;
  /** The country exactly as the provider wrote it: a name, a code, or the provider's own number. */
  readonly rawCountry: string | null;
}

export const NO_ADDRESS: PostalAddress = {
  ...{ line1: null, line2: null, city: null, postalCode: null, region: null, country: null, rawCountry: null },
};

export interface Profile {
  readonly kind: CustomerKind | null;
  /** What to call the customer on a screen. */
  readonly displayName: string | null;
  readonly firstName: string | null;
  /** With its insertion: "van Wijgergangs". */
  readonly lastName: string | null;
  readonly companyName: string | null;
  /** Lower-cased domain. */
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly address: PostalAddress | null;
  /** VAT or other tax registration number, upper case, without blanks. */
  readonly taxId: string | null;
  /** Said by providers that know it; never inferred. */
  readonly status: CustomerStatus | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

export type ProfileField = keyof Profile;

/** Of somebody of whom nobody says anything. */
export const NO_PROFILE: Profile = {
  ...{ kind: null, displayName: null, firstName: null, lastName: null, companyName: null, email: null, phone: null },
  ...{ address: null, taxId: null, status: null, createdAt: null, updatedAt: null },
};

/** A customer of more records is a mistake of whoever links them, and every read of it would ask for all of them. */
export const MOST_RECORDS = 500;

export type DataQualityCode =
  | 'INVALID_EMAIL'
  | 'INVALID_PHONE'
  | 'UNKNOWN_COUNTRY'
  | 'PHONE_COUNTRY_MISMATCH'
  | 'EMAIL_IN_OTHER_FIELD'
  | 'MISSING_TAX_ID'
  | 'UNKNOWN_STATUS';

/** Something that looks wrong in a provider's own data. `field` is spelt as in that provider's extension. */
export interface DataQualityIssue {
  readonly field: string;
  readonly code: DataQualityCode;
  /** For people; never quotes the value, which may be personal. */
  readonly message: string;
}
