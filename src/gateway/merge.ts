import type { Profile, ProfileField } from '../model/customer.ts';
import { fullName } from '../model/name.ts';
import { type ProviderRecord, profileField } from './record.ts';

/**
 * One field of the merged profile over records in the order of trust: the name and the address as wholes, the times the
 * earliest and the latest, every other field from the first record that states it.
 */
export const mergedField = <F extends ProfileField>(records: readonly ProviderRecord[], field: F): Profile[F] | null =>
  merged(records, field, profileField);

/** The same over whatever a profile can be read from. */
export function merged<Source, F extends ProfileField>(
  sources: readonly Source[],
  field: F,
  read: Read<Source>,
): Profile[F] | null {
  const merge = SPECIAL[field];
  return merge ? merge(sources, read) : first(sources, field, read);
}

type Read<Source> = <F extends ProfileField>(source: Source, field: F) => Profile[F] | null;

type Merge<F extends ProfileField> = <Source>(sources: readonly Source[], read: Read<Source>) => Profile[F] | null;

const SPECIAL: { readonly [F in ProfileField]?: Merge<F> } = {
  firstName: (sources, read) => named(sources, read).firstName,
  lastName: (sources, read) => named(sources, read).lastName,
  displayName: (sources, read) =>
    first(sources, 'companyName', read) ?? fullName(named(sources, read)) ?? first(sources, 'displayName', read),
  createdAt: (sources, read) => extreme(sources, 'createdAt', read, Math.min),
  updatedAt: (sources, read) => extreme(sources, 'updatedAt', read, Math.max),
};

function first<Source, F extends ProfileField>(
  sources: readonly Source[],
  field: F,
  read: Read<Source>,
): Profile[F] | null {
  for (const source of sources) {
    const value = read(source, field);
    if (value !== null) return value;
  }
  return null;
}

/** First and last name come from one record: the first that states either. */
function named<Source>(sources: readonly Source[], read: Read<Source>): Pick<Profile, 'firstName' | 'lastName'> {
  for (const source of sources) {
    const name = { firstName: read(source, 'firstName'), lastName: read(source, 'lastName') };
    if (name.firstName !== null || name.lastName !== null) return name;
  }
  return { firstName: null, lastName: null };
}

function extreme<Source>(
  sources: readonly Source[],
  field: 'createdAt' | 'updatedAt',
  read: Read<Source>,
  choose: (...times: number[]) => number,
): Date | null {
  const times = sources.map((source) => read(source, field)?.getTime()).filter((time) => time !== undefined);
  return times.length === 0 ? null : new Date(choose(...times));
}
