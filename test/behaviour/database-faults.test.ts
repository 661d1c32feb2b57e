import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { runCommand, runLimited } from '../support/program.ts';
import { type Answer, ask, startWorld, type World } from '../support/world.ts';

/** A database that can't be used: what a caller is told, and that nothing is lost by it. */

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const file = (): string => join(world.folder, 'clientele.db');
const link = async (ids: readonly string[]) =>
  world.query('mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { customer { id } errors { code } } }', {
    ids,
  });
const customerOf = async (id: string) =>
  (await world.query('query ($id: ID!) { customer(id: $id) { id records { provider } } }', { id })).data.customer;
const UNAVAILABLE = { code: 'UNAVAILABLE', retryable: true };

describe('a database that can’t be written', () => {
  it('for another process that writes for long, is UNAVAILABLE in words, has nothing sent, and reading goes on', async () => {
    const ids = [await createAda(world, ['OCTOBAT']), await createAda(world, ['CYCLE_SOFTWARE'])];
    const other = new DatabaseSync(file());
    other.exec('BEGIN IMMEDIATE');
    const writes = () => [
      world.query(CREATE, { input: { ...person(0), idempotencyKey: 'kept' } }),
      world.query(UPDATE, { input: { id: ids[0], email: 'kept@example.com' } }),
    ];
    const sent = () => world.calls().filter((call) => !call.includes(' GET '));
    const [read, ...blocked] = await Promise.all([customerOf(ids[0] ?? ''), link(ids), ...writes()]);
    expect(read).toMatchObject({ id: ids[0] });
    for (const { data, errors } of blocked) {
      expect(Object.values(data)).toEqual([null]);
      expect(errors).toMatchObject([{ message: expect.stringMatching(/another process/), extensions: UNAVAILABLE }]);
    }
    expect(sent()).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    // The key is free, too: nothing of it was kept.
    for (const { data } of await Promise.all(writes())) expect(Object.values(data)).toMatchObject([{ errors: [] }]);
    expect(sent()).toHaveLength(3);
    expect((await link(ids)).data.linkCustomers).toEqual({ customer: { id: ids[0] }, errors: [] });
  });

  it('with no room left, is UNAVAILABLE in words, reading goes on, and all that was kept is there when there is room', async () => {
    const database = join(world.folder, 'small.db');
    const environment = {
      ...world.sandbox.env,
      AUTH: 'none',
      PORT: '0',
      DATABASE_URL: `file:${database}`,
      SYNC_INTERVAL: '0',
    };
    // No file may have more than so many half kilobytes.
    const small = runLimited({ blocks: 3_000 }, ['start'], { environment, folder: world.folder });
    const { url } = await small.ready();
    const kept: string[] = [];
    let told: Answer | null = null;
    for (let number = 0; !told && number < 500; number++) {
      world.calls();
      const answer = await ask(url, CREATE, { input: person(number) });
      const { createCustomer } = answer.data as unknown as Created;
      // What can't be kept is not sent; what can't be remembered, once it was sent, is no success.
      if (!createCustomer) told = answer;
      else if (createCustomer.outcomes.every(({ status }) => status === 'SUCCEEDED'))
        kept.push(createCustomer.customer?.id ?? '');
    }
    expect(told?.data).toEqual({ createCustomer: null });
    expect(world.calls()).toEqual([]);
    expect(told?.errors).toMatchObject([{ message: expect.stringMatching(/disk/), extensions: UNAVAILABLE }]);
    const known = await ask(url, ONE, { id: kept[0] });
    expect(known.data).toMatchObject({ customer: { id: kept[0], records: [{}, {}] } });
    small.child.kill('SIGTERM');
    await small.ended;

    const roomy = runCommand(['start'], { environment, folder: world.folder });
    const again = await roomy.ready();
    for (const id of kept)
      expect((await ask(again.url, ONE, { id })).data).toMatchObject({ customer: { id, records: [{}, {}] } });
    expect((await ask(again.url, LINK, { ids: kept.slice(0, 2) })).data).toMatchObject({
      linkCustomers: { errors: [] },
    });
    roomy.child.kill('SIGTERM');
    await roomy.ended;
  });
});

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { status } errors { code } } }`;
const UPDATE = 'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { code } } }';
const LINK = 'mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }';
const ONE = 'query ($id: ID!) { customer(id: $id) { id records { provider } } }';
interface Created {
  readonly createCustomer: {
    readonly customer: { readonly id: string } | null;
    readonly outcomes: { readonly status: string }[];
  } | null;
}
const person = (place: number) => ({
  providers: ['OCTOBAT', 'CYCLE_SOFTWARE'],
  ...{ lastName: `Number ${place}`, companyName: 'x'.repeat(200), address: { country: 'NL' } },
});
