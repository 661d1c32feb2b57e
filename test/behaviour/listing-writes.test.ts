import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { link, unlink } from '../support/changes.ts';
import { createAda } from '../support/customers.ts';
import { type Listed, list, listAll, type Node, nodesOf, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Listing from the directory, while customers are written between two pages. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld({ sandbox: { customers: 16 } });
});
afterAll(() => world.close());
afreshEach(() => world);

let made = 0;
const create = (lastName: string, providers = ['CYCLE_SOFTWARE']) =>
  createAda(world, providers, { lastName, email: null, phone: `+3161300${String(made++).padStart(4, '0')}` });
const run = async (document: string, variables: Record<string, unknown>) => {
  const { data, errors } = await world.query(document, variables);
  expect([errors, Object.values(data).map((payload) => (payload as { errors: unknown[] }).errors)]).toEqual([[], [[]]]);
};
const rename = (id: string, lastName: string) =>
  run(
    'mutation ($id: ID!, $lastName: String) { updateCustomer(input: { id: $id, lastName: $lastName }) { errors { message } } }',
    { id, lastName },
  );
const erase = (id: string) =>
  run('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { message } } }', { id });
const recordsOfCustomer = async (id: string): Promise<string[]> =>
  (await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id })).data.customer.records.map(
    (record: { id: string }) => record.id,
  );

const ORDERS = [
  {},
  { orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } },
  { orderBy: { field: 'DISPLAY_NAME', direction: 'DESC' } },
  { orderBy: { field: 'CHANGED_SEEN_AT', direction: 'ASC' } },
  { filter: { country: 'NL' }, orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } },
  { filter: { text: 'ada' } },
];

describe('a list that is written to while it is paged', () => {
  it.each([
    ...ORDERS.map((order) => ({ order, way: 'forwards' })),
    ...ORDERS.slice(0, 2).map((order) => ({ order, way: 'backwards' })),
  ])('repeats and leaves out nobody else: $order, $way', async ({ order, way }) => {
    const touched = new Set<string>();
    const some = await Promise.all(['Aa', 'Mm', 'Zz', 'Nn'].map((name) => create(name)));
    const twin = await create('Twin', ['OCTOBAT', 'CYCLE_SOFTWARE']);
    const [first = '', second = '', third = '', fourth = ''] = some;
    const before = new Set((await listAll(world, { first: 500, ...order })).flatMap(nodesOf).map(({ id }) => id));
    const writes = [
      () => create('Aaaa'),
      () => rename(first, 'Zzzz'),
      () => create('Zzzzzz'),
      () => link(world, [second, fourth]).then(() => second),
      async () => unlink(world, (await recordsOfCustomer(twin))[1] ?? ''),
      () => erase(third),
      () => create('Mmmm'),
    ];
    for (const id of [first, second, third, fourth, twin]) touched.add(id);
    const seen = await whileWriting({ order, size: Math.ceil(before.size / 12) }, way === 'forwards', writes);
    const untouched = seen.filter((id) => before.has(id) && !touched.has(id));
    expect(untouched).toHaveLength(new Set(untouched).size);
    expect(new Set(untouched)).toEqual(before.difference(touched));
    // Afterwards the list is what it has become.
    const after = (await listAll(world, { first: 7, ...order })).flatMap(nodesOf).map(({ id }) => id);
    expect(after).toHaveLength(new Set(after).size);
    expect(after).not.toContain(third);
    expect(after).not.toContain(fourth);
  });

  async function whileWriting(
    { order, size }: { order: object; size: number },
    isForwards: boolean,
    writes: (() => Promise<unknown>)[],
  ): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: Listed = (
        await list(world, {
          ...order,
          ...(isForwards ? { first: size, after: cursor } : { last: size, before: cursor }),
        })
      ).customers;
      seen.push(...nodesOf(page).map(({ id }) => id));
      await writes.shift()?.();
      if (!(isForwards ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage)) break;
      cursor = isForwards ? page.pageInfo.endCursor : page.pageInfo.startCursor;
    }
    expect(writes).toEqual([]);
    return seen;
  }

  it.each(['rename', 'link', 'erase'])('goes on behind somebody who has changed meanwhile: %s', async (what) => {
    const orderBy = { field: 'DISPLAY_NAME' };
    const [id, other] = [await create('Mmmm the Middle'), await create('Aaa the First')];
    const whole = nodesOf((await list(world, { first: 500, orderBy })).customers);
    const place = whole.findIndex((node) => node.id === id);
    const { customers } = await list(world, { first: place + 1, orderBy });
    expect(nodesOf(customers).at(-1)?.id).toBe(id);
    if (what === 'rename') await rename(id, 'Aaaaa');
    if (what === 'link') await link(world, [other, id]);
    if (what === 'erase') await erase(id);
    const rest = await list(world, { first: 500, orderBy, after: customers.pageInfo.endCursor });
    const others = (nodes: readonly Node[]) => nodes.filter((node) => node.id !== id && node.id !== other);
    expect(others(nodesOf(rest.customers))).toEqual(others(whole.slice(place + 1)));
  });
});

describe('a write', () => {
  const found = async (text: string): Promise<string[]> =>
    nodesOf((await list(world, { filter: { text } })).customers).map(({ id }) => id);

  it('is found by at once, and what it replaced no longer', async () => {
    const id = await create('Roodborstje');
    expect(await found('roodborstje')).toEqual([id]);
    await rename(id, 'Winterkoning');
    expect([await found('roodborstje'), await found('winterkoning')]).toEqual([[], [id]]);
  });

  it('that erases leaves nothing to list, until somebody asks for the customer by its id', async () => {
    const id = await create('Pimpelmees', ['OCTOBAT', 'CYCLE_SOFTWARE']);
    const records = await recordsOfCustomer(id);
    await erase(id);
    expect(await found('pimpelmees')).toEqual([]);
    // CycleSoftware finds it still: nobody has asked for it by its id.
    const filter = { cycleSoftware: { houseNumber: '1', houseNumberPostfix: 'a' } };
    const same = nodesOf((await list(world, { first: 500, filter })).customers).map((node) => node.id);
    expect(same.length).toBeGreaterThan(1);
    expect(same).not.toContain(id);
    expect(nodesOf((await list(world, { first: 500 })).customers).map((node) => node.id)).not.toContain(id);
    const { data } = await world.query('query ($id: ID!) { node(id: $id) { ... on CustomerRecord { lastName } } }', {
      id: records[1],
    });
    expect(data.node.lastName).toBe('Pimpelmees');
    expect(await found('pimpelmees')).toHaveLength(1);
  });

  it('of one of two linked records moves the customer as a whole', async () => {
    const id = await create('Heggemus', ['OCTOBAT', 'CYCLE_SOFTWARE']);
    const [, shop = ''] = await recordsOfCustomer(id);
    expect(await found('heggemus')).toEqual([id]);
    await unlink(world, shop);
    expect(await found('heggemus')).toHaveLength(2);
  });
});

describe('a record that its provider has no more', () => {
  it('is listed no longer once that was seen, and its customer only by what is left', async () => {
    const [alone, linked] = [await create('Boerenzwaluw'), await create('Huiszwaluw', ['OCTOBAT', 'CYCLE_SOFTWARE'])];
    const providerId = async (id: string) =>
      (
        await world.query('query ($id: ID!) { customer(id: $id) { records { provider providerId } } }', { id })
      ).data.customer.records.find(({ provider }: { provider: string }) => provider === 'CYCLE_SOFTWARE').providerId;
    for (const id of [alone, linked]) {
      world.provider('cycle-software').fault({ kind: 'status', status: 404, id: await providerId(id) });
      await world.query('query ($id: ID!) { customer(id: $id) { email } }', { id });
    }
    const of = async (filter: object) => nodesOf((await list(world, { filter })).customers).map(({ id }) => id);
    expect(await of({ text: 'boerenzwaluw' })).toEqual([]);
    expect(await of({ text: 'huiszwaluw' })).toEqual([linked]);
    expect(await of({ text: 'huiszwaluw', providers: ['CYCLE_SOFTWARE'] })).toEqual([]);
  });
});
