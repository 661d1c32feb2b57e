import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createAda } from '../support/customers.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

/** Writes whose records change hands while they are under way. */

let world: World;
let aheadMs = 0;
const clock = { ...systemClock, now: () => Date.now() + aheadMs };
beforeAll(async () => {
  world = await startWorld({ clock, looks: { everyMs: 20 } });
});
afterAll(() => world.close());
afreshEach(() => world);

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  outcomes { provider status writeId } errors { code } } }`;
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { status } errors { code } } }`;

it('an update that nobody knows is found though its record was taken out of the customer meanwhile', async () => {
  const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
  const lost = { kind: 'reset', afterCommit: true, times: 1 } as const;
  world.provider('octobat').fault({ ...lost, method: 'PATCH' });
  world.provider('cycle-software').fault({ ...lost, method: 'PUT' });
  const input = { id, email: 'parted@example.com' };
  const { outcomes } = (await world.query(UPDATE, { input })).data.updateCustomer;
  expect(outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN' }, { status: 'OUTCOME_UNKNOWN' }]);
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id });
  const UNLINK =
    'mutation ($id: ID!) { unlinkRecord(input: { recordId: $id }) { customer { id } separated { id } errors { code } } }';
  const parted = await world.query(UNLINK, { id: data.customer.records[0].id });
  expect(parted.data.unlinkRecord.errors).toEqual([]);
  aheadMs += 55_000;
  for (const { writeId } of outcomes as { writeId: string }[]) {
    const status = async () =>
      (await world.query('query ($id: ID!) { write(id: $id) { status } }', { id: writeId })).data.write.status;
    await expect.poll(status, { timeout: 10_000 }).toBe('SUCCEEDED');
  }
  for (const customer of [parted.data.unlinkRecord.customer.id, parted.data.unlinkRecord.separated.id]) {
    const found = await world.query('query ($id: ID!) { customer(id: $id) { email records { id } } }', {
      id: customer,
    });
    expect(found.data.customer).toMatchObject({ email: 'parted@example.com', records: [{}] });
  }
});

it('an id that a create and updates choose at once is one customer’s: the others are refused, and nothing is sent of them', async () => {
  const url = (await world.another()).url;
  const ids = [await createAda(world, ['OCTOBAT']), await createAda(world, ['OCTOBAT'])];
  const onboardFlow = { customerId: 'cus_chosen', userId: 'user', hasPaymentMethod: false };
  const updates = ids.map((id, index) =>
    ask(index ? url : world.gateway.url, UPDATE, { input: { id, providers: ['ONBOARD_FLOW'], onboardFlow } }),
  );
  const create = ask(url, CREATE, { input: { providers: ['ONBOARD_FLOW'], email: 'one@example.com', onboardFlow } });
  const answers = await Promise.all([...updates, create]);
  // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
  const errors = answers.map(({ data }) => (Object.values(data ?? {})[0] as any).errors);
  expect(errors.filter((each) => each.length === 0)).toHaveLength(1);
  expect(world.calls().filter((call) => call.startsWith('onboard-flow'))).toHaveLength(1);
});
