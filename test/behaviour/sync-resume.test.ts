import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/gateway/sync/watcher.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startGate } from '../support/gate.ts';
import { killAgainAndAgain } from '../support/killing.ts';
import { merge } from '../support/store.ts';
import { idIn, lie, listCalls, type Syncing, startSyncing } from '../support/sync.ts';

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
const ROUNDS = Number(process.env.ROUNDS ?? 6);

/** Of each page, enough for the store's thread to begin. */
const LARGE_PAGES = {
  customers: 1_200,
  settings: { 'cycle-software': { pageSize: 40, minutelyLimit: 1_000_000, dailyLimit: 10_000_000 } },
};

it.each([
  ['small pages', MANY_PAGES, ROUNDS, ROUNDS / 2],
  // There are fewer of them, and some more are on their way when it is killed.
  ['pages that the store’s thread keeps', LARGE_PAGES, (3 * ROUNDS) / 4, ROUNDS / 8],
])(
  `goes on from the page that it was killed at, time and again, in %s (SEED=${seed})`,
  async (_, pages, rounds, often) => {
    const world = await startSyncing(pages);
    const { killed, resumed } = await killAgainAndAgain({
      ...{
        rounds,
        seed,
        store: world.store,
        environment: world.environment,
        provider: world.provider('cycle-software'),
      },
      open: async () => openSqliteStore(world.database, merge),
    });
    expect([killed >= rounds / 3, resumed >= often]).toEqual([true, true]);
    const listed = world.sandbox
      .truth()
      .flatMap(({ records }) => records.filter(({ provider }) => provider === 'cycle-software'));
    expect(await world.known('cycle-software')).toHaveLength(listed.length);
  },
  120_000,
);

it('goes on from the mark, keeps the time when it began, and has listed everything at its end', async () => {
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
  expect(await world.run('cycle-software')).toMatchObject({ kind: 'CHANGES' });
});

describe('a listing that never comes to its end in one run', () => {
  const DAY = 86_400_000;
  /** Twenty calls a day are sync's, and twice as many are needed. */
  const SMALL = { 'cycle-software': { minutelyLimit: 10_000, dailyLimit: 80, pageSize: 2 } };

  /** Runs once a day. @returns what came of each run, up to the first that came to its end */
  async function runDaily(world: Syncing, options?: { full: boolean }): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    while (outcomes.at(-1)?.state !== 'COMPLETE') {
      world.clock.pass(DAY + DAY / 24);
      outcomes.push(await world.run('cycle-software', outcomes.length === 0 ? options : undefined));
    }
    return outcomes;
  }

  it('has listed everything all the same: what changed is all that is asked for then, for as long as it took', async () => {
    const world = await startSyncing({ customers: 110, settings: SMALL });
    const [took, { length }] = [await runDaily(world), await world.known('cycle-software')];
    expect(took.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['FULL FAILED', 'FULL FAILED', 'FULL COMPLETE']);
    expect(took.reduce((sum, { counts }) => sum + counts.added, 0)).toBe(length);
    const next = [await runDaily(world), await runDaily(world)];
    expect(next.map(([first]) => first?.kind)).toEqual(['CHANGES', 'FULL']);
  });

  it('tells who is missing, by what no part of it had, and asks for nobody else', async () => {
    const world = await startSyncing({ customers: 110, settings: SMALL });
    await runDaily(world);
    const cycle = world.provider('cycle-software');
    const [early = '', late = ''] = [
      (await world.known('cycle-software'))[3],
      (await world.known('cycle-software')).at(-3),
    ].map((record) => record?.providerId);
    lie(cycle, (records) => records.filter((record) => ![early, late].includes(idIn(record))));
    for (const id of [early, late])
      cycle.fault({ kind: 'status', status: 404, body: { error: true }, route: '/api/v1/customers/:id.json', id });
    cycle.clearCalls();
    const outcomes = await runDaily(world, { full: true });
    expect(outcomes.length).toBeGreaterThan(2);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'FULL', counts: { missing: 2 } });
    expect(cycle.calls.length - listCalls(cycle).length).toBe(2);
    const gone = (await world.known('cycle-software')).filter(({ missingSince }) => missingSince !== null);
    expect(gone.map(({ providerId }) => providerId)).toEqual([early, late]);
  });

  it('asks by id for the few that it has seen without writing it down before it was killed, and for no more', async () => {
    const world = await startSyncing(MANY_PAGES);
    await world.run('cycle-software');
    const cycle = world.provider('cycle-software');
    const opened = await world.open({ kept: (_, { seen }) => void (seen === 9 && die(world)) });
    expect(await opened.sync.run('cycle-software', { full: true })).toMatchObject({ state: 'ELSEWHERE' });
    await opened.close();
    world.clock.pass(2 * HELD_MS);
    cycle.clearCalls();
    expect(await world.run('cycle-software')).toMatchObject({
      state: 'COMPLETE',
      kind: 'FULL',
      counts: { missing: 0 },
    });
    expect(cycle.calls.length - listCalls(cycle).length).toBe(6);
  });

  it('looks for nobody where nobody can tell any more what it had', async () => {
    const world = await startSyncing(MANY_PAGES);
    await world.run('cycle-software');
    const cycle = world.provider('cycle-software');
    for (const lost of [{ places: '!' }, { places: 'AAAA' }, { startedAt: 1 }, { listed: -1 }, null]) {
      const fault = cycle.fault({ kind: 'status', status: 503, skip: 20 });
      expect(await world.run('cycle-software', { full: true })).toMatchObject({
        state: 'FAILED',
        counts: { seen: 60 },
      });
      fault.remove();
      const seen = (await world.store.syncState('cycle-software seen')) as object;
      await world.store.saveSync('cycle-software seen', lost && { ...seen, ...lost });
      cycle.clearCalls();
      expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE', kind: 'FULL' });
      expect(cycle.calls.length).toBe(listCalls(cycle).length);
      expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE', kind: 'CHANGES' });
    }
  });
});

/** As if this process had slept for two minutes, and another one had come. */
function die(world: Syncing): void {
  world.clock.pass(2 * HELD_MS);
  const now = new Date(world.clock.now());
  void world.store.holdSync('cycle-software', 'the other one', now, new Date(now.getTime() + HELD_MS));
}

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

it('takes over from a process that died before the clock was set back, at once', async () => {
  const world = await startSyncing();
  const ahead = world.clock.now() + 3_600_000;
  await world.store.holdSync('octobat', 'the dead one', new Date(ahead), new Date(ahead + HELD_MS));
  await world.store.saveSync('octobat', { ...(await ranOnce(world)), run: RUNNING(ahead) });
  const opened = await world.open();
  expect(await opened.sync.coverageOf('octobat')).toMatchObject({ state: 'FAILED', problem: { code: 'UNAVAILABLE' } });
  expect(await opened.sync.run('octobat')).toMatchObject({ state: 'COMPLETE' });
  await opened.close();
});

/** The state as a run leaves it. */
async function ranOnce(world: Syncing): Promise<object> {
  await world.run('nutcache');
  return (await world.store.syncState('nutcache')) as object;
}
const RUNNING = (now: number) => ({
  ...{
    kind: 'FULL',
    state: 'RUNNING',
    startedAt: now,
    lateTo: 0,
    finishedAt: null,
    since: null,
    mark: null,
    pages: 0,
    isListed: false,
  },
  counts: { seen: 0, added: 0, changed: 0, unchanged: 0, erased: 0, missing: 0 },
  ...{ problem: null, heldUntil: now + HELD_MS },
});

it('ends when somebody else took over meanwhile, and writes nothing more', async () => {
  const world = await startSyncing(MANY_PAGES);
  let pages = 0;
  const opened = await world.open({
    kept() {
      pages += 1;
      if (pages === 3) die(world);
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
