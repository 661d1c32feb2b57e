import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** Where the records of one customer disagree. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const conflictsOf = async (id: string, headers: Record<string, string> = {}) => {
  const query = 'query ($id: ID!) { customer(id: $id) { conflicts { field values { provider value } } } }';
  return (await world.query(query, { id }, headers)).data.customer.conflicts;
};

it('nothing disagrees where all say the same, each in its own spelling', async () => {
  const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
  world.calls();
  expect(await conflictsOf(id)).toEqual([]);
  expect(world.calls()).toHaveLength(3);
});

it('nothing disagrees with itself', async () => {
  expect(await conflictsOf(await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79'))).toEqual([]);
});

it('what differs is told by field, with who says what in the order of trust', async () => {
  const address = { line1: 'Damrak 1a', postalCode: '1012AB', country: 'NL' };
  const ids = [
    await createAda(world, ['CYCLE_SOFTWARE'], { email: 'ada@example.com', address: { ...address, city: 'Utrecht' } }),
    await createAda(world, ['OCTOBAT'], { email: 'ADA@example.com', address: { ...address, city: 'Amsterdam' } }),
    await createAda(world, ['CYCLE_SOFTWARE'], { email: 'ada@EXAMPLE.com', address: { ...address, city: 'Utrecht' } }),
  ];
  await world.query('mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }', { ids });
  const conflicts = await conflictsOf(ids[0] ?? '');
  expect(conflicts).toEqual([
    {
      field: 'email',
      values: [
        { provider: 'OCTOBAT', value: 'ADA@example.com' },
        { provider: 'CYCLE_SOFTWARE', value: 'ada@example.com' },
        { provider: 'CYCLE_SOFTWARE', value: 'ada@example.com' },
      ],
    },
    {
      field: 'address.city',
      values: [
        { provider: 'OCTOBAT', value: 'Amsterdam' },
        { provider: 'CYCLE_SOFTWARE', value: 'Utrecht' },
        { provider: 'CYCLE_SOFTWARE', value: 'Utrecht' },
      ],
    },
  ]);
});

it('a record that can’t be read says what its copy says, and nothing where no copy may answer', async () => {
  const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
  const update = 'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { code } } }';
  await world.query(update, { input: { id, providers: ['OCTOBAT'], email: 'other@example.com' } });
  const conflict = [{ field: 'email', values: [{ provider: 'OCTOBAT' }, { provider: 'CYCLE_SOFTWARE' }] }];
  expect(await conflictsOf(id)).toMatchObject(conflict);
  world.provider('octobat').fault({ kind: 'status', status: 503 });
  expect(await conflictsOf(id)).toMatchObject(conflict);
  expect(await conflictsOf(id, { 'cache-control': 'no-cache' })).toEqual([]);
});
