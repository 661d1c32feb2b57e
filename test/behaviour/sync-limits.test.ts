import { expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { listCalls, startSyncing } from '../support/sync.ts';

/** What sync asks of a provider: a share of its limits, and again what may go well another time. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LIMITS = { minutelyLimit: 40, dailyLimit: 100_000, pageSize: 2 };

/** The most calls in any span of a length. */
function mostWithin(provider: RunningSandbox, span: number): number {
  const times = provider.calls.map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + span).length));
}

it('uses a quarter of a minute’s calls in any minute, and waits in between', async () => {
  const world = await startSyncing({ customers: 150, settings: { 'cycle-software': LIMITS } });
  const cycle = world.provider('cycle-software');
  expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE' });
  expect(listCalls(cycle).length).toBeGreaterThan(50);
  expect(mostWithin(cycle, MINUTE)).toBe(10);
  expect(world.clock.waits.length).toBeGreaterThan(4);
  expect(world.clock.waits.length).toBeLessThan(100);
});

it('goes on counting in the next process', async () => {
  const world = await startSyncing({ customers: 0, settings: { 'cycle-software': LIMITS } });
  for (let run = 0; run < 12; run++) expect((await world.run('cycle-software', { full: true })).state).toBe('COMPLETE');
  // The first call of a process is made before it knows of any limit.
  expect(mostWithin(world.provider('cycle-software'), MINUTE)).toBeLessThanOrEqual(11);
});

it('ends the run when a quarter of the day’s calls is used, and goes on from there when there are calls again', async () => {
  const settings = { 'cycle-software': { minutelyLimit: 10_000, dailyLimit: 80, pageSize: 2 } };
  const world = await startSyncing({ customers: 60, settings });
  const cycle = world.provider('cycle-software');
  const first = await world.run('cycle-software');
  expect([first.state, first.problem?.code, first.problem?.retryable]).toEqual([
    'FAILED',
    'PROVIDER_RATE_LIMITED',
    true,
  ]);
  expect(cycle.calls).toHaveLength(20);
  world.clock.pass(DAY + DAY / 24);
  cycle.clearCalls();
  const second = await world.run('cycle-software');
  expect(second.state).toBe('COMPLETE');
  // It went on: the first page was not asked for again.
  expect(listCalls(cycle)[0]).not.toEqual({});
  expect(first.counts.added + second.counts.added).toBe((await world.known('cycle-software')).length);
});

it('waits while callers have left less than half of the limit', async () => {
  const world = await startSyncing({
    customers: 60,
    settings: { 'cycle-software': { ...LIMITS, minutelyLimit: 400 } },
  });
  const cycle = world.provider('cycle-software');
  const remaining = (left: number) =>
    cycle.fault({ kind: 'headers', headers: { 'x-ratelimit-minutely-remaining': String(left) }, times: 1 });
  remaining(200);
  remaining(199);
  const waits: string[] = [];
  const opened = await world.open({ waiting: (_, what, ms) => void waits.push(`${what} ${ms > MINUTE - 1}`) });
  expect(await opened.sync.run('cycle-software')).toMatchObject({ state: 'COMPLETE' });
  await opened.close();
  expect(waits).toEqual(['RATE_LIMIT true']);
  const [first = 0, second = 0, third = 0, fourth = 0] = cycle.calls.map(({ at }) => at);
  expect([second - first, third - second > MINUTE - 1, fourth - third]).toEqual([0, true, 0]);
});

it('waits for as long as a 429 says, and lists each page once more', async () => {
  const world = await startSyncing({ customers: 60 });
  const octobat = world.provider('octobat');
  octobat.fault({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, times: 2 });
  expect(await world.run('octobat')).toMatchObject({ state: 'COMPLETE', problem: null });
  expect(listCalls(octobat)).toHaveLength(3);
  const [first = 0, second = 0, third = 0] = octobat.calls.map(({ at }) => at);
  for (const pause of [second - first, third - second]) {
    expect(pause).toBeGreaterThanOrEqual(7_000);
    expect(pause).toBeLessThanOrEqual(7_000 + 2_000);
  }
});

it('leaves a long wait to a later run', async () => {
  const world = await startSyncing({ customers: 0 });
  const octobat = world.provider('octobat');
  octobat.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
  const { state, problem } = await world.run('octobat');
  expect([state, problem?.code, problem?.retryAfterMs]).toEqual(['FAILED', 'PROVIDER_RATE_LIMITED', 3_600_000]);
  expect([octobat.calls.length, world.clock.waits]).toEqual([1, []]);
});

it('asks five times at the most, with longer and longer pauses, and then fails with what the provider did', async () => {
  const world = await startSyncing({ customers: 250 });
  const octobat = world.provider('octobat');
  const fault = octobat.fault({ kind: 'status', status: 503, skip: 1 });
  const { state, problem, counts } = await world.run('octobat');
  expect([state, problem?.code]).toEqual(['FAILED', 'PROVIDER_UNAVAILABLE']);
  expect([fault.hits, counts.seen, world.clock.waits.length]).toEqual([5, 100, 4]);
  for (const [index, wait] of world.clock.waits.entries()) expect(wait).toBeLessThanOrEqual(1_000 * 2 ** index);
  fault.remove();
  octobat.clearCalls();
  expect(await world.run('octobat')).toMatchObject({ state: 'COMPLETE' });
  // From the page that failed.
  expect(listCalls(octobat)[0]?.starting_after).toBeDefined();
});

it('counts what it looks for by id as well', async () => {
  const world = await startSyncing({ customers: 0, settings: { 'cycle-software': LIMITS } });
  const cycle = world.provider('cycle-software');
  for (let index = 0; index < 45; index++) {
    const key = { provider: 'cycle-software', providerId: cycle.idOf(900_000 + index) };
    await world.store.keep([{ key, customer: key }]);
  }
  expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE', counts: { missing: 45 } });
  expect(mostWithin(cycle, MINUTE)).toBe(10);
});
