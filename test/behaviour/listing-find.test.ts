import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, createAda } from '../support/customers.ts';
import { extents, idsOf, list, listAll, type Node, QUERY, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Listing live: filters that CycleSoftware answers by its own find. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('CycleSoftware’s own find', () => {
  const find = (filter: object) => ({ filter: { providers: ['CYCLE_SOFTWARE'], ...filter } });
  const asked = (): readonly object[] => {
    const calls = world.provider('cycle-software').calls.slice(-world.calls().length);
    expect(calls.every(({ path }) => path === '/api/v1/customers/find.json')).toBe(true);
    return calls.map(({ query }) => query);
  };
  const BOTH = [{ phone_number: '+31733030050' }, { phone_number: '0733030050' }];

  const FILTERS: readonly (readonly [filter: object, queries: readonly object[], found: readonly string[]])[] = [
    [{ phone: '0733030050', phoneCountry: 'NL' }, BOTH, ['8', '11']],
    [{ phone: ' 073-303 00 50', phoneCountry: 'Nederland' }, BOTH, ['8', '11']],
    [{ phone: '0031 73 303 0050', phoneCountry: 'nl' }, BOTH, ['8', '11']],
    [{ phone: '+31 73 303 0050' }, BOTH, ['8', '11']],
    [{ phone: '+31733030050', phoneCountry: 'BE' }, BOTH, ['8', '11']],
    [{ email: ' test235238848@CYCLESOFTWARE.nl ' }, [{ email: 'test235238848@cyclesoftware.nl' }], ['8']],
    [{ postalCode: '8448PE ' }, [{ postal_code: '8448PE' }], ['8']],
    [
      { postalCode: '8448PE', cycleSoftware: { houseNumber: '32', houseNumberPostfix: 'B' } },
      [{ postal_code: '8448PE', housenumber: '32', housenumber_postfix: 'B' }],
      ['8'],
    ],
    [
      { country: 'België', postalCode: '1000', cycleSoftware: { customerTypeId: 3 } },
      [{ postal_code: '1000', country_code: 'BE', customer_type_id: '3' }],
      ['11'],
    ],
    [{ phone: '+31733030050', country: 'BE' }, BOTH.map((query) => ({ ...query, country_code: 'BE' })), ['11']],
    [{ email: 'nobody@nowhere.example' }, [{ email: 'nobody@nowhere.example' }], []],
  ];

  it.each(FILTERS)('asks %j by its names', async (filter, queries, found) => {
    const { customers } = await list(world, find(filter));
    expect(asked()).toHaveLength(queries.length);
    expect(
      world
        .provider('cycle-software')
        .calls.slice(-queries.length)
        .map(({ query }) => query),
    ).toEqual(expect.arrayContaining([...queries]));
    expect(idsOf(customers).filter((id) => /^CYCLE_SOFTWARE \d{1,4}$/.test(id))).toEqual(
      found.map((id) => `CYCLE_SOFTWARE ${id}`),
    );
    expect(customers).toMatchObject({
      totalCount: customers.edges.length,
      coverage: [
        { provider: 'CYCLE_SOFTWARE', extent: 'COMPLETE', records: customers.edges.length, reason: 'Its own find.' },
      ],
    });
  });

  it('finds whom we wrote ourselves by the very phone that was given, as one customer with all records', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], { phone: '06 12 34 59 99' });
    for (const phone of ['0612345999', '+31612345999']) {
      const { customers } = await list(world, find({ phone, phoneCountry: 'NL' }));
      expect(customers.edges.map(({ node }) => node.id)).toEqual([id]);
      expect(customers.edges[0]?.node.records.map(({ provider }) => provider)).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE']);
    }
    const { data } = await world.query(QUERY, find({ email: ada.email, postalCode: ada.address.postalCode }));
    expect(data.customers.edges.map(({ node }: { node: Node }) => node.id)).toContain(id);
  });

  it.each([
    [{ phone: '0733030050' }],
    [{ phone: '12', phoneCountry: 'NL' }],
    [{ phone: '+31733030050', phoneCountry: 'Atlantis' }],
    [{ email: 'nobody' }],
    [{ country: 'Atlantis' }],
    [{ postalCode: '  ' }],
    [{ cycleSoftware: {} }],
    [{ cycleSoftware: { customerTypeId: -1 } }],
  ])('refuses %j as the caller’s mistake, not the provider’s', async (filter) => {
    const { data, errors } = await world.query(QUERY, find(filter));
    expect(data).toEqual({ customers: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).not.toMatch(/Atlantis|nobody|0733030050/);
    expect(world.calls()).toEqual([]);
  });

  it('cuts pages out of what was found, exactly', async () => {
    const filter = find({ country: 'NL' });
    const [whole] = await listAll(world, { ...filter, first: 500 });
    const size = whole?.edges.length ?? 0;
    expect(size).toBeGreaterThan(10);
    world.calls();
    const pages = await listAll(world, { ...filter, first: 7 });
    expect(world.calls()).toHaveLength(pages.length);
    expect(pages.flatMap(({ edges }) => edges)).toEqual(whole?.edges);
    expect(pages.every(({ totalCount }) => totalCount === size)).toBe(true);
    const exact = await list(world, { ...filter, first: size });
    expect(exact.customers.pageInfo.hasNextPage).toBe(false);
    const { errors } = await world.query(QUERY, { ...find({ country: 'BE' }), after: pages[0]?.pageInfo.endCursor });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is FAILED in coverage where one of its two questions is', async () => {
    world.provider('cycle-software').fault({ kind: 'status', status: 503, times: 1 });
    const { customers } = await list(world, find({ phone: '+31733030050' }));
    expect(customers).toMatchObject({ edges: [], totalCount: null });
    expect(extents(customers)).toEqual({ CYCLE_SOFTWARE: 'FAILED' });
  });
});
