import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** A customer that a provider without a read is told of: what is remembered of it is all that is known. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const onboardFlow = (customerId: string) => ({ customerId, userId: 'user_1', hasPaymentMethod: true });
const adopt = async (id: string, customerId: string) => {
  const { data, errors } = await world.query(
    'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { outcomes { provider status error { code } } errors { code } } }',
    { input: { id, providers: ['ONBOARD_FLOW'], email: 'ada@example.com', onboardFlow: onboardFlow(customerId) } },
  );
  expect(errors).toEqual([]);
  return data.updateCustomer;
};
const providersOf = async (id: string) =>
  (await world.query('query ($id: ID!) { customer(id: $id) { records { provider } } }', { id })).data.customer.records;

it('can be told again after the provider has refused it, and takes nobody’s id away meanwhile', async () => {
  const [ada, other] = [await createAda(world, ['OCTOBAT']), await createAda(world, ['OCTOBAT'])];
  world.provider('onboard-flow').fault({ kind: 'status', status: 422, times: 1 });
  expect(await adopt(ada, 'cus_refused')).toMatchObject({ outcomes: [{ status: 'FAILED' }] });
  expect(await providersOf(ada)).toEqual([{ provider: 'OCTOBAT' }]);
  expect(await adopt(other, 'cus_refused')).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  expect(await providersOf(other)).toEqual([{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }]);
  expect(await adopt(ada, 'cus_refused')).toMatchObject({ outcomes: [], errors: [{ code: 'INVALID_INPUT' }] });
});

it('can be told anew after all that was remembered was erased', async () => {
  const id = await createAda(world, ['ONBOARD_FLOW'], {
    phone: null,
    address: null,
    onboardFlow: onboardFlow('cus_gone'),
  });
  await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { code } } }', { id });
  const ada = await createAda(world, ['OCTOBAT']);
  expect(await adopt(ada, 'cus_gone')).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  expect(await providersOf(ada)).toEqual([{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }]);
});
