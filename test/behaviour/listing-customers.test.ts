import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createCustomers,
  extents,
  idsOf,
  list,
  listAll,
  NOW,
  populationOf,
  QUERY,
  startListingWorld,
  TRUST,
  textOf,
} from '../support/listing.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** Listing live: who is listed, in what order, page by page, and what that costs in calls. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('customers', () => {
  it.each([7, 50, 500])('gives each customer of every provider exactly once, %i a page', (first) =>
    givesEachOnce(first, world),
  );

  it('gives each customer of every provider exactly once, one a page', async () => {
    const settings = { 'cycle-software': { pageSize: 6 } };
    const small = await startWorld({ sandbox: { customers: 16, settings } });
    try {
      await createCustomers(small);
      await givesEachOnce(1, small);
    } finally {
      await small.close();
    }
  });

  async function givesEachOnce(first: number, at: World): Promise<void> {
    const population = await populationOf(at);
    const pages = await listAll(at, { first });
    const nodes = pages.flatMap(({ edges }) => edges.map(({ node }) => node));
    const records = nodes.flatMap((node) => node.records.map(textOf));
    expect(records).toHaveLength(new Set(records).size);
    expect(new Set(records)).toEqual(population);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    // Every page but the last is full.
    expect(pages.slice(0, -1).every(({ edges }) => edges.length === first)).toBe(true);
    expect(pages.at(-1)?.edges.length).toBeGreaterThan(0);
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_, index) => index > 0));
  }

  it('goes provider by provider in the order of trust, a customer at its first record that is listed', async () => {
    const [page] = await listAll(world, { first: 500 });
    const places = page?.edges.map(({ node }) => TRUST.indexOf(node.records[0]?.provider ?? '')) ?? [];
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('gives the cursors of its edges: after any of them comes the next, inside a provider’s page and across providers', async () => {
    const [whole] = await listAll(world, { first: 500 });
    const edges = whole?.edges ?? [];
    for (let index = 0; index < edges.length - 1; index += 17) {
      const { customers } = await list(world, { first: 2, after: edges[index]?.cursor });
      expect(customers.edges).toEqual(edges.slice(index + 1, index + 3));
    }
    const { customers } = await list(world, { first: 2, after: edges.at(-1)?.cursor });
    expect(customers).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
    });
  });

  it('says exactly whether there is a next page, also where a page of the provider or the provider ends', async () => {
    const sizes = new Map<string, number>();
    for (const provider of TRUST) {
      const filter = { providers: [provider] };
      const all = (await listAll(world, { first: 500, filter })).flatMap(({ edges }) => edges).length;
      sizes.set(provider, all);
      for (const first of [8, 10, 40, 80, 100, all - 1, all, all + 1]) {
        const { customers } = await list(world, { first, filter });
        expect([provider, first, customers.edges.length]).toEqual([provider, first, Math.min(first, all)]);
        expect([provider, first, customers.pageInfo.hasNextPage]).toEqual([provider, first, first < all]);
      }
    }
    const octobat = sizes.get('OCTOBAT') ?? 0;
    const { customers } = await list(world, { first: octobat });
    expect(customers.pageInfo.hasNextPage).toBe(true);
    expect(extents(customers)).toMatchObject({ OCTOBAT: 'COMPLETE', CYCLE_SOFTWARE: 'PARTIAL' });
    const next = await list(world, { first: 1, after: customers.pageInfo.endCursor });
    expect(idsOf(next.customers)[0]).toMatch(/^CYCLE_SOFTWARE /);
  });

  it('takes 0 for a question of coverage and of a next page', async () => {
    const { customers } = await list(world, { first: 0 });
    expect(customers).toMatchObject({ edges: [], pageInfo: { hasNextPage: true, endCursor: null } });
    expect(customers.coverage[0]).toMatchObject({ provider: 'OCTOBAT', extent: 'PARTIAL', records: 0 });
  });

  it('gives fifty unless told otherwise', async () => {
    const { customers } = await list(world, {});
    expect(customers.edges).toHaveLength(50);
  });

  it.each([-1, 501, 1_000_000_000])('refuses first: %i', async (first) => {
    const { data, errors } = await world.query(QUERY, { first });
    expect(data).toEqual({ customers: null });
    expect(errors).toMatchObject([{ path: ['customers'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(world.calls()).toEqual([]);
  });

  const CYCLE = { providers: ['CYCLE_SOFTWARE'] };
  it.each<Record<string, unknown>>([
    { last: 5 },
    { before: 'x' },
    { orderBy: { field: 'DISPLAY_NAME' } },
    ...[{}, CYCLE].flatMap((filter) => [
      { filter: { ...filter, text: 'ada' } },
      { filter: { ...filter, taxId: 'NL855630693B01' } },
      { filter: { ...filter, kind: 'BUSINESS' } },
      { filter: { ...filter, status: 'ACTIVE' } },
      { filter: { ...filter, changedSince: '2020-01-01T00:00:00Z' } },
    ]),
    ...[{}, { providers: ['OCTOBAT'] }, { providers: ['CYCLE_SOFTWARE', 'NUTCACHE'] }].flatMap((filter) => [
      { filter: { ...filter, phone: '+31733030050' } },
      { filter: { ...filter, email: 'a@example.com' } },
      { filter: { ...filter, postalCode: '5388GM' } },
      { filter: { ...filter, country: 'NL' } },
      { filter: { ...filter, cycleSoftware: { houseNumber: '1' } } },
    ]),
  ])('can’t do %j live, and asks nobody', async (variables) => {
    const { data, errors } = await world.query(QUERY, variables);
    expect(data).toEqual({ customers: null });
    expect(errors).toMatchObject([{ extensions: { code: 'CAPABILITY_UNSUPPORTED' } }]);
    expect(world.calls()).toEqual([]);
  });

  it('takes null for not said', async () => {
    const filter = { text: null, phone: null, cycleSoftware: null, providers: null };
    const { customers } = await list(world, { first: 1, last: null, before: null, orderBy: null, filter });
    expect(customers.edges).toHaveLength(1);
  });

  it('refuses the cursor of another filter, of another list, a changed one and an id', async () => {
    const { customers } = await list(world, { first: 1, filter: CYCLE });
    const records = await world.query(
      '{ provider(name: CYCLE_SOFTWARE) { records(first: 1) { edges { cursor node { id } } } } }',
    );
    const [edge] = records.data.provider.records.edges;
    const cursor = customers.pageInfo.endCursor ?? '';
    world.calls();
    for (const variables of [
      { after: cursor },
      { after: cursor, filter: { providers: ['OCTOBAT'] } },
      { after: cursor, filter: { ...CYCLE, country: 'NL' } },
      { after: edge.cursor, filter: CYCLE },
      { after: edge.node.id, filter: CYCLE },
      { after: `${cursor.slice(0, -2)}AA`, filter: CYCLE },
      { after: '', filter: CYCLE },
    ]) {
      const { data, errors } = await world.query(QUERY, { first: 1, ...variables });
      expect(data).toEqual({ customers: null });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    const { errors } = await world.query(QUERY, { filter: { providers: [] } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(world.calls()).toEqual([]);
  });

  it('tells nothing of the provider’s own marks in its cursors', async () => {
    const { customers } = await list(world, { first: 1 });
    const text = Buffer.from(customers.pageInfo.endCursor ?? '', 'base64url').toString('latin1');
    expect(text).not.toMatch(/oc_cu|octobat|1421878635/);
  });
});

describe('filter.providers', () => {
  it('asks only those named, in the order of trust however they are named', async () => {
    const ours = [...(await populationOf(world))].filter((record) => /^(OCTOBAT|NUTCACHE) /.test(record));
    const { customers } = await list(world, { first: 500, filter: { providers: ['NUTCACHE', 'OCTOBAT'] } });
    expect(new Set(world.calls().map((call) => call.split(' ')[0]))).toEqual(new Set(['octobat', 'nutcache']));
    expect(customers.coverage.map(({ provider }) => provider)).toEqual(['OCTOBAT', 'NUTCACHE']);
    const listed = customers.edges.flatMap(({ node }) => node.records.map(textOf));
    expect(listed).toEqual(expect.arrayContaining(ours));
  });

  it('lists what was created here at a provider that can’t list, from the store', async () => {
    const lemon = await list(world, { filter: { providers: ['DIRTY_LEMON'] } });
    // Ada, whom others hold as well, her namesake, and three that nobody else has.
    expect(lemon.customers.edges).toHaveLength(5);
    expect(lemon.customers.totalCount).toBeNull();
    const flow = await list(world, { filter: { providers: ['ONBOARD_FLOW'] } });
    expect(flow.customers.edges).toHaveLength(4);
    expect(flow.customers.coverage).toEqual([
      {
        provider: 'ONBOARD_FLOW',
        extent: 'KNOWN_ONLY',
        records: 4,
        asOf: new Date(NOW).toISOString(),
        reason: expect.stringMatching(/^Known only: /),
      },
    ]);
  });

  it('leaves out a known one that its provider has no more', async () => {
    const filter = { providers: ['DIRTY_LEMON'] };
    const before = await list(world, { filter });
    const gone = before.customers.edges[1]?.node.records.find(({ provider }) => provider === 'DIRTY_LEMON');
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, id: gone?.providerId ?? '' });
    const after = await listAll(world, { first: 2, filter });
    expect(after.flatMap(({ edges }) => edges).map(({ node }) => node)).toEqual(
      before.customers.edges.map(({ node }) => node).filter((_, index) => index !== 1),
    );
  });
});

describe('calls', () => {
  it('asks as many pages as it takes, and no provider whose turn has not come', async () => {
    await list(world, { first: 1 });
    expect(world.calls()).toEqual(['octobat GET /customers']);
    await list(world, { first: 8, filter: { providers: ['NUTCACHE'] } });
    // A short page is not the end: whether there is more is told by the next one.
    expect(world.calls()).toEqual(Array(2).fill('nutcache GET /webapi/customers'));
    await list(world, { first: 39, filter: { providers: ['CYCLE_SOFTWARE'] } });
    expect(world.calls()).toEqual(['cycle-software GET /api/v1/customers/list.json']);
  });

  it('reads of the known ones only the wanted and the one behind, and none that stands at another provider', async () => {
    await list(world, { first: 2, filter: { providers: ['DIRTY_LEMON'] } });
    expect(world.calls()).toHaveLength(3);
    await list(world, { first: 500 });
    expect(world.calls().filter((call) => call.startsWith('dirty-lemon'))).toHaveLength(3);
  });

  it('reads nothing again for the customers’ fields, but what the listed record does not say', async () => {
    const { errors } = await world.query(
      '{ customers(first: 5, filter: { providers: [DIRTY_LEMON] }) { nodes { id dirtyLemon { email } verification { state } } edges { node { id } } } }',
    );
    expect(errors).toEqual([]);
    expect(world.calls()).toHaveLength(5);
  });
});
