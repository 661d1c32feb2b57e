import type { SearchTerms } from '../../contract/provider.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import { blockingKeys } from '../../linkage/blocking.ts';
import type { Comparable } from '../../linkage/comparable.ts';
import type { Profile } from '../../model/customer.ts';
import { fold, solid } from '../../model/fold.ts';
import { nationalDigits, phone } from '../../model/phone.ts';

/** What a record is found by, and what a search has to look for: one spelling for both. */

/** Nobody is searched for by more; a text field may hold a novel. */
const MOST_WORDS = 40;
const MOST_PHONES = 20;

export const emailTerm = (email: string): string => `email ${email.toLowerCase()}`;
export const countryTerm = (country: string): string => `country ${country}`;
export const kindTerm = (kind: string): string => `kind ${kind}`;
export const statusTerm = (status: string): string => `status ${status}`;
export const taxIdTerm = (taxId: string): string => `tax ${plain(taxId)}`;
export const postalCodeTerm = (postalCode: string): string => `postal ${plain(postalCode)}`;
/** One record, where a search names those that it may find. */
export const keyTerm = (key: RecordKey): string => `key ${keyText(key)}`;
const phoneTerm = (number: string): string => `phone ${number}`;

/** Without case, blanks and punctuation. */
const plain = (text: string): string => solid(fold(text) ?? '');

/** Equal E.164, or where a record's number can't be read in any country, equal national digits. */
export const phoneTerms = (e164: string): readonly string[] => [phoneTerm(e164), phoneTerm(nationalDigits(e164))];

export function termsOf(profile: Profile, searched: SearchTerms | undefined, compared: Comparable): readonly string[] {
  const { email, taxId, address, kind, status } = profile;
  const numbers = searched?.phones.slice(0, MOST_PHONES) ?? [];
  return [
    ...new Set([...said(email, emailTerm), ...said(taxId, taxIdTerm), ...blockingTerms(compared)]),
    ...said(address?.postalCode, postalCodeTerm),
    ...said(address?.country, countryTerm),
    ...said(kind, kindTerm),
    ...said(status, statusTerm),
    ...new Set(
      numbers
        .map((written) => writtenPhone(written, address?.country ?? null))
        .concat(...said(profile.phone, phoneTerm)),
    ),
  ];
}

/** What records of one customer are likely to share at least one of. */
export const blockingTerms = (compared: Comparable): readonly string[] => {
  const { email, phone: number, taxId } = compared;
  return [
    ...said(email, emailTerm),
    ...said(number, phoneTerm),
    ...said(taxId, taxIdTerm),
    ...blockingKeys({ ...compared, email: null, phone: null, taxId: null }).map((key) => `alike ${key}`),
  ];
};

const said = (value: string | null | undefined, term: (value: string) => string): string[] =>
  value === null || value === undefined ? [] : [term(value)];

const writtenPhone = (written: string, country: string | null): string =>
  phoneTerm(phone(written, country) ?? written.replace(/\D/g, ''));

/** Words of a name, company, email, city or reference. */
export function wordsOf(profile: Profile, searched: SearchTerms | undefined): readonly string[] {
  const { displayName, firstName, lastName, companyName, email, address } = profile;
  const texts = [displayName, firstName, lastName, companyName, email, address?.city, ...(searched?.words ?? [])];
  const words = texts.flatMap((text) => (text ? searchWords(text) : []));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/** The words of a text as they are looked for. Of an email address, `nl` and `com` are no words that anybody is found by. */
export function searchWords(text: string): readonly string[] {
  const pieces = text.split(/\s+/);
  const addresses = pieces.filter((piece) => piece.includes('@')).map((address) => address.replace(/\.[^.@]*$/, ''));
  const rest = pieces.filter((piece) => !piece.includes('@')).join(' ');
  return [rest, ...addresses].flatMap((each) => fold(each)?.split(' ') ?? []);
}
