import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import type { Store } from '../../src/store/store.ts';
import { killAgainAndAgain } from '../support/killing.ts';
import { runCommand } from '../support/program.ts';
import { merge } from '../support/store.ts';
import { newDatabase, type TestDatabase } from './postgres.ts';

/** Sync into PostgreSQL: killed at any moment, and several processes at once. */

let database: TestDatabase;
let sandbox: Sandbox;
let store: Store;
beforeEach(async () => {
  database = await newDatabase();
  store = await openPostgresStore(database.url, merge, () => undefined);
  const settings = { 'cycle-software': { pageSize: 1, minutelyLimit: 1_000_000, dailyLimit: 10_000_000 } };
  sandbox = await startSandbox({ customers: 120, settings });
});
afterEach(async () => {
  await store.close();
  await sandbox.close();
  await database.drop();
});

const environment = (): Record<string, string> => ({
  ...sandbox.env,
  ...{
    AUTH: 'none',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    ID_SECRET: 'a secret of at least sixteen characters',
  },
});

const sizeOf = (id: string): number =>
  sandbox.truth().flatMap(({ records }) => records.filter(({ provider }) => provider === id)).length;

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`goes on from the page that it was killed at, ten times over (SEED=${seed})`, async () => {
  const { killed, resumed } = await killAgainAndAgain({
    ...{ rounds: 10, seed, store, environment: environment(), provider: sandbox.provider('cycle-software') },
    open: () => openPostgresStore(database.url, merge, () => undefined),
  });
  expect([killed > 5, resumed > 5]).toEqual([true, true]);
  expect(await store.count('cycle-software')).toBe(sizeOf('cycle-software'));
}, 120_000);

it('lists a provider once, whichever of several processes comes first', async () => {
  const octobat = sandbox.provider('octobat');
  octobat.fault({ kind: 'delay', ms: 300 });
  const programs = Array.from({ length: 4 }, () => runCommand(['sync', 'octobat'], { environment: environment() }));
  const codes = (await Promise.all(programs.map(({ ended }) => ended))).map(({ code }) => code);
  const complete = codes.filter((code) => code === 0).length;
  expect(complete).toBeGreaterThan(0);
  expect(programs.filter((each) => each.stdout().includes('left to that one'))).toHaveLength(4 - complete);
  // Never two of them at once.
  expect(octobat.peak).toBe(1);
  expect(await store.count('octobat')).toBe(sizeOf('octobat'));
}, 60_000);
