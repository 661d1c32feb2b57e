import type { Link } from '../store/store.ts';
import type { CustomerRecords } from './customer.ts';
import type { Operation } from './operation.ts';

export type { Link, LinkRule } from '../store/store.ts';

/** Why a customer's records are one, without those of providers that this gateway does not have any more. */
export async function linksOf({ gateway }: Operation, { key }: CustomerRecords): Promise<readonly Link[]> {
  const links = await gateway.store.linksOf(key);
  return links.map((link) => ({
    ...link,
    records: link.records.filter(({ provider }) => gateway.member.has(provider)),
  }));
}

/** The ids of the customers that this one has absorbed. */
export async function formerIdsOf({ gateway }: Operation, { key }: CustomerRecords): Promise<readonly string[]> {
  const absorbed = (await gateway.store.recordsOf(key)).filter(({ absorbedAt }) => absorbedAt !== null);
  return absorbed.map(({ provider, providerId }) => gateway.ids.seal({ kind: 'customer', provider, providerId }));
}
