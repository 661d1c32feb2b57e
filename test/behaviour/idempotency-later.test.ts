import { expect, it, onTestFinished } from 'vitest';
import { bearer, startKeyedWorld } from '../support/callers.ts';
import { ada, createAda } from '../support/customers.ts';
import { ask, startWorld } from '../support/world.ts';

/** What is repeated when its provider, its record, or its caller's right to it, is gone. */

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId provider status } errors { code field } } }`;
const UPDATE = CREATE.replace('CreateCustomerInput', 'UpdateCustomerInput').replace('createCustomer', 'updateCustomer');

it('is answered as at first, though its provider was taken out of the settings', async () => {
  const world = await startWorld();
  onTestFinished(() => world.close());
  const create = async (url: string, idempotencyKey: string, more = {}) => {
    const input = { ...ada, providers: ['OCTOBAT', 'DIRTY_LEMON'], idempotencyKey, ...more };
    // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
    return (await ask(url, CREATE, { input })).data?.createCustomer as any;
  };
  const first = await create(world.gateway.url, 'first');
  expect(first).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }], errors: [] });
  await world.provider('octobat').down();
  const half = await create(world.gateway.url, 'half', { phone: '+31612345679' });
  expect(half.outcomes).toMatchObject([{ status: 'FAILED' }, { status: 'SUCCEEDED' }]);
  const { url } = await world.another({ OCTOBAT_URL: '', OCTOBAT_API_KEY: '' });
  world.calls();
  expect(await create(url, 'first')).toEqual(first);
  const refusals = [{ code: 'PROVIDER_NOT_CONFIGURED', field: ['providers', '0'] }];
  expect(await create(url, 'half', { phone: '+31612345679' })).toMatchObject({
    outcomes: [half.outcomes[1]],
    errors: expect.arrayContaining(refusals),
  });
  expect(await create(url, 'first', { firstName: 'Eve' })).toMatchObject({
    errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
  });
  for (const more of [{}, { idempotencyKey: null }, { dryRun: true }])
    expect(await create(url, 'another', more)).toMatchObject({
      ...{ customer: null, outcomes: [] },
      errors: expect.arrayContaining(refusals),
    });
  expect(world.calls().filter((call) => call.includes(' POST '))).toEqual([]);
});

it('is not answered to a caller who may not do it any more', async () => {
  const scopes = ['customers:read', 'customers:write'] as const;
  const world = await startKeyedWorld([
    { name: 'shop', key: 'old', scopes: [...scopes, 'customers:preconfirm'] },
    { name: 'shop', key: 'new', scopes },
  ]);
  onTestFinished(() => world.close());
  const { address: _, ...person } = ada;
  const input = {
    ...{ ...person, providers: ['DIRTY_LEMON'], dirtyLemon: { confirmation: false }, idempotencyKey: 'a key' },
  };
  const created = async (key: string) => (await world.query(CREATE, { input }, bearer(key))).data.createCustomer;
  const first = await created('old');
  expect(first).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  expect(await created('new')).toMatchObject({ customer: null, outcomes: [], errors: [{ code: 'FORBIDDEN' }] });
  expect(await created('old')).toEqual(first);
});

it('is answered as at first, though the record that was updated is another customer’s by now', async () => {
  const world = await startWorld();
  onTestFinished(() => world.close());
  const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
  const CUSTOMER = 'query ($id: ID!) { customer(id: $id) { records { id provider } } }';
  const { records } = (await world.query(CUSTOMER, { id })).data.customer;
  const [{ id: shop }] = records.filter(({ provider }: { provider: string }) => provider === 'CYCLE_SOFTWARE');
  const update = async (idempotencyKey: string | null, more: object) =>
    (await world.query(UPDATE, { input: { id, lastName: 'King', idempotencyKey, ...more } })).data.updateCustomer;
  const targets = { records: [shop] };
  const first = await update('first', targets);
  expect(first).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
  await world.query('mutation ($id: ID!) { unlinkRecord(input: { recordId: $id }) { errors { code } } }', {
    id: shop,
  });
  world.calls();
  const { outcomes, errors } = await update('first', targets);
  expect({ outcomes, errors }).toEqual({ outcomes: first.outcomes, errors: [] });
  for (const key of ['another', null])
    expect(await update(key, targets)).toMatchObject({
      ...{ outcomes: [], errors: expect.arrayContaining([expect.objectContaining({ code: 'INVALID_INPUT' })]) },
    });
  expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
});
