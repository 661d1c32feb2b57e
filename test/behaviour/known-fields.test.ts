import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createAda, idOf } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** What a customer is known by stands in for what an input does not name, where a provider has to be told of it (OF-3, OF-4). */

const time = { now: Date.parse('2026-03-28T12:00:00.999Z') };
const clock: Clock = { now: () => time.now, elapsed: () => performance.now() };
let world: World;
beforeAll(async () => {
  world = await startWorld({ clock });
});
afterAll(() => world.close());
afreshEach(() => world);

const PAYLOAD = `customer { id records { provider } onboardFlow { email firstName lastName } }
  outcomes { provider status request changes { field before after } error { code provider } } errors { code field message provider }`;
const create = async (input: Record<string, unknown>) => {
  const document = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ${PAYLOAD} } }`;
  const { data, errors } = await world.query(document, { input: { providers: ['ONBOARD_FLOW'], ...input } });
  expect(errors).toEqual([]);
  return data.createCustomer;
};
const update = async (input: Record<string, unknown>) => {
  const document = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ${PAYLOAD} } }`;
  const { data, errors } = await world.query(document, { input: { providers: ['ONBOARD_FLOW'], ...input } });
  expect(errors).toEqual([]);
  return data.updateCustomer;
};

let number = 0;
const onboarding = () => ({ customerId: `cus_known_${++number}`, userId: 'user', hasPaymentMethod: false });
const ada = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' };
const told = { customer_email: 'ada@example.com', customer_first_name: 'Ada', customer_last_name: 'Lovelace' };

/** The bodies of the last events, without the site key. */
function events(count: number): unknown[] {
  const { calls } = world.provider('onboard-flow');
  return calls.slice(-count).map(({ body }) => JSON.parse(body));
}

describe.each([
  ['a create that joins', (id: string, input: object) => create({ joinCustomer: id, ...input })],
  ['an update that adopts', (id: string, input: object) => update({ id, ...input })],
] as const)('%s', (_, write) => {
  it('tells the email and the name that the customer is known by, and shows them', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    const preview = await write(id, { onboardFlow: onboarding(), dryRun: true });
    expect(preview.errors).toEqual([]);
    expect(preview.outcomes[0].request.json).toMatchObject(told);
    const changes = Object.entries(ada).map(([field, after]) => ({ field, before: null, after }));
    expect(preview.outcomes[0].changes).toEqual(expect.arrayContaining(changes));
    world.calls();

    const { customer, outcomes, errors } = await write(id, { onboardFlow: onboarding() });
    expect(errors).toEqual([]);
    expect(outcomes[0].changes).toEqual(expect.arrayContaining(changes));
    expect(customer).toMatchObject({ id, onboardFlow: ada, records: [{}, { provider: 'ONBOARD_FLOW' }] });
    expect(events(1)).toMatchObject([told]);
  });

  it('tells what the input names, and reads nothing where it names all', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    const named = { email: 'byron@example.com', firstName: 'Augusta', lastName: 'Byron' };
    const preview = await write(id, { ...named, onboardFlow: onboarding(), dryRun: true });
    expect(preview.outcomes).toMatchObject([{ status: 'PREVIEWED' }]);
    expect(world.calls()).toEqual([]);
    await write(id, { email: named.email, onboardFlow: onboarding() });
    expect(events(1)).toMatchObject([{ ...told, customer_email: named.email }]);
  });

  it('has no default for an id or a payment method, whatever is known', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    const { outcomes, errors } = await write(id, {});
    expect(outcomes).toEqual([]);
    expect(errors.map(({ field }: { field: string[] }) => field.join('.'))).toEqual([
      ...['onboardFlow.customerId', 'onboardFlow.userId', 'onboardFlow.hasPaymentMethod'],
    ]);
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  });

  it('is refused where nobody knows an email', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE'], { email: null });
    const { outcomes, errors } = await write(id, { onboardFlow: onboarding() });
    expect([outcomes, errors]).toMatchObject([[], [{ code: 'INVALID_INPUT', field: ['email'] }]]);
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  });

  it('sends nothing where the customer can’t be read and no copy of it is held, and tells that problem', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { code } } }', { id });
    world.provider('cycle-software').fault({ kind: 'status', status: 503 });
    world.calls();
    const { customer, outcomes } = await write(id, { onboardFlow: onboarding() });
    expect(customer).toBeNull();
    const error = { code: 'PROVIDER_UNAVAILABLE', provider: 'CYCLE_SOFTWARE' };
    expect(outcomes).toMatchObject([{ provider: 'ONBOARD_FLOW', status: 'FAILED', error }]);
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  });

  it('takes the copy of a record whose provider is down', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    world.provider('cycle-software').fault({ kind: 'status', status: 503 });
    expect(await write(id, { onboardFlow: onboarding() })).toMatchObject({ errors: [] });
    expect(events(1)).toMatchObject([told]);
  });
});

it('clears by null what an update that adopts would else tell, and refuses to clear the email', async () => {
  const id = await createAda(world, ['CYCLE_SOFTWARE']);
  const cleared = await update({ id, firstName: null, onboardFlow: onboarding() });
  expect(cleared.customer.onboardFlow).toEqual({ ...ada, firstName: null });
  const other = await createAda(world, ['CYCLE_SOFTWARE']);
  for (const email of [null, ' '])
    expect(await update({ id: other, email, onboardFlow: onboarding() })).toMatchObject({
      errors: [{ code: 'INVALID_INPUT', field: ['email'] }],
    });
});

it('tells every other fault of an input that joins before anything is read', async () => {
  const id = await idOf(world, 'CYCLE_SOFTWARE', '1006');
  const { errors } = await create({ joinCustomer: id, taxId: 'none' });
  expect(errors.map(({ field }: { field: string[] }) => field.join('.')).sort()).toEqual([
    ...['onboardFlow.customerId', 'onboardFlow.hasPaymentMethod', 'onboardFlow.userId', 'taxId'],
  ]);
  expect(world.calls()).toEqual([]);
});

describe('an event that is told again by its key', () => {
  const LIMITED = { kind: 'status', status: 429, times: 1 } as const;

  it.each([
    ['a create', 3_600_000],
    ['a create', -3_600_000],
    ['an update', 18 * 3_600_000],
  ])('is the same to the byte: %s, with the clock moved by %d ms', async (what, ms) => {
    const at = time.now;
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    const input = { onboardFlow: onboarding(), idempotencyKey: `event ${number}` };
    const write = () => (what === 'a create' ? create({ joinCustomer: id, ...input }) : update({ id, ...input }));
    world.provider('onboard-flow').fault(LIMITED);
    expect(await write()).toMatchObject({ errors: [{ code: 'PROVIDER_RATE_LIMITED' }] });
    // Back, forth, and over the night in which the clocks of Amsterdam go forward.
    time.now += ms;
    expect(await write()).toMatchObject({ errors: [] });
    const { calls } = world.provider('onboard-flow');
    const [first, second] = calls.slice(-2).map(({ body }) => body);
    expect(second).toBe(first);
    expect(JSON.parse(second ?? '')).toMatchObject({ ...told, event_date: Math.floor(at / 1000) });
    world.calls();
    expect(await write()).toMatchObject({ errors: [] });
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  });
});
