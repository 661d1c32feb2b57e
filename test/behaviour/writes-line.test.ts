import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { keyText } from '../../src/ids/ids.ts';
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

it('whoever was killed in it is put out of a line when they were watched for long enough, before anybody asks, and not when the clock says so', async () => {
  const store = await place.open();
  const id = await createAda(world, ['OCTOBAT']);
  const records = await store.page('octobat', 0, 1);
  await store.enterLine(records.map(keyText), 'killed', new Date(time.now + WATCH_MS));
  time.now += 3_600_000;
  const update = async (email: string) => (await world.query(UPDATE, { input: { id, email } })).data?.updateCustomer;
  const blocked = await update('early@example.com');
  expect(blocked).toEqual({ outcomes: [], errors: [{ code: 'UNAVAILABLE', retryable: true }] });
  expect(await store.overdueInLine(new Date(time.now), 9)).toHaveLength(1);
  time.watchedMs += WATCH_MS;
  await expect.poll(() => store.overdueInLine(new Date(time.now), 9), { timeout: 5_000 }).toEqual([]);
  expect(await update('late@example.com')).toEqual({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  await store.close();
});
