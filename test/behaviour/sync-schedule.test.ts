import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from '../../src/main.ts';
import { startGate } from '../support/gate.ts';
import { listCalls, type Syncing, startSyncing } from '../support/sync.ts';
import { ask } from '../support/world.ts';

/** The gateway syncs by itself: at its start and by the interval, and tells how that goes. */

const INTERVAL_MS = 900_000;

interface Held {
  readonly ms: number;
  readonly end: () => void;
}

/** Whoever waits does so until the test lets them go. */
function holdWaits(world: Syncing) {
  const waits: Held[] = [];
  let told = Promise.withResolvers<void>();
  return {
    wait: (ms: number, stop: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        stop.addEventListener('abort', () => reject(stop.reason), { once: true });
        waits.push({ ms, end: resolve });
        told.resolve();
      }),
    /** Resolves when so many wait. */
    async waiting(count: number): Promise<readonly Held[]> {
      while (waits.length < count) {
        told = Promise.withResolvers();
        await told.promise;
      }
      return waits;
    },
    passAll(): void {
      world.clock.pass(Math.max(...waits.map(({ ms }) => ms)));
      for (const { end } of waits.splice(0)) end();
    },
  };
}

async function start(world: Syncing, more: Record<string, string> = {}) {
  const held = holdWaits(world);
  const gateway = await startGateway(
    { ...world.environment, SYNC_INTERVAL: '900', ...more },
    { clock: world.clock, syncing: { wait: held.wait } },
  );
  onTestFinished(() => gateway.stop());
  return { gateway, held };
}

const SYNC =
  '{ providers { name sync { state records startedAt finishedAt problem { provider code message retryable } } } }';
type Told = Record<string, { state: string; records: number; startedAt: string; finishedAt: string } | null>;

async function syncOf(url: string): Promise<Told> {
  const { data, errors } = await ask(url, SYNC);
  expect(errors).toEqual([]);
  const providers = data?.providers as { name: string; sync: Told[string] }[];
  return Object.fromEntries(providers.map(({ name, sync }) => [name, sync]));
}

it('lists every provider that has a list at its start, and again by the interval, give or take a tenth', async () => {
  const world = await startSyncing();
  const { gateway, held } = await start(world);
  const waits = await held.waiting(3);
  expect(waits).toHaveLength(3);
  for (const { ms } of waits) {
    expect(ms).toBeGreaterThanOrEqual(INTERVAL_MS * 0.9);
    expect(ms).toBeLessThanOrEqual(INTERVAL_MS * 1.1 + 1);
  }
  const calls = () => ['octobat', 'cycle-software', 'nutcache'].map((id) => listCalls(world.provider(id)).length);
  const first = calls();
  expect(Math.min(...first)).toBeGreaterThan(0);
  held.passAll();
  await held.waiting(3);
  expect(calls()).toEqual(first.map((count) => count * 2));
  for (const id of ['dirty-lemon', 'onboard-flow']) expect(world.provider(id).calls).toEqual([]);
  const { ONBOARD_FLOW, DIRTY_LEMON, OCTOBAT } = await syncOf(gateway.url);
  expect([ONBOARD_FLOW, DIRTY_LEMON]).toEqual([null, null]);
  expect(OCTOBAT).toEqual({
    state: 'COMPLETE',
    records: (await world.known('octobat')).length,
    startedAt: new Date(world.clock.now()).toISOString(),
    finishedAt: new Date(world.clock.now()).toISOString(),
    problem: null,
  });
});

it('does nothing by itself where the interval is 0, and says that it never ran', async () => {
  const world = await startSyncing();
  const { gateway } = await start(world, { SYNC_INTERVAL: '0' });
  expect(await syncOf(gateway.url)).toMatchObject({
    OCTOBAT: { state: 'IDLE', records: 0, startedAt: null, finishedAt: null, problem: null },
  });
  expect(world.provider('octobat').calls).toEqual([]);
  const [metrics] = [await (await fetch(new URL('/metrics', gateway.url))).text()];
  expect(metrics).not.toContain('clientele_sync_state{');
});

it('tells of a run that goes on in another process, of one that failed and why, and tries again at the next interval', async () => {
  const world = await startSyncing();
  const gate = await startGate(world.provider('octobat'));
  onTestFinished(() => gate.close());
  const { gateway: watching } = await start(world, { SYNC_INTERVAL: '0' });
  const { held } = await start(world, { OCTOBAT_URL: gate.url });
  await gate.arrived(1);
  expect(await syncOf(watching.url)).toMatchObject({ OCTOBAT: { state: 'RUNNING', finishedAt: null } });
  world.provider('octobat').fault({ kind: 'html' });
  gate.open();
  await held.waiting(3);
  expect(await syncOf(watching.url)).toMatchObject({
    OCTOBAT: { state: 'FAILED', problem: { provider: 'OCTOBAT', code: 'PROVIDER_BAD_RESPONSE', retryable: false } },
    NUTCACHE: { state: 'COMPLETE' },
  });
  world.provider('octobat').clearFaults();
  held.passAll();
  await held.waiting(3);
  expect(await syncOf(watching.url)).toMatchObject({ OCTOBAT: { state: 'COMPLETE', problem: null } });
});

it('leaves it where another gateway has listed everything a moment ago', async () => {
  const world = await startSyncing();
  const { held } = await start(world);
  await held.waiting(3);
  world.clock.pass(INTERVAL_MS * 0.7);
  for (const id of ['octobat', 'cycle-software', 'nutcache']) await world.run(id);
  const before = listCalls(world.provider('octobat')).length;
  world.clock.pass(INTERVAL_MS * 0.3);
  const waits = await held.waiting(3);
  for (const { end } of [...waits]) end();
  await held.waiting(6);
  expect(listCalls(world.provider('octobat'))).toHaveLength(before);
});

it('looks again soon where another process is at it, which may have died', async () => {
  const world = await startSyncing();
  const now = new Date(world.clock.now());
  await world.run('nutcache');
  const state = (await world.store.syncState('nutcache')) as { run: object };
  const until = now.getTime() + 60_000;
  await world.store.holdSync('octobat', 'the dead one', now, new Date(until));
  await world.store.saveSync('octobat', { ...state, run: { ...state.run, state: 'RUNNING', heldUntil: until } });
  const { held } = await start(world);
  const waits = await held.waiting(3);
  expect(waits.map(({ ms }) => ms < 65_000).sort()).toEqual([false, false, true]);
  const [soon] = waits.filter(({ ms }) => ms < 65_000);
  world.clock.pass(soon?.ms ?? 0);
  soon?.end();
  await held.waiting(4);
  expect(await world.known('octobat')).not.toEqual([]);
});

it('stops at once in the middle of a run, and lets the right to it go', async () => {
  const world = await startSyncing();
  const octobat = world.provider('octobat');
  octobat.fault({ kind: 'silent' });
  const { gateway } = await start(world, { PROVIDER_TIMEOUT_MS: '600000' });
  await octobat.received(1);
  await gateway.stop();
  const now = new Date(world.clock.now());
  expect(await world.store.holdSync('octobat', 'the next one', now, now)).toBe(true);
  await world.store.releaseSync('octobat', 'the next one');
});

it('counts what it has seen in its metrics', async () => {
  const world = await startSyncing({ customers: 0 });
  const { gateway, held } = await start(world);
  await held.waiting(3);
  held.passAll();
  await held.waiting(3);
  await setImmediate();
  const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
  const size = (await world.known('octobat')).length;
  for (const line of [
    `clientele_sync_records_total{provider="octobat",outcome="seen"} ${2 * size}`,
    `clientele_sync_records_total{provider="octobat",outcome="added"} ${size}`,
    `clientele_sync_records_total{provider="octobat",outcome="unchanged"} ${size}`,
    `clientele_sync_records_total{provider="octobat",outcome="missing"} 0`,
    'clientele_sync_state{provider="octobat",state="COMPLETE"} 1',
    'clientele_sync_state{provider="octobat",state="RUNNING"} 0',
    'clientele_sync_last_complete_run_seconds{provider="octobat"} 0',
  ])
    expect(metrics.split('\n')).toContain(line);
  expect(metrics).toMatch(/^clientele_sync_last_complete_timestamp_seconds\{provider="octobat"\} \d{10}/m);
});

it('lets who asks right after the start wait for the first listing, and for nothing else', async () => {
  const world = await startSyncing({ customers: 0 });
  const never = 600_000;
  const gate = await startGate(world.provider('octobat'));
  onTestFinished(() => gate.close());
  const opened = await world.open({}, { OCTOBAT_URL: gate.url });
  const other = await world.open();
  const { sync } = opened;
  // Nothing is under way; nothing can be listed; there is no such provider.
  for (const id of ['octobat', 'dirty-lemon', 'nobody']) await sync.firstRun(id, never);
  const run = sync.run('octobat');
  const waited = Promise.all([sync.firstRun('octobat', never), other.sync.firstRun('octobat', never)]);
  await gate.arrived(1);
  await sync.firstRun('octobat', 1);
  await other.sync.firstRun('octobat', 1);
  expect(await sync.coverageOf('octobat')).toMatchObject({ isListed: false, state: 'RUNNING' });
  gate.open();
  await waited;
  await run;
  const coverage = await sync.coverageOf('octobat');
  expect(coverage).toMatchObject({ isListed: true, state: 'COMPLETE', problem: null });
  expect(await coverage?.records()).toBe((await world.known('octobat')).length);
  expect(await sync.coverageOf('dirty-lemon')).toBeNull();
  await Promise.all([opened.close(), other.close()]);
});

it('lets nobody wait for a first listing that began longer ago than they would wait', async () => {
  const world = await startSyncing({ customers: 0 });
  // Less than a run that says nothing is taken for dead after, and more than this test may take.
  const never = 50_000;
  const gate = await startGate(world.provider('octobat'));
  onTestFinished(() => gate.close());
  const [opened, other] = [await world.open({}, { OCTOBAT_URL: gate.url }), await world.open()];
  const run = opened.sync.run('octobat');
  await gate.arrived(1);
  world.clock.pass(never);
  for (const { sync } of [opened, other]) await sync.firstRun('octobat', never);
  expect(await other.sync.coverageOf('octobat')).toMatchObject({ isListed: false, state: 'RUNNING' });
  gate.open();
  await run;
  await Promise.all([opened.close(), other.close()]);
});
