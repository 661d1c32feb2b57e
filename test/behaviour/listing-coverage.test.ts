import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY } from '../../src/gateway/sync/watcher.ts';
import { openSync } from '../../src/openSync.ts';
import { createAda } from '../support/customers.ts';
import { startGate } from '../support/gate.ts';
import { COPIED, createCustomers, extents, list, NOW, seeded, TRUST } from '../support/listing.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

/** How far each provider was searched, and what is said of it: empty is not the same as not searched. */

const clock = { at: NOW, now: () => clock.at, elapsed: () => performance.now() };
let world: World;
beforeAll(async () => {
  world = await startWorld({ clock, sandbox: { customers: 30, settings: { 'cycle-software': { pageSize: 10 } } } });
});
afterAll(() => world.close());
afreshEach(() => world);

const timeOf = (ms: number): string => new Date(ms).toISOString();
const NOT_YET = 'Not all of its customers have been copied yet. ';
const SOON = `${NOT_YET}Ask again in a while.`;
const NOT_BY_ITSELF = `${NOT_YET}This gateway copies nothing by itself: run clientele sync.`;

/** Copies a provider's listing into the world's directory, as another process would. */
async function copy(at: World, provider: string, environment: Record<string, string> = {}): Promise<string> {
  const own = { AUTH: 'none', LOG_LEVEL: 'silent', DATABASE_URL: `file:${join(at.folder, 'clientele.db')}` };
  const syncing = { wait: async () => undefined };
  const opened = await openSync({ ...at.sandbox.env, ...own, ...environment }, NOBODY, { clock, syncing });
  try {
    return (await opened.sync.run(provider)).state;
  } finally {
    await opened.close();
  }
}

const coverage = async (at: World, variables: object = {}) => (await list(at, { first: 0, ...variables })).customers;
const one = async (at: World, provider: string) =>
  (await coverage(at, { filter: { providers: [provider] } })).coverage[0];

describe('coverage', () => {
  it('is PARTIAL where nothing was ever copied and says what to do, KNOWN_ONLY where nothing can be', async () => {
    expect((await coverage(world)).coverage).toEqual(
      TRUST.map((provider) => ({
        ...{ provider, records: 0, asOf: null },
        extent: COPIED.includes(provider) ? 'PARTIAL' : 'KNOWN_ONLY',
        reason: COPIED.includes(provider) ? NOT_BY_ITSELF : expect.stringMatching(/^Known only: /),
      })),
    );
    expect((await coverage(world)).totalCount).toBeNull();
    expect(world.calls()).toEqual([]);
  });

  it('is FAILED where a first copying failed before it had anything, and says why', async () => {
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    expect(await copy(world, 'octobat')).toBe('FAILED');
    expect(await one(world, 'OCTOBAT')).toEqual({
      ...{ provider: 'OCTOBAT', extent: 'FAILED', records: 0, asOf: null },
      reason: 'The provider answered with status 503.',
    });
    // The others say what is so of them.
    expect(extents(await coverage(world))).toMatchObject({ OCTOBAT: 'FAILED', CYCLE_SOFTWARE: 'PARTIAL' });
  });

  it('is PARTIAL where a first copying broke off, with those who were copied', async () => {
    world.provider('cycle-software').fault({ kind: 'html', skip: 2 });
    expect(await copy(world, 'cycle-software')).toBe('FAILED');
    expect(await one(world, 'CYCLE_SOFTWARE')).toEqual({
      ...{ provider: 'CYCLE_SOFTWARE', extent: 'PARTIAL', records: 20, asOf: null },
      reason: 'The provider gave an answer that is not JSON.',
    });
    const { customers } = await list(world, { first: 500 });
    expect(customers.edges).toHaveLength(20);
    expect(customers.totalCount).toBeNull();
  });

  it('is COMPLETE once everything was copied, as of when the listing began', async () => {
    clock.at = NOW + 3_600_000;
    const gate = await startGate(world.provider('octobat'));
    const copying = copy(world, 'octobat', { OCTOBAT_URL: gate.url });
    await gate.arrived(1);
    clock.at += 60_000;
    gate.open();
    expect(await copying).toBe('COMPLETE');
    await gate.close();
    clock.at += 60_000;
    const records = seeded(world).filter((record) => record.startsWith('OCTOBAT')).length;
    expect(await one(world, 'OCTOBAT')).toEqual({
      ...{ provider: 'OCTOBAT', extent: 'COMPLETE', records, asOf: timeOf(NOW + 3_600_000), reason: null },
    });
    const { totalCount } = await coverage(world, { filter: { providers: ['OCTOBAT'] } });
    expect(totalCount).toBe(records);
    // One that was not searched in full is enough for nobody to know.
    expect((await coverage(world)).totalCount).toBeNull();
    expect((await coverage(world, { filter: { providers: ['OCTOBAT', 'CYCLE_SOFTWARE'] } })).totalCount).toBeNull();
    expect((await coverage(world, { filter: { providers: ['OCTOBAT', 'DIRTY_LEMON'] } })).totalCount).toBe(records);
  });

  it('goes on from where it broke off', async () => {
    expect(await copy(world, 'cycle-software')).toBe('COMPLETE');
    const records = seeded(world).filter((record) => record.startsWith('CYCLE_SOFTWARE')).length;
    expect(await one(world, 'CYCLE_SOFTWARE')).toMatchObject({ extent: 'COMPLETE', records, reason: null });
  });

  it('stays COMPLETE as of the last copying when the next one fails', async () => {
    const before = await one(world, 'OCTOBAT');
    clock.at += 3_600_000;
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    expect(await copy(world, 'octobat')).toBe('FAILED');
    expect(await one(world, 'OCTOBAT')).toEqual(before);
    const { customers } = await list(world, { first: 500, filter: { providers: ['OCTOBAT'] } });
    expect(customers.edges).toHaveLength(before?.records ?? 0);
    world.provider('octobat').clearFaults();
    expect(await copy(world, 'octobat')).toBe('COMPLETE');
    expect(await one(world, 'OCTOBAT')).toEqual({ ...before, asOf: timeOf(clock.at) });
  });

  it('has a total once every provider with a listing was copied, known ones counted with them', async () => {
    expect(await copy(world, 'nutcache')).toBe('COMPLETE');
    await createCustomers(world);
    const { customers } = await list(world, { first: 500 });
    expect(customers.totalCount).toBe(customers.edges.length);
    expect(extents(customers)).toEqual({
      ...{ OCTOBAT: 'COMPLETE', CYCLE_SOFTWARE: 'COMPLETE', NUTCACHE: 'COMPLETE' },
      ...{ DIRTY_LEMON: 'KNOWN_ONLY', ONBOARD_FLOW: 'KNOWN_ONLY' },
    });
    const known = Object.fromEntries(customers.coverage.map(({ provider, records }) => [provider, records]));
    expect(known).toMatchObject({ DIRTY_LEMON: 5, ONBOARD_FLOW: 4 });
    expect(Object.values(known).reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(
      customers.edges.flatMap(({ node }) => node.records).length,
    );
  });

  it('is the same on every page, and of those asked for alone', async () => {
    const { customers } = await list(world, { first: 3 });
    const next = await list(world, { first: 3, after: customers.pageInfo.endCursor });
    expect(next.customers.coverage).toEqual(customers.coverage);
    const some = await coverage(world, { filter: { providers: ['NUTCACHE', 'OCTOBAT'] } });
    expect(some.coverage).toEqual([customers.coverage[0], customers.coverage[2]]);
  });
});

describe('a first copying that is under way', () => {
  it('is waited for a moment, and PARTIAL with those who are there by then', async () => {
    const sandboxed = await startWorld({ clock, sandbox: { customers: 16 } });
    const gate = await startGate(sandboxed.provider('nutcache'));
    try {
      // One that syncs and waits at the gate, and one that does not and is asked.
      await sandboxed.another({ SYNC_INTERVAL: '3600', NUTCACHE_URL: gate.url });
      await gate.arrived(1);
      const open = await coverage(sandboxed);
      expect(extents(open)).toMatchObject({ OCTOBAT: 'COMPLETE', CYCLE_SOFTWARE: 'COMPLETE', NUTCACHE: 'PARTIAL' });
      expect(open.coverage[2]).toMatchObject({ records: 0, asOf: null, reason: SOON });
      expect(open.totalCount).toBeNull();
      const asked = coverage(sandboxed);
      gate.open();
      expect(extents(await asked)).toMatchObject({ NUTCACHE: 'COMPLETE' });
    } finally {
      gate.open();
      await sandboxed.close();
      await gate.close();
    }
  });
});

describe('a provider that is not configured', () => {
  it('is never searched, says so, and has nobody who would be missing from a total', async () => {
    const small = await startWorld({ sandbox: { providers: ['octobat', 'nutcache'] }, clock });
    try {
      const { customers } = await list(small, {});
      expect(customers.coverage.map(({ provider, extent, records }) => [provider, extent, records])).toEqual([
        ['OCTOBAT', 'PARTIAL', 0],
        ['CYCLE_SOFTWARE', 'NOT_CONFIGURED', null],
        ['NUTCACHE', 'PARTIAL', 0],
        ['DIRTY_LEMON', 'NOT_CONFIGURED', null],
        ['ONBOARD_FLOW', 'NOT_CONFIGURED', null],
      ]);
      expect(customers.coverage[1]?.reason).toBe('CycleSoftware is not configured here.');
      expect(customers.totalCount).toBeNull();
      for (const provider of ['octobat', 'nutcache']) expect(await copy(small, provider)).toBe('COMPLETE');
      const whole = await list(small, { first: 500 });
      expect(whole.customers.totalCount).toBe(whole.customers.edges.length);
      expect(whole.customers.edges).not.toEqual([]);
      for (const filter of [
        { providers: ['CYCLE_SOFTWARE'], country: 'NL' },
        { providers: ['CYCLE_SOFTWARE'], cycleSoftware: { houseNumber: '1' } },
      ]) {
        const found = await list(small, { filter });
        expect(found.customers).toMatchObject({ edges: [], totalCount: 0 });
        expect(extents(found.customers)).toEqual({ CYCLE_SOFTWARE: 'NOT_CONFIGURED' });
      }
    } finally {
      await small.close();
    }
  });

  it('any more lists nobody by what was copied of it, and lists whom others know', async () => {
    const both = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], { companyName: 'Wulpenburg' });
    await createAda(world, ['CYCLE_SOFTWARE'], { companyName: 'Wulpenburg' });
    const without = await world.another({
      CYCLE_SOFTWARE_URL: '',
      CYCLE_SOFTWARE_USERNAME: '',
      CYCLE_SOFTWARE_PASSWORD: '',
    });
    const answer = await ask(
      without.url,
      `{ customers(filter: { text: "wulpenburg" }) { nodes { id displayName } totalCount }
         shop: customers(filter: { providers: [CYCLE_SOFTWARE] }) { nodes { id } totalCount } }`,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      customers: { nodes: [{ id: both, displayName: 'Wulpenburg' }], totalCount: 1 },
      shop: { nodes: [], totalCount: 0 },
    });
  });
});
