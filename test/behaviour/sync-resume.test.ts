import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startGate } from '../support/gate.ts';
import { killAgainAndAgain } from '../support/killing.ts';
import { merge } from '../support/store.ts';
import { listCalls, type Syncing, startSyncing } from '../support/sync.ts';

/** Runs that end before their end, and the next one, which goes on. One provider has one run at a time, whoever starts it. */

const HELD_MS = 60_000;

/** Small pages, so that there are many moments to be killed at. */
const MANY_PAGES = {
  customers: 120,
  settings: { 'cycle-software': { pageSize: 3, minutelyLimit: 1_000_000, dailyLimit: 10_000_000 } },
};

async function stateOf({ store }: Syncing, provider: string) {
  return (await store.syncState(provider)) as { run: { state: string; mark: string | null; pages: number } };
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** The long form kills more often. */
const ROUNDS = Number(process.env.ROUNDS ?? 8);

it(`goes on from the page that it was killed at, time and again (SEED=${seed})`, async () => {
  const world = await startSyncing(MANY_PAGES);
  const { killed, resumed } = await killAgainAndAgain({
    ...{
      rounds: ROUNDS,
      seed,
      store: world.store,
      environment: world.environment,
      provider: world.provider('cycle-software'),
    },
    open: async () => openSqliteStore(world.database, merge),
  });
  expect([killed >= ROUNDS / 2, resumed >= ROUNDS / 2]).toEqual([true, true]);
  const listed = world.sandbox
    .truth()
    .flatMap(({ records }) => records.filter(({ provider }) => provider === 'cycle-software'));
  expect(await world.known('cycle-software')).toHaveLength(listed.length);
}, 120_000);

it('goes on from the mark, keeps the time when it began, and looks for nobody that it did not list', async () => {
  const world = await startSyncing(MANY_PAGES);
  const cycle = world.provider('cycle-software');
  const began = world.clock.now();
  const fault = cycle.fault({ kind: 'status', status: 503, skip: 10 });
  expect(await world.run('cycle-software')).toMatchObject({ state: 'FAILED', counts: { seen: 30 } });
  expect((await stateOf(world, 'cycle-software')).run).toMatchObject({ state: 'FAILED', pages: 10 });
  fault.remove();
  cycle.clearCalls();
  world.clock.pass(HELD_MS);
  const { mark } = (await stateOf(world, 'cycle-software')).run;
  const second = await world.run('cycle-software');
  expect(second).toMatchObject({ state: 'COMPLETE', kind: 'FULL', counts: { missing: 0 } });
  expect(listCalls(cycle)[0]).toEqual({ offset: mark });
  expect(cycle.calls).toHaveLength(listCalls(cycle).length);
  const opened = await world.open();
  expect(await opened.sync.coverageOf('cycle-software')).toMatchObject({ isListed: true, asOf: new Date(began) });
  await opened.close();
  // Nothing could say yet who is missing: everything is listed once more.
  expect(await world.run('cycle-software')).toMatchObject({ kind: 'FULL' });
  expect(await world.run('cycle-software')).toMatchObject({ kind: 'CHANGES' });
});

it('begins anew where it is asked to, and a week after it began', async () => {
  const world = await startSyncing(MANY_PAGES);
  const cycle = world.provider('cycle-software');
  for (const after of ['full', 'a week'] as const) {
    const fault = cycle.fault({ kind: 'status', status: 503, skip: 5 });
    await world.run('cycle-software', { full: true });
    fault.remove();
    cycle.clearCalls();
    if (after === 'a week') world.clock.pass(7 * 86_400_000);
    await world.run('cycle-software', { full: after === 'full' });
    expect(listCalls(cycle)[0]).toEqual({});
  }
});

it('runs once at a time, over all processes; who comes second leaves it', async () => {
  const world = await startSyncing();
  const gate = await startGate(world.provider('octobat'));
  const one = await world.open({}, { OCTOBAT_URL: gate.url });
  const other = await world.open({}, { OCTOBAT_URL: gate.url });
  const first = one.sync.run('octobat');
  await gate.arrived(1);
  expect(await other.sync.run('octobat')).toMatchObject({ state: 'ELSEWHERE', counts: { seen: 0 } });
  expect(await other.sync.coverageOf('octobat')).toMatchObject({ state: 'RUNNING', isListed: false, finishedAt: null });
  // Another provider is another matter.
  expect(await other.sync.run('nutcache')).toMatchObject({ state: 'COMPLETE' });
  gate.open();
  expect(await first).toMatchObject({ state: 'COMPLETE' });
  expect(await other.sync.coverageOf('octobat')).toMatchObject({ state: 'COMPLETE', isListed: true });
  expect(await other.sync.run('octobat')).toMatchObject({ state: 'COMPLETE' });
  await Promise.all([one.close(), other.close()]);
  await gate.close();
});

it('takes over from a process that died, a minute after it was last heard of, and not before', async () => {
  const world = await startSyncing();
  const now = new Date(world.clock.now());
  await world.store.holdSync('octobat', 'the dead one', now, new Date(now.getTime() + HELD_MS));
  await world.store.saveSync('octobat', { ...(await ranOnce(world)), run: RUNNING(world.clock.now()) });
  const opened = await world.open();
  expect(await opened.sync.coverageOf('octobat')).toMatchObject({ state: 'RUNNING', problem: null });
  world.clock.pass(HELD_MS);
  expect(await opened.sync.run('octobat')).toMatchObject({ state: 'ELSEWHERE' });
  world.clock.pass(1);
  expect(await opened.sync.coverageOf('octobat')).toMatchObject({ state: 'FAILED', problem: { code: 'UNAVAILABLE' } });
  expect(await opened.sync.run('octobat')).toMatchObject({ state: 'COMPLETE' });
  expect(await opened.sync.coverageOf('octobat')).toMatchObject({ state: 'COMPLETE', problem: null });
  await opened.close();
});

/** The state as a run leaves it. */
async function ranOnce(world: Syncing): Promise<object> {
  await world.run('nutcache');
  return (await world.store.syncState('nutcache')) as object;
}
const RUNNING = (now: number) => ({
  ...{ kind: 'FULL', state: 'RUNNING', startedAt: now, finishedAt: null, since: null, mark: null, pages: 0 },
  counts: { seen: 0, added: 0, changed: 0, unchanged: 0, erased: 0, missing: 0 },
  ...{ problem: null, heldUntil: now + HELD_MS },
});

it('ends when somebody else took over meanwhile, and writes nothing more', async () => {
  const world = await startSyncing(MANY_PAGES);
  let pages = 0;
  const opened = await world.open({
    kept() {
      pages += 1;
      if (pages !== 3) return;
      // As if this process had slept for two minutes, and another one had come.
      world.clock.pass(2 * HELD_MS);
      const now = new Date(world.clock.now());
      void world.store.holdSync('cycle-software', 'the other one', now, new Date(now.getTime() + HELD_MS));
    },
  });
  expect(await opened.sync.run('cycle-software')).toMatchObject({ state: 'ELSEWHERE' });
  expect((await stateOf(world, 'cycle-software')).run).toMatchObject({ state: 'RUNNING', pages: 2 });
  await opened.close();
});

it('begins anew on a state that it can’t read', async () => {
  const world = await startSyncing();
  for (const state of ['text', 7, [], { run: { mark: 7 } }, { run: null }]) {
    await world.store.saveSync('octobat', state);
    expect(await world.run('octobat')).toMatchObject({ state: 'COMPLETE', kind: 'FULL' });
  }
});

it('stops at once where it is told to, lets the right go, and goes on the next time', async () => {
  const world = await startSyncing(MANY_PAGES);
  const opened = await world.open({
    kept(_, { seen }) {
      if (seen === 9) stopped = opened.sync.stop();
    },
  });
  let stopped: Promise<void> | undefined;
  expect(await opened.sync.run('cycle-software')).toMatchObject({ state: 'STOPPED', counts: { seen: 9 } });
  await stopped;
  expect((await stateOf(world, 'cycle-software')).run).toMatchObject({ state: 'STOPPED', pages: 3 });
  expect(await opened.sync.coverageOf('cycle-software')).toMatchObject({
    state: 'FAILED',
    problem: { code: 'UNAVAILABLE' },
  });
  await opened.close();
  world.provider('cycle-software').clearCalls();
  expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE' });
  expect(listCalls(world.provider('cycle-software'))[0]?.offset).toBeDefined();
});
