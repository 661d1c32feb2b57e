import { expect } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createAda } from './customers.ts';
import { startWorld, type World } from './world.ts';

/** Listing live: a world with somebody in it at every provider, and the ways to ask for its pages. */

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const clock: Clock = { now: () => NOW, elapsed: () => performance.now() };
const LISTED = ['octobat', 'cycle-software', 'nutcache'];
export const TRUST = ['OCTOBAT', 'CYCLE_SOFTWARE', 'NUTCACHE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
const sandbox = {
  customers: 130,
  settings: { 'cycle-software': { pageSize: 40, minutelyLimit: 100_000, dailyLimit: 1_000_000 } },
};

/** Customers of every provider, the created ones included. */
export async function startListingWorld(): Promise<World> {
  const world = await startWorld({ sandbox, clock });
  await createCustomers(world);
  return world;
}

/** Ada at four providers, her namesake at two, and three each whom only a provider knows that can't list. */
export async function createCustomers(at: World): Promise<void> {
  await createAda(at);
  await createAda(at, ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], { phone: '+31612345001' });
  for (const [index, phone] of ['+31612345002', '+31612345003', '+31612345004'].entries()) {
    await createAda(at, ['DIRTY_LEMON'], { phone, address: null });
    const onboardFlow = { customerId: `cus_known${index}`, userId: 'u', hasPaymentMethod: true };
    await createAda(at, ['ONBOARD_FLOW'], { phone: null, address: null, onboardFlow });
  }
}

/** Every record that a listing of everything has to show: of everybody whom a provider lists, or who was created here. */
export async function populationOf(at: World): Promise<Set<string>> {
  const people = at.sandbox
    .truth()
    .flatMap(({ records }) => records.filter(({ provider }) => LISTED.includes(provider)))
    .map(({ provider, id }) => `${provider.toUpperCase().replace('-', '_')} ${id}`);
  const { customers } = await list(at, { first: 500, filter: { providers: ['DIRTY_LEMON', 'ONBOARD_FLOW'] } });
  at.calls();
  return new Set([...people, ...customers.edges.flatMap(({ node }) => node.records.map(textOf))]);
}

export const QUERY = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
  customers(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id records { provider providerId } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    coverage { provider extent records asOf reason }
  }
}`;

export interface Listed {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
  readonly coverage: readonly Coverage[];
}
export interface Node {
  readonly id: string;
  readonly records: readonly { readonly provider: string; readonly providerId: string }[];
}
interface Coverage {
  readonly provider: string;
  readonly extent: string;
  readonly records: number | null;
  readonly asOf: string | null;
  readonly reason: string | null;
}

export async function list(at: World, variables: Record<string, unknown>): Promise<{ customers: Listed }> {
  const { data, errors } = await at.query(QUERY, variables);
  expect(errors).toEqual([]);
  return data;
}

export const textOf = ({ provider, providerId }: Node['records'][number]): string => `${provider} ${providerId}`;
export const idsOf = ({ edges }: Listed): string[] => edges.map(({ node }) => node.records.map(textOf)[0] ?? '');
export const extents = ({ coverage }: Listed) =>
  Object.fromEntries(coverage.map(({ provider, extent }) => [provider, extent]));

/** Follows the cursors to the end, as a caller would. */
export async function listAll(at: World, variables: Record<string, unknown>): Promise<Listed[]> {
  const pages: Listed[] = [];
  for (let after: string | null = null; pages.length < 1000; ) {
    const { customers }: { customers: Listed } = await list(at, { ...variables, after });
    pages.push(customers);
    if (!customers.pageInfo.hasNextPage) return pages;
    expect(customers.pageInfo.endCursor).not.toBeNull();
    after = customers.pageInfo.endCursor;
  }
  throw new Error('The listing does not end');
}
