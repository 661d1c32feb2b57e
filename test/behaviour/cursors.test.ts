import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { codes, idsOfAda } from '../support/ids.ts';
import { copied, list as listed, refused } from '../support/listing.ts';
import { type Answer, startWorld, type World } from '../support/world.ts';

/** Cursors are opaque too: each goes on with its own list, and with nothing else. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 30 }, environment: { SYNC_INTERVAL: '3600' } });
  ada = await createAda(world);
  await copied(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

describe('a cursor', () => {
  const list = `query ($after: String, $before: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
    customers(first: 3, after: $after, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes { id } pageInfo { endCursor hasNextPage } } }`;
  const records = `query ($name: ProviderName!, $after: String, $since: DateTime) {
    provider(name: $name) { records(first: 3, after: $after, changedSince: $since) { nodes { id } pageInfo { endCursor } } } }`;
  const endOf = ({ text }: Answer): string => /"endCursor":"([^"]+)"/.exec(text)?.[1] ?? '';

  it('goes on where its own list ended, and is refused by every other', async () => {
    const lists: [string, Record<string, unknown>][] = [
      [list, {}],
      [list, { filter: { providers: ['OCTOBAT'] } }],
      [list, { filter: { providers: ['OCTOBAT', 'NUTCACHE'] } }],
      [list, { filter: { providers: ['CYCLE_SOFTWARE'] } }],
      [list, { filter: { country: 'NL' } }],
      [list, { filter: { country: 'BE' } }],
      [list, { filter: { text: 'lovelace' } }],
      [list, { filter: { providers: ['CYCLE_SOFTWARE'], country: 'NL' } }],
      [list, { filter: { cycleSoftware: { customerTypeId: 1 } } }],
      [list, { filter: { cycleSoftware: { customerTypeId: 2 } } }],
      [list, { filter: { changedSince: '2020-01-01T00:00:00Z' } }],
      [list, { filter: { changedSince: '2020-01-01T00:00:01Z' } }],
      [list, { filter: { text: 'ada' } }],
      [list, { filter: { text: 'ada' }, orderBy: { field: 'CREATED_AT' } }],
      [list, { orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } }],
      [list, { orderBy: { field: 'DISPLAY_NAME', direction: 'DESC' } }],
      [list, { orderBy: { field: 'CREATED_AT' } }],
      [records, { name: 'OCTOBAT' }],
      [records, { name: 'NUTCACHE' }],
      [records, { name: 'CYCLE_SOFTWARE' }],
      [records, { name: 'CYCLE_SOFTWARE', since: '2000-01-01T00:00:00Z' }],
    ];
    const cursors = await Promise.all(
      lists.map(async ([query, variables]) => endOf(await world.query(query, variables))),
    );
    expect(new Set(cursors).size).toBe(cursors.length);
    world.calls();
    for (const [index, [query, variables]] of lists.entries()) {
      for (const [owner, after] of cursors.entries()) {
        const answer = await world.query(query, { ...variables, after });
        expect([index, owner, codes(answer)]).toEqual([index, owner, index === owner ? [] : ['BAD_USER_INPUT']]);
        if (index !== owner) expect(world.calls()).toEqual([]);
        else world.calls();
        if (query !== list) continue;
        const back = await world.query(query, { ...variables, before: after });
        expect([index, owner, codes(back)]).toEqual([index, owner, codes(answer)]);
        world.calls();
      }
    }
  });

  it('forged, changed or of something else is refused, and nothing is sent', async () => {
    const cursor = endOf(await world.query(list));
    const { customer, record } = await idsOfAda(world, ada);
    world.calls();
    const forged = [
      ...Array.from(
        cursor,
        (character, at) => `${cursor.slice(0, at)}${character === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
      ),
      ...[
        `${cursor}=`,
        `${cursor}\n`,
        ` ${cursor}`,
        cursor.slice(0, -1),
        `${cursor}A`,
        cursor + cursor,
        '',
        '0',
        'null',
      ],
      ...[
        customer,
        record,
        Buffer.from('["customers"]').toString('base64url'),
        Buffer.from('arrayconnection:3').toString('base64'),
      ],
    ];
    for (const after of forged) {
      expect(codes(await world.query(list, { after }))).toEqual(['BAD_USER_INPUT']);
      expect(codes(await world.query(list, { before: after }))).toEqual(['BAD_USER_INPUT']);
      expect(codes(await world.query(records, { name: 'OCTOBAT', after }))).toEqual(['BAD_USER_INPUT']);
    }
    expect(world.calls()).toEqual([]);
  });

  it('goes on with its list however the filter is spelt', async () => {
    for (const [one, same] of [
      [{ filter: { country: 'NL' } }, { filter: { country: ' nederland ' } }],
      [{ filter: { phone: '+31612345678' } }, { filter: { phone: '06-12345678', phoneCountry: 'Netherlands' } }],
      [{ filter: { text: 'ada lovelace' } }, { filter: { text: ' ADA, Lovelace!' } }],
      [{ filter: { providers: ['NUTCACHE', 'OCTOBAT'] } }, { filter: { providers: ['OCTOBAT', 'NUTCACHE'] } }],
      [{ filter: { kind: null } }, { filter: {} }],
      [{ filter: { text: 'ada' } }, { filter: { text: 'ada' }, orderBy: { field: 'RELEVANCE', direction: 'DESC' } }],
    ]) {
      const { customers } = await listed(world, { first: 1, ...one });
      const after = customers.pageInfo.endCursor;
      expect(after).not.toBeNull();
      expect((await listed(world, { ...same, after })).customers.edges).toEqual(
        (await listed(world, { ...one, after })).customers.edges,
      );
    }
  });

  it('tells nothing of whom it stands behind', async () => {
    for (const orderBy of [null, { field: 'DISPLAY_NAME' }, { field: 'CREATED_AT' }]) {
      const { customers } = await listed(world, { first: 1, filter: { email: 'ada@example.com' }, orderBy });
      const text = Buffer.from(customers.pageInfo.endCursor ?? '', 'base64url').toString('latin1');
      expect(text).not.toMatch(/ada|lovelace|customers|octobat|oc_cu/i);
      expect(customers.pageInfo.endCursor).toMatch(/^[\w-]+$/);
    }
  });

  it('of a megabyte is refused', async () => {
    for (const after of ['A'.repeat(1_000_000), '\u0301\u0323'.repeat(200_000)])
      expect(await refused(world, { after })).toMatch(/cursor|id/);
  });

  it.each([-1, 501, 1_000_000_000, 2_147_483_647, 2_147_483_648, -2_147_483_649])(
    'comes with no page of %i',
    async (first) => {
      const answer = await world.query(`query ($first: Int) { customers(first: $first) { nodes { id } } }`, { first });
      const last = await world.query(`query ($last: Int) { customers(last: $last) { nodes { id } } }`, { last: first });
      const page = await world.query(
        `query ($first: Int) { provider(name: OCTOBAT) { records(first: $first) { nodes { id } } } }`,
        { first },
      );
      expect([codes(answer), codes(last), codes(page)]).toEqual(Array(3).fill(['BAD_USER_INPUT']));
      expect(world.calls()).toEqual([]);
    },
  );
});
