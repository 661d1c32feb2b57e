import type { Profile } from '../model/customer.ts';
import { addressLine } from './addressLine.ts';
import { fold, solid } from './fold.ts';
import { type PersonName, personName } from './personName.ts';

/** What is compared, in the order in which evidence is told. */
export const FIELDS = [
  'taxId',
  'email',
  'phone',
  'companyName',
  'firstName',
  'lastName',
  'street',
  'houseNumber',
  'building',
  'postalCode',
  'city',
  'country',
] as const;
export type Field = (typeof FIELDS)[number];

/** One customer's record as it is compared: folded; null says nothing. */
export type Comparable = Readonly<Record<Field, string | null>>;

/** Of a profile, what may say who it is. */
export type Comparing = Pick<
  Profile,
  'kind' | 'displayName' | 'firstName' | 'lastName' | 'companyName' | 'email' | 'phone' | 'address' | 'taxId'
>;

/** The last words of a firm's name that clerks write or leave out. */
const LEGAL_FORM =
  / (?:bv|nv|vof|cv|gmbh|mbh|ag|kg|ohg|ug|ltd|limited|plc|llp|llc|inc|incorporated|corp|corporation|co|company|pty|sarl|sas|sasu|sa|eurl|sprl|srl|spa|oy|ab|as|aps)$/;

export function comparable(profile: Comparing): Comparable {
  const { address, kind } = profile;
  const [line, other] = [addressLine(address?.line1 ?? null), addressLine(address?.line2 ?? null)];
  // A building's name may stand in the first line, and the street's in the second.
  const numberFirst = line.houseNumber !== null || other.houseNumber === null;
  return {
    ...nameOf(profile),
    companyName: firm(profile.companyName ?? (kind === 'BUSINESS' ? profile.displayName : null)),
    email: profile.email?.toLowerCase() ?? null,
    phone: profile.phone,
    taxId: joined(profile.taxId),
    street: numberFirst ? line.street : other.street,
    houseNumber: line.houseNumber ?? other.houseNumber,
    building: numberFirst ? other.street : line.street,
    postalCode: joined(address?.postalCode ?? null),
    city: fold(address?.city ?? null),
    country: address?.country ?? null,
  };
}

/** A business's display name is the business's, and so is one that repeats the company's. */
function nameOf({ kind, displayName, firstName, lastName, companyName }: Comparing): PersonName {
  return personName(firstName, lastName, kind === 'BUSINESS' || companyName !== null ? null : displayName);
}

function firm(name: string | null): string | null {
  const folded = fold(name);
  return folded?.replace(LEGAL_FORM, '') ?? null;
}

function joined(text: string | null): string | null {
  const folded = fold(text);
  return folded === null ? null : solid(folded);
}
