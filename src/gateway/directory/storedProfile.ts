import type { Profile, ProfileField } from '../../model/customer.ts';
import { fold } from '../../model/fold.ts';
import type { Summarise } from '../../store/store.ts';
import { merged } from '../merge.ts';
import { type ProviderRecord, profileField } from '../record.ts';

/** A profile as the directory keeps it: JSON of what is said, in the fields' order. */

const FIELDS = [
  ...(['kind', 'displayName', 'firstName', 'lastName', 'companyName', 'email', 'phone', 'address', 'taxId'] as const),
  ...(['status', 'createdAt', 'updatedAt'] as const),
] satisfies readonly ProfileField[];

/** Everything that a record says. */
export function profileOf(record: ProviderRecord): Profile {
  const entries = FIELDS.map((field) => [field, profileField(record, field)] as const);
  // Every field of a profile is in the list.
  return Object.fromEntries(entries) as unknown as Profile;
}

export const toStored = (profile: Profile): string =>
  JSON.stringify(profile, (_key, value: unknown) => (value === null ? undefined : value));

const EMPTY_ADDRESS = {
  ...{ line1: null, line2: null, city: null, postalCode: null, region: null, country: null, rawCountry: null },
};

export function fromStored(json: string): Profile {
  const said = JSON.parse(json) as { [F in ProfileField]?: unknown };
  const nothing = Object.fromEntries(FIELDS.map((field) => [field, null]));
  return {
    ...nothing,
    ...said,
    address: said.address ? { ...EMPTY_ADDRESS, ...said.address } : null,
    createdAt: said.createdAt ? new Date(String(said.createdAt)) : null,
    updatedAt: said.updatedAt ? new Date(String(said.updatedAt)) : null,
  } as Profile;
}

/**
 * What lists of customers are sorted by: of the merged profile.
 * @param trustOrder provider ids
 */
export function summariser(trustOrder: readonly string[]): Summarise {
  const rank = (provider: string): number => (trustOrder.includes(provider) ? trustOrder.indexOf(provider) : Infinity);
  return (records) => {
    const profiles = records
      .toSorted((one, other) => Math.sign(rank(one.provider) - rank(other.provider)) || 0)
      .map(({ profile }) => fromStored(profile));
    const read = <F extends ProfileField>(profile: Profile, field: F): Profile[F] | null => profile[field];
    return {
      name: fold(merged(profiles, 'displayName', read)),
      createdAt: merged(profiles, 'createdAt', read)?.getTime() ?? null,
    };
  };
}
