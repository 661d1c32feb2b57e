import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { asCaller, bearer, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { idOf } from '../support/customers.ts';
import { type Answer, afreshEach, startWorld } from '../support/world.ts';

/** What one caller may have in a minute, by operations and by the calls to providers that these take, and what each has cost. */

const scopes = ['customers:read', 'customers:write', 'records:raw'] as const;
const callers = ['shop', 'backoffice', 'reader', 'writer'].map((name) => ({ name, scopes }));
const MINUTE_MS = 60_000;
const clock = { ...systemClock, at: Date.parse('2026-05-01T10:00:00Z'), now: () => clock.at };

let world: KeyedWorld;
beforeAll(async () => {
  world = await startKeyedWorld(callers, {
    clock,
    sandbox: { customers: 30 },
    environment: { CALLER_OPERATIONS_PER_MINUTE: '20', CALLER_CALLS_PER_MINUTE: '8' },
  });
});
afterAll(() => world.close());
afreshEach(() => world);
beforeEach(() => {
  clock.at = (Math.floor(clock.at / MINUTE_MS) + 1) * MINUTE_MS;
});

const costOf = ({ text }: Answer) => JSON.parse(text).extensions?.cost;
const as = (name: string, query: string, variables: Record<string, unknown> = {}) =>
  world.query(query, variables, bearer(keyOf({ name })));
const NODES =
  'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on CustomerRecord { email servedFrom problem { code retryAfterMs } } } }';

async function recordIds(count: number): Promise<string[]> {
  const { data } = await as(
    'backoffice',
    'query ($n: Int) { provider(name: OCTOBAT) { records(first: $n) { nodes { id } } } }',
    { n: count },
  );
  clock.at += MINUTE_MS;
  world.calls();
  return data.provider.records.nodes.map(({ id }: { id: string }) => id);
}

describe('operations', () => {
  it('are refused beyond their number with when to ask again, and the others’ are not', async () => {
    for (let time = 0; time < 20; time++) expect((await as('shop', '{ providers { name } }')).status).toBe(200);
    clock.at += 12_345;
    const { status, headers, errors, data } = await as('shop', '{ providers { name } }');
    expect({ status, data, retryAfter: headers['retry-after'] }).toEqual({
      status: 429,
      data: undefined,
      retryAfter: '48',
    });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('20 operations a minute'),
        extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 47_655 },
      },
    ]);
    expect(headers.connection).not.toBe('close');
    expect((await as('backoffice', '{ providers { name } }')).status).toBe(200);
    clock.at += 47_654;
    expect((await as('shop', '{ providers { name } }')).status).toBe(429);
    clock.at += 1;
    expect((await as('shop', '{ providers { name } }')).status).toBe(200);
  });

  it('that are refused for what they say count, too, and strangers’ do not', async () => {
    for (let time = 0; time < 20; time++) await as('shop', '{ nothing }');
    expect((await as('shop', '{ providers { name } }')).status).toBe(429);
    for (let time = 0; time < 25; time++)
      expect((await world.query('{ providers { name } }', {}, bearer('no-key'))).status).toBe(401);
  });
});

describe('calls', () => {
  it('are told with what is left of them, where they were made', async () => {
    const [id] = await recordIds(1);
    const cold = await as('reader', NODES, { ids: [id, id] });
    expect(costOf(cold)).toEqual({ calls: 1, budget: { limit: 8, remaining: 7, resetsInMs: MINUTE_MS } });
    clock.at += 1_000;
    expect(costOf(await as('reader', '{ providers { name } }'))).toEqual({
      calls: 0,
      budget: { limit: 8, remaining: 7, resetsInMs: 59_000 },
    });
    world.provider('octobat').fault({ kind: 'status', status: 400, times: 1 });
    expect(costOf(await as('reader', NODES, { ids: [id] }))).toMatchObject({ calls: 1, budget: { remaining: 6 } });
    expect(world.calls()).toHaveLength(2);
  });

  it('are told of an operation whose errors are all there is, and not of one that was never begun', async () => {
    const unknown = await as('reader', 'query { customer(id: "x") { id } }');
    expect(costOf(unknown)).toMatchObject({ calls: 0 });
    expect(costOf(await as('reader', '{ nothing }'))).toBeUndefined();
  });

  it('are not made beyond their number: the copies answer, and say why', async () => {
    const ids = await recordIds(9);
    for (const id of ids.slice(0, 8)) {
      const { data } = await as('reader', NODES, { ids: [id] });
      expect(data.nodes).toMatchObject([{ servedFrom: 'LIVE', problem: null }]);
    }
    expect(world.calls()).toHaveLength(8);
    const { status, data, errors, ...last } = await as('reader', NODES, { ids: ids.slice(8) });
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    const problem = { code: 'RATE_LIMITED', retryAfterMs: MINUTE_MS };
    expect(data.nodes).toMatchObject([{ servedFrom: 'DIRECTORY', problem }]);
    expect(costOf({ ...last, status, data, errors })).toEqual({
      calls: 0,
      budget: { limit: 8, remaining: 0, resetsInMs: MINUTE_MS },
    });
    expect(world.calls()).toEqual([]);
    const other = await as('backoffice', NODES, { ids: ids.slice(8) });
    expect(other.data.nodes).toMatchObject([{ servedFrom: 'LIVE', problem: null }]);
  });

  it('that are left to nobody keep a write from beginning, whole, and one that has begun is not cut off', async () => {
    const id = await idOf(asCaller(world, keyOf({ name: 'backoffice' })), 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const [record] = await recordIds(1);
    for (let time = 0; time < 7; time++) await as('writer', NODES, { ids: [record] });
    world.calls();
    const update = `mutation ($id: ID!, $email: String) {
      one: updateCustomer(input: { id: $id, email: $email, providers: [OCTOBAT] }) { outcomes { status } errors { code } } }`;
    const done = await as('writer', update, { id, email: 'one@octobat.example' });
    expect(done.data.one).toEqual({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    expect(costOf(done).calls).toBe(world.calls().length);
    expect(costOf(done).budget.remaining).toBe(0);
    const refused = await as('writer', update, { id, email: 'two@octobat.example' });
    expect({ status: refused.status, codes: refused.errors.map(({ extensions }) => extensions.code) }).toEqual({
      status: 429,
      codes: ['RATE_LIMITED'],
    });
    expect(world.calls()).toEqual([]);
  });

  it('that several callers share are paid for once, and whoever has none left asks for themselves', async () => {
    const ids = await recordIds(3);
    for (let time = 0; time < 8; time++) await as('shop', NODES, { ids: [ids[0]] });
    world.calls();
    world.provider('octobat').fault({ kind: 'delay', ms: 30 });
    const [shop, reader] = await Promise.all([
      as('shop', NODES, { ids: [ids[1]] }),
      as('reader', NODES, { ids: [ids[1]] }),
    ]);
    expect(reader.data.nodes).toMatchObject([{ servedFrom: 'LIVE', problem: null }]);
    expect(costOf(shop).calls + costOf(reader).calls).toBe(1);
    expect(world.calls()).toHaveLength(1);
  });
});

it('where nobody has a key, tells what was asked and counts nothing', async () => {
  const open = await startWorld({ environment: { CALLER_OPERATIONS_PER_MINUTE: '1', CALLER_CALLS_PER_MINUTE: '1' } });
  for (let time = 0; time < 3; time++) {
    const answer = await open.query(
      '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { email } }',
    );
    expect([answer.status, answer.errors, costOf(answer)]).toEqual([200, [], { calls: 1 }]);
  }
  await open.close();
});
