import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startGateway } from '../../src/main.ts';
import { ada, createAda } from './customers.ts';
import type { Place } from './place.ts';
import { runCommand } from './program.ts';
import { syncOnce } from './sync.ts';
import { restIn } from './verification.ts';
import { ask, startWorld, type World } from './world.ts';

const KILL = new URL('killAt.mjs', import.meta.url).href;

/** Where it is killed, and whether the provider has been sent anything by then. */
const POINTS = [
  ['before its intent is kept', 'before INSERT INTO write ', false],
  ['behind its intent', 'after INSERT INTO write ', false],
  ['before it is sent', "after UPDATE write SET state = 'SENT'", false],
  ['behind its answer', 'before INSERT INTO write_noted', true],
  ['when its answer is noted', 'after INSERT INTO write_noted', true],
  ['when it is settled', 'after UPDATE write SET state = ?', true],
] as const;

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id email } outcomes { status } errors { code } } }`;
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id email } outcomes { status } errors { code } } }`;

const NAMES: Readonly<Record<string, string>> = { octobat: 'OCTOBAT', 'cycle-software': 'CYCLE_SOFTWARE' };

/** Whoever is killed was at it for less. */
const LATER_MS = 60_000;

/** A gateway that is killed at any moment of a write loses nothing that was acknowledged, and sends nothing twice. */
export function testKilledWrites(newPlace: () => Promise<Place>): void {
  let place: Place;
  let world: World;
  /** While one lives, the others' time is its own: none of them takes over what it is at. */
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  beforeAll(async () => {
    place = await newPlace();
    world = await startWorld({ clock, environment: place.settings });
  });
  afterAll(async () => {
    await world.close();
    await place.drop();
  });

  const settings = () => ({
    ...{ ...world.sandbox.env, AUTH: 'none', PORT: '0', SYNC_INTERVAL: '0', LOG_LEVEL: 'silent' },
    ...place.settings,
  });

  /** Asks a gateway that is killed meanwhile, and lets its time pass. */
  async function killed(at: string, mutation: string, input: Record<string, unknown>): Promise<void> {
    aheadMs = 0;
    const environment = { ...settings(), NODE_OPTIONS: `--import=${KILL}`, KILL_AT: at };
    const program = runCommand(['start'], { environment });
    const { url } = await program.ready();
    const answer = await ask(url, mutation, { input }).catch(() => null);
    expect(answer?.text).toBeUndefined();
    expect((await program.ended).signal).toBe('SIGKILL');
    aheadMs = LATER_MS;
  }

  /** Asks another one, which goes on on the same store, with the same key, until it knows. */
  async function goneOn(mutation: string, input: Record<string, unknown>) {
    for (;;) {
      const { data } = await ask(world.gateway.url, mutation, { input });
      // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
      const [payload] = Object.values(data ?? {}) as any[];
      if (payload.errors[0]?.code !== 'IDEMPOTENCY_IN_PROGRESS') return payload;
    }
  }

  const writes = () => world.sandbox.providers.flatMap(({ calls }) => calls).filter(({ method }) => method !== 'GET');
  const forgetCalls = () => {
    for (const provider of world.sandbox.providers) provider.clearCalls();
  };

  /** Another code may be sent at once. */
  async function letRest(id: string): Promise<void> {
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { provider providerId } } }', {
      id,
    });
    await restIn(await place.open(), data.customer.records);
  }

  const REQUEST = `mutation ($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) {
    customer { id } outcomes { status } errors { code } } }`;

  describe('an update that is killed', () => {
    it.each(POINTS)('%s is done once, by the same key', async (name, at, wasSent) => {
      const id = await createAda(world, ['OCTOBAT']);
      forgetCalls();
      const email = `${name.replaceAll(/\W/g, '-')}@example.com`;
      const input = { id, email, idempotencyKey: name };
      await killed(at, UPDATE, input);
      expect(writes()).toHaveLength(Number(wasSent));
      const payload = await goneOn(UPDATE, input);
      expect(payload).toMatchObject({ customer: { id, email }, outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
      expect(await goneOn(UPDATE, input)).toEqual(payload);
      expect(writes()).toHaveLength(1);
    });
  });

  describe('a create that is killed', () => {
    it.each(POINTS)('%s is never made twice', async (name, at, wasSent) => {
      forgetCalls();
      const customerId = `cus_${name.replaceAll(/\W/g, '_')}`;
      const onboardFlow = { customerId, userId: 'user', hasPaymentMethod: false };
      const { firstName, lastName, email } = ada;
      const input = {
        firstName,
        lastName,
        email,
        providers: ['ONBOARD_FLOW'],
        onboardFlow,
        idempotencyKey: `make ${name}`,
      };
      await killed(at, CREATE, input);
      expect(writes()).toHaveLength(Number(wasSent));
      const payload = await goneOn(CREATE, input);
      // Nobody can look at OnboardFlow: whether it was told, only a note of its answer says.
      const isLost = at.includes("'SENT'") || at === 'before INSERT INTO write_noted';
      expect(payload.outcomes).toMatchObject([{ status: isLost ? 'OUTCOME_UNKNOWN' : 'SUCCEEDED' }]);
      expect(await goneOn(CREATE, input)).toEqual(payload);
      expect(writes()).toHaveLength(isLost ? Number(wasSent) : 1);
    });
  });

  describe('a code that is killed on its way', () => {
    it.each(POINTS)('%s messages nobody twice', async (name, at, wasSent) => {
      const phone = `+3161234${5_000 + POINTS.findIndex(([each]) => each === name)}`;
      const id = await createAda(world, ['DIRTY_LEMON'], { phone, address: null });
      await letRest(id);
      forgetCalls();
      const input = { id, idempotencyKey: `tell ${name}` };
      await killed(at, REQUEST, input);
      expect(writes()).toHaveLength(Number(wasSent));
      const payload = await goneOn(REQUEST, input);
      expect(await goneOn(REQUEST, input)).toEqual(payload);
      expect(writes().length).toBeLessThanOrEqual(1);
    });
  });

  it('is looked at once by the next gateway while its provider may still be at it, and not again and again', async () => {
    const id = await createAda(world, ['OCTOBAT']);
    await killed("after UPDATE write SET state = 'SENT'", UPDATE, { id, email: 'late@example.com' });
    forgetCalls();
    aheadMs = 30_000;
    const next = await startGateway(settings(), { clock, withoutThread: true, looks: { watchMs: 0 } });
    await world.provider('octobat').received(1);
    // It ends what it is at: were that endless, so would this be.
    await next.stop();
    expect(world.provider('octobat').calls).toHaveLength(1);
    aheadMs = LATER_MS;
  });

  it.each(['CYCLE_SOFTWARE', 'OCTOBAT'])(
    'is found at %s by the next gateway, where it is a create',
    async (provider) => {
      // What Octobat makes is told from what it had by a listing from before.
      if (provider === 'OCTOBAT') await syncOnce(settings(), 'octobat');
      forgetCalls();
      const email = `${provider.toLowerCase()}@example.com`;
      const input = { ...ada, email, providers: [provider], idempotencyKey: `find ${provider}` };
      await killed('before INSERT INTO write_noted', CREATE, input);
      const next = await startGateway(settings(), { clock, withoutThread: true, looks: { watchMs: 0 } });
      // Whoever asks by its key meanwhile looks themselves, and keeps the others from it.
      const store = await place.open();
      const lost = async () =>
        (await store.writesIn(['SENT', 'UNKNOWN'], 50)).filter((write) => NAMES[write.provider] === provider);
      await expect.poll(lost, { timeout: 10_000 }).toEqual([]);
      const found = { customer: { email }, outcomes: [{ status: 'SUCCEEDED' }], errors: [] };
      expect(await goneOn(CREATE, input)).toMatchObject(found);
      expect(writes()).toHaveLength(1);
      await store.close();
      await next.stop();
    },
  );

  it('is settled by the next gateway by itself, when the time of whoever was killed is over', async () => {
    const id = await createAda(world, ['OCTOBAT']);
    forgetCalls();
    await killed('before INSERT INTO write_noted', UPDATE, { id, email: 'left@example.com' });
    const next = await startGateway(settings(), { clock, withoutThread: true, looks: { watchMs: 0 } });
    const found = async () =>
      (await ask(next.url, '{ customers(filter: { email: "left@example.com" }) { nodes { id } } }')).data?.customers;
    await expect.poll(found, { timeout: 5_000 }).toEqual({ nodes: [{ id }] });
    expect(writes()).toHaveLength(1);
    await next.stop();
  });
}
