import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { list, NOW, refused, startListingWorld } from '../support/listing.ts';
import { afreshEach, type World } from '../support/world.ts';

/** What a caller may ask of a list from the directory: nothing of it keeps everybody else waiting. */

/** Once it hurries, every look at it costs a minute. */
const clock = {
  ...{ at: 0, hurries: false, now: () => NOW },
  elapsed() {
    if (clock.hurries) clock.at += 60_000;
    return clock.at;
  },
};
let world: World;
beforeAll(async () => {
  world = await startListingWorld({ clock, sandbox: { customers: 16 } });
});
afterAll(() => world.close());
afreshEach(() => world);

describe('a value of a megabyte', () => {
  const VALUES = {
    'a letter': 'a'.repeat(1_000_000),
    'a digit': '1'.repeat(1_000_000),
    // Putting marks in order takes the time of their number squared.
    'marks out of order': `1${'\u0301\u0323'.repeat(240_000)}`,
    'what is not seen': '\u00ad'.repeat(500_000),
    brackets: `+${'('.repeat(999_000)}`,
    dots: `a@${'.a'.repeat(400_000)}`,
    blanks: ` ${'\u2003'.repeat(330_000)}`,
  };
  const FIELDS = ['text', 'email', 'phone', 'phoneCountry', 'country', 'postalCode', 'taxId'];

  it.each(FIELDS.flatMap((field) => Object.keys(VALUES).map((value) => [field, value])))(
    'is refused as filter.%s: %s',
    async (field, value) => {
      const filter = {
        ...(field === 'phone' && { phoneCountry: 'NL' }),
        [field]: VALUES[value as keyof typeof VALUES],
      };
      const message = await refused(world, { filter });
      expect(message).toMatch(new RegExp(`^filter\\.${field} `));
      expect(message.length).toBeLessThan(200);
    },
  );

  it('of the same provider said again and again is that provider', async () => {
    const { customers } = await list(world, { filter: { providers: Array(80_000).fill('NUTCACHE') } });
    expect(customers.coverage).toHaveLength(1);
  });
});

describe('many lists in one operation', () => {
  const lists = (count: number, fields: string) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: customers(first: ${index}) { ${fields} }`).join(' ')} }`;

  it('are all made, one after another', async () => {
    const { data, errors } = await world.query(lists(100, 'totalCount nodes { id }'));
    expect(errors).toEqual([]);
    const { totalCount } = data.a0;
    expect(totalCount).toBeGreaterThan(30);
    for (let index = 0; index < 100; index++)
      expect([data[`a${index}`].totalCount, data[`a${index}`].nodes.length]).toEqual([
        ...[totalCount, Math.min(index, totalCount)],
      ]);
    expect(world.calls()).toEqual([]);
  });

  it('are made as long as the operation has time, and one that fails spoils no other', async () => {
    const { data, errors } = await world.query(
      '{ a: customers(first: -1) { totalCount } b: customers(first: 1) { nodes { id } } }',
    );
    expect([data.a, data.b.nodes.length, errors.length]).toEqual([null, 1, 1]);
    clock.hurries = true;
    const late = await world.query(lists(3, 'pageInfo { hasNextPage }'));
    clock.hurries = false;
    expect(late.data).toEqual({ a0: { pageInfo: { hasNextPage: true } }, a1: null, a2: null });
    expect(late.errors).toMatchObject(
      ['a1', 'a2'].map((path) => ({ path: [path], extensions: { code: 'DEADLINE_EXCEEDED', retryable: true } })),
    );
  });
});

describe('totalCount', () => {
  it('is not counted for who does not ask for it', async () => {
    // Counting is a piece of work of its own, for which there is no time left behind the page.
    clock.hurries = true;
    const page = await world.query('{ customers(first: 2) { nodes { id } coverage { records } } }');
    const counted = await world.query('{ customers(first: 2) { nodes { id } totalCount } }');
    clock.hurries = false;
    expect(page.errors).toEqual([]);
    expect(page.data.customers.nodes).toHaveLength(2);
    expect(counted.data.customers).toEqual({ nodes: page.data.customers.nodes, totalCount: null });
    expect(counted.errors).toMatchObject([{ path: ['customers', 'totalCount'] }]);
  });
});
