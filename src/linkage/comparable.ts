import type { Profile } from '../model/customer.ts';
import { fold, solid } from '../model/fold.ts';
import { addressLine } from './addressLine.ts';
import { firmName, isFirmName } from './firm.ts';
import { personName } from './personName.ts';

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
export type Comparable = Readonly<Record<Field, string | null>> & {
  /** What was taken for a person's name though nobody says so, as the firm's name that it may be. */
  readonly firmPerhaps: string | null;
};

/** Of a profile, what may say who it is. */
export type Comparing = Pick<
  Profile,
  'kind' | 'displayName' | 'firstName' | 'lastName' | 'companyName' | 'email' | 'phone' | 'address' | 'taxId'
>;

export function comparable(profile: Comparing): Comparable {
  const { address } = profile;
  const [line, other] = [addressLine(address?.line1 ?? null), addressLine(address?.line2 ?? null)];
  // A building's name may stand in the first line, and the street's in the second.
  const numberFirst = line.houseNumber !== null || other.houseNumber === null;
  return {
    ...namesOf(profile),
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

type Names = Pick<Comparable, 'firstName' | 'lastName' | 'companyName' | 'firmPerhaps'>;

/** A business's display name is the business's, and so is one that repeats the company's. */
function namesOf({ kind, displayName, firstName, lastName, companyName }: Comparing): Names {
  const unnamed = firstName === null && lastName === null;
  const isFirm = kind === 'BUSINESS' || (unnamed && kind === null && isFirmName(displayName));
  const firm = companyName ?? (isFirm ? displayName : null);
  const isUnsaid = unnamed && kind === null && firm === null;
  return {
    ...personName(firstName, lastName, firm === null ? displayName : null),
    companyName: firmName(firm),
    firmPerhaps: isUnsaid ? firmName(displayName) : null,
  };
}

function joined(text: string | null): string | null {
  const folded = fold(text);
  return folded === null ? null : solid(folded);
}
