import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('creates a customer at four providers and finds it again by its id', async () => {
  const created = await world.query(
    `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
      customer { id displayName records { provider } } outcomes { provider status } errors { code field message } } }`,
    {
      input: {
        providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'],
        firstName: 'Ada',
        lastName: 'Lovelace',
        email: 'ada@example.com',
        phone: '06 12345678',
        address: { line1: 'Damrak 1a', city: 'Amsterdam', country: 'Nederland' },
        onboardFlow: { customerId: 'cus_1', userId: 'user_1', hasPaymentMethod: false },
      },
    },
  );
  expect(created.errors).toEqual([]);
  expect(created.data.createCustomer.errors).toEqual([]);
  const { id, records } = created.data.createCustomer.customer;
  expect(records.map((record: { provider: string }) => record.provider)).toEqual([
    'OCTOBAT',
    'CYCLE_SOFTWARE',
    'DIRTY_LEMON',
    'ONBOARD_FLOW',
  ]);
  const again = await world.query('query ($id: ID!) { customer(id: $id) { id displayName phone } }', { id });
  expect(again.data).toEqual({ customer: { id, displayName: 'Ada Lovelace', phone: '+31612345678' } });
});
