import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id displayName firstName lastName email phone address { line1 city country } records { provider } }
  outcomes { provider status record { id } ignoredFields request changes { field before after } error { code } }
  errors { code field provider message } } }`;

async function update(input: Record<string, unknown>) {
  const answer = await world.query(UPDATE, { input });
  expect(answer.errors).toEqual([]);
  return answer.data.updateCustomer;
}

const statuses = (outcomes: readonly { provider: string; status: string }[]) =>
  Object.fromEntries(outcomes.map(({ provider, status }) => [provider, status]));
const paths = (errors: readonly { field: string[] | null }[]) => errors.map(({ field }) => field?.join('.'));
let phones = 100;
const newAda = (providers?: readonly string[], more: Record<string, unknown> = {}) => {
  phones += 1;
  return createAda(world, providers, {
    phone: `+31612345${phones}`,
    ...((providers?.includes('ONBOARD_FLOW') ?? true)
      ? { onboardFlow: { customerId: `cus_${phones}`, userId: 'u', hasPaymentMethod: false } }
      : {}),
    ...more,
  });
};

it('writes a field to every record that can hold it, reading each once before and sending only what changes', async () => {
  const id = await newAda();
  const { customer, outcomes, errors } = await update({ id, email: 'ada@example.org' });
  expect(errors).toEqual([]);
  expect(statuses(outcomes)).toEqual({
    OCTOBAT: 'SUCCEEDED',
    CYCLE_SOFTWARE: 'SUCCEEDED',
    DIRTY_LEMON: 'SUCCEEDED',
    ONBOARD_FLOW: 'SUCCEEDED',
  });
  for (const outcome of outcomes)
    expect(outcome.changes).toEqual([{ field: 'email', before: 'ada@example.com', after: 'ada@example.org' }]);
  expect(customer.email).toBe('ada@example.org');
  const octobat = world
    .provider('octobat')
    .calls.filter(({ method }) => method === 'PATCH')
    .at(-1);
  expect(Object.fromEntries(new URLSearchParams(octobat?.body))).toEqual({
    email: 'ada@example.org',
    billing_address_country: 'NL',
  });
  const lemon = world
    .provider('dirty-lemon')
    .calls.filter(({ method }) => method === 'PATCH')
    .at(-1);
  expect(JSON.parse(lemon?.body ?? '')).toEqual({ email: 'ada@example.org' });
});

it('tells absent, null and value apart', async () => {
  const id = await newAda(['CYCLE_SOFTWARE']);
  const { customer } = await update({ id, firstName: null, address: { city: 'Utrecht' } });
  expect(customer).toMatchObject({
    firstName: null,
    lastName: 'Lovelace',
    email: 'ada@example.com',
    address: { line1: 'Damrak 1a', city: 'Utrecht', country: 'NL' },
  });
  // Blank text is no text: it clears, and an absent field stays.
  for (const [none, email] of [
    ['', null],
    [' ', null],
    [undefined, 'ada@example.com'],
    [null, null],
  ] as const) {
    await update({ id, email: 'ada@example.com' });
    await update({ id, firstName: 'Ada', email: none });
    const shop = world.provider('cycle-software').calls.findLast(({ method }) => method === 'PUT');
    expect(JSON.parse(shop?.body ?? '').email).toBe(email ?? '');
    await update({ id, firstName: null });
  }
  const cleared = await update({ id, email: 'ada@example.com', address: null });
  expect(cleared.customer.address).toBeNull();
  expect(cleared.customer.email).toBe('ada@example.com');
});

it('keeps every property of a CycleSoftware customer that it did not name', async () => {
  const id = await idOf(world, 'CYCLE_SOFTWARE', '1006');
  await update({ id, email: 'new@example.com' });
  const [put] = world
    .provider('cycle-software')
    .calls.filter(({ method }) => method === 'PUT')
    .slice(-1);
  expect(JSON.parse(put?.body ?? '')).toMatchObject({
    ...{
      customer_type_name: 'Klant',
      customer_reference: 'OwnRef',
      postcode: '5388GM',
      house_number: '1',
      house_number_postfix: 'c',
    },
    ...{
      company_name: 'Company name',
      title: 'Dhr./Mevr. ',
      initials: 'T',
      insertion: 'van',
      first_name: 'Tim',
      name: 'LastName',
    },
    ...{ email: 'new@example.com', vat_number: 'NL855630693B01', coc_number: '64356582', discount_percentage: 0 },
    phone_numbers: [
      { phone_number_id: 'mob', phone_number: '06-12345678' },
      { phone_number_id: 'tel', phone_number: '0733030050' },
    ],
  });
});

it('sends nothing to a record that has it all already', async () => {
  const id = await newAda();
  const { customer, outcomes, errors } = await update({ id, email: 'ada@EXAMPLE.com' });
  expect(errors).toEqual([]);
  expect(customer).toBeNull();
  expect(new Set(Object.values(statuses(outcomes)))).toEqual(new Set(['UNCHANGED']));
  expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
});

it('previews without sending, against what is there', async () => {
  const id = await newAda(['OCTOBAT', 'CYCLE_SOFTWARE']);
  const { customer, outcomes } = await update({ id, address: { city: 'Utrecht' }, dryRun: true });
  expect(customer).toBeNull();
  expect(statuses(outcomes)).toEqual({ OCTOBAT: 'PREVIEWED', CYCLE_SOFTWARE: 'PREVIEWED' });
  expect(outcomes[0].changes).toEqual([{ field: 'address.city', before: 'Amsterdam', after: 'Utrecht' }]);
  expect(outcomes[1].request).toMatchObject({ method: 'PUT', json: { city: 'Utrecht', street: 'Damrak' } });
  expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
});

it('writes only to the providers or records named', async () => {
  const id = await newAda();
  const { outcomes } = await update({ id, providers: ['CYCLE_SOFTWARE'], email: 'a@example.com' });
  expect(statuses(outcomes)).toEqual({ CYCLE_SOFTWARE: 'SUCCEEDED' });
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id provider } } }', { id });
  const lemon = data.customer.records.find(({ provider }: { provider: string }) => provider === 'DIRTY_LEMON');
  expect(statuses((await update({ id, records: [lemon.id], email: 'b@example.com' })).outcomes)).toEqual({
    DIRTY_LEMON: 'SUCCEEDED',
  });
});

it('refuses what no target can hold, another customer’s record and a provider that can’t, before any call', async () => {
  const id = await newAda(['DIRTY_LEMON'], { address: null });
  const stranger = await idOf(world, 'CYCLE_SOFTWARE', '8');
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id: stranger });
  world.calls();
  const refusals = [
    [{ phone: '+31612345999' }, 'CAPABILITY_UNSUPPORTED', ['phone']],
    [{ address: { city: 'Utrecht' } }, 'CAPABILITY_UNSUPPORTED', ['address.city']],
    [{ email: 'x@example.com', providers: ['NUTCACHE'] }, 'CAPABILITY_UNSUPPORTED', ['providers.0', 'email']],
    [{ email: 'x@example.com', providers: ['OCTOBAT'] }, 'NOT_FOUND', ['providers.0', 'email']],
    [{ email: 'x@example.com', records: [data.customer.records[0].id] }, 'INVALID_INPUT', ['records.0']],
    [{ email: 'nobody', firstName: 'x\u0000' }, 'INVALID_INPUT', ['firstName', 'email']],
    [{ cycleSoftware: { initials: 'A' } }, 'CAPABILITY_UNSUPPORTED', ['cycleSoftware']],
  ] as const;
  for (const [input, code, places] of refusals) {
    const { errors, outcomes } = await update({ id, ...input });
    expect(outcomes).toEqual([]);
    expect(errors[0].code).toBe(code);
    expect(paths(errors)).toEqual(expect.arrayContaining([places[0]]));
  }
  expect(world.calls()).toEqual([]);
});

it('has an outcome for a held record that can’t be updated, when nobody named it', async () => {
  const id = await idOf(world, 'NUTCACHE', '143222');
  const { outcomes, errors } = await update({ id, email: 'x@example.com' });
  expect(outcomes).toMatchObject([
    { provider: 'NUTCACHE', status: 'FAILED', error: { code: 'CAPABILITY_UNSUPPORTED' } },
  ]);
  expect(errors).toMatchObject([{ code: 'CAPABILITY_UNSUPPORTED', provider: 'NUTCACHE' }]);
});

it('reads the other part of a name that Octobat keeps in one piece, or refuses', async () => {
  const linked = await newAda(['OCTOBAT', 'DIRTY_LEMON']);
  const { outcomes } = await update({ id: linked, lastName: 'Byron' });
  expect(statuses(outcomes)).toEqual({ OCTOBAT: 'SUCCEEDED', DIRTY_LEMON: 'SUCCEEDED' });
  const { data } = await world.query(
    'query ($id: ID!) { customer(id: $id) { octobat { name } dirtyLemon { lastName } } }',
    { id: linked },
  );
  expect(data.customer).toEqual({ octobat: { name: 'Ada Byron' }, dirtyLemon: { lastName: 'Byron' } });
  const alone = await newAda(['OCTOBAT']);
  const refused = await update({ id: alone, lastName: 'Byron' });
  expect(refused.errors).toMatchObject([{ code: 'CAPABILITY_UNSUPPORTED', field: ['lastName'] }]);
});

it('says why the other part of a name is not known, where whoever knows it can’t be read', async () => {
  const id = await newAda(['OCTOBAT', 'DIRTY_LEMON']);
  world.provider('dirty-lemon').fault({ kind: 'status', status: 503, method: 'GET' });
  const { outcomes, errors } = await update({ id, lastName: 'Byron' });
  expect(statuses(outcomes)).toEqual({ OCTOBAT: 'FAILED', DIRTY_LEMON: 'FAILED' });
  const away = { code: 'PROVIDER_UNAVAILABLE', provider: 'DIRTY_LEMON' };
  expect(errors).toMatchObject([away, away]);
  // A record that is not written to may be told from its copy.
  const alone = await update({ id, lastName: 'Byron', providers: ['OCTOBAT'] });
  expect(alone.outcomes).toMatchObject([{ status: 'SUCCEEDED', changes: [{ after: 'Ada Byron' }] }]);
});

it('reads a national phone in the country that the record says', async () => {
  const id = await newAda(['CYCLE_SOFTWARE']);
  const { customer } = await update({ id, phone: '06 87654321' });
  expect(customer.phone).toBe('+31687654321');
});

it('tells OnboardFlow of a customer that it knew before this gateway, and holds it from then on', async () => {
  const id = await newAda(['OCTOBAT']);
  const told = await update({
    id,
    providers: ['ONBOARD_FLOW'],
    email: 'ada@example.com',
    onboardFlow: { customerId: 'cus_older', userId: 'u', hasPaymentMethod: true },
  });
  expect(told.errors).toEqual([]);
  expect(told.customer.records).toEqual([{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }]);
  expect(world.calls().filter((call) => call.startsWith('onboard-flow'))).toEqual([
    'onboard-flow PUT /api/v1/customer/',
  ]);
  const other = await newAda(['OCTOBAT']);
  const taken = await update({
    id: other,
    providers: ['ONBOARD_FLOW'],
    email: 'b@example.com',
    onboardFlow: { customerId: 'cus_older', userId: 'u', hasPaymentMethod: true },
  });
  expect(taken.errors).toMatchObject([{ code: 'INVALID_INPUT', field: ['onboardFlow'] }]);
});

it('keeps the others’ writes when one target can’t be read or refuses', async () => {
  const id = await newAda();
  world.provider('octobat').fault({ kind: 'status', status: 503, method: 'GET' });
  world.provider('dirty-lemon').fault({ kind: 'status', status: 422, method: 'PATCH' });
  world.provider('cycle-software').fault({ kind: 'reset', method: 'PUT', afterCommit: true });
  const { outcomes, errors } = await update({ id, email: 'half@example.com' });
  expect(statuses(outcomes)).toEqual({
    OCTOBAT: 'FAILED',
    CYCLE_SOFTWARE: 'OUTCOME_UNKNOWN',
    DIRTY_LEMON: 'FAILED',
    ONBOARD_FLOW: 'SUCCEEDED',
  });
  expect(errors.map(({ code }: { code: string }) => code).sort()).toEqual([
    'OUTCOME_UNKNOWN',
    'PROVIDER_REJECTED',
    'PROVIDER_UNAVAILABLE',
  ]);
});

it('loses neither of two updates of one record that come at once', async () => {
  for (const [provider, read] of [
    ['CYCLE_SOFTWARE', 'cycleSoftware { firstName lastName city }'],
    ['ONBOARD_FLOW', 'onboardFlow { firstName lastName }'],
  ] as const) {
    const id = await newAda([provider], provider === 'ONBOARD_FLOW' ? { phone: null, address: null } : {});
    const both = await Promise.all([update({ id, firstName: 'Augusta' }), update({ id, lastName: 'Byron' })]);
    for (const { errors } of both) expect(errors).toEqual([]);
    const { data } = await world.query(`query ($id: ID!) { customer(id: $id) { ${read} } }`, { id });
    expect(Object.values(data.customer)[0]).toMatchObject({ firstName: 'Augusta', lastName: 'Byron' });
  }
});

it('tells of a target that is down as its own failure, and writes the rest', async () => {
  const id = await newAda(['OCTOBAT', 'DIRTY_LEMON']);
  world.provider('octobat').fault({ kind: 'status', status: 503, method: 'GET' });
  const { outcomes, errors } = await update({ id, phone: '+31687654399', firstName: 'Augusta' });
  expect(statuses(outcomes)).toEqual({ OCTOBAT: 'FAILED', DIRTY_LEMON: 'SUCCEEDED' });
  expect(errors).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT' }]);
  expect(outcomes[1].ignoredFields).toEqual(['phone']);
});

it('refuses a target named twice, and records together with providers', async () => {
  const id = await newAda(['OCTOBAT']);
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id });
  const record = data.customer.records[0].id;
  world.calls();
  expect(paths((await update({ id, email: 'x@example.com', providers: ['OCTOBAT', 'OCTOBAT'] })).errors)).toEqual([
    'providers.1',
  ]);
  expect(paths((await update({ id, email: 'x@example.com', records: [record, record] })).errors)).toEqual([
    'records.1',
  ]);
  expect(
    paths((await update({ id, email: 'x@example.com', records: [record], providers: ['OCTOBAT'] })).errors),
  ).toContain('records');
  expect(world.calls()).toEqual([]);
});
