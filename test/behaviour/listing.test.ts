import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { ada, createAda } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** Listing live: what is listed, how far each provider was searched, and what that costs in calls. */

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock: Clock = { now: () => NOW, elapsed: () => performance.now() };
const LISTED = ['octobat', 'cycle-software', 'nutcache'];
const TRUST = ['OCTOBAT', 'CYCLE_SOFTWARE', 'NUTCACHE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
const sandbox = {
  customers: 130,
  settings: { 'cycle-software': { pageSize: 40, minutelyLimit: 100_000, dailyLimit: 1_000_000 } },
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ sandbox, clock });
  await createCustomers(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
afterEach(() => {
  for (const provider of world.sandbox.providers) provider.clearFaults();
});

/** Ada at four providers, her namesake at two, and three each whom only a provider knows that can't list. */
async function createCustomers(at: World): Promise<void> {
  await createAda(at);
  await createAda(at, ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], { phone: '+31612345001' });
  for (const [index, phone] of ['+31612345002', '+31612345003', '+31612345004'].entries()) {
    await createAda(at, ['DIRTY_LEMON'], { phone, address: null });
    const onboardFlow = { customerId: `cus_known${index}`, userId: 'u', hasPaymentMethod: true };
    await createAda(at, ['ONBOARD_FLOW'], { phone: null, address: null, onboardFlow });
  }
}

/** Every record that a listing of everything has to show: of everybody whom a provider lists, or who was created here. */
async function populationOf(at: World): Promise<Set<string>> {
  const people = at.sandbox
    .truth()
    .flatMap(({ records }) => records.filter(({ provider }) => LISTED.includes(provider)))
    .map(({ provider, id }) => `${provider.toUpperCase().replace('-', '_')} ${id}`);
  const { customers } = await list({ first: 500, filter: { providers: ['DIRTY_LEMON', 'ONBOARD_FLOW'] } }, at);
  at.calls();
  return new Set([...people, ...customers.edges.flatMap(({ node }) => node.records.map(textOf))]);
}

const QUERY = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
  customers(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id records { provider providerId } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    coverage { provider extent records asOf reason }
  }
}`;

interface Listed {
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
interface Node {
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

async function list(variables: Record<string, unknown>, at: World = world): Promise<{ customers: Listed }> {
  const { data, errors } = await at.query(QUERY, variables);
  expect(errors).toEqual([]);
  return data;
}

const textOf = ({ provider, providerId }: Node['records'][number]): string => `${provider} ${providerId}`;
const idsOf = ({ edges }: Listed): string[] => edges.map(({ node }) => node.records.map(textOf)[0] ?? '');
const extents = ({ coverage }: Listed) =>
  Object.fromEntries(coverage.map(({ provider, extent }) => [provider, extent]));

/** Follows the cursors to the end, as a caller would. */
async function listAll(variables: Record<string, unknown>, at: World = world): Promise<Listed[]> {
  const pages: Listed[] = [];
  for (let after: string | null = null; pages.length < 1000; ) {
    const { customers }: { customers: Listed } = await list({ ...variables, after }, at);
    pages.push(customers);
    if (!customers.pageInfo.hasNextPage) return pages;
    expect(customers.pageInfo.endCursor).not.toBeNull();
    after = customers.pageInfo.endCursor;
  }
  throw new Error('The listing does not end');
}

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
    const pages = await listAll({ first }, at);
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
    const [page] = await listAll({ first: 500 });
    const places = page?.edges.map(({ node }) => TRUST.indexOf(node.records[0]?.provider ?? '')) ?? [];
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('gives the cursors of its edges: after any of them comes the next, inside a provider’s page and across providers', async () => {
    const [whole] = await listAll({ first: 500 });
    const edges = whole?.edges ?? [];
    for (let index = 0; index < edges.length - 1; index += 17) {
      const { customers } = await list({ first: 2, after: edges[index]?.cursor });
      expect(customers.edges).toEqual(edges.slice(index + 1, index + 3));
    }
    const { customers } = await list({ first: 2, after: edges.at(-1)?.cursor });
    expect(customers).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
    });
  });

  it('says exactly whether there is a next page, also where a page of the provider or the provider ends', async () => {
    const sizes = new Map<string, number>();
    for (const provider of TRUST) {
      const filter = { providers: [provider] };
      const all = (await listAll({ first: 500, filter })).flatMap(({ edges }) => edges).length;
      sizes.set(provider, all);
      for (const first of [8, 10, 40, 80, 100, all - 1, all, all + 1]) {
        const { customers } = await list({ first, filter });
        expect([provider, first, customers.edges.length]).toEqual([provider, first, Math.min(first, all)]);
        expect([provider, first, customers.pageInfo.hasNextPage]).toEqual([provider, first, first < all]);
      }
    }
    const octobat = sizes.get('OCTOBAT') ?? 0;
    const { customers } = await list({ first: octobat });
    expect(customers.pageInfo.hasNextPage).toBe(true);
    expect(extents(customers)).toMatchObject({ OCTOBAT: 'COMPLETE', CYCLE_SOFTWARE: 'PARTIAL' });
    const next = await list({ first: 1, after: customers.pageInfo.endCursor });
    expect(idsOf(next.customers)[0]).toMatch(/^CYCLE_SOFTWARE /);
  });

  it('takes 0 for a question of coverage and of a next page', async () => {
    const { customers } = await list({ first: 0 });
    expect(customers).toMatchObject({ edges: [], pageInfo: { hasNextPage: true, endCursor: null } });
    expect(customers.coverage[0]).toMatchObject({ provider: 'OCTOBAT', extent: 'PARTIAL', records: 0 });
  });

  it('gives fifty unless told otherwise', async () => {
    const { customers } = await list({});
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
    const { customers } = await list({ first: 1, last: null, before: null, orderBy: null, filter });
    expect(customers.edges).toHaveLength(1);
  });

  it('refuses the cursor of another filter, of another list, a changed one and an id', async () => {
    const { customers } = await list({ first: 1, filter: CYCLE });
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
    const { customers } = await list({ first: 1 });
    const text = Buffer.from(customers.pageInfo.endCursor ?? '', 'base64url').toString('latin1');
    expect(text).not.toMatch(/oc_cu|octobat|1421878635/);
  });
});

describe('filter.providers', () => {
  it('asks only those named, in the order of trust however they are named', async () => {
    const ours = [...(await populationOf(world))].filter((record) => /^(OCTOBAT|NUTCACHE) /.test(record));
    const { customers } = await list({ first: 500, filter: { providers: ['NUTCACHE', 'OCTOBAT'] } });
    expect(new Set(world.calls().map((call) => call.split(' ')[0]))).toEqual(new Set(['octobat', 'nutcache']));
    expect(customers.coverage.map(({ provider }) => provider)).toEqual(['OCTOBAT', 'NUTCACHE']);
    const listed = customers.edges.flatMap(({ node }) => node.records.map(textOf));
    expect(listed).toEqual(expect.arrayContaining(ours));
  });

  it('lists what was created here at a provider that can’t list, from the store', async () => {
    const lemon = await list({ filter: { providers: ['DIRTY_LEMON'] } });
    // Ada, whom others hold as well, her namesake, and three that nobody else has.
    expect(lemon.customers.edges).toHaveLength(5);
    expect(lemon.customers.totalCount).toBeNull();
    const flow = await list({ filter: { providers: ['ONBOARD_FLOW'] } });
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
    const before = await list({ filter });
    const gone = before.customers.edges[1]?.node.records.find(({ provider }) => provider === 'DIRTY_LEMON');
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, id: gone?.providerId ?? '' });
    const after = await listAll({ first: 2, filter });
    expect(after.flatMap(({ edges }) => edges).map(({ node }) => node)).toEqual(
      before.customers.edges.map(({ node }) => node).filter((_, index) => index !== 1),
    );
  });
});

describe('calls', () => {
  it('asks as many pages as it takes, and no provider whose turn has not come', async () => {
    await list({ first: 1 });
    expect(world.calls()).toEqual(['octobat GET /customers']);
    await list({ first: 8, filter: { providers: ['NUTCACHE'] } });
    // A short page is not the end: whether there is more is told by the next one.
    expect(world.calls()).toEqual(Array(2).fill('nutcache GET /webapi/customers'));
    await list({ first: 39, filter: { providers: ['CYCLE_SOFTWARE'] } });
    expect(world.calls()).toEqual(['cycle-software GET /api/v1/customers/list.json']);
  });

  it('reads of the known ones only the wanted and the one behind, and none that stands at another provider', async () => {
    await list({ first: 2, filter: { providers: ['DIRTY_LEMON'] } });
    expect(world.calls()).toHaveLength(3);
    await list({ first: 500 });
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

describe('coverage', () => {
  it('is COMPLETE with its time and number where a provider’s listing came to its end', async () => {
    const { customers } = await list({ first: 500 });
    const count = (provider: string) =>
      customers.edges.filter(({ node }) => node.records[0]?.provider === provider).length;
    expect(customers.pageInfo.hasNextPage).toBe(false);
    expect(customers.coverage).toEqual(
      TRUST.map((provider, index) => ({
        provider,
        extent: index < 3 ? 'COMPLETE' : 'KNOWN_ONLY',
        records: count(provider),
        asOf: new Date(NOW).toISOString(),
        reason: index < 3 ? null : expect.stringMatching(/^Known only: /),
      })),
    );
    // Several providers may hold the same customer: nobody knows how many there are.
    expect(customers.totalCount).toBeNull();
  });

  it('is PARTIAL where it goes on or has not begun, and says so', async () => {
    const { customers } = await list({ first: 5 });
    expect(customers.coverage.map(({ extent, records, reason }) => [extent, records, reason])).toEqual([
      ['PARTIAL', 5, 'Goes on on later pages.'],
      ...Array(4).fill(['PARTIAL', 0, 'Comes on later pages.']),
    ]);
    expect(customers.coverage.map(({ asOf }) => asOf === null)).toEqual([false, true, true, true, true]);
  });

  it('says of a later page what was listed on earlier ones', async () => {
    const octobat = await list({ first: 500, filter: { providers: ['OCTOBAT'] } });
    const { customers } = await list({ first: octobat.customers.edges.length + 3 });
    const next = await list({ first: 1, after: customers.pageInfo.endCursor });
    expect(next.customers.coverage.slice(0, 2)).toEqual([
      { provider: 'OCTOBAT', extent: 'COMPLETE', records: null, asOf: null, reason: 'Listed on earlier pages.' },
      expect.objectContaining({ provider: 'CYCLE_SOFTWARE', extent: 'PARTIAL', records: 1 }),
    ]);
  });

  it('has a total only where one provider alone is asked that says it', async () => {
    const total = async (provider: string) => (await list({ first: 1, filter: { providers: [provider] } })).customers;
    const ours = [...(await populationOf(world))].filter((record) => record.startsWith('OCTOBAT '));
    expect((await total('OCTOBAT')).totalCount).toBe(ours.length);
    for (const provider of TRUST.slice(1)) expect((await total(provider)).totalCount).toBeNull();
  });

  it('is FAILED for a provider that can’t be asked; the others are listed, and what they hold of its customers', async () => {
    const population = await populationOf(world);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    const pages = await listAll({ first: 50 });
    const [first, ...later] = pages;
    expect(first?.coverage[0]).toEqual({
      provider: 'OCTOBAT',
      extent: 'FAILED',
      records: null,
      asOf: null,
      reason: 'The provider answered with status 503.',
    });
    for (const { coverage } of later) expect(coverage[0]).toMatchObject({ provider: 'OCTOBAT', extent: 'FAILED' });
    const nodes = pages.flatMap(({ edges }) => edges.map(({ node }) => node));
    const records = nodes.flatMap(({ records }) => records.map(textOf));
    expect(records).toHaveLength(new Set(records).size);
    const elsewhere = [...population].filter((record) => !record.startsWith('OCTOBAT '));
    expect(elsewhere.every((record) => records.includes(record))).toBe(true);
    expect(nodes.filter(({ records }) => records[0]?.provider === 'OCTOBAT')).toHaveLength(1);
  });

  it('is not asked again on later pages of a provider that failed on the first', async () => {
    world.provider('octobat').fault({ kind: 'status', status: 503, times: 1 });
    const { customers } = await list({ first: 50 });
    world.calls();
    const next = await list({ first: 50, after: customers.pageInfo.endCursor });
    expect(next.customers.coverage[0]).toEqual({
      provider: 'OCTOBAT',
      extent: 'FAILED',
      records: null,
      asOf: null,
      reason: 'It could not be asked for an earlier page.',
    });
    expect(world.calls().filter((call) => call.startsWith('octobat'))).toEqual([]);
  });

  it('is FAILED for a provider that breaks down on a later page, and the listing goes on with the next', async () => {
    const filter = { providers: ['CYCLE_SOFTWARE', 'NUTCACHE'] };
    const { customers } = await list({ first: 50, filter });
    world.provider('cycle-software').fault({ kind: 'html' });
    const next = await list({ first: 5, after: customers.pageInfo.endCursor, filter });
    expect(extents(next.customers)).toEqual({ CYCLE_SOFTWARE: 'FAILED', NUTCACHE: 'PARTIAL' });
    expect(idsOf(next.customers).every((id) => id.startsWith('NUTCACHE '))).toBe(true);
    expect(next.customers.coverage[0]?.reason).toBe('The provider gave an answer that is not JSON.');
  });

  it('is FAILED for a provider whose known records can’t be read', async () => {
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500 });
    const { customers } = await list({ filter: { providers: ['DIRTY_LEMON', 'ONBOARD_FLOW'] } });
    expect(extents(customers)).toEqual({ DIRTY_LEMON: 'FAILED', ONBOARD_FLOW: 'KNOWN_ONLY' });
    // Ada is listed at her other record instead.
    expect(customers.edges).toHaveLength(4);
  });

  it('says whom there is nothing to search at, and never searched', async () => {
    const small = await startWorld({ sandbox: { providers: ['octobat', 'nutcache'] }, clock });
    try {
      const { customers } = await list({}, small);
      expect(customers.coverage.map(({ provider, extent, records }) => [provider, extent, records])).toEqual([
        ['OCTOBAT', 'COMPLETE', 3],
        ['CYCLE_SOFTWARE', 'NOT_CONFIGURED', null],
        ['NUTCACHE', 'COMPLETE', 9],
        ['DIRTY_LEMON', 'NOT_CONFIGURED', null],
        ['ONBOARD_FLOW', 'NOT_CONFIGURED', null],
      ]);
      expect(customers.coverage[1]?.reason).toBe('CycleSoftware is not configured here.');
      const found = await list({ filter: { providers: ['CYCLE_SOFTWARE'], country: 'NL' } }, small);
      expect(found.customers).toMatchObject({ edges: [], totalCount: null });
      expect(extents(found.customers)).toEqual({ CYCLE_SOFTWARE: 'NOT_CONFIGURED' });
      const { data, errors } = await small.query('{ provider(name: CYCLE_SOFTWARE) { records { totalCount } } }');
      expect(data).toEqual({ provider: { records: null } });
      expect(errors).toMatchObject([
        {
          path: ['provider', 'records'],
          extensions: { code: 'PROVIDER_NOT_CONFIGURED', provider: 'CYCLE_SOFTWARE' },
        },
      ]);
    } finally {
      await small.close();
    }
  });
});

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
    const { customers } = await list(find(filter));
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
      const { customers } = await list(find({ phone, phoneCountry: 'NL' }));
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
    const [whole] = await listAll({ ...filter, first: 500 });
    const size = whole?.edges.length ?? 0;
    expect(size).toBeGreaterThan(10);
    world.calls();
    const pages = await listAll({ ...filter, first: 7 });
    expect(world.calls()).toHaveLength(pages.length);
    expect(pages.flatMap(({ edges }) => edges)).toEqual(whole?.edges);
    expect(pages.every(({ totalCount }) => totalCount === size)).toBe(true);
    const exact = await list({ ...filter, first: size });
    expect(exact.customers.pageInfo.hasNextPage).toBe(false);
    const { errors } = await world.query(QUERY, { ...find({ country: 'BE' }), after: pages[0]?.pageInfo.endCursor });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is FAILED in coverage where one of its two questions is', async () => {
    world.provider('cycle-software').fault({ kind: 'status', status: 503, times: 1 });
    const { customers } = await list(find({ phone: '+31733030050' }));
    expect(customers).toMatchObject({ edges: [], totalCount: null });
    expect(extents(customers)).toEqual({ CYCLE_SOFTWARE: 'FAILED' });
  });
});

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
    const { customers } = await list({ first: 1, filter: { providers: ['CYCLE_SOFTWARE'] } });
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
    world.provider('octobat').fault({ kind: 'status', status: 503 });
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

  it('lists nobody twice when a provider breaks down after its first page', async () => {
    const crowd = await startWorld();
    try {
      for (let index = 0; index < 4; index++) {
        await createAda(crowd, ['OCTOBAT', 'CYCLE_SOFTWARE'], {
          phone: `+3161234510${index}`,
          lastName: `Ada${index}`,
        });
      }
      const page = async (after: string | null) => {
        const { data } = await crowd.query(
          `query ($after: String) { customers(first: 4, after: $after, filter: { providers: [OCTOBAT, CYCLE_SOFTWARE] }) {
            nodes { id } pageInfo { endCursor hasNextPage } coverage { provider extent } } }`,
          { after },
        );
        return data.customers;
      };
      const first = await page(null);
      crowd.provider('octobat').fault({ kind: 'status', status: 503 });
      const second = await page(first.pageInfo.endCursor);
      expect(second.coverage[0]).toEqual({ provider: 'OCTOBAT', extent: 'FAILED' });
      const seen = new Set(first.nodes.map(({ id }: { id: string }) => id));
      expect(second.nodes.filter(({ id }: { id: string }) => seen.has(id))).toEqual([]);
    } finally {
      await crowd.close();
    }
  });

  it('asks for a page once, under however many names it is listed', async () => {
    world.calls();
    const aliases = Array.from(
      { length: 20 },
      (_, index) => `a${index}: customers(first: 1, filter: { providers: [OCTOBAT] }) { nodes { id } }`,
    );
    await world.query(`{ ${aliases.join(' ')} provider(name: OCTOBAT) { records(first: 2) { nodes { id } } } }`);
    expect(world.calls()).toHaveLength(1);
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
      const { data, errors } = await world.query(RECORDS, { name, first: 500 });
      expect(data).toEqual({ provider: { records: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'PROVIDER_BAD_RESPONSE', provider: name } }]);
      expect([provider, world.calls().length]).toEqual([provider, calls]);
      // In a listing of everybody it is one provider that failed.
      const { customers } = await list({ first: 1, filter: { providers: [name, 'ONBOARD_FLOW'] } });
      expect(customers.edges).toHaveLength(1);
      fault.remove();
      world.calls();
    }
  });
});
