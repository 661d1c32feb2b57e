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
});

async function listing(customers: number, pageSize: number): Promise<void> {
  const settings = { 'cycle-software': { pageSize, minutelyLimit: 1_000_000, dailyLimit: 10_000_000 } };
  sandbox = await startSandbox({ customers, settings });
}
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

it.each([
  ['ten times over', 120, 1, 10, 6],
  ['in pages that the store’s thread keeps', 2_400, 40, 6, 1],
])(
  `goes on from the page that it was killed at, %s (SEED=${seed})`,
  async (_, customers, pageSize, rounds, often) => {
    await listing(customers, pageSize);
    const { killed, resumed } = await killAgainAndAgain({
      ...{ rounds, seed, store, environment: environment(), provider: sandbox.provider('cycle-software') },
      open: () => openPostgresStore(database.url, merge, () => undefined),
    });
    expect([killed > rounds / 3, resumed >= often]).toEqual([true, true]);
    expect(await store.count('cycle-software')).toBe(sizeOf('cycle-software'));
  },
  120_000,
);

it('lists a provider once, whichever of several processes comes first', async () => {
  await listing(120, 1);
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
