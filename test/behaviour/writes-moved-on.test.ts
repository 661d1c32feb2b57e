import { expect, it } from 'vitest';
import { startLosing } from '../support/losing.ts';

/** What a lost create has made is no longer as it was, or where it was, when it is looked for. */

const losing = startLosing(20);
const { lose, status, pass, looked, settled, posts, listings, somebody, sync } = losing;

const FIND = 'query ($email: String!) { customers(filter: { email: $email }) { nodes { id } } }';
const ERASE = `mutation ($input: EraseCustomerCopiesInput!) { eraseCustomerCopies(input: $input) { errors { code } } }`;

async function found(email: string): Promise<string> {
  const { data } = await losing.world.query(FIND, { email });
  expect(data.customers.nodes).toHaveLength(1);
  return data.customers.nodes[0].id;
}

it('is not sent again where a listing from before it bears a later time, by a clock that was ahead', async () => {
  losing.set(3_600_000);
  await sync();
  losing.set(-3_600_000);
  const id = await lose('octobat', true);
  pass();
  await settled(id).toBe('SUCCEEDED');
  // What was listed in the future is no reason not to list now.
  expect(listings()).toBe(2);
  expect(posts('octobat')).toBe(1);
});

it('stays unknown where somebody has corrected its email at the provider', async () => {
  const { email } = somebody('octobat');
  const id = await lose('octobat', true);
  losing.world.provider('octobat').fault({
    ...{ kind: 'mutate', method: 'GET' },
    change: (json) => JSON.parse(JSON.stringify(json).replaceAll(email, `other.${email}`)),
  });
  pass();
  await expect.poll(listings, { timeout: 10_000 }).toBeGreaterThan(0);
  await looked();
  expect(await status(id)).toBe('OUTCOME_UNKNOWN');
});

it('stays unknown where somebody was erased whose record may be it', async () => {
  const { email } = somebody('octobat');
  const id = await lose('octobat', true);
  await sync();
  const { data } = await losing.world.query(ERASE, { input: { id: await found(email) } });
  expect(data.eraseCustomerCopies.errors).toEqual([]);
  pass();
  losing.world.provider('octobat').clearCalls();
  await expect.poll(listings, { timeout: 10_000 }).toBeGreaterThan(0);
  await looked();
  expect(await status(id)).toBe('OUTCOME_UNKNOWN');
  expect((await losing.world.query(FIND, { email })).data.customers.nodes).toEqual([]);
});
