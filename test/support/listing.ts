import { expect, vi } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createAda } from './customers.ts';
import { type Answer, startWorld, type World, type WorldOptions } from './world.ts';

/** Listing: a world with somebody in it at every provider, all of them in the directory, and the ways to ask for its pages. */

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock: Clock = { now: () => NOW, elapsed: () => performance.now() };
/** The providers whose listing is copied. */
export const COPIED = ['OCTOBAT', 'CYCLE_SOFTWARE', 'NUTCACHE'];
export const TRUST = [...COPIED, 'DIRTY_LEMON', 'ONBOARD_FLOW'];
const sandbox = {
  customers: 130,
  settings: { 'cycle-software': { pageSize: 40, minutelyLimit: 100_000, dailyLimit: 1_000_000 } },
};

/** Customers of every provider, the created ones included; those that can be listed are in the directory. */
export async function startListingWorld(options: WorldOptions = {}): Promise<World> {
  const environment = { SYNC_INTERVAL: '3600', ...options.environment };
  const world = await startWorld({ sandbox, clock, ...options, environment });
  await createCustomers(world);
  await copied(world);
  return world;
}

/** Waits until every listing has been copied. */
export async function copied(at: World): Promise<void> {
  const look = async () => {
    const { customers } = await list(at, { first: 0, filter: { providers: COPIED } });
    expect(customers.coverage.filter(({ extent }) => extent !== 'COMPLETE')).toEqual([]);
  };
  await vi.waitFor(look, { timeout: 9_000, interval: 20 });
  at.calls();
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

const nameOf = (provider: string): string => provider.toUpperCase().replaceAll('-', '_');

/** The records that providers with a listing have had from the start, by the sandbox's own word. */
export const seeded = (at: World): string[] =>
  at.sandbox
    .truth()
    .flatMap(({ records }) => records)
    .map(({ provider, id }) => textOf({ provider: nameOf(provider), providerId: id }))
    .filter((record) => COPIED.includes(record.split(' ')[0] ?? ''));

/** Every record that a list of everybody has to show: of everybody whom a provider lists, or who was created here. */
export async function populationOf(at: World): Promise<Set<string>> {
  const records: string[] = [];
  for (const provider of TRUST) records.push(...(await recordsOf(at, provider, 'providerId')).map(textOf));
  expect(records).toEqual(expect.arrayContaining(seeded(at)));
  at.calls();
  return new Set(records);
}

/** Everything that a provider has, as it says itself, without the directory; forgets the calls that it took. */
// biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
export async function recordsOf(at: World, provider: string, fields: string): Promise<any[]> {
  const query = `query ($provider: ProviderName!, $after: String) { provider(name: $provider) {
    records(first: 500, after: $after) { nodes { provider ${fields} } pageInfo { hasNextPage endCursor } } } }`;
  const records: unknown[] = [];
  for (let after: string | null = null; ; ) {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const { data, errors }: Answer<any> = await at.query(query, { provider, after });
    expect(errors).toEqual([]);
    records.push(...data.provider.records.nodes);
    if (!data.provider.records.pageInfo.hasNextPage) break;
    after = data.provider.records.pageInfo.endCursor;
  }
  at.calls();
  return records;
}

const QUERY = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
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

/** What becomes of a list that is refused, and that nobody was asked for it. */
export async function refused(at: World, variables: Record<string, unknown>): Promise<string> {
  at.calls();
  const { data, errors } = await at.query(QUERY, variables);
  expect(data ?? null).toEqual(data ? { customers: null } : null);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  expect(at.calls()).toEqual([]);
  return errors[0]?.message ?? '';
}

export const textOf = ({ provider, providerId }: Node['records'][number]): string => `${provider} ${providerId}`;
export const nodesOf = ({ edges }: Listed): Node[] => edges.map(({ node }) => node);
/** Customers by the first of their records. */
export const idsOf = (page: Listed): string[] => nodesOf(page).map(({ records }) => records.map(textOf)[0] ?? '');
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

/** The same from the end: the pages come in the order of the list. */
export async function listBackwards(at: World, variables: Record<string, unknown>): Promise<Listed[]> {
  const pages: Listed[] = [];
  for (let before: string | null = null; pages.length < 1000; ) {
    const { customers }: { customers: Listed } = await list(at, { ...variables, before });
    pages.unshift(customers);
    if (!customers.pageInfo.hasPreviousPage) return pages;
    expect(customers.pageInfo.startCursor).not.toBeNull();
    before = customers.pageInfo.startCursor;
  }
  throw new Error('The listing has no beginning');
}
