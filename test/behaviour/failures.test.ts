import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** How each kind of field fails when a provider can't be asked: the contract's "How reads fail", line by line. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld();
  ada = await createAda(world);
});
afterAll(() => world.close());
afreshEach(() => world);

const breakDown = (...ids: string[]) => {
  for (const id of ids) world.provider(id).fault({ kind: 'status', status: 500 });
};

const read = (selection: string, id = ada, headers: Record<string, string> = {}) =>
  world.query(`query ($id: ID!) { customer(id: $id) { ${selection} } }`, { id }, headers);

/** Without the copies that the directory keeps: they would answer. */
const NOW = { 'cache-control': 'no-cache' };

it('makes an extension null with a typed error at its path, and lets the rest stand', async () => {
  breakDown('octobat');
  const { status, data, errors } = await read('octobat { name } cycleSoftware { city }');
  expect(status).toBe(200);
  expect(data.customer).toEqual({ octobat: null, cycleSoftware: { city: 'Amsterdam' } });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({
    path: ['customer', 'octobat'],
    extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT', retryable: true },
  });
});

it('keeps a record in its place as UNAVAILABLE, with its problem and without an error', async () => {
  breakDown('octobat');
  const { data, errors } = await read(
    'records { id provider servedFrom fetchedAt displayName problem { code provider retryable } extension { id } raw }',
    ada,
    NOW,
  );
  expect(errors).toEqual([]);
  const [octobat, cycleSoftware, dirtyLemon, onboardFlow] = data.customer.records;
  expect(octobat).toMatchObject({
    provider: 'OCTOBAT',
    servedFrom: 'UNAVAILABLE',
    fetchedAt: null,
    displayName: null,
    extension: null,
    raw: null,
  });
  expect(octobat.problem).toEqual({ code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT', retryable: true });
  expect(cycleSoftware).toMatchObject({
    provider: 'CYCLE_SOFTWARE',
    servedFrom: 'LIVE',
    displayName: 'Ada Lovelace',
    problem: null,
  });
  expect(dirtyLemon).toMatchObject({ provider: 'DIRTY_LEMON', servedFrom: 'LIVE' });
  expect(onboardFlow).toMatchObject({ provider: 'ONBOARD_FLOW', servedFrom: 'LAST_SENT' });
});

it('takes a merged field from the next record in trust order, and tells in problems', async () => {
  breakDown('octobat');
  const { data, errors } = await read('displayName email address { line1 } problems { provider code }');
  expect(errors).toEqual([]);
  expect(data.customer).toEqual({
    displayName: 'Ada Lovelace',
    email: 'ada@example.com',
    address: { line1: 'Damrak 1a' },
    problems: [{ provider: 'OCTOBAT', code: 'PROVIDER_UNAVAILABLE' }],
  });
});

it('asks the next record whether the customer exists when the first can’t be asked', async () => {
  breakDown('octobat');
  const { data, errors } = await read('id');
  expect(errors).toEqual([]);
  expect(data.customer).toEqual({ id: ada });
  expect(world.calls().map((call) => call.split(' ')[0])).toEqual(['cycle-software', 'octobat']);
});

it('answers from what was last sent when every provider with a read is down', async () => {
  breakDown('octobat', 'cycle-software', 'dirty-lemon');
  const { data, errors } = await read('displayName email problems { provider }');
  expect(errors).toEqual([]);
  expect(data.customer).toMatchObject({
    displayName: 'Ada Lovelace',
    problems: [{ provider: 'OCTOBAT' }, { provider: 'CYCLE_SOFTWARE' }, { provider: 'DIRTY_LEMON' }],
  });
});

it('is null with an error for a customer of which no record can be read', async () => {
  const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
  breakDown('octobat');
  for (const selection of ['id', 'email', 'octobat { name }', 'records { id }']) {
    const { data, errors } = await read(selection, id, NOW);
    expect(data).toEqual({ customer: null });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: ['customer'],
      extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT' },
    });
  }
});

it('is null without an error for what the provider does not have', async () => {
  for (const [provider, providerId] of [
    ['OCTOBAT', 'oc_cu_0'],
    ['CYCLE_SOFTWARE', '999999'],
    ['NUTCACHE', '999999'],
    ['DIRTY_LEMON', '00000000-0000-4000-8000-000000000000'],
    ['ONBOARD_FLOW', 'cus_nobody'],
  ]) {
    const { data, errors } = await world.query(
      'query ($provider: ProviderName!, $providerId: String!) { customerByProviderId(provider: $provider, providerId: $providerId) { id email } }',
      { provider, providerId },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ customerByProviderId: null });
  }
});

it('keeps a customer of several records while one of them is gone, and ends it when all are', async () => {
  world.provider('octobat').fault({ kind: 'status', status: 404 });
  const { data, errors } = await read(
    'id octobat { name } records { provider displayName missingSince servedFrom problem { code } }',
  );
  expect(errors).toEqual([]);
  expect(data.customer).toMatchObject({ id: ada, octobat: null });
  expect(data.customer.records[0]).toEqual({
    provider: 'OCTOBAT',
    displayName: 'Ada Lovelace',
    missingSince: expect.any(String),
    servedFrom: 'DIRECTORY',
    problem: { code: 'PROVIDER_REJECTED' },
  });
  const alone = await idOf(world, 'CYCLE_SOFTWARE', '1006');
  world.provider('cycle-software').fault({ kind: 'status', status: 404 });
  expect((await read('id', alone)).data).toEqual({ customer: null });
});

it.each(['{"sent":{"customer_id":"cus_ada"}}', '7', 'null'])(
  'keeps a record in its place when what was remembered of it is not its provider’s: %s',
  async (remembered) => {
    const other = await startWorld();
    try {
      const id = await createAda(other);
      const database = new DatabaseSync(join(other.folder, 'clientele.db'));
      database.prepare("UPDATE record SET remembered = ? WHERE provider = 'onboard-flow'").run(remembered);
      database.close();
      const { data, errors } = await other.query(
        'query ($id: ID!) { customer(id: $id) { email octobat { name } records { provider servedFrom problem { code message } } onboardFlow { email } } }',
        { id },
      );
      expect(errors).toMatchObject([
        { path: ['customer', 'onboardFlow'], extensions: { code: 'INTERNAL_SERVER_ERROR', provider: 'ONBOARD_FLOW' } },
      ]);
      expect(data.customer).toMatchObject({
        email: 'ada@example.com',
        octobat: { name: 'Ada Lovelace' },
        onboardFlow: null,
      });
      expect(data.customer.records.at(-1)).toMatchObject({
        ...{ provider: 'ONBOARD_FLOW', servedFrom: 'UNAVAILABLE' },
        problem: { code: 'INTERNAL_SERVER_ERROR' },
      });
    } finally {
      await other.close();
    }
  },
);

it('never shows a provider’s own words, addresses or a stack', async () => {
  world.provider('octobat').fault({ kind: 'status', status: 500, body: 'PANIC at db-7.internal: password=hunter2' });
  const { text } = await read('octobat { name } records { problem { message } } problems { message }');
  expect(text).not.toMatch(/hunter2|PANIC|internal:|127\.0\.0\.1|\.ts|node_modules/);
});
