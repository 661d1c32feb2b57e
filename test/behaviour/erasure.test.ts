import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERSONAL_DATA } from '../../src/store/personalData.ts';
import { createAda } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** What is held of a customer, where, and that nothing of it is left when it is forgotten. */

let world: World;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 20 }, environment: { SYNC_INTERVAL: '3600' } });
});
afterAll(() => world.close());

const CANARY = /canary|31612340077|NL004495445B01/i;
const PERSON = {
  ...{ firstName: 'Canaryfirst', lastName: 'Canarylast', companyName: 'Canary Works', email: 'canary@canary.example' },
  ...{ phone: '+31612340077', taxId: 'NL004495445B01' },
  address: { line1: 'Canarystraat 7', city: 'Canaryville', postalCode: '1987 CN', country: 'NL' },
  onboardFlow: { customerId: 'cus_canary_1', userId: 'user_canary', hasPaymentMethod: true },
};

/** Every row of a table; the index of documents has numbers that are no JavaScript numbers. */
function everything(database: DatabaseSync, table: string): Record<string, unknown>[] {
  const all = database.prepare(`SELECT * FROM "${table}"`);
  all.setReadBigInts(true);
  return all.all();
}

/** Every place of the database that holds something of the canary: `table.column`. */
function placesOf(folder: string): string[] {
  const database = new DatabaseSync(join(folder, 'clientele.db'), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const places = tables.flatMap(({ name: table }) =>
    everything(database, String(table)).flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) => (CANARY.test(String(value)) ? [`${table}.${column}`] : [])),
    ),
  );
  database.close();
  return [...new Set(places)].sort();
}

/** Whether the bytes of the database's files hold something of the canary's, forwards or, as words are kept, backwards. */
function isInFiles(folder: string): boolean {
  const files = readdirSync(folder).filter((file) => /\.db(-wal)?$/.test(file));
  const bytes = files.map((file) => readFileSync(join(folder, file), 'latin1')).join('\n');
  return /canary[a-z]|canary works|canary@|31612340077|yranac/i.test(bytes);
}

const erase = async (id: string) =>
  (
    await world.query(
      'mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { erasedRecords stillHeldBy errors { code field } } }',
      { id },
    )
  ).data.eraseCustomerCopies;
const listed = async (text: string) =>
  (
    await world.query('query ($text: String) { customers(filter: { text: $text }) { nodes { id displayName } } }', {
      text,
    })
  ).data.customers.nodes;

describe('eraseCustomerCopies', () => {
  it('forgets every copy, tells who still has a record, and is undone by nothing but asking for it by its id', async () => {
    const id = await createAda(world, undefined, PERSON);
    await world.query(
      'mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids, evidence: "The canary said so." }) { errors { code } } }',
      { ids: [id, await createAda(world, ['OCTOBAT'])] },
    );
    expect(await listed('canaryfirst')).toHaveLength(1);
    expect(isInFiles(world.folder)).toBe(true);
    const held = placesOf(world.folder);
    expect(held.length).toBeGreaterThan(4);
    const allowed = Object.entries(PERSONAL_DATA).flatMap(([table, columns]) =>
      columns.map((column) => `${table}.${column}`),
    );
    expect(held.filter((place) => !allowed.includes(place))).toEqual([]);

    expect(await erase(id)).toEqual({
      erasedRecords: 5,
      stillHeldBy: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'],
      errors: [],
    });
    await expect.poll(() => isInFiles(world.folder), { timeout: 10_000 }).toBe(false);
    // The provider's own ids stay: by them it is known what was erased. One of these says who chose it.
    expect(placesOf(world.folder)).toEqual(['record.provider_id', 'write.provider_id']);
    expect(await listed('canaryfirst')).toEqual([]);

    // A listing brings all of them again.
    for (const name of ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'])
      await world.query(`{ provider(name: ${name}) { records(first: 500) { nodes { id } } } }`);
    expect(await listed('canaryfirst')).toEqual([]);
    expect(placesOf(world.folder)).toEqual(['record.provider_id', 'write.provider_id']);

    const asked = await world.query('query ($id: ID!) { customer(id: $id) { displayName records { provider } } }', {
      id,
    });
    expect(asked.data.customer).toMatchObject({ displayName: 'Canary Works' });
    // Nobody knows any more that this record and the others are one.
    expect(await listed('canary works')).toEqual([{ id, displayName: 'Canary Works' }]);
  });

  it('links nothing with what was erased', async () => {
    const [one, other] = [await createAda(world, ['OCTOBAT']), await createAda(world, ['CYCLE_SOFTWARE'])];
    await erase(other);
    const link = () =>
      world.query(
        'mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { customer { id } errors { code message } } }',
        {
          ids: [one, other],
        },
      );
    expect((await link()).data.linkCustomers).toEqual({
      customer: null,
      errors: [{ code: 'INVALID_INPUT', message: expect.stringMatching(/were erased/) }],
    });
    await world.query('query ($id: ID!) { customer(id: $id) { email } }', { id: other });
    await world.query('{ customers(first: 1) { nodes { id } } }');
    expect((await link()).data.linkCustomers).toMatchObject({ customer: { id: one }, errors: [] });
  });

  it('says that there was nothing left, when it is asked again', async () => {
    const id = await createAda(world, ['OCTOBAT']);
    expect(await erase(id)).toEqual({ erasedRecords: 1, stillHeldBy: ['OCTOBAT'], errors: [] });
    expect(await erase(id)).toEqual({ erasedRecords: 0, stillHeldBy: ['OCTOBAT'], errors: [] });
  });

  it.each(['', 'x', 'Y2xpZW50ZWxl'])('refuses an id that is none: %j', async (id) => {
    expect(await erase(id)).toEqual({
      erasedRecords: null,
      stillHeldBy: null,
      errors: [{ code: 'INVALID_INPUT', field: ['id'] }],
    });
  });
});
