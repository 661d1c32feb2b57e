import type { Profile, ProfileField } from '../model/customer.ts';
import { fullName } from '../model/name.ts';
import { type ProviderRecord, profileField } from './record.ts';

/**
 * One field of the merged profile over records in the order of trust: the name and the address as wholes, the times the
 * earliest and the latest, every other field from the first record that states it.
 */
export function mergedField<F extends ProfileField>(records: readonly ProviderRecord[], field: F): Profile[F] | null {
  const merge = SPECIAL[field];
  return merge ? merge(records) : first(records, field);
}

type Merge<F extends ProfileField> = (records: readonly ProviderRecord[]) => Profile[F] | null;

const SPECIAL: { readonly [F in ProfileField]?: Merge<F> } = {
  firstName: (records) => named(records, 'firstName'),
  lastName: (records) => named(records, 'lastName'),
  displayName: (records) =>
    first(records, 'companyName') ??
    fullName({ firstName: named(records, 'firstName'), lastName: named(records, 'lastName') }) ??
    first(records, 'displayName'),
  createdAt: (records) => extreme(records, 'createdAt', Math.min),
  updatedAt: (records) => extreme(records, 'updatedAt', Math.max),
};

function first<F extends ProfileField>(records: readonly ProviderRecord[], field: F): Profile[F] | null {
  for (const record of records) {
    const value = profileField(record, field);
    if (value !== null) return value;
  }
  return null;
}

/** First and last name come from one record: the first that states either. */
function named(records: readonly ProviderRecord[], part: 'firstName' | 'lastName'): string | null {
  for (const record of records) {
    const name = { firstName: profileField(record, 'firstName'), lastName: profileField(record, 'lastName') };
    if (name.firstName !== null || name.lastName !== null) return name[part];
  }
  return null;
}

function extreme(
  records: readonly ProviderRecord[],
  field: 'createdAt' | 'updatedAt',
  choose: (...times: number[]) => number,
): Date | null {
  const times = records.map((record) => profileField(record, field)?.getTime()).filter((time) => time !== undefined);
  return times.length === 0 ? null : new Date(choose(...times));
}
