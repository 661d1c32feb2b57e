import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { customersAt, NODES } from '../support/manyReads.ts';
import { merge } from '../support/store.ts';
import { syncOnce } from '../support/sync.ts';
import { ask, startWorld, type World } from '../support/world.ts';
import { newDatabase, onDatabase, type TestDatabase } from './postgres.ts';
import { startWay } from './way.ts';

/** The gateway on PostgreSQL, over real HTTP and a real server. */

const ID_SECRET = 'a secret of at least sixteen characters';
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id records { provider } } outcomes { provider status error { code } } errors { code } } }`;
const READ = 'query ($id: ID!) { customer(id: $id) { id displayName records { provider } } }';
const ADA = {
  providers: ['OCTOBAT', 'CYCLE_SOFTWARE'],
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@example.com',
  address: { country: 'NL' },
};
const BOTH = [{ provider: 'OCTOBAT' }, { provider: 'CYCLE_SOFTWARE' }];

let database: TestDatabase;
beforeEach(async () => {
  database = await newDatabase();
});
afterEach(() => database.drop());

async function inWorld(url: string, work: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld({ environment: { DATABASE_URL: url, ID_SECRET } });
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

describe('several gateways on one store', () => {
  it('know the same customers: what one has created the other reads as one, by the same id', async () => {
    await inWorld(database.url, async (world) => {
      const other = await world.another();
      const { data } = await world.query(CREATE, { input: ADA });
      expect(data.createCustomer).toMatchObject({ customer: { records: BOTH }, errors: [] });
      const { id } = data.createCustomer.customer;
      const read = await ask(other.url, READ, { id });
      expect(read.data).toEqual({ customer: { id, displayName: 'Ada Lovelace', records: BOTH } });
    });
  });

  it('make the tables once, when they start at once', async () => {
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => openPostgresStore(database.url, merge, () => undefined)),
    );
    const key = { provider: 'octobat', providerId: 'oc_cu_1' };
    await Promise.all(stores.map((store) => store.keep([{ key, customer: key }])));
    expect(await stores[0]?.count('octobat')).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('give numbers in the order of their commits: who goes on from the last one seen misses nobody', async () => {
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openPostgresStore(database.url, merge, () => undefined)),
    );
    const seen = new Set<string>();
    let last = 0;
    const look = async (): Promise<void> => {
      for (const { sequence, providerId } of (await stores[0]?.page('octobat', last, 500)) ?? []) {
        last = sequence;
        seen.add(providerId);
      }
    };
    let writing = true;
    const reader = (async () => {
      while (writing) await look();
    })();
    await Promise.all(
      stores.map(async (store, who) => {
        for (let index = 0; index < 50; index++) {
          const key = { provider: 'octobat', providerId: `${who}-${index}` };
          await store.keep([{ key, customer: key }]);
        }
      }),
    );
    writing = false;
    await reader;
    await look();
    expect(seen.size).toBe(200);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a database that can’t be had', () => {
  it('is told in words at the start, without a name out of the settings', async () => {
    const problemOf = async (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      const thrown = await startWorld({ environment: { DATABASE_URL: url.href, ID_SECRET } }).catch((cause) => cause);
      expect(thrown).toBeInstanceOf(ConfigError);
      return (thrown as ConfigError).problems[0];
    };
    const noDatabase = (url: URL) => {
      url.pathname = '/canary';
    };
    const noUser = (url: URL) => {
      url.username = 'canary';
    };
    expect(await problemOf(noDatabase)).toBe(
      'DATABASE_URL: the store can’t be opened (the server has no such database, SQLSTATE 3D000)',
    );
    expect(await problemOf(noUser)).toMatch(
      /^DATABASE_URL: the store can’t be opened \(the server refuses this user or password, SQLSTATE 28/,
    );
    await onDatabase(database.url, 'CREATE TABLE clientele (version INTEGER); INSERT INTO clientele VALUES (1000)');
    expect(await problemOf(() => undefined)).toBe(
      'DATABASE_URL: the store can’t be opened (the database was written by a newer version of Clientele)',
    );
  });

  it('is UNAVAILABLE while it is away, for a read and a write, sends nothing, and is there again when it is back', async () => {
    const way = await startWay(database.url);
    await inWorld(way.url, async (world) => {
      const { data } = await world.query(CREATE, { input: ADA });
      const { id } = data.createCustomer.customer;
      world.calls();
      await way.close();
      const away = await world.query(READ, { id });
      expect([away.status, away.errors[0]?.extensions.code, away.errors[0]?.extensions.retryable]).toEqual([
        200,
        'UNAVAILABLE',
        true,
      ]);
      expect(world.calls()).toEqual([]);
      await way.open();
      expect((await world.query(READ, { id })).data).toMatchObject({ customer: { id } });
    });
    await way.close();
  });

  it('has nothing sent that it could not keep', async () => {
    const way = await startWay(database.url);
    await inWorld(way.url, async (world) => {
      await way.close();
      const { data, errors } = await world.query(CREATE, { input: ADA });
      expect(data).toEqual({ createCustomer: null });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
      expect(world.calls()).toEqual([]);
    });
  });

  it('has nothing sent while it may only be read, and reading goes on', async () => {
    await inWorld(database.url, async (world) => {
      const { data: made } = await world.query(CREATE, { input: ADA });
      const { id } = made.createCustomer.customer;
      world.calls();
      const { pathname } = new URL(database.url);
      const only = (what: 'on' | 'off') =>
        onDatabase(
          database.url,
          `ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = ${what};
           SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
      await only('on');
      // The connections that were cut are noticed by the first that are asked for something.
      await expect.poll(async () => (await world.query(READ, { id })).data).toMatchObject({ customer: { id } });
      world.calls();
      const { data, errors } = await world.query(CREATE, { input: ADA });
      expect(data).toEqual({ createCustomer: null });
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/may only be read/), extensions: { code: 'UNAVAILABLE', retryable: true } },
      ]);
      expect(world.calls()).toEqual([]);
    });
  });

  it('leaves what was done as OUTCOME_UNKNOWN, never as done, when it goes away during a create', async () => {
    const way = await startWay(database.url);
    await inWorld(way.url, async (world) => {
      const both = BOTH.map(({ provider }) => world.provider(provider.toLowerCase().replace('_', '-')));
      for (const provider of both) provider.fault({ kind: 'delay', ms: 300, method: 'POST' });
      const answer = world.query(CREATE, { input: ADA });
      await Promise.all(both.map((provider) => provider.received(1)));
      await way.close();
      const { data } = await answer;
      const outcomes = data.createCustomer.outcomes as { status: string; error: { code: string } }[];
      expect(outcomes.map(({ status, error }) => [status, error.code])).toEqual([
        ['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
        ['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
      ]);
    });
  });
});

it('reads many customers of one provider together, though a query of the database is waited for', async () => {
  const environment = { DATABASE_URL: database.url, ID_SECRET };
  const world = await startWorld({ sandbox: { customers: 200 }, environment });
  try {
    await syncOnce({ AUTH: 'none', LOG_LEVEL: 'silent', ...world.sandbox.env, ...environment }, 'cycle-software');
    const ids = await customersAt(world, 'CYCLE_SOFTWARE', 100);
    expect(ids).toHaveLength(100);
    // Each by a field of its own: nobody knows of the others.
    const fields = ids.map((id, index) => `a${index}: customer(id: "${id}") { email records { servedFrom } }`);
    for (const query of [NODES, `{ ${fields.join(' ')} }`]) {
      const { data, errors } = await world.query(query, { ids });
      expect(errors).toEqual([]);
      expect(JSON.stringify(data).match(/"LIVE"/g)).toHaveLength(100);
      expect(world.calls()).toEqual(['cycle-software GET /api/v1/customers/list.json']);
    }
  } finally {
    await world.close();
  }
});
