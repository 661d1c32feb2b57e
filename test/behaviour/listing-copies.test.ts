import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { COPIED, list, NOW, nodesOf, recordsOf, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** What a list says of its customers: from copies, and from providers only for who wants it newer. */

const clock = { at: NOW, now: () => clock.at, elapsed: () => performance.now() };
let world: World;
let ada: string;
let size: number;
beforeAll(async () => {
  world = await startListingWorld({ clock, sandbox: { customers: 30 } });
  ada = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'], {
    ...{ email: 'adas@own.example', phone: '+31612348888', companyName: 'Analytical Engines' },
    onboardFlow: { customerId: 'cus_engine', userId: 'u', hasPaymentMethod: true },
  });
  size = (await list(world, { first: 0 })).customers.totalCount ?? 0;
});
afterAll(() => world.close());
afreshEach(() => world);

const ADA = { email: 'adas@own.example' };
const later = (seconds: number): void => {
  clock.at += seconds * 1_000;
};

// biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
async function nodes(selection: string, filter: object | null = null, cacheControl?: string): Promise<any[]> {
  const { data, errors } = await world.query(
    `query ($filter: CustomerFilter) { customers(first: 500, filter: $filter) { nodes { ${selection} } } }`,
    { filter },
    cacheControl === undefined ? {} : { 'cache-control': cacheControl },
  );
  expect(errors).toEqual([]);
  return data.customers.nodes;
}

const PROFILE = `kind displayName firstName lastName companyName email phone taxId status createdAt updatedAt
  address { line1 line2 city postalCode region country rawCountry lines }`;

describe('a list', () => {
  it('says what each record’s provider says, without asking it', async () => {
    const listed = await nodes(
      `records { provider providerId ${PROFILE} servedFrom fetchedAt changedSeenAt problem { code } }`,
    );
    expect(world.calls()).toEqual([]);
    const records = listed.flatMap((node) => node.records);
    for (const { servedFrom, provider, fetchedAt, changedSeenAt, problem } of records) {
      expect(provider === 'ONBOARD_FLOW' ? ['LAST_SENT'] : ['DIRECTORY', 'CACHE']).toContain(servedFrom);
      expect([fetchedAt, changedSeenAt, problem]).toEqual([
        new Date(NOW).toISOString(),
        new Date(NOW).toISOString(),
        null,
      ]);
    }
    for (const provider of COPIED) {
      const live = await recordsOf(world, provider, `providerId ${PROFILE}`);
      const copied = records
        .filter((record) => record.provider === provider)
        .map(({ servedFrom: _, fetchedAt: __, changedSeenAt: ___, problem: ____, ...said }) => said);
      expect(new Map(copied.map((record) => [record.providerId, record]))).toEqual(
        new Map(live.map((record) => [record.providerId, record])),
      );
    }
  });

  it('says of each customer what asking for it by its id says', async () => {
    const selection = `id ${PROFILE} formerIds conflicts { field values { provider value } }
      dataQuality { provider field code message } problems { provider code } links { rule } verification { state phone }`;
    const listed = await nodes(selection);
    expect(world.calls()).toEqual([]);
    expect(listed).toHaveLength(size);
    const { data } = await world.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${selection} } } }`,
      { ids: listed.map(({ id }) => id) },
      { 'cache-control': 'max-age=3600' },
    );
    expect(listed).toEqual(data.nodes);
    expect(listed.some(({ dataQuality }) => dataQuality.length > 0)).toBe(true);
    expect(listed.find(({ id }) => id === ada)).toMatchObject({
      ...{ companyName: 'Analytical Engines', problems: [], links: [{ rule: 'SAME_CREATE' }] },
      verification: { state: expect.stringMatching(/PENDING|UNVERIFIED/) },
    });
  });

  it('tells where the records of a customer disagree', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], { email: 'one@twice.example' });
    await world.query(
      `mutation { updateCustomer(input: { id: "${id}", providers: [CYCLE_SOFTWARE], email: "two@twice.example" }) { errors { code } } }`,
    );
    world.calls();
    const [twice] = await nodes('email conflicts { field values { provider value } }', { email: 'two@twice.example' });
    // It matches by one record; what it says is merged.
    expect(twice.email).toBe('one@twice.example');
    expect(twice.conflicts).toContainEqual({
      field: 'email',
      values: [
        { provider: 'OCTOBAT', value: 'one@twice.example' },
        { provider: 'CYCLE_SOFTWARE', value: 'two@twice.example' },
      ],
    });
    expect(world.calls()).toEqual([]);
  });

  it('gives the providers’ own fields from copies', async () => {
    const [node] = await nodes(
      `octobat { name businessType billingAddressZip record { id } } cycleSoftware { companyName street houseNumber phoneNumbers { e164 } }
       dirtyLemon { email unconfirmedPhoneNumber } onboardFlow { userId hasPaymentMethod lastEvent { type } } nutcache { name }
       records { raw extension { __typename } }`,
      ADA,
    );
    expect(node).toMatchObject({
      octobat: { name: 'Analytical Engines', billingAddressZip: '1012AB' },
      cycleSoftware: { companyName: 'Analytical Engines', street: 'Damrak', phoneNumbers: [{ e164: '+31612348888' }] },
      dirtyLemon: { email: 'adas@own.example', unconfirmedPhoneNumber: '+31612348888' },
      onboardFlow: { userId: 'u', hasPaymentMethod: true, lastEvent: { type: 'CUSTOMER_CREATED' } },
      nutcache: null,
    });
    expect(node.records.map(({ extension }: { extension: { __typename: string } }) => extension.__typename)).toEqual([
      ...['OctobatCustomer', 'CycleSoftwareCustomer', 'DirtyLemonCustomer', 'OnboardFlowCustomer'],
    ]);
    expect(JSON.stringify(node)).not.toMatch(/billing_page|confirmation_token|site_key/);
    expect(world.calls()).toEqual([]);
  });

  it('does not matter which provider is down', async () => {
    const before = await nodes(`id ${PROFILE}`);
    for (const { id } of world.sandbox.providers) world.provider(id).fault({ kind: 'status', status: 503 });
    expect(await nodes(`id ${PROFILE}`)).toEqual(before);
    expect(await nodes('problems { code } records { problem { code } }', ADA)).toEqual([
      { problems: [], records: Array(4).fill({ problem: null }) },
    ]);
    expect(world.calls()).toEqual([]);
  });
});

describe('Cache-Control of a list', () => {
  const readable = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'];
  const SERVED = 'records { provider servedFrom fetchedAt }';

  it.each(['no-cache', 'max-age=0'])(
    'asks for every record at most once, many by pages, for who says %s',
    async (cacheControl) => {
      later(60);
      const listed = await nodes(`${SERVED} displayName octobat { name } again: displayName`, null, cacheControl);
      const records = listed.flatMap((node) => node.records).filter(({ provider }) => provider !== 'ONBOARD_FLOW');
      const calls = world.calls();
      const reads = calls.filter((call) => !call.endsWith('/customers') && !call.endsWith('/list.json'));
      expect(new Set(reads).size).toBe(reads.length);
      const alone = records.filter(({ provider }) => provider === 'DIRTY_LEMON');
      expect(reads.filter((call) => call.startsWith('dirty-lemon'))).toHaveLength(alone.length);
      expect(calls.length).toBeLessThan(records.length / 2);
      for (const record of records)
        expect(record).toMatchObject({ servedFrom: 'LIVE', fetchedAt: new Date(clock.at).toISOString() });
    },
  );

  it('asks only the providers whose fields are selected', async () => {
    await nodes('id records { id provider }', ADA, 'no-cache');
    expect(world.calls()).toHaveLength(1);
    await nodes('octobat { name }', ADA, 'no-cache');
    expect(world.calls()).toEqual([expect.stringMatching(/^octobat /)]);
    await nodes('verification { state }', ADA, 'no-cache');
    expect(world.calls()).toEqual([expect.stringMatching(/^dirty-lemon /)]);
  });

  it('takes what was read within max-age, and reads what is older', async () => {
    later(60);
    await nodes(SERVED, ADA, 'no-cache');
    const readAt = new Date(clock.at).toISOString();
    later(30);
    world.calls();
    for (const cacheControl of ['max-age=31', 'max-age=3600', undefined]) {
      const [node] = await nodes(SERVED, ADA, cacheControl);
      for (const record of node.records.slice(0, 3))
        expect([record.servedFrom, record.fetchedAt]).toEqual([expect.stringMatching(/CACHE|DIRECTORY/), readAt]);
      expect(world.calls()).toEqual([]);
    }
    const [node] = await nodes(SERVED, ADA, 'max-age=30');
    expect(node.records.slice(0, 3).map(({ servedFrom }: { servedFrom: string }) => servedFrom)).toEqual(
      readable.map(() => 'LIVE'),
    );
    expect(world.calls()).toHaveLength(3);
  });

  it('keeps the place of a customer whose provider can’t be asked, and says why', async () => {
    const live = await nodes('id displayName', ADA, 'no-cache');
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    const [node] = await nodes(`id displayName problems { provider code } ${SERVED}`, ADA, 'no-cache');
    expect(node).toMatchObject({ ...live[0], problems: [{ provider: 'OCTOBAT', code: 'PROVIDER_UNAVAILABLE' }] });
    expect(node.records[0]).toEqual({ provider: 'OCTOBAT', servedFrom: 'UNAVAILABLE', fetchedAt: null });
    const all = await nodes('id displayName', null, 'no-cache');
    expect(all).toHaveLength((await list(world, { first: 0 })).customers.totalCount ?? 0);
  });

  it('sees what has changed at a provider, lists it as it was found, and finds it anew the next time', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE'], { companyName: 'Oude Naam' });
    const change = (json: unknown) => ({ ...(json as object), company_name: 'Nieuwe Naam' });
    world
      .provider('cycle-software')
      .fault({ kind: 'mutate', method: 'GET', route: '/api/v1/customers/:id.json', change });
    expect(await nodes('companyName', { text: 'oude naam' })).toEqual([{ companyName: 'Oude Naam' }]);
    expect(await nodes('companyName', { text: 'oude naam' }, 'no-cache')).toEqual([{ companyName: 'Nieuwe Naam' }]);
    expect(await nodes('id companyName', { text: 'nieuwe naam' })).toEqual([{ id, companyName: 'Nieuwe Naam' }]);
    expect(await nodes('id', { text: 'oude naam' })).toEqual([]);
  });

  it('lists who is gone at the provider for the last time', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE'], { companyName: 'Weggegaan' });
    world.provider('cycle-software').fault({ kind: 'status', status: 404, route: '/api/v1/customers/:id.json' });
    const gone = await nodes('id records { missingSince }', { text: 'weggegaan' }, 'no-cache');
    expect(gone).toEqual([{ id, records: [{ missingSince: expect.any(String) }] }]);
    expect(nodesOf((await list(world, { filter: { text: 'weggegaan' } })).customers)).toEqual([]);
  });
});
