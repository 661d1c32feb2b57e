import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { createAda } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** What is told of a provider's health after answers that came in time and can't be believed. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 1 } });
  ada = await createAda(world);
});
afterAll(() => world.close());
afterEach(() => {
  for (const provider of world.sandbox.providers) provider.clearFaults();
});

const read = (field: string) => world.query(`query ($id: ID!) { customer(id: $id) { ${field} { id } } }`, { id: ada });
const list = () => world.query('{ provider(name: NUTCACHE) { records(first: 1) { nodes { id } } } }');
const tell = (_: string, time: number) =>
  world.query('mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { code } } }', {
    input: {
      ...{ firstName: 'Ada', email: 'ada@example.com', providers: ['ONBOARD_FLOW'] },
      onboardFlow: { customerId: `cus_${time}`, userId: 'user', hasPaymentMethod: false },
    },
  });

it.each<[string, string, string, (field: string, time: number) => Promise<unknown>, Fault]>([
  ['octobat', 'OCTOBAT', 'octobat', read, { kind: 'wrongId' }],
  ['cycle-software', 'CYCLE_SOFTWARE', 'cycleSoftware', read, { kind: 'wrongId' }],
  ['dirty-lemon', 'DIRTY_LEMON', 'dirtyLemon', read, { kind: 'wrongId' }],
  ['nutcache', 'NUTCACHE', '', list, { kind: 'json', body: { customers: 7 } }],
  ['onboard-flow', 'ONBOARD_FLOW', '', tell, { kind: 'json', body: { success: 'perhaps' } }],
])('calls %s down when every answer is a wrong one', async (id, name, field, ask, fault) => {
  world.provider(id).fault(fault);
  for (let time = 0; time < 3; time++) await ask(field, time);
  const { data } = await world.query(`{ provider(name: ${name}) { health { state lastProblem { code } } } }`);
  expect(data.provider.health).toEqual({ state: 'DOWN', lastProblem: { code: 'PROVIDER_BAD_RESPONSE' } });
});
