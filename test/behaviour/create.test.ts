import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ada, adasOnboarding, createAda } from '../support/customers.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id displayName phone email address { country } octobat { name } records { provider } }
  outcomes { provider status record { id provider } ignoredFields request changes { field before after } error { code } }
  errors { code field provider message retryable } } }`;

async function create(input: Record<string, unknown>) {
  const answer = await world.query(CREATE, { input });
  expect(answer.errors).toEqual([]);
  return answer.data.createCustomer;
}

const paths = (errors: readonly { field: string[] | null }[]) => errors.map(({ field }) => field?.join('.'));

it('tells every fault of an input at once, each with its path, and sends nothing', async () => {
  const { customer, outcomes, errors } = await create({
    providers: ['OCTOBAT', 'NUTCACHE', 'CYCLE_SOFTWARE', 'ONBOARD_FLOW'],
    firstName: 'Ada\nLovelace',
    email: 'nobody',
    phone: '12',
    taxId: 'none',
    address: { country: 'Atlantis', line2: 'x'.repeat(256) },
    cycleSoftware: { discountPercentage: 101, customerTypeName: 'Vriend' },
    onboardFlow: { ...adasOnboarding, imageUrl: 'javascript:alert(1)' },
    dirtyLemon: { confirmation: false },
  });
  expect(customer).toBeNull();
  expect(outcomes).toEqual([]);
  expect(new Set(paths(errors))).toEqual(
    new Set([
      ...['providers.1', 'firstName', 'email', 'phone', 'taxId', 'address.country', 'address.line2', 'lastName'],
      ...['cycleSoftware.discountPercentage', 'cycleSoftware.customerTypeName', 'onboardFlow.imageUrl', 'dirtyLemon'],
    ]),
  );
  expect(JSON.stringify(errors)).not.toMatch(/Atlantis|Vriend|javascript/);
  expect(world.calls()).toEqual([]);
});

it('refuses a field that no target can hold, by its path', async () => {
  const { errors } = await create({ ...ada, providers: ['DIRTY_LEMON'] });
  expect(errors.every((error: { code: string }) => error.code === 'CAPABILITY_UNSUPPORTED')).toBe(true);
  expect(paths(errors)).toEqual(['address.line1', 'address.city', 'address.postalCode', 'address.country']);
  expect(world.calls()).toEqual([]);
});

it('lists in ignoredFields what one target can’t hold and another can', async () => {
  const { outcomes } = await create({ ...ada, phone: '+31612345601', providers: ['CYCLE_SOFTWARE', 'DIRTY_LEMON'] });
  expect(
    outcomes.map(({ provider, status, ignoredFields }: Record<string, unknown>) => ({
      provider,
      status,
      ignoredFields,
    })),
  ).toEqual([
    { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED', ignoredFields: [] },
    {
      provider: 'DIRTY_LEMON',
      status: 'SUCCEEDED',
      ignoredFields: ['address.line1', 'address.city', 'address.postalCode', 'address.country'],
    },
  ]);
});

it('says what each provider still needs', async () => {
  const needs = async (provider: string, more = {}) =>
    paths((await create({ providers: [provider], email: 'a@example.com', ...more })).errors);
  expect(await needs('OCTOBAT')).toEqual(['address.country']);
  expect(await needs('CYCLE_SOFTWARE')).toEqual(['lastName']);
  expect(await needs('DIRTY_LEMON')).toEqual(['phone']);
  expect(await needs('ONBOARD_FLOW')).toEqual([
    'onboardFlow.customerId',
    'onboardFlow.userId',
    'onboardFlow.hasPaymentMethod',
  ]);
  expect(await needs('ONBOARD_FLOW', { onboardFlow: adasOnboarding, email: null })).toEqual(['email']);
  expect(world.calls()).toEqual([]);
});

it('shows on a dry run what would be sent and changed, without secrets, and sends nothing', async () => {
  const { customer, outcomes, errors } = await create({
    ...ada,
    providers: ['OCTOBAT', 'ONBOARD_FLOW'],
    onboardFlow: adasOnboarding,
    dryRun: true,
  });
  expect(errors).toEqual([]);
  expect(customer).toBeNull();
  expect(outcomes[0]).toMatchObject({
    provider: 'OCTOBAT',
    status: 'PREVIEWED',
    record: null,
    request: {
      method: 'POST',
      path: '/customers',
      form: { email: 'ada@example.com', name: 'Ada Lovelace', billing_address_country: 'NL' },
    },
  });
  expect(outcomes[0].changes).toContainEqual({ field: 'email', before: null, after: 'ada@example.com' });
  expect(outcomes[1].request.json).toMatchObject({ customer_id: 'cus_ada', customer_email: 'ada@example.com' });
  expect(JSON.stringify(outcomes)).not.toMatch(/site_key|token/i);
  expect(world.calls()).toEqual([]);
});

it('keeps what one provider made when another fails, tells both, and links what there is', async () => {
  world.provider('octobat').fault({ kind: 'status', status: 422 });
  const { customer, outcomes, errors } = await create({
    ...ada,
    providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'],
  });
  expect(outcomes.map(({ provider, status }: Record<string, unknown>) => [provider, status])).toEqual([
    ['OCTOBAT', 'FAILED'],
    ['CYCLE_SOFTWARE', 'SUCCEEDED'],
    ['DIRTY_LEMON', 'SUCCEEDED'],
  ]);
  expect(errors).toMatchObject([{ code: 'PROVIDER_REJECTED', provider: 'OCTOBAT' }]);
  expect(customer).toMatchObject({
    displayName: 'Ada Lovelace',
    records: [{ provider: 'CYCLE_SOFTWARE' }, { provider: 'DIRTY_LEMON' }],
  });
});

it('says that the outcome is unknown when the answer to a create is lost, and never sends it again', async () => {
  for (const kind of ['reset', 'html', 'empty'] as const) {
    world.provider('octobat').fault({ kind, method: 'POST', afterCommit: true, times: 1 });
    const { customer, outcomes, errors } = await create({ ...ada, providers: ['OCTOBAT'] });
    expect(outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN', error: { code: 'OUTCOME_UNKNOWN' }, record: null }]);
    expect(errors).toHaveLength(1);
    expect(customer).toBeNull();
    expect(world.calls()).toEqual(['octobat POST /customers']);
  }
});

it('says DUPLICATE where the provider wants a phone to be unique', async () => {
  const phone = '+31612345603';
  await createAda(world, ['DIRTY_LEMON'], { address: null, phone });
  const { errors } = await create({ ...ada, address: null, phone, providers: ['DIRTY_LEMON'] });
  expect(errors).toMatchObject([{ code: 'DUPLICATE', provider: 'DIRTY_LEMON' }]);
});

it('tells OnboardFlow only once of a customer that was created here', async () => {
  const input = {
    providers: ['ONBOARD_FLOW'],
    email: 'twice@example.com',
    onboardFlow: { ...adasOnboarding, customerId: 'cus_twice' },
  };
  await create(input);
  world.calls();
  const { errors } = await create(input);
  expect(errors).toMatchObject([{ code: 'DUPLICATE', provider: 'ONBOARD_FLOW' }]);
  expect(world.calls()).toEqual([]);
});

it('tells a provider once of an id that the caller chooses, however many choose it at once, at whichever gateway', async () => {
  const { url } = await world.another();
  const onboardFlow = { ...adasOnboarding, customerId: 'cus_at_once' };
  const { firstName, lastName, email } = ada;
  const input = { firstName, lastName, email, providers: ['ONBOARD_FLOW'], onboardFlow };
  const asked = Array.from({ length: 8 }, (_, index) => ask(index % 2 ? url : world.gateway.url, CREATE, { input }));
  const answers = await Promise.all(asked);
  // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
  const codes = answers.map(({ data }) => (data as any).createCustomer.errors[0]?.code ?? null);
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'DUPLICATE')).toHaveLength(7);
  expect(world.calls()).toEqual(['onboard-flow POST /api/v1/customer/']);
});

it('names the customer by the first provider in the order of trust that succeeded, for good', async () => {
  const { customer, outcomes } = await create({ ...ada, phone: '+31612345679', providers: ['DIRTY_LEMON', 'OCTOBAT'] });
  expect(outcomes.map(({ provider }: { provider: string }) => provider)).toEqual(['DIRTY_LEMON', 'OCTOBAT']);
  expect(customer.records.map(({ provider }: { provider: string }) => provider)).toEqual(['OCTOBAT', 'DIRTY_LEMON']);
  const [lemon] = outcomes;
  const { data } = await world.query(
    'query ($id: ID!) { node(id: $id) { ... on CustomerRecord { customer { id } } } }',
    { id: lemon.record.id },
  );
  expect(data.node.customer.id).toBe(customer.id);
});

it('reads a national phone in the address’s country, or in dirtyLemon.phoneCountry', async () => {
  const { customer } = await create({ ...ada, phone: '06 12 34 56 70', providers: ['CYCLE_SOFTWARE'] });
  expect(customer.phone).toBe('+31612345670');
  const lemon = await create({ providers: ['DIRTY_LEMON'], phone: '0612345671', dirtyLemon: { phoneCountry: 'nl' } });
  expect(lemon.customer.phone).toBe('+31612345671');
  expect(paths((await create({ providers: ['DIRTY_LEMON'], phone: '0612345672' })).errors)).toEqual(['phone']);
  const stray = { providers: ['CYCLE_SOFTWARE'], lastName: 'Bakker', phone: '0612345672' };
  expect(paths((await create({ ...stray, dirtyLemon: { phoneCountry: 'NL' } })).errors)).toEqual([
    'dirtyLemon',
    'phone',
  ]);
});

it('takes null and blank text of a create for not said', async () => {
  const { errors, customer } = await create({
    providers: ['CYCLE_SOFTWARE'],
    lastName: ' Bakker ',
    firstName: '  ',
    companyName: null,
    email: null,
    address: null,
  });
  expect(errors).toEqual([]);
  expect(customer).toMatchObject({ displayName: 'Bakker', email: null });
});

it('never mixes two customers that name one OnboardFlow id at once', async () => {
  const input = (email: string) => ({
    ...{ ...ada, email, phone: null, providers: ['CYCLE_SOFTWARE', 'ONBOARD_FLOW'] },
    onboardFlow: { ...adasOnboarding, customerId: 'cus_same' },
  });
  const both = await Promise.all([create(input('ann@example.com')), create(input('bob@example.com'))]);
  const told = both.map(({ outcomes }) => outcomes[1].status).sort();
  expect(told).toEqual(['FAILED', 'SUCCEEDED']);
  for (const [index, { customer }] of both.entries()) {
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { email onboardFlow { email } } }', {
      id: customer.id,
    });
    const email = ['ann@example.com', 'bob@example.com'][index];
    expect(data.customer.email).toBe(email);
    expect(data.customer.onboardFlow?.email ?? email).toBe(email);
  }
});

it('says that the outcome is unknown when what a provider has made can’t be remembered', async () => {
  const other = await startWorld();
  try {
    const database = new DatabaseSync(join(other.folder, 'clientele.db'));
    database.exec('ALTER TABLE change RENAME TO gone');
    database.close();
    const { data, errors } = await other.query(CREATE, { input: { ...ada, providers: ['OCTOBAT'] } });
    expect(errors).toEqual([]);
    expect(data.createCustomer).toMatchObject({
      customer: null,
      outcomes: [{ provider: 'OCTOBAT', status: 'OUTCOME_UNKNOWN' }],
      errors: [{ code: 'OUTCOME_UNKNOWN', provider: 'OCTOBAT' }],
    });
    expect(other.calls().filter((call) => call.includes('POST'))).toEqual(['octobat POST /customers']);
  } finally {
    await other.close();
  }
});

it('writes the field that wins, and lists the one whose place it takes', async () => {
  const octobat = await create({
    ...{ providers: ['OCTOBAT'], firstName: 'A', lastName: 'B', companyName: 'Co', kind: 'INDIVIDUAL' },
    ...{ address: { country: 'NL' }, octobat: { name: 'Named', businessType: 'B2B' } },
  });
  expect(octobat.errors).toEqual([]);
  expect(octobat.customer.octobat.name).toBe('Named');
  expect(octobat.outcomes[0].ignoredFields.sort()).toEqual(['companyName', 'firstName', 'kind', 'lastName']);
  const company = await create({
    providers: ['OCTOBAT'],
    firstName: 'A',
    lastName: 'B',
    companyName: 'Co',
    address: { country: 'NL' },
  });
  expect(company.customer.octobat.name).toBe('Co');
  expect(company.outcomes[0].ignoredFields).toEqual(['firstName', 'lastName']);
  const shop = await create({
    ...{ providers: ['CYCLE_SOFTWARE'], lastName: 'B', kind: 'BUSINESS', address: { line1: 'Other 5' } },
    cycleSoftware: { customerTypeName: 'e-commerce', street: 'Win', houseNumber: '9' },
  });
  expect(shop.errors).toEqual([]);
  expect(shop.outcomes[0].ignoredFields.sort()).toEqual(['address.line1', 'kind']);
});

it('still checks everything else of an own input that has a fault', async () => {
  const { errors } = await create({
    ...{ providers: ['ONBOARD_FLOW'], email: 'a@example.com' },
    onboardFlow: { customerId: ' ', userId: '', hasPaymentMethod: true, imageUrl: 'javascript:alert(1)' },
  });
  expect(paths(errors).sort()).toEqual(['onboardFlow.customerId', 'onboardFlow.imageUrl', 'onboardFlow.userId']);
});
