import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fold } from '../../src/model/fold.ts';
import { createAda } from '../support/customers.ts';
import { type Listed, list, listAll, listBackwards, NOW, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Listing from the directory: in every order, either way. */

const clock = { at: NOW, now: () => clock.at, elapsed: () => performance.now() };
let world: World;
let size: number;
beforeAll(async () => {
  world = await startListingWorld({ sandbox: { customers: 25 }, clock });
  // Seen to change one after the other, at a provider that tells when it made them.
  for (const [index, names] of [{}, { firstName: 'Émile' }, { firstName: 'émile' }, {}, {}].entries()) {
    clock.at += 60_000;
    await createAda(world, ['DIRTY_LEMON'], { phone: `+3161234600${index}`, address: null, ...names });
  }
  size = (await list(world, { first: 500 })).customers.edges.length;
});
afterAll(() => world.close());
afreshEach(() => world);

const FIELDS = { DISPLAY_NAME: 'displayName', CREATED_AT: 'createdAt', CHANGED_SEEN_AT: 'changedSeenAt' } as const;
type Field = keyof typeof FIELDS;

const orders = (Object.keys(FIELDS) as Field[]).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);

/** What a list is sorted by, as each of its customers says it. */
async function valuesOf(orderBy: { field: Field; direction: string }): Promise<(string | null)[]> {
  const name = FIELDS[orderBy.field];
  const { data, errors } = await world.query(
    `query ($orderBy: CustomerOrder) { customers(first: 500, orderBy: $orderBy) { nodes { ${name} } } }`,
    { orderBy },
  );
  expect(errors).toEqual([]);
  return data.customers.nodes.map((node: Record<string, string | null>) => node[name] ?? null);
}

const compare = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

describe('orderBy', () => {
  it.each(orders)('sorts by $field $direction, with those that have none at the end', async (orderBy) => {
    const values = await valuesOf(orderBy);
    expect(values).toHaveLength(size);
    const keys = orderBy.field === 'DISPLAY_NAME' ? values.map(fold) : values;
    const said = keys.filter((key) => key !== null);
    expect(keys).toEqual([...said, ...keys.slice(said.length)]);
    expect(said.length).toBeGreaterThan(3);
    const sorted = said.toSorted((one, other) => (orderBy.direction === 'ASC' ? 1 : -1) * compare(one, other));
    expect(said).toEqual(sorted);
    expect(new Set(said).size).toBeGreaterThan(3);
    if (orderBy.field !== 'CHANGED_SEEN_AT') expect(said.length).toBeLessThan(size);
    expect(world.calls()).toEqual([]);
  });

  it.each(orders)('pages by $field $direction, both ways, through those that are alike', async (orderBy) => {
    const { customers } = await list(world, { first: 500, orderBy });
    for (const pages of [
      await listAll(world, { first: 13, orderBy }),
      await listBackwards(world, { last: 13, orderBy }),
    ])
      expect(pages.flatMap(({ edges }) => edges)).toEqual(customers.edges);
    expect(new Set(customers.edges.map(({ node }) => node.id)).size).toBe(size);
  });

  it.each(orders)('cuts a piece out of the list by $field $direction', async (orderBy) => {
    const { edges } = (await list(world, { first: 500, orderBy })).customers;
    for (const [from, to] of [
      [0, 5],
      [size - 8, size - 1],
      [3, size - 3],
    ] as const) {
      const ends = { after: edges[from]?.cursor, before: edges[to]?.cursor, orderBy };
      const between = edges.slice(from + 1, to);
      expect((await list(world, { first: 500, ...ends })).customers.edges).toEqual(between);
      expect((await list(world, { first: 3, ...ends })).customers.edges).toEqual(between.slice(0, 3));
      expect((await list(world, { last: 3, ...ends })).customers.edges).toEqual(between.slice(-3));
    }
  });

  it.each(orders)('sorts what a filter leaves by $field $direction as it sorts everybody', async (orderBy) => {
    const idsOf = ({ edges }: Listed) => edges.map(({ node }) => node.id);
    const all = await list(world, { first: 500, orderBy });
    for (const filter of [{ country: 'NL' }, { providers: ['DIRTY_LEMON'] }, { text: 'jansen' }, { email: 'x@y.z' }]) {
      const some = await list(world, { first: 500, orderBy, filter });
      const ids = idsOf(some.customers);
      expect(ids).toEqual(idsOf(all.customers).filter((id) => ids.includes(id)));
      const pages = await listAll(world, { first: 9, orderBy, filter });
      expect(pages.flatMap(({ edges }) => edges)).toEqual(some.customers.edges);
    }
  });

  it('takes names without case and accents', async () => {
    const { data } = await world.query(
      '{ customers(first: 500, orderBy: { field: DISPLAY_NAME }) { nodes { displayName } } }',
    );
    const names: (string | null)[] = data.customers.nodes.map(
      (node: { displayName: string | null }) => node.displayName,
    );
    const place = names.indexOf('Émile Lovelace');
    expect([names[place], names[place + 1]]).toEqual(['Émile Lovelace', 'émile Lovelace']);
  });

  it('sorts ascending unless told otherwise', async () => {
    const [said, unsaid] = await Promise.all(
      [{ field: 'CREATED_AT', direction: 'ASC' }, { field: 'CREATED_AT' }].map((orderBy) =>
        list(world, { first: 500, orderBy }),
      ),
    );
    expect(unsaid?.customers.edges).toEqual(said?.customers.edges);
  });
});

describe('RELEVANCE', () => {
  /** Exact in its name, one letter off in it, and exact where another record of the list is misspelt twice. */
  const NAMES = ['Quistgaard', 'Quistgard', 'Quistgaarde', 'Qiustgaard', 'Kwistgaard'];
  beforeAll(async () => {
    for (const [index, lastName] of NAMES.entries())
      await createAda(world, ['DIRTY_LEMON'], {
        ...{ phone: `+3161234700${index}`, address: null, email: null },
        ...(index === 2 ? { firstName: 'Quistgaard' } : { firstName: 'Ole' }),
        lastName,
      });
  });
  async function names(variables: Record<string, unknown>): Promise<string[]> {
    const { data, errors } = await world.query(
      `query ($filter: CustomerFilter, $orderBy: CustomerOrder) {
        customers(filter: $filter, orderBy: $orderBy) { nodes { lastName } } }`,
      variables,
    );
    expect(errors).toEqual([]);
    return data.customers.nodes.map(({ lastName }: { lastName: string }) => lastName);
  }

  it.each([undefined, 'ASC', 'DESC'])(
    'puts what is spelt exactly before what is not, whatever the way: %s',
    async (direction) => {
      const orderBy = { field: 'RELEVANCE', ...(direction && { direction }) };
      const found = await names({ filter: { text: 'quistgaard' }, orderBy });
      expect(found).toEqual(['Quistgaard', 'Quistgaarde', 'Quistgard', 'Qiustgaard']);
    },
  );

  it('is the order of a search for words unless another is asked for', async () => {
    const filter = { text: 'Quistgard' };
    expect((await names({ filter }))[0]).toBe('Quistgard');
    expect(await names({ filter, orderBy: { field: 'DISPLAY_NAME' } })).toEqual([
      'Quistgaard',
      'Quistgard',
      'Quistgaarde',
    ]);
  });

  it('pages from what is exact to what is misspelt, both ways', async () => {
    for (const text of ['quistgaard', 'ole quistgaard', 'lovelace', 'ada lovelase']) {
      const variables = { filter: { text }, orderBy: { field: 'RELEVANCE' } };
      const { customers } = await list(world, { first: 500, ...variables });
      expect(customers.edges.length).toBeGreaterThan(2);
      expect(customers.totalCount).toBe(customers.edges.length);
      for (const pages of [
        await listAll(world, { first: 1, ...variables }),
        await listBackwards(world, { last: 2, ...variables }),
      ])
        expect(pages.flatMap(({ edges }) => edges)).toEqual(customers.edges);
      const ends = { after: customers.edges[0]?.cursor, before: customers.edges.at(-1)?.cursor };
      expect((await list(world, { last: 500, ...ends, ...variables })).customers.edges).toEqual(
        customers.edges.slice(1, -1),
      );
    }
  });
});
