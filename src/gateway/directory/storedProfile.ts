import { NO_ADDRESS, NO_PROFILE, type Profile, type ProfileField } from '../../model/customer.ts';
import { fold } from '../../model/fold.ts';
import type { Summarise } from '../../store/store.ts';
import { merged } from '../merge.ts';
import { type ProviderRecord, profileField } from '../record.ts';
import { ranks } from '../trust.ts';

/** A profile as the directory keeps it: JSON of what is said, in the fields' order. */

/** Everything that a record says. */
export function profileOf(record: ProviderRecord): Profile {
  const said = <F extends ProfileField>(field: F): Profile[F] | null => profileField(record, field);
  return {
    kind: said('kind'),
    displayName: said('displayName'),
    firstName: said('firstName'),
    lastName: said('lastName'),
    companyName: said('companyName'),
    email: said('email'),
    phone: said('phone'),
    address: said('address'),
    taxId: said('taxId'),
    status: said('status'),
    createdAt: said('createdAt'),
    updatedAt: said('updatedAt'),
  };
}

export const toStored = (profile: Profile): string =>
  JSON.stringify(profile, (_key, value: unknown) => (value === null ? undefined : value));

export function fromStored(json: string): Profile {
  const said = JSON.parse(json) as { [F in ProfileField]?: unknown };
  return {
    ...NO_PROFILE,
    ...said,
    address: said.address ? { ...NO_ADDRESS, ...said.address } : null,
    createdAt: said.createdAt ? new Date(String(said.createdAt)) : null,
    updatedAt: said.updatedAt ? new Date(String(said.updatedAt)) : null,
  } as Profile;
}

/**
 * What lists of customers are sorted by: of the merged profile.
 * @param trustOrder provider ids
 */
export function summariser(trustOrder: readonly string[]): Summarise {
  const rank = ranks(trustOrder);
  return (records) => {
    const profiles = records
      .toSorted((one, other) => rank(one.provider) - rank(other.provider))
      .map(({ profile }) => fromStored(profile));
    const read = <F extends ProfileField>(profile: Profile, field: F): Profile[F] | null => profile[field];
    return {
      name: fold(merged(profiles, 'displayName', read)),
      createdAt: merged(profiles, 'createdAt', read)?.getTime() ?? null,
    };
  };
}
