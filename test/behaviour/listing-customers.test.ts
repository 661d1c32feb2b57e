import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import {
  idsOf,
  type Listed,
  list,
  listAll,
  listBackwards,
  nodesOf,
  populationOf,
  refused,
  startListingWorld,
  TRUST,
  textOf,
} from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Listing from the directory: everybody once, page by page, in both directions. */

let world: World;
let everybody: Listed;
beforeAll(async () => {
  world = await startListingWorld({ sandbox: { customers: 40 } });
  everybody = (await list(world, { first: 500 })).customers;
});
afterAll(() => world.close());
afreshEach(() => world);

const edgesOf = (pages: readonly Listed[]) => pages.flatMap(({ edges }) => edges);
const sizeOf = (said: number | string): number =>
  typeof said === 'number' ? said : everybody.edges.length + ['one less', 'all', 'one more'].indexOf(said) - 1;
const flagsOf = ({ pageInfo: { hasPreviousPage, hasNextPage } }: Listed) => [hasPreviousPage, hasNextPage];

describe('customers', () => {
  it('holds every record of every provider, each in one customer', async () => {
    const population = await populationOf(world);
    const records = nodesOf(everybody).flatMap((node) => node.records.map(textOf));
    expect(records).toHaveLength(new Set(records).size);
    expect(new Set(records)).toEqual(population);
    expect(new Set(nodesOf(everybody).map(({ id }) => id)).size).toBe(everybody.edges.length);
    expect(everybody.totalCount).toBe(everybody.edges.length);
    // Ada is one customer of four records, her namesake one of two.
    const sizes = nodesOf(everybody).map((node) => node.records.length);
    expect(sizes.filter((size) => size > 1).sort()).toEqual([2, 4]);
  });

  it.each([1, 7, 50, 'one less', 'all', 'one more', 500])(
    'gives each customer exactly once, %s a page',
    async (said) => {
      const first = sizeOf(said);
      const pages = await listAll(world, { first });
      expect(edgesOf(pages)).toEqual(everybody.edges);
      expect(pages.slice(0, -1).every(({ edges }) => edges.length === first)).toBe(true);
      expect(pages.at(-1)?.edges.length).toBeGreaterThan(0);
      expect(pages.map(flagsOf)).toEqual(pages.map((_, index) => [index > 0, index < pages.length - 1]));
    },
  );

  it.each([7, 50, 'one less', 'all', 500])(
    'gives the same from the end, in the same order, %s a page',
    async (said) => {
      const last = sizeOf(said);
      const pages = await listBackwards(world, { last });
      expect(edgesOf(pages)).toEqual(everybody.edges);
      expect(pages.slice(1).every(({ edges }) => edges.length === last)).toBe(true);
      expect(pages.map(flagsOf)).toEqual(pages.map((_, index) => [index > 0, index < pages.length - 1]));
    },
  );

  it('names the first and the last of its edges in pageInfo', async () => {
    const { customers } = await list(world, { first: 3, after: everybody.edges[10]?.cursor });
    expect(customers.pageInfo).toEqual({
      hasPreviousPage: true,
      hasNextPage: true,
      startCursor: everybody.edges[11]?.cursor,
      endCursor: everybody.edges[13]?.cursor,
    });
  });

  it.each([
    [{ first: 50 }, [11, 20], [true, false]],
    [{ first: 9 }, [11, 20], [true, false]],
    [{ first: 8 }, [11, 19], [true, true]],
    [{ last: 50 }, [11, 20], [false, true]],
    [{ last: 9 }, [11, 20], [false, true]],
    [{ last: 8 }, [12, 20], [true, true]],
    [{}, [11, 20], [true, false]],
  ] as const)('takes %j of those between two cursors', async (size, [from, to], flags) => {
    const ends = { after: everybody.edges[10]?.cursor, before: everybody.edges[20]?.cursor };
    const { customers } = await list(world, { ...size, ...ends });
    expect(customers.edges).toEqual(everybody.edges.slice(from, to));
    expect(flagsOf(customers)).toEqual(flags);
  });

  it('has nobody between a cursor and the next, nor between two the wrong way around', async () => {
    for (const [after, before] of [
      [10, 11],
      [10, 10],
      [20, 10],
    ] as const)
      for (const size of [{ first: 5 }, { last: 5 }]) {
        const ends = { after: everybody.edges[after]?.cursor, before: everybody.edges[before]?.cursor };
        const { customers } = await list(world, { ...size, ...ends });
        expect(customers).toMatchObject({ edges: [], pageInfo: { startCursor: null, endCursor: null } });
      }
  });

  it('ends behind the last and begins before the first', async () => {
    const end = await list(world, { first: 2, after: everybody.edges.at(-1)?.cursor });
    expect(end.customers.edges).toEqual([]);
    expect(flagsOf(end.customers)).toEqual([true, false]);
    const start = await list(world, { last: 2, before: everybody.edges[0]?.cursor });
    expect(start.customers.edges).toEqual([]);
    expect(flagsOf(start.customers)).toEqual([false, true]);
    const before = await list(world, { first: 5, before: everybody.edges[2]?.cursor });
    expect(before.customers.edges).toEqual(everybody.edges.slice(0, 2));
    expect(flagsOf(before.customers)).toEqual([false, false]);
  });

  it('takes 0 for a question of the number, of coverage and of another page', async () => {
    const { customers } = await list(world, { first: 0 });
    expect(customers).toMatchObject({ edges: [], totalCount: everybody.totalCount, coverage: everybody.coverage });
    expect(customers.pageInfo).toEqual({
      ...{ hasPreviousPage: false, hasNextPage: true, startCursor: null, endCursor: null },
    });
    const last = await list(world, { last: 0 });
    expect(last.customers.edges).toEqual([]);
    expect(flagsOf(last.customers)).toEqual([true, false]);
    const nobody = await list(world, { first: 0, filter: { email: 'nobody@nowhere.example' } });
    expect(nobody.customers).toMatchObject({ totalCount: 0, pageInfo: { hasNextPage: false } });
  });

  it('gives fifty unless told otherwise, and takes null for not said', async () => {
    const filter = Object.fromEntries(
      ['providers', 'text', 'email', 'phone', 'phoneCountry', 'country', 'postalCode', 'taxId', 'kind', 'status']
        .concat('changedSince', 'cycleSoftware')
        .map((name) => [name, null]),
    );
    const ends = { first: null, after: null, last: null, before: null };
    for (const variables of [{}, ends, { ...ends, filter: null, orderBy: null }, { ...ends, filter }]) {
      const { customers } = await list(world, variables);
      expect(customers.edges).toEqual(everybody.edges.slice(0, 50));
    }
    const empty = { cycleSoftware: { houseNumber: null, customerTypeId: null } };
    expect(await refused(world, { filter: empty })).toMatch(/at least one thing/);
  });

  it.each([
    ...[-1, 501, 1_000_000_000].flatMap((size) => [{ first: size }, { last: size }]),
    { first: 1, last: 1 },
    { first: 0, last: 0 },
    { filter: { providers: [] } },
    { orderBy: { field: 'RELEVANCE' } },
    { orderBy: { field: 'RELEVANCE' }, filter: { email: 'ada@example.com' } },
  ])('refuses %j', async (variables) => {
    expect(await refused(world, variables)).not.toBe('');
  });

  it('answers an operation that lists under several names, each for itself', async () => {
    const { data, errors } = await world.query(`{
      all: customers(first: 2) { nodes { id } totalCount }
      octobat: customers(first: 500, filter: { providers: [OCTOBAT] }) { nodes { id } totalCount }
      last: customers(last: 1) { nodes { id } }
    }`);
    expect(errors).toEqual([]);
    expect(data.all.nodes).toEqual(everybody.edges.slice(0, 2).map(({ node: { id } }) => ({ id })));
    expect(data.octobat.totalCount).toBe(data.octobat.nodes.length);
    expect(data.last.nodes).toEqual([{ id: everybody.edges.at(-1)?.node.id }]);
    expect(world.calls()).toEqual([]);
  });
});

describe('filter.providers', () => {
  it.each([...TRUST.map((provider) => [provider]), ['NUTCACHE', 'OCTOBAT'], ['OCTOBAT', 'OCTOBAT'], TRUST])(
    'lists who has a record at one of these: %s %s',
    async (...providers) => {
      const given = providers.filter((provider) => provider !== undefined);
      const { customers } = await list(world, { first: 500, filter: { providers: given } });
      expect(nodesOf(customers)).toEqual(
        nodesOf(everybody).filter(({ records }) => records.some(({ provider }) => given.includes(provider))),
      );
      expect(customers.totalCount).toBe(customers.edges.length);
      expect(customers.coverage.map(({ provider }) => provider)).toEqual(TRUST.filter((each) => given.includes(each)));
      const pages = await listAll(world, { first: 40, filter: { providers: given } });
      expect(edgesOf(pages)).toEqual(customers.edges);
      expect(world.calls()).toEqual([]);
    },
  );

  it('lists a customer with all of its records, those of other providers too', async () => {
    const { customers } = await list(world, { first: 500, filter: { providers: ['ONBOARD_FLOW'] } });
    const ada = nodesOf(customers).find(({ records }) => records.length > 1);
    expect(ada?.records.map(({ provider }) => provider)).toEqual([
      ...['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'],
    ]);
  });
});

describe('a customer of several records', () => {
  it('is listed once when several of them match, also when they were linked by hand', async () => {
    const ids = [
      await createAda(world, ['OCTOBAT'], { companyName: 'Zwaluwstaart', phone: null }),
      await createAda(world, ['CYCLE_SOFTWARE'], { companyName: 'Zwaluwstaart', phone: null }),
    ];
    const text = { filter: { text: 'Zwaluwstaart' } };
    const apart = await list(world, text);
    expect(apart.customers).toMatchObject({ totalCount: 2 });
    expect(new Set(nodesOf(apart.customers).map(({ id }) => id))).toEqual(new Set(ids));
    await world.query('mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }', { ids });
    const linked = await list(world, text);
    expect(nodesOf(linked.customers).map(({ id }) => id)).toEqual([ids[0]]);
    expect(linked.customers.totalCount).toBe(1);
    const all = await list(world, { first: 500 });
    expect(all.customers.totalCount).toBe((everybody.totalCount ?? 0) + 1);
    expect(new Set(idsOf(all.customers)).size).toBe(all.customers.edges.length);
  });
});
