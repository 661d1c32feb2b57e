import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { list, NOW, startListingWorld } from '../support/listing.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** The records of one provider, live, as it pages them. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('provider.records', () => {
  const RECORDS = `query ($name: ProviderName!, $first: Int, $after: String, $changedSince: DateTime) {
    provider(name: $name) { records(first: $first, after: $after, changedSince: $changedSince) {
      edges { cursor node { provider providerId } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } } }`;

  async function records(variables: Record<string, unknown>) {
    const { data, errors } = await world.query(RECORDS, variables);
    expect(errors).toEqual([]);
    return data.provider.records;
  }

  async function all(variables: Record<string, unknown>): Promise<string[]> {
    const ids: string[] = [];
    for (let after: string | null = null; ids.length < 1000; ) {
      const page: {
        edges: { node: { providerId: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      } = await records({ ...variables, after });
      ids.push(...page.edges.map(({ node }) => node.providerId));
      if (!page.pageInfo.hasNextPage) return ids;
      after = page.pageInfo.endCursor;
    }
    throw new Error('The listing does not end');
  }

  const queries = (provider: string) => {
    const count = world.calls().length;
    return count === 0
      ? []
      : world
          .provider(provider)
          .calls.slice(-count)
          .map(({ query }) => query);
  };

  it('pages Octobat by cursor behind a cursor, and tells its total', async () => {
    const whole = await records({ name: 'OCTOBAT', first: 500 });
    const ids = whole.edges.map(({ node }: { node: { providerId: string } }) => node.providerId);
    expect(whole.totalCount).toBe(ids.length);
    expect(queries('octobat')).toEqual([{ limit: '100' }, { limit: '100', starting_after: ids[99] }]);
    expect(await all({ name: 'OCTOBAT', first: 7 })).toEqual(ids);
  });

  it('pages CycleSoftware by its opaque offset', async () => {
    const whole = await records({ name: 'CYCLE_SOFTWARE', first: 500 });
    const ids = whole.edges.map(({ node }: { node: { providerId: string } }) => node.providerId);
    expect(whole.totalCount).toBeNull();
    expect(queries('cycle-software')).toEqual([{}, { offset: '283' }, { offset: '563' }]);
    expect(await all({ name: 'CYCLE_SOFTWARE', first: 7 })).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('pages Nutcache by its next link, whose first page is short', async () => {
    const first = await records({ name: 'NUTCACHE', first: 9 });
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(queries('nutcache')).toEqual([{}, { limit: '10', page: '2' }]);
    const whole = await all({ name: 'NUTCACHE', first: 500 });
    expect(await all({ name: 'NUTCACHE', first: 7 })).toEqual(whole);
    expect(whole).toHaveLength(
      world.sandbox.truth().flatMap(({ records }) => records.filter(({ provider }) => provider === 'nutcache')).length,
    );
  });

  it('gives what is known of providers without a list', async () => {
    expect(await all({ name: 'DIRTY_LEMON', first: 2 })).toHaveLength(5);
    expect(await all({ name: 'ONBOARD_FLOW', first: 1 })).toEqual([
      'cus_ada',
      'cus_known0',
      'cus_known1',
      'cus_known2',
    ]);
  });

  it('asks CycleSoftware what changed since, on its own clock and a minute earlier', async () => {
    for (const [changedSince, modified_since] of [
      ['2023-01-12T11:30:00Z', '2023-01-12 12:29:00'],
      ['2023-07-12T12:30:00+02:00', '2023-07-12 12:29:00'],
    ]) {
      await records({ name: 'CYCLE_SOFTWARE', first: 1, changedSince });
      expect(queries('cycle-software')).toEqual([{ modified_since }]);
    }
    const everyone = await all({ name: 'CYCLE_SOFTWARE', first: 50 });
    const changed = await all({ name: 'CYCLE_SOFTWARE', first: 7, changedSince: '2020-01-01T00:00:00Z' });
    expect(changed).toEqual(expect.arrayContaining(['8', '11']));
    expect(changed).not.toContain('1006');
    expect(changed.length).toBeLessThan(everyone.length);
  });

  it.each(['OCTOBAT', 'NUTCACHE', 'DIRTY_LEMON', 'ONBOARD_FLOW'])('can’t ask %s what changed since', async (name) => {
    const { data, errors } = await world.query(RECORDS, { name, changedSince: '2020-01-01T00:00:00Z' });
    expect(data).toEqual({ provider: { records: null } });
    expect(errors).toMatchObject([
      { path: ['provider', 'records'], extensions: { code: 'CAPABILITY_UNSUPPORTED', provider: name } },
    ]);
    expect(world.calls()).toEqual([]);
  });

  it('refuses cursors of another provider, of another time and of customers, and sizes out of bounds', async () => {
    const since = { changedSince: '2020-01-01T00:00:00Z' };
    const [octobat, cycle, changed] = await Promise.all([
      records({ name: 'OCTOBAT', first: 1 }),
      records({ name: 'CYCLE_SOFTWARE', first: 1 }),
      records({ name: 'CYCLE_SOFTWARE', first: 1, ...since }),
    ]);
    const { customers } = await list(world, { first: 1, filter: { providers: ['CYCLE_SOFTWARE'] } });
    world.calls();
    for (const variables of [
      { after: octobat.pageInfo.endCursor },
      { after: cycle.pageInfo.endCursor, ...since },
      { after: changed.pageInfo.endCursor },
      { after: customers.pageInfo.endCursor },
      ...[-1, 501, 1_000_000_000].map((first) => ({ first })),
    ]) {
      const { data, errors } = await world.query(RECORDS, { name: 'CYCLE_SOFTWARE', ...variables });
      expect(data).toEqual({ provider: { records: null } });
      expect(errors).toMatchObject([{ path: ['provider', 'records'], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(world.calls()).toEqual([]);
  });

  it('fails at its own path, and leaves another provider’s beside it alone', async () => {
    world.provider('octobat').fault({ kind: 'status', status: 500 });
    const { data, errors } = await world.query(`{
      billing: provider(name: OCTOBAT) { name records(first: 1) { totalCount } }
      shop: provider(name: CYCLE_SOFTWARE) { records(first: 2) { nodes { displayName servedFrom fetchedAt } } }
    }`);
    expect(data.billing).toEqual({ name: 'OCTOBAT', records: null });
    expect(data.shop.records.nodes).toHaveLength(2);
    for (const node of data.shop.records.nodes)
      expect(node).toMatchObject({ servedFrom: 'LIVE', fetchedAt: new Date(NOW).toISOString() });
    expect(errors).toMatchObject([
      { path: ['billing', 'records'], extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT' } },
    ]);
    expect(world.calls()).toHaveLength(2);
  });

  it('asks for a page once, under however many names', async () => {
    const aliases = Array.from(
      { length: 20 },
      (_, index) => `a${index}: provider(name: OCTOBAT) { records(first: ${index}) { nodes { id } } }`,
    );
    const { errors } = await world.query(`{ ${aliases.join(' ')} }`);
    expect(errors).toEqual([]);
    expect(world.calls()).toHaveLength(1);
  });

  it('are in the directory from then on, as far as somebody has listed them', async () => {
    const fresh = await startWorld({ sandbox: { customers: 16 } });
    try {
      const listed = async () => (await list(fresh, { first: 500 })).customers.edges.length;
      expect(await listed()).toBe(0);
      const { data } = await fresh.query(
        '{ provider(name: NUTCACHE) { records(first: 9) { nodes { displayName } } } }',
      );
      expect(data.provider.records.nodes).toHaveLength(9);
      // The page behind tells whether there is more: whatever it holds is known too.
      expect(await listed()).toBeGreaterThanOrEqual(9);
      expect(fresh.calls().every((call) => call.startsWith('nutcache '))).toBe(true);
    } finally {
      await fresh.close();
    }
  });

  it('comes to an end where the provider’s pages don’t', async () => {
    let page = 1;
    const endless: readonly (readonly [provider: string, change: (json: unknown) => unknown, calls: number])[] = [
      ['octobat', (json) => ({ ...(json as object), has_more: true }), 3],
      ['octobat', () => ({ data: [], has_more: true }), 1],
      ['cycle-software', () => ({ error: false, customers: [], pagination: { count: 0, next_offset: 40 } }), 2],
      [
        'cycle-software',
        // In a circle: each of its pages is asked for once.
        () => ({ error: false, customers: [], pagination: { count: 0, next_offset: 40 + (page++ % 2) } }),
        3,
      ],
      [
        'nutcache',
        () => ({ customers: [], links: [{ href: 'customers?limit=10&page=1', rel: 'navigation-next' }] }),
        1,
      ],
      [
        'nutcache',
        () => ({ customers: [], links: [{ href: `customers?page=${++page}`, rel: 'navigation-next' }] }),
        200,
      ],
      [
        'nutcache',
        () => ({ customers: [], links: [{ href: 'https://evil.example/customers?page=2', rel: 'navigation-next' }] }),
        1,
      ],
    ];
    for (const [provider, change, calls] of endless) {
      page = 1;
      const fault = world.provider(provider).fault({ kind: 'mutate', change });
      const name = provider.toUpperCase().replace('-', '_');
      world.calls();
      const { data, errors } = await world.query(RECORDS, { name, first: 500 });
      expect(data).toEqual({ provider: { records: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'PROVIDER_BAD_RESPONSE', provider: name } }]);
      expect([provider, world.calls().length]).toEqual([provider, calls]);
      fault.remove();
    }
  });
});
