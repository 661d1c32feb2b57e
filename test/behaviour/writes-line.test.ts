import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { keyText } from '../../src/ids/ids.ts';
import type { Store } from '../../src/store/store.ts';
import { createAda } from '../support/customers.ts';
import { embeddedPlace, type Place } from '../support/place.ts';
import { startWorld, type World } from '../support/world.ts';

/** Who was killed still stands in line before a record. */

const WATCH_MS = 21_000;
const time = { now: Date.parse('2026-03-01T12:00:00Z'), watchedMs: 0 };
const clock: Clock = { now: () => time.now, elapsed: () => performance.now() + time.watchedMs };

let place: Place;
let world: World;
beforeAll(async () => {
  place = await embeddedPlace();
  const environment = { ...place.settings, OPERATION_DEADLINE_MS: '1000' };
  world = await startWorld({ clock, environment, looks: { everyMs: 10, watchMs: WATCH_MS } });
});
afterAll(async () => {
  await world.close();
  await place.drop();
});

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  outcomes { status } errors { code retryable } } }`;

const update = async (id: string, email: string) =>
  (await world.query(UPDATE, { input: { id, email } })).data?.updateCustomer;
const DONE = { outcomes: [{ status: 'SUCCEEDED' }], errors: [] };

/** @returns a customer, for whose record somebody stands in line until then */
async function behindSomebody(store: Store, until: number): Promise<string> {
  const id = await createAda(world, ['OCTOBAT']);
  const records = await store.page('octobat', 0, 9);
  await store.enterLine(records.map(keyText), 'killed', new Date(until));
  return id;
}

it.each([
  ['and not when the clock says so', WATCH_MS, 3_600_000],
  ['also where it has come by a clock that was ahead', 3_600_000, 0],
])('whoever was killed in a line is put out when it was watched for long enough, %s', async (_, forMs, setMs) => {
  const store = await place.open();
  const id = await behindSomebody(store, time.now + forMs);
  time.now += setMs;
  const blocked = await update(id, 'early@example.com');
  expect(blocked).toEqual({ outcomes: [], errors: [{ code: 'UNAVAILABLE', retryable: true }] });
  await expect.poll(() => store.everybodyInLine(9), { timeout: 5_000 }).toHaveLength(1);
  // Before anybody asks.
  time.watchedMs += WATCH_MS;
  await expect.poll(() => store.everybodyInLine(9), { timeout: 5_000 }).toEqual([]);
  expect(await update(id, 'late@example.com')).toEqual(DONE);
  await store.close();
});

it('a customer that has become another one while its update waits is not what `ifRevision` says', async () => {
  const store = await place.open();
  const id = await behindSomebody(store, time.now + WATCH_MS);
  const other = await createAda(world, ['CYCLE_SOFTWARE'], { email: 'other@example.com' });
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { revision } }', { id });
  const updating = world.query(UPDATE, { input: { id, lastName: 'King', ifRevision: data.customer.revision } });
  await expect.poll(() => store.everybodyInLine(9)).toHaveLength(2);
  await world.query('mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { customer { id } } }', {
    ids: [id, other],
  });
  await store.leaveLine('killed');
  expect((await updating).data?.updateCustomer).toMatchObject({ outcomes: [], errors: [{ code: 'CONFLICT' }] });
  await store.close();
});
