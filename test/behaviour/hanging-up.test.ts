import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createAda } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** A client that goes away: what is read for it ends, what is written for it does not. */

const READ = 'query ($id: ID!) { customer(id: $id) { octobat { name } cycleSoftware { city } dirtyLemon { email } } }';
const RENAME = `mutation ($id: ID!) {
  updateCustomer(input: { id: $id, octobat: { name: "Renamed" }, idempotencyKey: "once" }) { outcomes { provider status } errors { code } }
}`;

const clock = { ...systemClock, ahead: 0, now: () => Date.now() + clock.ahead };
let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ clock, environment: { CACHE_MAX_AGE: '30' } });
  ada = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
});
afterAll(() => world.close());
afreshEach(() => world);

const octobat = () => world.provider('octobat');
const inFlight = () => world.sandbox.providers.reduce((sum, each) => sum + each.inFlight, 0);

/** Asks, and can hang up. */
function client(query: string, headers: Record<string, string> = { 'cache-control': 'no-cache' }) {
  const stop = new AbortController();
  const asked = request(world.gateway.url, {
    ...{ method: 'POST', signal: stop.signal },
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables: { id: ada } }),
  });
  const gone = asked.then(
    () => 'answered',
    () => 'gone',
  );
  return {
    async hangUp() {
      stop.abort();
      expect(await gone).toBe('gone');
    },
  };
}

describe('a client that hangs up', () => {
  it('ends its calls to providers at once', async () => {
    for (const provider of world.sandbox.providers) provider.fault({ kind: 'silent' });
    const asking = client(READ);
    await expect.poll(inFlight).toBe(3);
    await asking.hangUp();
    // Long before any of them is too late.
    await expect.poll(inFlight, { timeout: 1_000 }).toBe(0);
    for (const provider of world.sandbox.providers) provider.clearFaults();
    // It says nothing of them.
    const { data } = await world.query('{ provider(name: OCTOBAT) { health { state } } }');
    expect(data.provider.health.state).toBe('UP');
  });

  it('gives up its place among those that wait', async () => {
    octobat().fault({ kind: 'silent' });
    const running = Array.from({ length: 16 }, () => client(READ));
    await expect.poll(() => octobat().inFlight).toBe(16);
    const waiting = Array.from({ length: 20 }, () => client(READ));
    await expect.poll(queued).toBe(20);
    for (const each of waiting) await each.hangUp();
    await expect.poll(queued, { timeout: 1_000 }).toBe(0);
    expect(octobat().inFlight).toBe(16);
    for (const each of running) await each.hangUp();
    await expect.poll(() => octobat().inFlight, { timeout: 1_000 }).toBe(0);
  });

  it('takes nothing from those who wait for the same answer', async () => {
    // What was read before is too old.
    clock.ahead += 60_000;
    octobat().fault({ kind: 'delay', ms: 800, method: 'GET' });
    const first = client(READ, {});
    await expect.poll(() => octobat().inFlight).toBe(1);
    const second = world.query(READ, { id: ada });
    await first.hangUp();
    const { data, errors } = await second;
    expect(errors).toEqual([]);
    expect(world.calls().filter((call) => call.startsWith('octobat'))).toHaveLength(2);
    expect(data.customer.octobat.name).toEqual(expect.any(String));
  });

  it('ends no write: it is done, and told to whoever asks with its key', async () => {
    octobat().fault({ kind: 'delay', ms: 300, method: 'PATCH' });
    const asking = client(RENAME);
    await expect.poll(() => world.calls().filter((call) => call.includes('PATCH')).length).toBe(1);
    await asking.hangUp();
    const { data } = await world.query(RENAME, { id: ada });
    expect(data.updateCustomer).toMatchObject({
      outcomes: [{ provider: 'OCTOBAT', status: 'SUCCEEDED' }, {}, {}],
      errors: [],
    });
    expect(world.calls().filter((call) => call.includes('PATCH'))).toEqual([]);
    expect((await world.query(READ, { id: ada })).data.customer.octobat.name).toBe('Renamed');
  });
});

async function queued(): Promise<number> {
  const response = await request(world.gateway.url.replace('/graphql', '/metrics'));
  const text = await response.body.text();
  return Number(/^clientele_provider_calls_waiting\{provider="octobat"\} (\d+)$/m.exec(text)?.[1]);
}
