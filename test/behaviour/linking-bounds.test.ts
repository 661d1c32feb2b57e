import { expect, it } from 'vitest';
import { createIds } from '../../src/ids/ids.ts';
import { createSealer } from '../../src/ids/seal.ts';
import { ada } from '../support/customers.ts';
import { startWorld } from '../support/world.ts';

it('one customer has five hundred records at most, however they come', async () => {
  const secret = 'a secret of at least sixteen characters';
  const ids = createIds(createSealer(secret));
  const customers = Array.from({ length: 501 }, (_, index) =>
    ids.seal({ kind: 'customer', provider: 'octobat', providerId: `oc_cu_${index + 1}` }),
  );
  const world = await startWorld({ environment: { ID_SECRET: secret } });
  const errorsOf = async (mutation: string, type: string, input: Record<string, unknown>) => {
    const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { errors { code field } } }`;
    return (await world.query(document, { input })).data[mutation].errors;
  };
  const link = (some: readonly (string | undefined)[]) =>
    errorsOf('linkCustomers', 'LinkCustomersInput', { ids: some });
  expect(await link(customers.slice(0, 499))).toEqual([]);
  const last = { ...ada, providers: ['OCTOBAT'], joinCustomer: customers[0], idempotencyKey: 'the last one' };
  expect(await errorsOf('createCustomer', 'CreateCustomerInput', last)).toEqual([]);
  expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
  // Its repetition is answered, though there is room for no other.
  expect(await errorsOf('createCustomer', 'CreateCustomerInput', last)).toEqual([]);
  expect(world.calls().filter((call) => call.includes('POST'))).toEqual([]);
  expect(await link([customers[500], customers[0]])).toEqual([{ code: 'INVALID_INPUT', field: ['ids'] }]);
  const joining = { ...ada, providers: ['CYCLE_SOFTWARE'], joinCustomer: customers[0] };
  expect(await errorsOf('createCustomer', 'CreateCustomerInput', joining)).toEqual([
    { code: 'INVALID_INPUT', field: ['joinCustomer'] },
  ]);
  expect(world.calls()).toEqual([]);
  await world.close();
});
