import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** OF-5: OnboardFlow's customer id "must be the exact same customer ID stored" where the customer pays. */

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const OCTOBAT = 'oc_cu_1421878635hksc26e4de79';

const told = (customerId: string) =>
  createAda(world, ['ONBOARD_FLOW'], {
    onboardFlow: { customerId, userId: 'user_1', hasPaymentMethod: true },
    ...{ phone: null, address: null },
  });

/** What is known of the customer that has this record, when everything that was seen is kept. */
async function customerAt(provider: string, providerId: string) {
  const query = `{ customerByProviderId(provider: ${provider}, providerId: "${providerId}") {
    id formerIds records { id provider providerId } links { rule evidence linkedBy records { provider } } } }`;
  await world.query(query);
  await world.query('{ customers(first: 1) { nodes { id } } }');
  const { data, errors } = await world.query(query);
  expect(errors).toEqual([]);
  return data.customerByProviderId;
}

const SHARED = {
  rule: 'SHARED_ID',
  evidence: ['One provider’s record has the id of the other’s.'],
  linkedBy: 'clientele',
  records: [{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }],
};

describe('an id that two providers share', () => {
  it('makes one customer of both, whichever is known first', async () => {
    const octobat = await customerAt('OCTOBAT', OCTOBAT);
    expect(await told(OCTOBAT)).toBe(octobat.id);
    expect(await customerAt('OCTOBAT', OCTOBAT)).toMatchObject({
      id: octobat.id,
      formerIds: [expect.any(String)],
      records: [{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }],
      links: [SHARED],
    });
    expect((await customerAt('ONBOARD_FLOW', OCTOBAT)).id).toBe(octobat.id);
  });

  it('makes one customer of both when the other is seen later', async () => {
    const flow = await told(OCTOBAT);
    expect(await customerAt('OCTOBAT', OCTOBAT)).toMatchObject({
      id: flow,
      records: [{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }],
      links: [{ rule: 'SHARED_ID' }],
    });
  });

  it('is none where numbers are counted up: another system may have the same one', async () => {
    await customerAt('CYCLE_SOFTWARE', '1006');
    await told('1006');
    expect((await customerAt('CYCLE_SOFTWARE', '1006')).records).toHaveLength(1);
    expect((await customerAt('ONBOARD_FLOW', '1006')).records).toHaveLength(1);
  });

  it('does not join again what somebody has parted', async () => {
    await customerAt('OCTOBAT', OCTOBAT);
    await told(OCTOBAT);
    const { records } = await customerAt('OCTOBAT', OCTOBAT);
    const flow = records.find(({ provider }: { provider: string }) => provider === 'ONBOARD_FLOW');
    await world.query('mutation ($id: ID!) { unlinkRecord(input: { recordId: $id }) { errors { code } } }', {
      id: flow.id,
    });
    await world.query(
      `mutation { updateCustomer(input: { id: "${(await customerAt('OCTOBAT', OCTOBAT)).id}", octobat: { name: "Changed" } }) { errors { code } } }`,
    );
    expect((await customerAt('OCTOBAT', OCTOBAT)).records).toHaveLength(1);
    expect((await customerAt('ONBOARD_FLOW', OCTOBAT)).records).toHaveLength(1);
  });
});
