import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, createAda } from '../support/customers.ts';
import {
  createCustomers,
  extents,
  idsOf,
  list,
  listAll,
  listBackwards,
  NOW,
  nodesOf,
  refused,
  startListingWorld,
} from '../support/listing.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** CycleSoftware's own find: where its own filter is given, and where not all of its customers were ever copied. */

const clock = { now: () => NOW, elapsed: () => performance.now() };
const SHOP = 'cycle-software';
const FIND = 'cycle-software GET /api/v1/customers/find.json';

/** One more than are taken at once. */
const CROWD = Array.from({ length: 1_001 }, (_, index) => ({
  ...{ customer_id: 5_000_000 + index, name: 'Crowd', postcode: '9999 ZZ', country_code_iso_3166: 'NL' },
}));

/** What was asked of CycleSoftware's find since the last look; nobody else was asked anything. */
function asked(at: World): readonly object[] {
  const calls = at.calls();
  expect(calls).toEqual(calls.map(() => FIND));
  return calls.length === 0
    ? []
    : at
        .provider(SHOP)
        .calls.slice(-calls.length)
        .map(({ query }) => query);
}

describe('filter.cycleSoftware', () => {
  let world: World;
  beforeAll(async () => {
    world = await startListingWorld({ clock, sandbox: { customers: 60 } });
  });
  afterAll(() => world.close());
  afreshEach(() => world);

  const DOOR = { houseNumber: '32', houseNumberPostfix: 'B' };
  const PHONE = [{ phone_number: '+31733030050' }, { phone_number: '0733030050' }];

  it.each<[object, readonly object[], readonly string[]]>([
    [{ cycleSoftware: DOOR }, [{ housenumber: '32', housenumber_postfix: 'B' }], ['8']],
    [{ cycleSoftware: { houseNumber: ' 32 ', houseNumberPostfix: null } }, [{ housenumber: '32' }], ['8']],
    [
      { cycleSoftware: DOOR, postalCode: '8448 pe', country: 'Nederland' },
      [{ housenumber: '32', housenumber_postfix: 'B', postal_code: '8448 pe', country_code: 'NL' }],
      ['8'],
    ],
    [
      { cycleSoftware: { customerTypeId: 3 }, country: 'België', postalCode: '1000' },
      [{ postal_code: '1000', country_code: 'BE', customer_type_id: '3' }],
      ['11'],
    ],
    [
      { cycleSoftware: { customerTypeId: 1 }, phone: '073-3030050', phoneCountry: 'NL' },
      PHONE.map((query) => ({ ...query, customer_type_id: '1' })),
      ['8'],
    ],
    // It finds the digits, which are another number in the country of customer 11.
    [
      { cycleSoftware: { customerTypeId: 3 }, phone: '+31733030050' },
      PHONE.map((query) => ({ ...query, customer_type_id: '3' })),
      [],
    ],
    [
      { cycleSoftware: DOOR, email: ' test235238848@CYCLESOFTWARE.nl' },
      [{ housenumber: '32', housenumber_postfix: 'B', email: 'test235238848@cyclesoftware.nl' }],
      ['8'],
    ],
    // What it can't be asked is looked for among those that it finds.
    [{ cycleSoftware: DOOR, text: 'adri' }, [{ housenumber: '32', housenumber_postfix: 'B' }], ['8']],
    [{ cycleSoftware: DOOR, text: 'somebody' }, [{ housenumber: '32', housenumber_postfix: 'B' }], []],
    [{ cycleSoftware: DOOR, kind: 'BUSINESS' }, [{ housenumber: '32', housenumber_postfix: 'B' }], []],
    [{ cycleSoftware: DOOR, taxId: 'NL855630693B01' }, [{ housenumber: '32', housenumber_postfix: 'B' }], []],
    [
      { cycleSoftware: DOOR, changedSince: new Date(NOW + 1).toISOString() },
      [{ housenumber: '32', housenumber_postfix: 'B' }],
      [],
    ],
    [{ cycleSoftware: { houseNumber: 'nowhere' } }, [{ housenumber: 'nowhere' }], []],
  ])('asks it, and only it, %j', async (filter, queries, found) => {
    const { customers } = await list(world, { filter });
    expect(asked(world).toSorted(byText)).toEqual([...queries].sort(byText));
    // Those of the document have short numbers.
    expect(idsOf(customers).filter((id) => /^CYCLE_SOFTWARE \d{1,4}$/.test(id))).toEqual(
      found.map((id) => `CYCLE_SOFTWARE ${id}`),
    );
    expect(customers.totalCount).toBe(customers.edges.length);
    const records = customers.coverage[0]?.records;
    expect(customers.coverage).toEqual([
      {
        ...{ provider: 'CYCLE_SOFTWARE', extent: 'COMPLETE', records, asOf: new Date(NOW).toISOString() },
        reason: 'Its own search was asked.',
      },
    ]);
  });

  const byText = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

  it('takes providers that hold it, and refuses those that leave it out', async () => {
    const providers = ['OCTOBAT', 'CYCLE_SOFTWARE'];
    const { customers } = await list(world, { filter: { cycleSoftware: DOOR, providers } });
    expect(idsOf(customers)).toContain('CYCLE_SOFTWARE 8');
    expect(extents(customers)).toEqual({ CYCLE_SOFTWARE: 'COMPLETE' });
    const message = await refused(world, { filter: { cycleSoftware: DOOR, providers: ['OCTOBAT', 'NUTCACHE'] } });
    expect(message).toMatch(/cycleSoftware.*CycleSoftware.*providers/);
  });

  it.each([
    {},
    { houseNumber: '  ' },
    { customerTypeId: -1 },
    { houseNumber: 'x'.repeat(256) },
    { houseNumber: '1\n2' },
    { houseNumberPostfix: 'x'.repeat(1_000_000) },
    { houseNumber: `1${'\u0301\u0323'.repeat(150_000)}` },
  ])('refuses what it can’t be asked as the caller’s mistake', async (cycleSoftware) => {
    expect(await refused(world, { filter: { cycleSoftware } })).toMatch(/cycleSoftware|at least one thing/);
  });

  it('pages what it finds in every order and both ways, and asks once a page', async () => {
    const filter = { cycleSoftware: { customerTypeId: 1 } };
    for (const field of [null, 'DISPLAY_NAME', 'CREATED_AT']) {
      const variables = { filter, orderBy: field && { field, direction: 'DESC' } };
      const { edges, totalCount } = (await list(world, { first: 500, ...variables })).customers;
      expect(totalCount).toBe(edges.length);
      expect(edges.length).toBeGreaterThan(20);
      world.calls();
      const pages = await listAll(world, { first: 9, ...variables });
      expect(asked(world)).toHaveLength(pages.length);
      expect(pages.flatMap((page) => page.edges)).toEqual(edges);
      const back = await listBackwards(world, { last: 9, ...variables });
      expect(back.flatMap((page) => page.edges)).toEqual(edges);
    }
    const { data } = await world.query(
      `{ one: customers(filter: { cycleSoftware: { customerTypeId: 2 } }) { nodes { id } }
         two: customers(filter: { cycleSoftware: { customerTypeId: 2 } }, orderBy: { field: DISPLAY_NAME }) { nodes { id } } }`,
    );
    expect(data.one.nodes).not.toEqual([]);
  });

  it('is asked once an operation, under however many names', async () => {
    world.calls();
    const aliases = Array.from(
      { length: 20 },
      (_, index) =>
        `a${index}: customers(first: ${index}, filter: { cycleSoftware: { customerTypeId: 2 } }) { totalCount }`,
    );
    const { data } = await world.query(`{ ${aliases.join(' ')} }`);
    expect(asked(world)).toHaveLength(1);
    expect(new Set(Object.values(data).map((page) => (page as { totalCount: number }).totalCount)).size).toBe(1);
  });

  it('finds a customer with all of its records, by what CycleSoftware’s own says', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], { phone: '06 12 34 59 99' });
    const cycleSoftware = { houseNumber: '1' };
    const phone = { phone: '0612345999', phoneCountry: 'NL' };
    const { customers } = await list(world, { filter: { cycleSoftware, ...phone } });
    expect(nodesOf(customers).map((node) => node.id)).toEqual([id]);
    expect(nodesOf(customers)[0]?.records.map(({ provider }) => provider)).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE']);
    await world.query(
      `mutation { updateCustomer(input: { id: "${id}", providers: [OCTOBAT], phone: "+31612340000" }) { errors { message } } }`,
    );
    const other = await list(world, { filter: { cycleSoftware, phone: '+31612340000' } });
    expect(other.customers.edges).toEqual([]);
  });

  it('is FAILED where one of its questions is, and then nobody is listed', async () => {
    world.provider(SHOP).fault({ kind: 'status', status: 500, times: 1 });
    const { customers } = await list(world, {
      filter: { cycleSoftware: { customerTypeId: 1 }, phone: '+31733030050' },
    });
    expect(customers).toMatchObject({ edges: [], totalCount: null });
    expect(customers.coverage).toMatchObject([
      { provider: 'CYCLE_SOFTWARE', extent: 'FAILED', asOf: null, reason: 'The provider answered with status 500.' },
    ]);
  });

  it('refuses to look among more than a thousand customers', async () => {
    world.provider(SHOP).fault({ kind: 'json', body: CROWD, times: 1 });
    const { data, errors } = await world.query(
      '{ customers(filter: { cycleSoftware: { customerTypeId: 1 } }) { totalCount } }',
    );
    expect(data).toEqual({ customers: null });
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/more than 1000 customers: say more in filter\.cycleSoftware/) },
    ]);
    world.provider(SHOP).fault({ kind: 'json', body: CROWD.slice(1) });
    const { customers } = await list(world, { first: 500, filter: { cycleSoftware: { customerTypeId: 1 } } });
    expect(customers).toMatchObject({ totalCount: 1_000, pageInfo: { hasNextPage: true } });
  });
});

describe('find, where not all of CycleSoftware’s customers were ever copied', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ sandbox: { customers: 60 }, clock });
    await createCustomers(world);
  });
  afterAll(() => world.close());
  afreshEach(() => world);

  it.each<[object, readonly object[], number]>([
    [
      { phone: '0733030050', phoneCountry: 'NL' },
      [{ phone_number: '+31733030050' }, { phone_number: '0733030050' }],
      1,
    ],
    [{ email: 'Test@Hotmail.com' }, [{ email: 'Test@hotmail.com' }], 1],
    [{ postalCode: '8448PE' }, [{ postal_code: '8448PE' }], 1],
    [{ country: 'belgië' }, [{ country_code: 'BE' }], 2],
    [{ email: 'test@hotmail.com', text: 'nobody like that' }, [{ email: 'test@hotmail.com' }], 0],
  ])('is asked as well for %j', async (filter, queries, atLeast) => {
    const { customers } = await list(world, { filter });
    expect(
      asked(world)
        .map((query) => JSON.stringify(query))
        .sort(),
    ).toEqual(queries.map((query) => JSON.stringify(query)).sort());
    expect(customers.edges.length).toBeGreaterThanOrEqual(atLeast);
    expect(extents(customers)).toMatchObject({
      OCTOBAT: 'PARTIAL',
      CYCLE_SOFTWARE: 'COMPLETE',
      DIRTY_LEMON: 'KNOWN_ONLY',
    });
    expect(customers.totalCount).toBeNull();
    const alone = await list(world, { filter: { ...filter, providers: ['CYCLE_SOFTWARE'] } });
    expect(alone.customers.totalCount).toBe(alone.customers.edges.length);
    // What it found is in the directory from then on.
    expect(customers.coverage[1]?.records).toBeGreaterThanOrEqual(customers.edges.length && atLeast);
  });

  it.each([
    {},
    { text: 'lovelace' },
    { taxId: 'NL855630693B01' },
    { kind: 'BUSINESS' },
    { changedSince: '2020-01-01T00:00:00Z' },
    { phone: '+31733030050', providers: ['OCTOBAT', 'DIRTY_LEMON'] },
  ])('is not asked for %j, which it can’t answer', async (filter) => {
    const { customers } = await list(world, { filter });
    expect(asked(world)).toEqual([]);
    for (const { provider, extent, asOf } of customers.coverage)
      expect([provider, extent, asOf]).toEqual([
        provider,
        /LEMON|FLOW/.test(provider) ? 'KNOWN_ONLY' : 'PARTIAL',
        null,
      ]);
    if (Object.keys(filter).length < 2)
      expect(customers.edges.length > 0).toBe(!('taxId' in filter || 'kind' in filter));
  });

  it('takes the first thousand that it finds, and says that there are more', async () => {
    const variables = { first: 0, filter: { postalCode: '9999ZZ', providers: ['CYCLE_SOFTWARE'] } };
    const before = (await list(world, { first: 0 })).customers.coverage[1]?.records ?? 0;
    world.provider(SHOP).fault({ kind: 'json', body: CROWD, times: 1 });
    const { customers } = await list(world, variables);
    expect(customers.totalCount).toBeNull();
    expect(customers.coverage).toMatchObject([{ extent: 'PARTIAL', records: before + 1_000, asOf: null }]);
    expect(customers.coverage[0]?.reason).toMatch(/more than 1000 customers, of which the first 1000 were taken/);
    world.provider(SHOP).fault({ kind: 'json', body: CROWD.slice(1) });
    const whole = await list(world, variables);
    expect(whole.customers.totalCount).toBe(1_001);
    expect(extents(whole.customers)).toEqual({ CYCLE_SOFTWARE: 'COMPLETE' });
  });

  it('tells what went wrong with it, and lists whom the directory knows', async () => {
    world.provider(SHOP).fault({ kind: 'html' });
    const { customers } = await list(world, { filter: { email: ada.email } });
    expect(customers.edges.length).toBeGreaterThan(2);
    expect(customers.totalCount).toBeNull();
    expect(customers.coverage[1]).toMatchObject({
      ...{ provider: 'CYCLE_SOFTWARE', extent: 'PARTIAL', asOf: null },
      reason: 'The provider gave an answer that is not JSON.',
    });
  });

  it('is FAILED where the directory knows nobody of it either', async () => {
    const fresh = await startWorld({ clock });
    try {
      fresh.provider(SHOP).fault({ kind: 'status', status: 503 });
      const { customers } = await list(fresh, { filter: { email: ada.email } });
      expect(extents(customers)).toMatchObject({ OCTOBAT: 'PARTIAL', CYCLE_SOFTWARE: 'FAILED' });
      expect(customers).toMatchObject({ edges: [], totalCount: null });
    } finally {
      await fresh.close();
    }
  });
});
