import { expect, it } from 'vitest';
import { startLosing } from '../support/losing.ts';

/** What a lost create has made is with another customer by the time that it is looked for. */

// Nobody looks before the test says so: the record would be found at once, and be where it was meant to be.
const losing = startLosing(3_600_000);
const { create, lose, told, status, pass, looked, posts, somebody, sync } = losing;

const LINK =
  'mutation ($input: LinkCustomersInput!) { linkCustomers(input: $input) { customer { id } errors { code } } }';

it('was done where a person has put its record with another customer meanwhile, and stays there', async () => {
  const { customer: meant } = await create(somebody('cycle-software'));
  const input = { ...somebody('octobat'), joinCustomer: meant.id, idempotencyKey: `moved ${losing.number}` };
  losing.next();
  const { customer: other } = await create(somebody('cycle-software'));
  const id = await lose('octobat', true, input);
  await sync();
  const { data } = await losing.world.query('query ($id: ID!) { customer(id: $id) { records { provider } } }', {
    id: meant.id,
  });
  expect(data.customer.records).toHaveLength(1);
  const [record] = (await losing.store.page('octobat', 0, 500)).slice(-1);
  const NAMED = 'query ($id: String!) { customerByProviderId(provider: OCTOBAT, providerId: $id) { id } }';
  const made = (await losing.world.query(NAMED, { id: record?.providerId })).data.customerByProviderId;
  const linked = await losing.world.query(LINK, { input: { ids: [other.id, made.id] } });
  expect(linked.data.linkCustomers.errors).toEqual([]);
  pass();
  await looked();
  expect(await status(id)).toBe('SUCCEEDED');
  const now = { providerId: record?.providerId, customer: { id: linked.data.linkCustomers.customer.id } };
  expect(await told(id)).toMatchObject({ record: now });
  expect(await create(input)).toMatchObject({ outcomes: [{ writeId: id, status: 'SUCCEEDED' }], errors: [] });
  expect(posts('octobat')).toBe(1);
});
