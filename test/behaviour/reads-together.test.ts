import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyListings, createMovingClock, customersAt, NODES, PEOPLE, startCopiedWorld } from '../support/manyReads.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Many records of one provider at once: by themselves, or by pages of its listing, whichever costs less. */

const clock = createMovingClock();
let world: World;
let shop: readonly string[];
beforeAll(async () => {
  const listed = ['octobat', 'cycle-software', 'nutcache'];
  world = await startCopiedWorld(listed, { customers: PEOPLE, clock: clock.now }, { clock });
  shop = await customersAt(world, 'CYCLE_SOFTWARE');
});
afterAll(() => world.close());
afreshEach(() => world);
beforeEach(() => clock.passMinute());

const LIST = 'cycle-software GET /api/v1/customers/list.json';
const lists = (calls: readonly string[]): number =>
  calls.filter((call) => /(\/list\.json|GET \/customers|GET \/webapi\/customers)$/.test(call)).length;

interface Node {
  readonly id: string;
  readonly records: readonly {
    readonly providerId: string;
    readonly servedFrom: string;
    readonly problem: { readonly code: string } | null;
  }[];
}

/** @returns the customers, and what their providers were asked for */
async function read(ids: readonly string[]): Promise<{ nodes: readonly Node[]; calls: readonly string[] }> {
  world.calls();
  const { data, errors } = await world.query(NODES, { ids });
  expect(errors).toEqual([]);
  return { nodes: data.nodes, calls: world.calls() };
}

const servedFrom = (nodes: readonly Node[]) => [
  ...new Set(nodes.flatMap(({ records }) => records.map((record) => record.servedFrom))),
];

describe('many customers of CycleSoftware, which grants 360 calls a minute', () => {
  it('are one page: five hundred cost one call, and are live', async () => {
    expect(shop).toHaveLength(500);
    const { nodes, calls } = await read(shop);
    expect(calls).toEqual([LIST]);
    expect(nodes.map(({ id }) => id)).toEqual(shop);
    expect(servedFrom(nodes)).toEqual(['LIVE']);
  });

  it('are the same as each read by itself', async () => {
    const { nodes } = await read(shop);
    const some = shop.filter((_, index) => index % 100 === 3);
    const { nodes: alone, calls } = await read(some);
    expect(lists(calls)).toBe(0);
    expect(alone).toEqual(nodes.filter(({ id }) => some.includes(id)));
  });

  it('are read by themselves where they are few', async () => {
    const { nodes, calls } = await read(shop.slice(0, 5));
    expect([calls.length, lists(calls)]).toEqual([5, 0]);
    expect(servedFrom(nodes)).toEqual(['LIVE']);
  });

  it('come with a page where too few calls are left, however few they are, and from copies where none is', async () => {
    for (let from = 0; from < 320; from += 40) expect(lists((await read(shop.slice(from, from + 40))).calls)).toBe(0);
    expect(lists((await read(shop.slice(0, 37))).calls)).toBe(0);
    for (let left = 3; left > 0; left--) {
      const { nodes, calls } = await read(shop.slice(0, 5));
      expect(calls).toEqual([LIST]);
      expect(servedFrom(nodes)).toEqual(['LIVE']);
    }
    const { nodes, calls } = await read(shop.slice(0, 5));
    expect([servedFrom(nodes), calls]).toEqual([['DIRECTORY'], []]);
    expect(nodes[0]?.records[0]?.problem).toEqual({ code: 'PROVIDER_RATE_LIMITED' });
  });

  it('come with a page but for those that nobody knows, who are asked for by themselves', async () => {
    const known = (await read(shop.slice(0, 80))).nodes.map(({ records }) => records[0]?.providerId);
    const unknown = [4_000_001, 4_000_002].map((number) => world.provider('cycle-software').idOf(number));
    const all = [...known, ...unknown].map(
      (id, index) => `a${index}: customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "${id}") { email }`,
    );
    world.calls();
    const { data, errors } = await world.query(`{ ${all.join(' ')} }`);
    expect(errors).toEqual([]);
    expect(Object.values(data).map((customer) => customer === null)).toEqual(all.map((_, index) => index >= 80));
    const reads = unknown.map((id) => `cycle-software GET /api/v1/customers/${id}.json`);
    expect(world.calls().sort()).toEqual([...reads, LIST].sort());
  });

  it('whom the listing leaves out are read by themselves', async () => {
    const { nodes: all } = await read(shop);
    const hidden = all.slice(0, 3).map(({ records }) => Number(records[0]?.providerId));
    const change = (json: unknown) => {
      const page = json as { customers: { customer_id: number }[] };
      return { ...page, customers: page.customers.filter(({ customer_id }) => !hidden.includes(customer_id)) };
    };
    world.provider('cycle-software').fault({ kind: 'mutate', route: '/api/v1/customers/list.json', change });
    const { nodes, calls } = await read(shop);
    expect([nodes, calls.length, lists(calls)]).toEqual([all, 4, 1]);
  });

  it('are read by themselves for a minute, where the listing lacks most of them', async () => {
    const change = (json: unknown) => ({ ...(json as object), customers: [] });
    world.provider('cycle-software').fault({ kind: 'mutate', route: '/api/v1/customers/list.json', change });
    const many = shop.slice(0, 80);
    const { nodes, calls } = await read(many);
    expect([servedFrom(nodes), calls.length, lists(calls)]).toEqual([['LIVE'], 81, 1]);
    expect(lists((await read(many)).calls)).toBe(0);
    world.provider('cycle-software').clearFaults();
    clock.passMinute();
    expect((await read(many)).calls).toEqual([LIST]);
  });

  it('that somebody else has changed since they were copied are told as they are now, and kept, as are those beside', async () => {
    const [id = ''] = shop;
    const beside = shop.at(-1);
    const { nodes: before } = await read([id, beside ?? '']);
    const [ofFirst, ofBeside] = before.map(({ records }) => records[0]?.providerId);
    const emails = new Map([
      [ofFirst, 'new@example.com'],
      [ofBeside, 'beside@example.com'],
    ]);
    const change = (json: unknown) => {
      const page = json as { customers: { customer_id: number }[] };
      const customers = page.customers.map((each) => {
        const email = emails.get(String(each.customer_id));
        return email === undefined ? each : { ...each, email };
      });
      return { ...page, customers };
    };
    world.provider('cycle-software').fault({ kind: 'mutate', route: '/api/v1/customers/list.json', change });
    clock.passMinute();
    const { nodes, calls } = await read(shop.slice(0, 80));
    expect(calls).toEqual([LIST]);
    expect(nodes[0]).toMatchObject({ id, email: 'new@example.com' });
    // The directory has it then, whoever asks.
    const found = 'query ($email: String!) { customers(filter: { email: $email }) { nodes { id } } }';
    for (const [email, wanted] of [
      ['new@example.com', id],
      ['beside@example.com', beside],
    ])
      expect((await world.query(found, { email })).data.customers.nodes).toEqual([{ id: wanted }]);
  });
});

describe('pages one after another', () => {
  it('are Nutcache’s ten a page: five hundred customers cost a tenth of the calls', async () => {
    const ids = await customersAt(world, 'NUTCACHE');
    const { nodes, calls } = await read(ids);
    expect(ids.length).toBeGreaterThan(490);
    expect(lists(calls)).toBe(calls.length);
    expect(calls.length).toBeLessThan(60);
    expect(servedFrom(nodes)).toEqual(['LIVE']);
  });

  it('end with the last that is wanted', async () => {
    const ids = await customersAt(world, 'OCTOBAT');
    world.provider('octobat').clearCalls();
    const { calls } = await read(ids);
    expect(lists(calls)).toBe(calls.length);
    expect(calls.length).toBeLessThanOrEqual(6);
  });

  it('that fail midway leave the rest to single reads, each with its own failure', async () => {
    const ids = await customersAt(world, 'OCTOBAT');
    const octobat = world.provider('octobat');
    octobat.fault({ kind: 'status', status: 500, route: '/customers', skip: 2 });
    const { nodes, calls } = await read(ids);
    expect(servedFrom(nodes)).toEqual(['LIVE']);
    const reads = calls.length - lists(calls);
    expect(reads).toBeGreaterThan(ids.length / 2);
    expect(reads).toBeLessThan(ids.length);
    // For a minute it is not tried again.
    const [first] = nodes;
    octobat.fault({ kind: 'status', status: 500, path: `/customers/${first?.records[0]?.providerId}` });
    const again = await read(ids);
    expect(lists(again.calls)).toBe(0);
    expect(again.nodes.map(({ records }) => records[0]?.servedFrom)).toEqual(
      ids.map((id) => (id === first?.id ? 'DIRECTORY' : 'LIVE')),
    );
  });
});

it('reads nothing by pages that nobody has copied', async () => {
  const fresh = await startCopiedWorld([], { customers: 100 });
  try {
    await copyListings(fresh, ['nutcache']);
    const records = fresh.sandbox.truth().flatMap((each) => each.records);
    const ids = records.flatMap(({ provider, id }) => (provider === 'octobat' ? [id] : [])).slice(0, 60);
    const all = ids.map(
      (id, index) => `a${index}: customerByProviderId(provider: OCTOBAT, providerId: "${id}") { email }`,
    );
    for (let time = 0; time < 2; time++) {
      expect((await fresh.query(`{ ${all.join(' ')} }`)).errors).toEqual([]);
      expect(lists(fresh.calls())).toBe(0);
    }
  } finally {
    await fresh.close();
  }
});
