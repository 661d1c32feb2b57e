import { statSync } from 'node:fs';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { idIn, LIST_ROUTE, lie, listCalls, type Syncing, startSyncing } from '../support/sync.ts';

/** What is listed, what is kept of it and what is told: each provider that has a list. */

const LISTED = Object.keys(LIST_ROUTE);
const MINUTE = 60_000;

const told = async ({ store }: Syncing) => (await store.changesAfter(0, 1000)).map(({ kind }) => kind);

/** How many records a provider has. */
const sizeOf = ({ sandbox }: Syncing, provider: string): number =>
  sandbox.truth().flatMap(({ records }) => records.filter((record) => record.provider === provider)).length;

describe.each(LISTED)('the listing of %s', (id) => {
  it('is copied whole, page by page, each record once', async () => {
    const world = await startSyncing({ customers: 300, settings: { 'cycle-software': { pageSize: 50 } } });
    const outcome = await world.run(id);
    const size = sizeOf(world, id);
    expect(size).toBeGreaterThan(200);
    expect(outcome).toMatchObject({
      provider: id,
      state: 'COMPLETE',
      kind: 'FULL',
      problem: null,
      counts: { seen: size, added: size, changed: 0, unchanged: 0, erased: 0, missing: 0 },
    });
    const known = await world.known(id);
    expect(known).toHaveLength(size);
    expect(known.filter(({ hash }) => hash === null)).toEqual([]);
    expect(listCalls(world.provider(id)).length).toBeGreaterThan(2);
    // Only the list was asked, and no page twice.
    expect(world.provider(id).calls).toHaveLength(listCalls(world.provider(id)).length);
    expect(new Set(listCalls(world.provider(id)).map((query) => JSON.stringify(query))).size).toBe(
      listCalls(world.provider(id)).length,
    );
  });

  it('is compared by content: what is the same is not written again', async () => {
    const world = await startSyncing({ customers: 100 });
    await world.run(id);
    const before = await world.known(id);
    const size = statSync(world.database).size + statSync(`${world.database}-wal`).size;
    world.clock.pass(MINUTE);
    const { counts, state } = await world.run(id, { full: true });
    expect([state, counts]).toEqual([
      'COMPLETE',
      { seen: before.length, added: 0, changed: 0, unchanged: before.length, erased: 0, missing: 0 },
    ]);
    // To the time when each was fetched: not a row was touched.
    expect(await world.known(id)).toEqual(before);
    expect(await told(world)).toEqual([]);
    const grown = statSync(world.database).size + statSync(`${world.database}-wal`).size - size;
    expect(grown).toBeLessThan(150_000);
  });

  it('tells what changed, and what is new, only once a first listing was complete', async () => {
    const world = await startSyncing({ customers: 40 });
    const provider = world.provider(id);
    const [added = '', changed = ''] = provider.examples;
    lie(provider, (records) => records.filter((record) => idIn(record) !== added));
    await world.run(id);
    expect(await told(world)).toEqual([]);
    provider.clearFaults();
    lie(provider, (records) =>
      records.map((record) => (idIn(record) === changed ? { ...record, email: 'new@example.com' } : record)),
    );
    world.clock.pass(MINUTE);
    const { counts } = await world.run(id, { full: true });
    expect(counts).toMatchObject({ added: 1, changed: 1, missing: 0 });
    const changes = await world.store.changesAfter(0, 10);
    expect(changes.map(({ kind, customer, fields }) => [kind, customer.providerId, fields]).sort()).toEqual([
      ['CREATED', added, null],
      ['UPDATED', changed, ['email']],
    ]);
    const after = await world.store.record({ provider: id, providerId: changed });
    expect(after?.changedSeenAt).toEqual(new Date(world.clock.now()));
  });
});

describe('what changed at CycleSoftware', () => {
  it('is asked for from five minutes before the last complete run began, and its client asks a minute earlier yet', async () => {
    const world = await startSyncing();
    const cycle = world.provider('cycle-software');
    await world.run('cycle-software');
    expect(listCalls(cycle).every((query) => query.modified_since === undefined)).toBe(true);

    cycle.clearCalls();
    world.clock.pass(15 * MINUTE);
    // The first run began at eight o’clock UTC, which is ten in Amsterdam.
    expect(await world.run('cycle-software')).toMatchObject({ state: 'COMPLETE', kind: 'CHANGES' });
    expect(listCalls(cycle)).toEqual([{ modified_since: '2026-05-04 09:54:00' }]);

    cycle.clearCalls();
    await changeName(cycle, '8', 'Gewijzigd');
    world.clock.pass(15 * MINUTE);
    const { counts } = await world.run('cycle-software');
    expect(counts).toMatchObject({ seen: 1, changed: 1 });
    expect(listCalls(cycle)).toEqual([{ modified_since: '2026-05-04 10:09:00' }]);
    expect(await told(world)).toEqual(['UPDATED']);
  });

  it('is asked for from the run before a failed one: nothing falls between them', async () => {
    const world = await startSyncing();
    const cycle = world.provider('cycle-software');
    await world.run('cycle-software');
    world.clock.pass(15 * MINUTE);
    cycle.fault({ kind: 'html' });
    expect(await world.run('cycle-software')).toMatchObject({ state: 'FAILED', kind: 'CHANGES' });
    cycle.clearFaults();
    cycle.clearCalls();
    world.clock.pass(15 * MINUTE);
    await world.run('cycle-software');
    expect(listCalls(cycle)).toEqual([{ modified_since: '2026-05-04 09:54:00' }]);
  });

  it('is not enough after a day, nor where everything is asked for: then all is listed', async () => {
    const world = await startSyncing();
    await world.run('cycle-software');
    world.clock.pass(23 * 60 * MINUTE);
    expect(await world.run('cycle-software')).toMatchObject({ kind: 'CHANGES' });
    expect(await world.run('cycle-software', { full: true })).toMatchObject({ kind: 'FULL' });
    world.clock.pass(23 * 60 * MINUTE);
    expect(await world.run('cycle-software')).toMatchObject({ kind: 'CHANGES' });
    world.clock.pass(60 * MINUTE);
    expect(await world.run('cycle-software')).toMatchObject({ kind: 'FULL' });
  });
});

async function changeName(cycle: RunningSandbox, id: string, name: string): Promise<void> {
  const url = `${cycle.url}/api/v1/customers/${id}.json`;
  const headers = {
    authorization: `Basic ${Buffer.from('Username:Password').toString('base64')}`,
    'content-type': 'application/json',
  };
  const before = (await (await request(url, { headers })).body.json()) as object;
  const after = await request(url, { method: 'PUT', headers, body: JSON.stringify({ ...before, name }) });
  expect(after.statusCode).toBe(200);
  await after.body.dump();
}
