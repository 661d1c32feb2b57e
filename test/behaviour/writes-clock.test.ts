import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { RunningGateway } from '../../src/main.ts';
import { sameStore } from '../support/changes.ts';
import { ada, createAda } from '../support/customers.ts';
import { type Gate, startGate } from '../support/gate.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** The machine's clock is set while a write is under way: nothing is sent twice, and what was known stays known. */

const HOUR = 3_600_000;
// The night in which the clocks of Amsterdam go back.
const time = { now: Date.parse('2026-10-25T00:30:00Z') };
const clock: Clock = { now: () => time.now, elapsed: () => performance.now() };

let world: World;
beforeAll(async () => {
  world = await startWorld({ clock, looks: { watchMs: 21_000 } });
});
afterAll(() => world.close());

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId status } errors { code } } }`;
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  outcomes { writeId status } errors { code } } }`;

/** What the provider was sent since the last look. */
const writes = (): string[] => world.calls().filter((call) => !call.includes(' GET '));

/** Two gateways on one store, before whose provider every answer to a write waits. */
async function behindAGate(): Promise<{ gate: Gate; one: RunningGateway; other: RunningGateway }> {
  const gate = await startGate(world.provider('octobat'), (method) => (method === 'GET' ? null : 'ANSWER'));
  const one = await world.another({ OCTOBAT_URL: gate.url });
  return { gate, one, other: await world.another({ OCTOBAT_URL: gate.url }) };
}

it.each([HOUR, 24 * HOUR])(
  'is one create for two gateways, though the clock is set %d ms ahead meanwhile',
  async (ms) => {
    const { gate, one, other } = await behindAGate();
    const input = { ...ada, providers: ['OCTOBAT'], idempotencyKey: `ahead ${ms}` };
    world.calls();
    const first = ask(one.url, CREATE, { input });
    await gate.arrived(1);
    time.now += ms;
    // Whoever is at it seems to be gone: that it can't be looked up is all that can be said.
    const meanwhile = await ask(other.url, CREATE, { input });
    expect(meanwhile.data).toMatchObject({ createCustomer: { errors: [{ code: 'OUTCOME_UNKNOWN' }] } });
    gate.open();
    const { data } = await first;
    expect(data).toMatchObject({ createCustomer: { outcomes: [{ status: 'SUCCEEDED' }], errors: [] } });
    time.now -= ms;
    for (const { url } of [one, other]) expect((await ask(url, CREATE, { input })).data).toEqual(data);
    expect(writes()).toEqual(['octobat POST /customers']);
    await gate.close();
  },
);

it('is one create where its provider can be searched, though the clock is set ahead before the call arrives', async () => {
  const gate = await startGate(world.provider('cycle-software'), (method) => (method === 'GET' ? null : 'CALL'));
  const one = await world.another({ CYCLE_SOFTWARE_URL: gate.url });
  const input = { ...ada, providers: ['CYCLE_SOFTWARE'], idempotencyKey: 'searched' };
  world.calls();
  const first = ask(one.url, CREATE, { input });
  await gate.arrived(1);
  time.now += HOUR;
  // Nothing is there yet, and by the clock it is much too late for it.
  for (const url of [world.gateway.url, (await world.another()).url])
    expect((await ask(url, CREATE, { input })).data).toMatchObject({
      createCustomer: { errors: [{ code: 'OUTCOME_UNKNOWN' }] },
    });
  gate.open();
  const { data } = await first;
  expect(data).toMatchObject({ createCustomer: { outcomes: [{ status: 'SUCCEEDED' }], errors: [] } });
  expect((await world.query(CREATE, { input })).data).toEqual(data);
  expect(writes()).toEqual(['cycle-software POST /api/v1/customers.json']);
  time.now -= HOUR;
  await gate.close();
});

it('is found by looking, though the clock is set an hour back since somebody has taken it', async () => {
  const gate = await startGate(world.provider('cycle-software'), (method) => (method === 'GET' ? null : 'ANSWER'));
  const one = await world.another({ CYCLE_SOFTWARE_URL: gate.url });
  const input = { ...ada, email: 'found@example.com', providers: ['CYCLE_SOFTWARE'], idempotencyKey: 'found' };
  world.calls();
  const first = ask(one.url, CREATE, { input });
  await gate.arrived(1);
  time.now -= HOUR;
  // Whoever is started looks at once.
  await (await world.another()).stop();
  const answered = await ask(world.gateway.url, CREATE, { input });
  expect(answered.data).toMatchObject({ createCustomer: { outcomes: [{ status: 'SUCCEEDED' }], errors: [] } });
  gate.open();
  expect((await first).data).toEqual(answered.data);
  expect(writes()).toEqual(['cycle-software POST /api/v1/customers.json']);
  time.now += HOUR;
  await gate.close();
});

it('leaves a mutation to whoever takes it while others are looked for, for longer than anybody may hold one', async () => {
  const gate = await startGate(world.provider('octobat'), () => 'ANSWER');
  const store = sameStore(world);
  const asked = { caller: 'shop', kind: 'UPDATE', key: null, input: '', at: new Date(time.now) } as const;
  for (const key of [null, null, null, null, 'taken']) {
    const heldUntil = new Date(time.now);
    const begun = await store.beginMutation({ ...asked, key, heldUntil, latestHold: heldUntil });
    if (begun.state !== 'NEW') throw new Error(`it is ${begun.state}`);
    const to = { provider: 'octobat', providerId: 'oc_cu_nobody', customer: null, fields: [], content: '{}' };
    const [id = 0] = (await store.intend(begun.mutation, heldUntil, [to], heldUntil)) ?? [];
    await store.takeToSend(id, null);
  }
  const looking = await world.another({ OCTOBAT_URL: gate.url });
  await gate.arrived(1);
  time.now += 60_000;
  const hold = { heldUntil: new Date(time.now + 21_000), latestHold: new Date(time.now + 42_000) };
  const taken = await store.beginMutation({ ...asked, key: 'taken', at: new Date(time.now), ...hold });
  expect(taken.state).toBe('LEFT');
  gate.open();
  await looking.stop();
  expect(await store.countWrites('SENT')).toBe(1);
  expect(await store.mutationBy('shop', 'taken')).toMatchObject({ heldUntil: hold.heldUntil });
  await store.close();
  await gate.close();
});

it('is one update, though the clock is set an hour back meanwhile', async () => {
  const { gate, one, other } = await behindAGate();
  const id = await createAda(world, ['OCTOBAT']);
  const input = { id, email: 'back@example.com', idempotencyKey: 'back' };
  const first = ask(one.url, UPDATE, { input });
  await gate.arrived(1);
  time.now -= HOUR;
  const meanwhile = ask(other.url, UPDATE, { input });
  gate.open();
  const { data } = await first;
  expect(data).toMatchObject({ updateCustomer: { outcomes: [{ status: 'SUCCEEDED' }], errors: [] } });
  expect((await meanwhile).data).toEqual(data);
  expect((await ask(other.url, UPDATE, { input })).data).toEqual(data);
  expect(writes()).toHaveLength(1);
  time.now += HOUR;
  await gate.close();
});
