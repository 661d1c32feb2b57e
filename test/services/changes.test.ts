import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { openRedisBell } from '../../src/store/redisBell.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { changeOf, listen, nextChange, subscribers } from '../support/changes.ts';
import type { Stream } from '../support/events.ts';
import { linesOf } from '../support/logging.ts';
import { runCommand } from '../support/program.ts';
import { merge } from '../support/store.ts';
import { ask, startWorld, type World } from '../support/world.ts';
import { newDatabase, onDatabase, type TestDatabase } from './postgres.ts';
import { onRedis, REDIS } from './redis.ts';
import { startWay, type Way } from './way.ts';

/** Changes that another process made, told at once: by PostgreSQL's own notifications, and by Redis. */

const ID_SECRET = 'a secret of at least sixteen characters';
const NEVER = 600_000;
const KEY = { provider: 'octobat', providerId: 'oc_cu_1421878635hksc26e4de79' };

const tell = (store: Store, ...names: readonly string[]): Promise<void> =>
  store.tell(names.map((name) => ({ kind: 'UPDATED' as const, record: KEY, fields: [name], at: new Date() })));

const nameOf = (event: Parameters<typeof changeOf>[0]): string => changeOf(event).fields[0];

/** Whatever is to be closed after the test, the last first. */
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function started(environment: Record<string, string>, pollMs = NEVER): Promise<World> {
  const world = await startWorld({ environment, subscriptions: { pollMs } });
  open.push(() => world.close());
  return world;
}

async function opened(url: string): Promise<Store> {
  const store = await openPostgresStore(url, merge, () => undefined);
  open.push(() => store.close());
  return store;
}

describe('on PostgreSQL', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    const made = await newDatabase();
    database = made;
    open.push(() => made.drop());
  });

  it('several gateways tell what any of them did, though nobody looks by himself', async () => {
    const world = await started({ DATABASE_URL: database.url, ID_SECRET });
    const [second, third] = [await world.another(), await world.another()];
    const streams = await Promise.all([world.gateway, second, third].map((gateway) => listen({ gateway })));
    const store = await opened(database.url);
    await tell(store, 'a');
    for (const stream of streams) expect(await nextChange(stream)).toMatchObject({ kind: 'UPDATED', fields: ['a'] });
    await tell(store, 'b', 'c');
    for (const stream of streams) {
      expect(await nextChange(stream)).toMatchObject({ fields: ['b'] });
      expect(await nextChange(stream)).toMatchObject({ fields: ['c'] });
    }
  });

  it('tell everything that several write at once, in the order of its commits', async () => {
    const world = await started({ DATABASE_URL: database.url, ID_SECRET });
    const stream = await listen(world);
    const stores = await Promise.all([opened(database.url), opened(database.url), opened(database.url)]);
    await Promise.all(
      stores.map(async (store, who) => {
        for (let index = 0; index < 40; index++) await tell(store, `${who}-${index}`);
      }),
    );
    await tell(stores[0] as Store, 'last');
    const told = (await stream.until((event) => nameOf(event) === 'last')).map(nameOf).slice(0, -1);
    expect(told).toHaveLength(120);
    for (const who of [0, 1, 2])
      expect(told.filter((name) => name.startsWith(`${who}-`))).toEqual(
        Array.from({ length: 40 }, (_, index) => `${who}-${index}`),
      );
  });

  it('lose nothing while the connection that listens is cut, again and again', async () => {
    const way = await startWay(database.url);
    open.push(() => way.close());
    const world = await started({ DATABASE_URL: way.url, ID_SECRET });
    const stream = await listen(world);
    const store = await opened(database.url);
    await tell(store, 'a');
    expect(nameOf(await stream.next())).toBe('a');
    for (const round of ['b', 'c', 'd']) {
      await onDatabase(
        database.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clientele changes' AND datname = current_database()",
      );
      await tell(store, round);
      expect(nameOf(await stream.next())).toBe(round);
    }
    await way.close();
    await tell(store, 'away');
    await way.open();
    expect(nameOf(await stream.next())).toBe('away');
  });

  it('keep no connection open to listen by, while nobody subscribes', async () => {
    const world = await started({ DATABASE_URL: database.url, ID_SECRET });
    const listening = async (): Promise<number> => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client.query(
        "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'clientele changes' AND datname = current_database()",
      );
      await client.end();
      return rows[0].count;
    };
    expect(await listening()).toBe(0);
    const streams = [await listen(world), await listen(world)];
    while ((await listening()) !== 1);
    for (const stream of streams) stream.hangUp();
    while ((await listening()) !== 0);
    expect(await subscribers(world.gateway.url)).toBe(0);
  });
});

describe('with Redis', () => {
  let way: Way;
  beforeEach(async () => {
    (await onRedis()).disconnect();
    const made = await startWay(REDIS, 6379);
    way = made;
    open.push(() => made.close());
  });

  const LINK = 'mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }';
  /** Links two customers at one of the gateways. */
  async function linkTwo(world: World, url: string): Promise<void> {
    const ids = await Promise.all(
      ['octobat', 'nutcache'].map(async (provider) => {
        const [providerId] = world.provider(provider).examples;
        const query = `query ($id: String!) { customerByProviderId(provider: ${provider.toUpperCase()}, providerId: $id) { id } }`;
        const { data } = await ask(url, query, { id: providerId });
        return (data as { customerByProviderId: { id: string } }).customerByProviderId.id;
      }),
    );
    await ask(url, LINK, { ids });
  }

  it('gateways on one file tell what any of them did, though nobody looks by himself', async () => {
    const world = await started({ REDIS_URL: REDIS });
    const other = await world.another();
    const streams = [await listen(world), await listen({ gateway: other })];
    await linkTwo(world, other.url);
    for (const stream of streams) expect(await nextChange(stream)).toMatchObject({ kind: 'LINKED' });
  });

  it('nothing of what happened goes to Redis, but that something has', async () => {
    const client = await onRedis();
    open.push(async () => client.disconnect());
    const heard: string[][] = [];
    await client.psubscribe('*');
    const rung = new Promise<void>((resolve) =>
      client.on('pmessage', (_, channel, message) => {
        heard.push([channel, message]);
        resolve();
      }),
    );
    const world = await started({ REDIS_URL: REDIS });
    const stream = await listen(world);
    await linkTwo(world, world.gateway.url);
    await nextChange(stream);
    await rung;
    for (const each of heard) expect(each).toEqual(['clientele:changed', '']);
  });

  it('gateways whose Redis dies lose nothing, and are woken again when it is back', async () => {
    const world = await started({ REDIS_URL: way.url });
    const other = await world.another();
    const streams = [await listen(world), await listen({ gateway: other })];
    await way.close();
    await linkTwo(world, other.url);
    // Its own commits need nobody; the others hear of it when Redis is there again.
    expect(await nextChange(streams[1] as Stream)).toMatchObject({ kind: 'LINKED' });
    await way.open();
    expect(await nextChange(streams[0] as Stream)).toMatchObject({ kind: 'LINKED' });
  });

  it('gateways whose Redis stays away look by themselves', async () => {
    const world = await started({ REDIS_URL: way.url }, 20);
    const [other, stream] = [await world.another(), await listen(world)];
    await way.close();
    await linkTwo(world, other.url);
    expect(await nextChange(stream)).toMatchObject({ kind: 'LINKED' });
  });

  it('is said to be lost once, and to be back once', async () => {
    const said: string[] = [];
    let told: () => void = () => undefined;
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        told = () => {
          if (said.length >= count) resolve();
        };
        told();
      });
    const say = (what: string) => (): void => {
      said.push(what);
      told();
    };
    const bell = openRedisBell(way.url, { lost: say('lost'), back: say('back') });
    open.push(async () => bell.close());
    const other = openRedisBell(REDIS, { lost: say('other lost'), back: say('other back') });
    open.push(async () => other.close());
    for (const round of [1, 2]) {
      const rung = new Promise<void>((resolve) => void bell.hear(resolve));
      other.ring();
      await rung;
      await way.close();
      await until(2 * round - 1);
      bell.ring();
      await way.open();
      await until(2 * round);
    }
    expect(said).toEqual(['lost', 'back', 'lost', 'back']);
  });

  it('that can’t be reached keeps no gateway from starting, which says so once, and what comes of it, without the URL', async () => {
    const nobody = await startWay(REDIS, 6379);
    await nobody.close();
    const url = new URL(nobody.url);
    url.password = 'canary-password';
    const sandbox = await startSandbox({ customers: 0, providers: ['octobat'] });
    open.push(() => sandbox.close());
    const folder = mkdtempSync(join(tmpdir(), 'clientele-redis-'));
    open.push(async () => rmSync(folder, { recursive: true }));
    const { AUTH, PORT, LOG_LEVEL } = { AUTH: 'none', PORT: '0', LOG_LEVEL: 'warn' };
    const environment = { ...sandbox.env, AUTH, PORT, LOG_LEVEL, REDIS_URL: url.href };
    const program = runCommand(['start'], { folder, environment });
    const ready = await program.ready();
    const stream = await listen({ gateway: { url: ready.url } as never });
    const store = openSqliteStore(join(folder, 'data/clientele.db'), merge);
    open.push(() => store.close());
    await tell(store, 'a');
    expect(nameOf(await stream.next())).toBe('a');
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    const lines = linesOf(program.stderr());
    expect(lines.map(({ msg }) => msg).sort()).toEqual([
      'Redis can’t be reached: changes of other gateways are told later',
      expect.stringMatching(/^Redis can’t count the calls to providers: /),
    ]);
    expect(program.stderr()).not.toMatch(/canary|6379|redis:/);
    expect(program.stderr()).not.toContain(url.port);
  });
});
