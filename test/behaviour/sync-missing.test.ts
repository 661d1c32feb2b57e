import { describe, expect, it } from 'vitest';
import { deedAt } from '../conformance/storeRecords.ts';
import { idIn, LIST_ROUTE, lie, listCalls, type Syncing, startSyncing } from '../support/sync.ts';

/** What a listing leaves out: only a record that its provider says it does not have is missing. */

const LISTED = Object.keys(LIST_ROUTE);
const MINUTE = 60_000;

const missing = async (world: Syncing, id: string) =>
  (await world.known(id)).filter(({ missingSince }) => missingSince !== null).map(({ providerId }) => providerId);

/** The provider has it no more: its listing leaves it out, and it is not to be had by its id. */
function remove(world: Syncing, id: string, gone: string): void {
  lie(world.provider(id), (records) => records.filter((record) => idIn(record) !== gone));
  const { route } = READS[id] ?? { route: '' };
  const answer = id === 'nutcache' ? ({ kind: 'json', body: { customers: [] } } as const) : NOT_FOUND;
  world.provider(id).fault({ ...answer, route, id: gone });
}
const NOT_FOUND = { kind: 'status', status: 404, body: { error: true } } as const;
const READS: Readonly<Record<string, { readonly route: string }>> = {
  octobat: { route: '/customers/:id' },
  'cycle-software': { route: '/api/v1/customers/:id.json' },
  nutcache: { route: '/webapi/customers/:id' },
};

describe.each(LISTED)('a record of %s', (id) => {
  it('that is listed no more and not to be had by its id is missing, once, and not any more when it is listed again', async () => {
    const world = await startSyncing();
    const provider = world.provider(id);
    const [, gone = ''] = provider.examples;
    await world.run(id);
    remove(world, id, gone);
    provider.clearCalls();
    world.clock.pass(MINUTE);
    expect((await world.run(id, { full: true })).counts).toMatchObject({ missing: 1 });
    expect(await missing(world, id)).toEqual([gone]);
    expect(provider.calls.length - listCalls(provider).length).toBe(1);

    provider.clearCalls();
    expect((await world.run(id, { full: true })).counts).toMatchObject({ missing: 0 });
    expect(provider.calls.length).toBe(listCalls(provider).length);

    provider.clearFaults();
    expect((await world.run(id, { full: true })).counts).toMatchObject({ missing: 0, changed: 1 });
    expect(await missing(world, id)).toEqual([]);
  });

  it('that a listing leaves out though it is there is kept as it is there', async () => {
    const world = await startSyncing();
    await world.run(id);
    const before = await world.known(id);
    lie(world.provider(id), (records) => records.filter((_, index) => index % 3 !== 0));
    const { state, counts } = await world.run(id, { full: true });
    expect([state, counts.missing]).toEqual(['COMPLETE', 0]);
    expect(counts.unchanged).toBe(before.length);
    expect(await world.known(id)).toEqual(before);
  });

  it('is not missing because its listing says that there is nobody', async () => {
    const world = await startSyncing({ customers: 0 });
    await world.run(id);
    const before = await world.known(id);
    expect(before.length).toBeGreaterThan(0);
    lie(world.provider(id), (_, page) => {
      delete page.links;
      page.has_more = false;
      return [];
    });
    expect(await world.run(id, { full: true })).toMatchObject({ state: 'COMPLETE', counts: { missing: 0 } });
    expect(await world.known(id)).toEqual(before);
  });

  it('is not missing where it can’t be asked for: that ends the run, and the next one looks again', async () => {
    const world = await startSyncing({ customers: 0 });
    await world.run(id);
    const provider = world.provider(id);
    const [, gone = ''] = provider.examples;
    remove(world, id, gone);
    const refusal = provider.faults.length;
    const [route] = [READS[id]?.route ?? ''];
    provider.clearFaults();
    lie(provider, (records) => records.filter((record) => idIn(record) !== gone));
    provider.fault({ kind: 'status', status: 500, route });
    const failed = await world.run(id, { full: true });
    expect([refusal, failed.state, failed.problem?.code]).toEqual([2, 'FAILED', 'PROVIDER_UNAVAILABLE']);
    expect(await missing(world, id)).toEqual([]);
    provider.clearFaults();
    remove(world, id, gone);
    expect(await world.run(id)).toMatchObject({ state: 'COMPLETE', counts: { missing: 1 } });
    expect(await missing(world, id)).toEqual([gone]);
  });

  it('that was looked for is not looked for again by the next run, where one is cut off', async () => {
    const world = await startSyncing({ customers: 70 });
    await world.run(id);
    const provider = world.provider(id);
    const pages = listCalls(provider).length;
    lie(provider, (records) => records.slice(0, 1));
    const { route = '' } = READS[id] ?? {};
    const fault = provider.fault({ kind: 'status', status: 503, route, skip: 45 });
    expect(await world.run(id, { full: true })).toMatchObject({ state: 'FAILED', counts: { missing: 0 } });
    fault.remove();
    const left = (await world.known(id)).length - pages;
    provider.clearCalls();
    expect(await world.run(id)).toMatchObject({ state: 'COMPLETE', counts: { missing: 0 } });
    // What was looked for is written down by twenties.
    expect(provider.calls.length - listCalls(provider).length).toBe(left - 40);
  });

  it('that became known while the listing ran is not looked for', async () => {
    const world = await startSyncing({ customers: 0 });
    await world.run(id);
    const key = { provider: id, providerId: world.provider(id).idOf(999_999) };
    const opened = await world.open({ began: () => void world.store.keep([{ key, customer: key }]) });
    world.provider(id).clearCalls();
    const run = opened.sync.run(id, { full: true });
    expect(await run).toMatchObject({ state: 'COMPLETE', counts: { missing: 0 } });
    await opened.close();
    expect(await world.store.record(key)).toMatchObject({ missingSince: null });
  });

  it('that was erased is not looked for, nor brought back', async () => {
    const world = await startSyncing({ customers: 0 });
    await world.run(id);
    const provider = world.provider(id);
    const [listed = '', unlisted = ''] = provider.examples;
    for (const providerId of [listed, unlisted])
      await world.store.erase({ provider: id, providerId }, deedAt(new Date(world.clock.now())));
    lie(provider, (records) => records.filter((record) => idIn(record) !== unlisted));
    provider.clearCalls();
    expect((await world.run(id, { full: true })).counts).toMatchObject({ erased: 1, missing: 0, added: 0 });
    expect(provider.calls.length).toBe(listCalls(provider).length);
    expect(await world.store.record({ provider: id, providerId: listed })).toMatchObject({ hash: null });
  });
});

it('looks for a thousand at the most in one run, and for the others in the next', async () => {
  const world = await startSyncing({ customers: 0 });
  await world.run('octobat');
  const octobat = world.provider('octobat');
  const keys = Array.from({ length: 1_500 }, (_, index) => ({
    provider: 'octobat',
    providerId: octobat.idOf(1_000_000 + index),
  }));
  for (const key of keys) await world.store.keep([{ key, customer: key }]);
  expect((await world.run('octobat')).counts).toMatchObject({ missing: 1_000 });
  expect((await world.run('octobat')).counts).toMatchObject({ missing: 500 });
  expect(await missing(world, 'octobat')).toHaveLength(1_500);
  expect((await world.run('octobat')).counts).toMatchObject({ missing: 0 });
});
