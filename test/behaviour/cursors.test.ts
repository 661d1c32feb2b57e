import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { codes, idsOfAda } from '../support/ids.ts';
import { type Answer, startWorld, type World } from '../support/world.ts';

/** Cursors are opaque too: each goes on with its own list, and with nothing else. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 30 } });
  ada = await createAda(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

describe('a cursor', () => {
  const list = `query ($after: String, $filter: CustomerFilter) {
    customers(first: 3, after: $after, filter: $filter) { nodes { id } pageInfo { endCursor hasNextPage } } }`;
  const records = `query ($name: ProviderName!, $after: String, $since: DateTime) {
    provider(name: $name) { records(first: 3, after: $after, changedSince: $since) { nodes { id } pageInfo { endCursor } } } }`;
  const endOf = ({ text }: Answer): string => /"endCursor":"([^"]+)"/.exec(text)?.[1] ?? '';

  it('goes on where its own list ended, and is refused by every other', async () => {
    const lists: [string, Record<string, unknown>][] = [
      [list, {}],
      [list, { filter: { providers: ['OCTOBAT'] } }],
      [list, { filter: { providers: ['OCTOBAT', 'NUTCACHE'] } }],
      [list, { filter: { providers: ['CYCLE_SOFTWARE'] } }],
      [list, { filter: { providers: ['CYCLE_SOFTWARE'], country: 'NL' } }],
      [list, { filter: { providers: ['CYCLE_SOFTWARE'], country: 'BE' } }],
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
      expect(codes(await world.query(records, { name: 'OCTOBAT', after }))).toEqual(['BAD_USER_INPUT']);
    }
    const back = await world.query('query ($before: String) { customers(before: $before) { nodes { id } } }', {
      before: 'x',
    });
    expect(codes(back)).toEqual(['CAPABILITY_UNSUPPORTED']);
    expect(world.calls()).toEqual([]);
  });

  it.each([-1, 501, 1_000_000_000, 2_147_483_647, 2_147_483_648, -2_147_483_649])(
    'comes with no page of %i',
    async (first) => {
      const answer = await world.query(`query ($first: Int) { customers(first: $first) { nodes { id } } }`, { first });
      const page = await world.query(
        `query ($first: Int) { provider(name: OCTOBAT) { records(first: $first) { nodes { id } } } }`,
        { first },
      );
      expect([codes(answer), codes(page)]).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
      expect(world.calls()).toEqual([]);
    },
  );
});
