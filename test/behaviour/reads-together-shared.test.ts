import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asCaller, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { startGate } from '../support/gate.ts';
import { copyListings, createMovingClock, customersAt, NODES, PEOPLE, startCopiedWorld } from '../support/manyReads.ts';
import { afreshEach } from '../support/world.ts';

/** Pages that answer several at once, and what is written while they are under way. */

const LIST = 'cycle-software GET /api/v1/customers/list.json';
const LISTING = '/api/v1/customers/list.json';

describe('many customers that several ask for at once', () => {
  const reader = { name: 'reader', scopes: ['customers:read', 'records:raw'] } as const;
  const another = { ...reader, name: 'another reader' };
  const plain = { name: 'plain reader', scopes: ['customers:read'] } as const;
  const READ = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { id records { servedFrom email } } } }';

  const clock = createMovingClock();
  let world: KeyedWorld;
  let ids: string[];
  beforeAll(async () => {
    world = await startKeyedWorld([reader, another, plain], {
      ...{ clock, sandbox: { customers: PEOPLE, clock: clock.now } },
      environment: { CACHE_MAX_AGE: '30' },
    });
    await copyListings(world, ['cycle-software']);
    ids = await customersAt(asCaller(world, keyOf(reader)), 'CYCLE_SOFTWARE', 60);
  });
  afterAll(() => world.close());
  afreshEach(() => world);
  beforeEach(() => {
    clock.passMinute();
    world.provider('cycle-software').fault({ kind: 'delay', ms: 2_000, route: LISTING });
  });

  const read = async (who: { readonly name: string }, headers?: Record<string, string>) => {
    const { data, errors } = await asCaller(world, keyOf(who)).query(READ, { ids }, headers);
    expect(errors).toEqual([]);
    return data.nodes;
  };

  it('come with one page for a hundred equal operations', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => read(reader)));
    expect(world.calls()).toEqual([LIST]);
    expect(new Set(all.map((nodes) => JSON.stringify(nodes))).size).toBe(1);
    expect(all[0]).toHaveLength(60);
  }, 20_000);

  it('are shared by callers of equal rights, and by no others', async () => {
    await Promise.all([read(reader), read(another), read(plain), read(plain)]);
    expect(world.calls()).toEqual([LIST, LIST]);
  });

  it('are not shared by whoever wants them newer than that', async () => {
    const first = read(reader);
    await expect.poll(() => world.provider('cycle-software').inFlight).toBe(1);
    await Promise.all([first, read(reader, { 'cache-control': 'no-cache' })]);
    expect(world.calls()).toEqual([LIST, LIST]);
  });
});

describe('a customer that is written to while a page is under way', () => {
  it('is what was written for whoever asks behind the write', async () => {
    const clock = createMovingClock();
    const world = await startCopiedWorld(
      ['cycle-software'],
      { customers: 100, clock: clock.now },
      { clock, environment: { CACHE_MAX_AGE: '30' } },
    );
    const gate = await startGate(world.provider('cycle-software'), (_, path) =>
      path.includes('/list.json') ? 'ANSWER' : null,
    );
    try {
      const ids = await customersAt(world, 'CYCLE_SOFTWARE');
      const [id = ''] = ids;
      const slow = await world.another({ CYCLE_SOFTWARE_URL: gate.url });
      const reading = fetch(slow.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: NODES, variables: { ids } }),
      });
      await gate.arrived(1);
      const RENAME = `mutation ($id: ID!) { updateCustomer(input: { id: $id, email: "written@example.com" }) {
        errors { code } outcomes { status } } }`;
      const { data } = await world.query(RENAME, { id });
      expect(data.updateCustomer).toEqual({ errors: [], outcomes: [{ status: 'SUCCEEDED' }] });
      gate.open();
      const before = (await (await reading).json()) as { data: { nodes: readonly { email: string }[] } };
      expect(before.data.nodes).toHaveLength(ids.length);
      expect(before.data.nodes[0]?.email).not.toBe('written@example.com');

      const emailAt = async (url: string): Promise<unknown> => {
        const query = 'query ($id: ID!) { customer(id: $id) { email } }';
        const body = JSON.stringify({ query, variables: { id } });
        const headers = { 'content-type': 'application/json' };
        return ((await (await fetch(url, { method: 'POST', headers, body })).json()) as { data: unknown }).data;
      };
      for (const { url } of [slow, world.gateway])
        expect(await emailAt(url)).toEqual({ customer: { email: 'written@example.com' } });
      // Nor has the page put back what it was before.
      const listed = await world.query('{ customers(filter: { email: "written@example.com" }) { nodes { id } } }');
      expect(listed.data.customers.nodes).toEqual([{ id }]);
    } finally {
      gate.open();
      await world.close();
      await gate.close();
    }
  });
});
