import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createAda } from '../support/customers.ts';
import { startGate } from '../support/gate.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

/** An update of which nobody knows yet what came of it, and those that come behind it. */

let world: World;
let aheadMs = 0;
const clock = { ...systemClock, now: () => Date.now() + aheadMs };
beforeAll(async () => {
  world = await startWorld({ clock });
});
afterAll(() => world.close());
afreshEach(() => world);
beforeEach(() => {
  world.calls();
});

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  outcomes { writeId status } errors { code retryable retryAfterMs provider } } }`;
const update = async (input: Record<string, unknown>, url = world.gateway.url) =>
  // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
  ((await ask(url, UPDATE, { input })).data as any).updateCustomer;
const status = async (id: string) =>
  (await world.query('query ($id: ID!) { write(id: $id) { status } }', { id })).data.write.status;
const writes = (): number => world.calls().filter((call) => !call.includes(' GET ')).length;

/** Another gateway that has looked at everything, once. */
const looked = async (): Promise<void> => (await world.another()).stop();

it('of a whole record, keeps others from being undone by it: they wait until it has come, or can’t any more', async () => {
  const id = await createAda(world, ['CYCLE_SOFTWARE']);
  const gate = await startGate(world.provider('cycle-software'), (method) => (method === 'PUT' ? 'CALL' : null));
  const slow = await world.another({ CYCLE_SOFTWARE_URL: gate.url, PROVIDER_TIMEOUT_MS: '300' });
  world.calls();
  const [late] = (await update({ id, lastName: 'King' }, slow.url)).outcomes;
  expect(late.status).toBe('OUTCOME_UNKNOWN');
  const meanwhile = { id, email: 'next@example.com' };
  const blocked = await update(meanwhile);
  expect(blocked).toMatchObject({
    outcomes: [{ status: 'NOT_SENT' }],
    errors: [{ code: 'UNAVAILABLE', retryable: true, provider: 'CYCLE_SOFTWARE' }],
  });
  const { retryAfterMs } = blocked.errors[0];
  expect(retryAfterMs).toBeGreaterThan(30_000);
  expect(retryAfterMs).toBeLessThanOrEqual(45_000);
  gate.open();
  const arrived = () => world.provider('cycle-software').calls.filter(({ method }) => method === 'PUT');
  await expect.poll(arrived).toHaveLength(1);
  // Whoever was at it is gone.
  aheadMs += 22_000;
  await looked();
  expect(await status(late.writeId)).toBe('SUCCEEDED');
  expect(await update(meanwhile)).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { lastName email } }', { id });
  expect(data.customer).toEqual({ lastName: 'King', email: 'next@example.com' });
  expect(writes()).toBe(2);
  await slow.stop();
  await gate.close();
});

it('of a whole record, keeps nobody any more when it can’t come', async () => {
  const id = await createAda(world, ['CYCLE_SOFTWARE']);
  world.provider('cycle-software').fault({ kind: 'html', status: 502, method: 'PUT', times: 1 });
  expect((await update({ id, lastName: 'King' })).outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN' }]);
  const meanwhile = { id, email: 'next@example.com' };
  expect((await update(meanwhile)).errors).toMatchObject([{ code: 'UNAVAILABLE' }]);
  aheadMs += 46_000;
  expect(await update(meanwhile)).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
});

it('is waited for as well where nobody can look, and every field is told again', async () => {
  const onboardFlow = { customerId: 'cus_late', userId: 'user', hasPaymentMethod: false };
  const id = await createAda(world, ['ONBOARD_FLOW'], { phone: null, address: null, onboardFlow });
  world.provider('onboard-flow').fault({ kind: 'html', status: 502, method: 'PUT', times: 1 });
  const told = { id, onboardFlow: { hasPaymentMethod: true } };
  expect((await update({ ...told, lastName: 'King' })).outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN' }]);
  const meanwhile = { ...told, email: 'next@example.com' };
  expect((await update(meanwhile)).errors).toMatchObject([{ code: 'UNAVAILABLE', provider: 'ONBOARD_FLOW' }]);
  aheadMs += 46_000;
  expect(await update(meanwhile)).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
});

it('is not said to have failed where another one has put things back since', async () => {
  const id = await createAda(world, ['OCTOBAT'], { email: 'before@example.com' });
  world.provider('octobat').fault({ kind: 'reset', afterCommit: true, method: 'PATCH', times: 1 });
  const input = { id, email: 'between@example.com', idempotencyKey: 'there and back' };
  const [{ writeId, status: now }] = (await update(input)).outcomes;
  expect(now).toBe('OUTCOME_UNKNOWN');
  expect(await update({ id, email: 'before@example.com' })).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }] });
  aheadMs += 55_000;
  await looked();
  expect(await status(writeId)).toBe('OUTCOME_UNKNOWN');
  expect((await update(input)).outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN' }]);
  expect(writes()).toBe(2);
});
