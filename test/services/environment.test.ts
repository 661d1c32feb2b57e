import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { createAda } from '../support/customers.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { merge } from '../support/store.ts';
import { startWorld, type World } from '../support/world.ts';
import { newDatabase, onDatabase, type TestDatabase } from './postgres.ts';
import { onRedis, REDIS } from './redis.ts';

/** A gateway whose servers are there, and are no help. */

const ID_SECRET = 'a secret of at least sixteen characters';
const READ = 'query ($id: ID!) { customer(id: $id) { records { servedFrom } } }';
const UPDATE = `mutation ($id: ID!) { updateCustomer(input: { id: $id, email: "ada@example.org" }) {
  outcomes { status } errors { code } } }`;
const LIVE = { customer: { records: [{ servedFrom: 'LIVE' }] } };
const UNAVAILABLE = { extensions: { code: 'UNAVAILABLE', retryable: true } };
const DONE = { updateCustomer: { outcomes: [{ status: 'SUCCEEDED' }], errors: [] } };

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(environment: Record<string, string>): Promise<{ readonly world: World; readonly id: string }> {
  const world = await startWorld({ environment });
  closing.push(() => world.close());
  const id = await createAda(world, ['CYCLE_SOFTWARE']);
  world.calls();
  return { world, id };
}

async function proxied(url: string, usual: number): Promise<FaultProxy> {
  const proxy = await startFaultProxy(url, usual);
  closing.push(() => proxy.close());
  return proxy;
}

describe('PostgreSQL', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await newDatabase();
    closing.push(() => database.drop());
  });

  it('that says nothing any more is UNAVAILABLE in time, nothing is sent, and all goes on when it does', async () => {
    const way = await proxied(database.url, 5432);
    const { world, id } = await started({ DATABASE_URL: way.url, ID_SECRET });
    await way.order({ kind: 'silent' });
    const [read, update] = await Promise.all([world.query(READ, { id }), world.query(UPDATE, { id })]);
    expect([read.errors[0], update.errors[0]]).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    expect(world.calls()).toEqual([]);
    await way.order({ kind: 'pass' });
    await expect.poll(async () => (await world.query(READ, { id })).data, { timeout: 10_000 }).toEqual(LIVE);
    await expect.poll(async () => (await world.query(UPDATE, { id })).data, { timeout: 10_000 }).toEqual(DONE);
  });

  it('that is slow makes a gateway slow, and nothing else', async () => {
    const way = await proxied(database.url, 5432);
    const { world, id } = await started({ DATABASE_URL: way.url, ID_SECRET });
    await way.order({ kind: 'delay', ms: 100 });
    expect((await world.query(READ, { id })).data).toEqual(LIVE);
    expect((await world.query(UPDATE, { id })).data).toEqual(DONE);
  });

  it('whose tables a stranger has locked keeps more waiting than there are connections, for so long and no longer', async () => {
    const { world, id } = await started({ DATABASE_URL: database.url, ID_SECRET });
    const stranger = new Client({ connectionString: database.url });
    await stranger.connect();
    closing.push(() => stranger.end());
    await stranger.query('BEGIN; LOCK TABLE record IN ACCESS EXCLUSIVE MODE');
    const reads = await Promise.all(Array.from({ length: 100 }, () => world.query(READ, { id })));
    for (const { status, errors } of reads) expect([status, errors[0]]).toMatchObject([200, UNAVAILABLE]);
    expect(world.calls()).toEqual([]);
    await stranger.query('ROLLBACK');
    await expect.poll(async () => (await world.query(READ, { id })).data, { timeout: 10_000 }).toEqual(LIVE);
  });

  it('that has undone a write, since two waited for one another, has nothing sent, and may be asked again', async () => {
    const { world, id } = await started({ DATABASE_URL: database.url, ID_SECRET });
    await onDatabase(
      database.url,
      `CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = '40P01'; END $$;
       CREATE TRIGGER deadlock BEFORE INSERT ON write FOR EACH ROW EXECUTE FUNCTION deadlock()`,
    );
    const { data, errors } = await world.query(UPDATE, { id });
    expect(data).toEqual({ updateCustomer: null });
    expect(errors).toMatchObject([{ message: expect.stringMatching(/too much to do at once/), ...UNAVAILABLE }]);
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
    await onDatabase(database.url, 'DROP TRIGGER deadlock ON write');
    expect((await world.query(UPDATE, { id })).data).toEqual(DONE);
  });

  it('whose tables can’t all be made has none of them, and all when nothing is in the way', async () => {
    await onDatabase(database.url, 'CREATE TABLE audit (canary TEXT)');
    const open = () => openPostgresStore(database.url, merge, () => undefined);
    await expect(open()).rejects.toThrow(/SQLSTATE 42P07/);
    await expect(onDatabase(database.url, 'SELECT 1 FROM record')).rejects.toMatchObject({ code: '42P01' });
    await onDatabase(database.url, 'DROP TABLE audit');
    const store = await open();
    expect(await store.count('octobat')).toBe(0);
    await store.close();
  });
});

describe('Redis', () => {
  it.each([
    ['says nothing any more', { kind: 'silent' }],
    ['is slow', { kind: 'delay', ms: 1_000 }],
    ['is cut in the middle of its answers', { kind: 'reset', of: 'answer', afterBytes: 5 }],
  ] as const)('that %s keeps nobody from reading and writing', async (_, fault) => {
    const way = await proxied(REDIS, 6379);
    const { world, id } = await started({ REDIS_URL: way.url });
    expect((await world.query(READ, { id })).data).toEqual(LIVE);
    await way.order(fault);
    for (let time = 0; time < 3; time++) expect((await world.query(READ, { id })).data).toEqual(LIVE);
    expect((await world.query(UPDATE, { id })).data).toEqual(DONE);
  });

  it('that may only be read keeps nobody from reading and writing, and counts no calls', async () => {
    const redis = await onRedis();
    closing.push(() => redis.disconnect());
    await redis.call('ACL', 'SETUSER', 'reader', 'reset', 'on', '>canary', '~*', '&*', '+@all', '-@write');
    closing.push(() => redis.call('ACL', 'DELUSER', 'reader'));
    const url = new URL(REDIS);
    url.username = 'reader';
    url.password = 'canary';
    const { world, id } = await started({ REDIS_URL: url.href });
    for (let time = 0; time < 3; time++) expect((await world.query(READ, { id })).data).toEqual(LIVE);
    expect((await world.query(UPDATE, { id })).data).toEqual(DONE);
    const metrics = await (await fetch(new URL('/metrics', world.gateway.url))).text();
    expect(metrics).toContain('clientele_provider_calls_shared{provider="cycle-software"} 0');
  });
});
