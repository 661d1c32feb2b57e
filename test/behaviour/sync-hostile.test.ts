import { expect, it } from 'vitest';
import { idIn, lie, listCalls, startSyncing } from '../support/sync.ts';

/** Listings that lie, repeat themselves or never end, and answers that can't be trusted. */

type Json = Record<string, unknown>;

it('ends a listing that leads back to a page that was there already, whichever page that is', async () => {
  for (const back of [1, 3, 4]) {
    const world = await startSyncing({ customers: 60, settings: { 'cycle-software': { pageSize: 5 } } });
    const cycle = world.provider('cycle-software');
    const marks: unknown[] = [null];
    lie(cycle, (_, page) => {
      const pagination = page.pagination as Json;
      marks.push(pagination.next_offset);
      if (marks.length > 6) pagination.next_offset = marks[back];
      return page;
    });
    const { state, problem, counts } = await world.run('cycle-software');
    expect([state, problem?.code, problem?.message]).toEqual([
      'FAILED',
      'PROVIDER_BAD_RESPONSE',
      'The provider gave a page that leads back to an earlier one.',
    ]);
    expect([counts.missing, listCalls(cycle).length <= 7]).toEqual([0, true]);
    // What it had listed till then is kept; the next run begins anew.
    expect(await world.known('cycle-software')).toHaveLength(counts.added);
    cycle.clearFaults();
    cycle.clearCalls();
    expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE', kind: 'FULL' });
    expect(listCalls(cycle)[0]).toEqual({});
  }
});

it('ends a listing that always has another page, full of the same records or empty', async () => {
  for (const say of [(records: Json[]) => records, () => []]) {
    const world = await startSyncing({ customers: 0 });
    const cycle = world.provider('cycle-software');
    let pages = 0;
    let first: Json[] | undefined;
    lie(cycle, (records, page) => {
      first ??= records;
      page.pagination = { count: 0, next_offset: (1_000 + pages++) * 7 + 3 };
      page.customers = say(first);
      return page;
    });
    const { state, problem } = await world.run('cycle-software');
    expect([state, problem?.message, pages <= 106]).toEqual([
      'FAILED',
      'The provider gave a listing that goes on without anything new.',
      true,
    ]);
  }
});

it('keeps a record once that a page lists twice, and that several pages list', async () => {
  const world = await startSyncing({ customers: 60, settings: { 'cycle-software': { pageSize: 10 } } });
  let before: Json[] = [];
  lie(world.provider('cycle-software'), (records) => {
    const told = [...records, ...before.slice(0, 5), ...records.slice(0, 3)];
    before = records;
    return told;
  });
  const { state, counts } = await world.run('cycle-software');
  const known = await world.known('cycle-software');
  expect([state, counts.added]).toEqual(['COMPLETE', known.length]);
  expect(counts.unchanged).toBeGreaterThan(5);
});

it('keeps the last word of a page that says two things of one record', async () => {
  const world = await startSyncing({ customers: 0 });
  const octobat = world.provider('octobat');
  lie(octobat, ([record, ...records]) => [
    ...(record ? [{ ...record, email: 'first@example.com' }] : []),
    ...records,
    ...(record ? [{ ...record, email: 'last@example.com' }] : []),
  ]);
  expect(await world.run('octobat')).toMatchObject({ state: 'COMPLETE' });
  const key = { provider: 'octobat', providerId: octobat.examples[0] ?? '' };
  const [copy] = (await world.store.copies([key])).values();
  expect(copy?.profile).toContain('last@example.com');
});

it('fails on a record with an id of another form, and keeps nothing of that page', async () => {
  const world = await startSyncing({ customers: 0 });
  lie(world.provider('octobat'), (records) => records.map((record) => ({ ...record, id: `${idIn(record)}/../x` })));
  expect(await world.run('octobat')).toMatchObject({ state: 'FAILED', problem: { code: 'PROVIDER_BAD_RESPONSE' } });
  expect(await world.known('octobat')).toEqual([]);
});

it('tells nothing of what the provider said in its problem, and does not try again what can’t be trusted', async () => {
  const world = await startSyncing({ customers: 0 });
  const octobat = world.provider('octobat');
  for (const fault of [
    { kind: 'html' },
    { kind: 'invalidJson' },
    { kind: 'json', body: { canary: 'canary' } },
    { kind: 'status', status: 401, body: { canary: 'canary' } },
    { kind: 'nested' },
    { kind: 'proto' },
  ] as const) {
    octobat.clearFaults();
    octobat.clearCalls();
    octobat.fault(fault);
    const { state, problem } = await world.run('octobat');
    expect([state, octobat.calls.length]).toEqual(['FAILED', 1]);
    expect(JSON.stringify([problem, await world.store.syncState('octobat')])).not.toContain('canary');
  }
});
