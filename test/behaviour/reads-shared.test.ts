import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { asCaller, bearer, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { idOf } from '../support/customers.ts';
import { afreshEach, ask } from '../support/world.ts';

/** What several ask for at once is asked once at its provider. */

const READ = 'query ($id: ID!) { customer(id: $id) { octobat { name } } }';
const RENAME = `mutation ($id: ID!, $name: String!) {
  updateCustomer(input: { id: $id, octobat: { name: $name } }) { errors { code } outcomes { status } }
}`;

const writer = { name: 'writer', scopes: ['customers:read', 'customers:write'] } as const;
const another = { ...writer, name: 'another writer' };
const reader = { name: 'reader', scopes: ['customers:read'] } as const;

const clock = { ...systemClock, ahead: 0, now: () => Date.now() + clock.ahead };
let world: KeyedWorld;
let id: string;
beforeAll(async () => {
  world = await startKeyedWorld([writer, another, reader], {
    clock,
    environment: { CACHE_MAX_AGE: '30', OPERATION_DEADLINE_MS: '2000' },
  });
  id = await idOf(asCaller(world, keyOf(writer)), 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
  // What is known of a record is part of what is shared, and it is kept a moment later.
  const known = () => asCaller(world, keyOf(reader)).query('{ customers { nodes { id } } }');
  await vi.waitFor(async () => expect((await known()).data.customers.nodes).toContainEqual({ id }));
});
afterAll(() => world.close());
afreshEach(() => world);
// What was read before is too old for anybody.
beforeEach(() => {
  clock.ahead += 60_000;
});

/** Old copies are no answer. */
const FRESH = { 'cache-control': 'max-age=30' };

const octobat = () => world.provider('octobat');
const read = (who: { readonly name: string } = reader, headers?: Record<string, string>) =>
  asCaller(world, keyOf(who)).query(READ, { id }, headers);
const isAsked = () => expect.poll(() => octobat().inFlight).toBe(1);

describe('a read that is under way', () => {
  beforeEach(() => void octobat().fault({ kind: 'delay', ms: 800, method: 'GET' }));

  it('is shared by a hundred equal operations', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => read()));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const costs: number[] = answers.map(({ text }) => JSON.parse(text).extensions.cost.calls);
    expect(costs.reduce((sum, each) => sum + each)).toBe(1);
    expect(answers[0]?.data.customer.octobat.name).toEqual(expect.any(String));
    expect(world.calls()).toHaveLength(1);
  });

  it('is shared by callers of equal rights, and by no others', async () => {
    await Promise.all([read(writer), read(another), read(reader), read(reader)]);
    expect(world.calls()).toHaveLength(2);
  });

  it('is not shared by whoever wants it newer than that', async () => {
    const first = read();
    await isAsked();
    await Promise.all([first, read(reader, { 'cache-control': 'no-cache' })]);
    expect(world.calls()).toHaveLength(2);
  });

  it('that began before a write is not shared by whoever asks behind it, wherever the write was', async () => {
    const other = await world.another();
    octobat().clearFaults();
    // It reads what is there, and takes long to say so.
    octobat().fault({ kind: 'delay', ms: 1_000, method: 'GET', afterCommit: true, times: 1 });
    const before = read(writer);
    await isAsked();
    const { data } = await ask(other.url, RENAME, { id, name: 'Renamed' }, bearer(keyOf(writer)));
    expect(data?.updateCustomer).toEqual({ errors: [], outcomes: [{ status: 'SUCCEEDED' }] });
    expect((await read(writer)).data.customer.octobat.name).toBe('Renamed');
    expect((await before).data.customer.octobat.name).not.toBe('Renamed');
    expect((await read(writer)).data.customer.octobat.name).toBe('Renamed');
  });
});

describe('a read that fails', () => {
  it('fails for all who share it, and the next one asks again', async () => {
    octobat().fault({ kind: 'status', status: 500, times: 1 });
    const failing = await Promise.all(Array.from({ length: 10 }, () => read(reader, FRESH)));
    for (const { errors } of failing) expect(errors).toMatchObject([{ extensions: { code: 'PROVIDER_UNAVAILABLE' } }]);
    expect(world.calls()).toHaveLength(1);
    expect((await read()).errors).toEqual([]);
    expect(world.calls()).toHaveLength(1);
  });

  it('for want of its operation’s time is asked again by those who have more', async () => {
    octobat().fault({ kind: 'silent', times: 1 });
    const first = read(reader, FRESH);
    await isAsked();
    // Time that it has more of.
    await new Promise((resolve) => setTimeout(resolve, 800));
    const second = read(reader, FRESH);
    expect((await first).errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    expect((await second).errors).toEqual([]);
  });
});
