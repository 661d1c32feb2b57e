import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** Where an answer comes from, how old it is, and that it says so. */

const START = Date.UTC(2026, 0, 1);
const clock = { at: START, now: () => clock.at, elapsed: () => clock.at - START };

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld({ clock, environment: { CACHE_MAX_AGE: '30' } });
  ada = await createAda(world);
});
afterAll(() => world.close());
afreshEach(() => world);

const later = (seconds: number): void => {
  clock.at += seconds * 1_000;
};
const RECORDS = 'records { provider servedFrom fetchedAt changedSeenAt problem { code } }';
const read = (selection = RECORDS, cacheControl?: string, id = ada) =>
  world.query(
    `query ($id: ID!) { customer(id: $id) { ${selection} } }`,
    { id },
    cacheControl === undefined ? {} : { 'cache-control': cacheControl },
  );
const octobat = async (cacheControl?: string) => {
  const { data, errors } = await read(RECORDS, cacheControl);
  expect(errors).toEqual([]);
  return data.customer.records[0];
};
const at = (ms: number): string => new Date(ms).toISOString();

describe('a record that was read a moment ago', () => {
  it('is not asked for again within the allowed age, and says since when it stands', async () => {
    later(60);
    expect(await octobat()).toMatchObject({ servedFrom: 'LIVE', fetchedAt: at(clock.at) });
    const readAt = clock.at;
    world.calls();
    later(29);
    expect(await octobat()).toMatchObject({ servedFrom: 'CACHE', fetchedAt: at(readAt), problem: null });
    expect(world.calls()).toEqual([]);
    later(1);
    expect(await octobat()).toMatchObject({ servedFrom: 'LIVE', fetchedAt: at(clock.at) });
  });

  it.each(['no-cache', 'max-age=0', 'no-store', 'NO-CACHE', 'private, max-age=0', 'max-age=300, no-cache'])(
    'is asked for again when the caller says %s',
    async (cacheControl) => {
      await octobat();
      later(1);
      expect(await octobat(cacheControl)).toMatchObject({ servedFrom: 'LIVE', fetchedAt: at(clock.at) });
    },
  );

  it('may be as old as the caller says, older or younger than the setting', async () => {
    await octobat('no-cache');
    const readAt = clock.at;
    later(10);
    expect(await octobat('max-age=11')).toMatchObject({ servedFrom: 'CACHE', fetchedAt: at(readAt) });
    later(290);
    expect(await octobat('max-age="3600"')).toMatchObject({ servedFrom: 'CACHE', fetchedAt: at(readAt) });
    expect(await octobat('max-age=10')).toMatchObject({ servedFrom: 'LIVE' });
  });

  it.each(['', 'max-age=', 'max-age=-1', 'max-age=soon', 'max-age', '=', ',,', 'x'.repeat(5_000)])(
    'is as old as the setting allows where the header says nothing: %s',
    async (cacheControl) => {
      await octobat('no-cache');
      later(5);
      expect(await octobat(cacheControl)).toMatchObject({ servedFrom: 'CACHE' });
    },
  );

  it('is read anew after a write to it, by this gateway or another one, and holds what was written', async () => {
    const other = await world.another();
    await read('octobat { name }');
    const update = (name: string) =>
      `mutation { updateCustomer(input: { id: "${ada}", providers: [OCTOBAT], octobat: { name: "${name}" } }) { errors { code } customer { octobat { name } } } }`;
    expect((await world.query(update('Ada the First'))).data.updateCustomer).toEqual({
      errors: [],
      customer: { octobat: { name: 'Ada the First' } },
    });
    expect((await read('octobat { name }')).data.customer).toEqual({ octobat: { name: 'Ada the First' } });
    const { request } = await import('undici');
    await request(other.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: update('Ada the Second') }),
    }).then(({ body }) => body.dump());
    expect((await read('octobat { name }')).data.customer).toEqual({ octobat: { name: 'Ada the Second' } });
  });

  it('keeps what is not to be kept out of the directory, and still tells it within the allowed age', async () => {
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const sources = 'octobat { paymentSources { id } }';
    const live = await read(sources, 'no-cache', id);
    expect(live.data.customer.octobat.paymentSources.length).toBeGreaterThan(0);
    expect((await read(sources, undefined, id)).data).toEqual(live.data);
  });
});

describe('a list of customers', () => {
  it('is answered from copies, and makes nothing older that is asked for beside it', async () => {
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    later(3_600);
    const list = '{ nodes { id records { servedFrom } } }';
    const { data, errors } = await world.query(
      `query ($id: ID!) { before: customers(filter: { providers: [OCTOBAT] }) ${list} one: customer(id: $id) { records { servedFrom } }
        after: customers(filter: { providers: [OCTOBAT] }) ${list} }`,
      { id },
    );
    expect(errors).toEqual([]);
    expect(data.one.records).toEqual([{ servedFrom: 'LIVE' }]);
    for (const { nodes } of [data.before, data.after])
      for (const node of nodes)
        if (node.id !== id) for (const record of node.records) expect(record.servedFrom).toMatch(/DIRECTORY|LAST_SENT/);
    expect(world.calls()).toEqual(['octobat GET /customers/oc_cu_1421878635hksc26e4de79']);
  });
});

it('is read once for all that one operation asks of it, in a list and beside it', async () => {
  const other = await startWorld({ clock });
  try {
    await idOf(other, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    // Written to since it was read: no copy of it may answer.
    await other.query('{ customers(first: 1) { nodes { id } } }');
    const database = new DatabaseSync(join(other.folder, 'clientele.db'));
    database.exec('UPDATE record SET outdated = 1');
    database.close();
    other.calls();
    const answer = await other.query('{ customers { nodes { email records { customer { email } } } } }');
    expect(answer.errors).toEqual([]);
    expect(other.calls().filter((call) => call.startsWith('octobat'))).toHaveLength(1);
  } finally {
    await other.close();
  }
});

describe('a provider that can’t be asked', () => {
  it('is answered from the directory, which says so, why, and since when its copy stands', async () => {
    later(60);
    await octobat();
    const readAt = clock.at;
    later(3_600);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    expect(await octobat()).toMatchObject({
      servedFrom: 'DIRECTORY',
      fetchedAt: expect.any(String),
      problem: { code: 'PROVIDER_UNAVAILABLE' },
    });
    expect(Date.parse((await octobat()).fetchedAt)).toBeLessThanOrEqual(readAt);
    const { data, errors } = await read('octobat { name } problems { provider code } displayName');
    expect(data.customer).toMatchObject({
      octobat: null,
      problems: [{ provider: 'OCTOBAT', code: 'PROVIDER_UNAVAILABLE' }],
    });
    expect(errors).toMatchObject([{ path: ['customer', 'octobat'] }]);
  });

  it('is answered for a customer that only it knows', async () => {
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    later(3_600);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    const { data, errors } = await read(`displayName email ${RECORDS} problems { code }`, undefined, id);
    expect(errors).toEqual([]);
    expect(data.customer).toMatchObject({
      displayName: expect.any(String),
      problems: [{ code: 'PROVIDER_UNAVAILABLE' }],
      records: [{ servedFrom: 'DIRECTORY' }],
    });
  });

  it('is not answered from a copy that is older than the caller allows', async () => {
    await octobat('no-cache');
    later(100);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    expect(await octobat('max-age=99')).toMatchObject({ servedFrom: 'UNAVAILABLE', fetchedAt: null });
  });

  it('is not answered from a copy where a write builds on it', async () => {
    await octobat();
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    const { data } = await world.query(
      `mutation { updateCustomer(input: { id: "${ada}", providers: [OCTOBAT], octobat: { name: "X" } }) { outcomes { status error { code } } } }`,
    );
    expect(data.updateCustomer.outcomes).toEqual([{ status: 'FAILED', error: { code: 'PROVIDER_UNAVAILABLE' } }]);
  });
});

it('tells when content was last seen to change, which reading the same again is not', async () => {
  const before = await octobat('no-cache');
  later(1_000);
  expect(await octobat('no-cache')).toMatchObject({ changedSeenAt: before.changedSeenAt });
  await world.query(
    `mutation { updateCustomer(input: { id: "${ada}", providers: [OCTOBAT], octobat: { name: "Changed" } }) { errors { code } } }`,
  );
  expect(await octobat()).toMatchObject({ changedSeenAt: at(clock.at) });
  const { data } = await read('changedSeenAt');
  expect(data.customer).toEqual({ changedSeenAt: at(clock.at) });
});
