import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clock,
  extents,
  idsOf,
  list,
  listAll,
  NOW,
  populationOf,
  startListingWorld,
  TRUST,
  textOf,
} from '../support/listing.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** Listing live: how far each provider was searched, and what is said of it. */

let world: World;
beforeAll(async () => {
  world = await startListingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('coverage', () => {
  it('is COMPLETE with its time and number where a provider’s listing came to its end', async () => {
    const { customers } = await list(world, { first: 500 });
    const count = (provider: string) =>
      customers.edges.filter(({ node }) => node.records[0]?.provider === provider).length;
    expect(customers.pageInfo.hasNextPage).toBe(false);
    expect(customers.coverage).toEqual(
      TRUST.map((provider, index) => ({
        provider,
        extent: index < 3 ? 'COMPLETE' : 'KNOWN_ONLY',
        records: count(provider),
        asOf: new Date(NOW).toISOString(),
        reason: index < 3 ? null : expect.stringMatching(/^Known only: /),
      })),
    );
    // Several providers may hold the same customer: nobody knows how many there are.
    expect(customers.totalCount).toBeNull();
  });

  it('is PARTIAL where it goes on or has not begun, and says so', async () => {
    const { customers } = await list(world, { first: 5 });
    expect(customers.coverage.map(({ extent, records, reason }) => [extent, records, reason])).toEqual([
      ['PARTIAL', 5, 'Goes on on later pages.'],
      ...Array(4).fill(['PARTIAL', 0, 'Comes on later pages.']),
    ]);
    expect(customers.coverage.map(({ asOf }) => asOf === null)).toEqual([false, true, true, true, true]);
  });

  it('says of a later page what was listed on earlier ones', async () => {
    const octobat = await list(world, { first: 500, filter: { providers: ['OCTOBAT'] } });
    const { customers } = await list(world, { first: octobat.customers.edges.length + 3 });
    const next = await list(world, { first: 1, after: customers.pageInfo.endCursor });
    expect(next.customers.coverage.slice(0, 2)).toEqual([
      { provider: 'OCTOBAT', extent: 'COMPLETE', records: null, asOf: null, reason: 'Listed on earlier pages.' },
      expect.objectContaining({ provider: 'CYCLE_SOFTWARE', extent: 'PARTIAL', records: 1 }),
    ]);
  });

  it('has a total only where one provider alone is asked that says it', async () => {
    const total = async (provider: string) =>
      (await list(world, { first: 1, filter: { providers: [provider] } })).customers;
    const ours = [...(await populationOf(world))].filter((record) => record.startsWith('OCTOBAT '));
    expect((await total('OCTOBAT')).totalCount).toBe(ours.length);
    for (const provider of TRUST.slice(1)) expect((await total(provider)).totalCount).toBeNull();
  });

  it('is FAILED for a provider that can’t be asked; the others are listed, and what they hold of its customers', async () => {
    const population = await populationOf(world);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    const pages = await listAll(world, { first: 50 });
    const [first, ...later] = pages;
    expect(first?.coverage[0]).toEqual({
      provider: 'OCTOBAT',
      extent: 'FAILED',
      records: null,
      asOf: null,
      reason: 'The provider answered with status 503.',
    });
    for (const { coverage } of later) expect(coverage[0]).toMatchObject({ provider: 'OCTOBAT', extent: 'FAILED' });
    const nodes = pages.flatMap(({ edges }) => edges.map(({ node }) => node));
    const records = nodes.flatMap(({ records }) => records.map(textOf));
    expect(records).toHaveLength(new Set(records).size);
    const elsewhere = [...population].filter((record) => !record.startsWith('OCTOBAT '));
    expect(elsewhere.every((record) => records.includes(record))).toBe(true);
    expect(nodes.filter(({ records }) => records[0]?.provider === 'OCTOBAT')).toHaveLength(1);
  });

  it('is not asked again on later pages of a provider that failed on the first', async () => {
    world.provider('octobat').fault({ kind: 'status', status: 503, times: 1 });
    const { customers } = await list(world, { first: 50 });
    world.calls();
    const next = await list(world, { first: 50, after: customers.pageInfo.endCursor });
    expect(next.customers.coverage[0]).toEqual({
      provider: 'OCTOBAT',
      extent: 'FAILED',
      records: null,
      asOf: null,
      reason: 'It could not be asked for an earlier page.',
    });
    expect(world.calls().filter((call) => call.startsWith('octobat'))).toEqual([]);
  });

  it('is FAILED for a provider that breaks down on a later page, and the listing goes on with the next', async () => {
    const filter = { providers: ['CYCLE_SOFTWARE', 'NUTCACHE'] };
    const { customers } = await list(world, { first: 50, filter });
    world.provider('cycle-software').fault({ kind: 'html' });
    const next = await list(world, { first: 5, after: customers.pageInfo.endCursor, filter });
    expect(extents(next.customers)).toEqual({ CYCLE_SOFTWARE: 'FAILED', NUTCACHE: 'PARTIAL' });
    expect(idsOf(next.customers).every((id) => id.startsWith('NUTCACHE '))).toBe(true);
    expect(next.customers.coverage[0]?.reason).toBe('The provider gave an answer that is not JSON.');
  });

  it('is FAILED for a provider whose known records can’t be read', async () => {
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500 });
    const { customers } = await list(world, { filter: { providers: ['DIRTY_LEMON', 'ONBOARD_FLOW'] } });
    expect(extents(customers)).toEqual({ DIRTY_LEMON: 'FAILED', ONBOARD_FLOW: 'KNOWN_ONLY' });
    // Ada is listed at her other record instead.
    expect(customers.edges).toHaveLength(4);
  });

  it('says whom there is nothing to search at, and never searched', async () => {
    const small = await startWorld({ sandbox: { providers: ['octobat', 'nutcache'] }, clock });
    try {
      const { customers } = await list(small, {});
      expect(customers.coverage.map(({ provider, extent, records }) => [provider, extent, records])).toEqual([
        ['OCTOBAT', 'COMPLETE', 3],
        ['CYCLE_SOFTWARE', 'NOT_CONFIGURED', null],
        ['NUTCACHE', 'COMPLETE', 9],
        ['DIRTY_LEMON', 'NOT_CONFIGURED', null],
        ['ONBOARD_FLOW', 'NOT_CONFIGURED', null],
      ]);
      expect(customers.coverage[1]?.reason).toBe('CycleSoftware is not configured here.');
      const found = await list(small, { filter: { providers: ['CYCLE_SOFTWARE'], country: 'NL' } });
      expect(found.customers).toMatchObject({ edges: [], totalCount: null });
      expect(extents(found.customers)).toEqual({ CYCLE_SOFTWARE: 'NOT_CONFIGURED' });
      const { data, errors } = await small.query('{ provider(name: CYCLE_SOFTWARE) { records { totalCount } } }');
      expect(data).toEqual({ provider: { records: null } });
      expect(errors).toMatchObject([
        {
          path: ['provider', 'records'],
          extensions: { code: 'PROVIDER_NOT_CONFIGURED', provider: 'CYCLE_SOFTWARE' },
        },
      ]);
    } finally {
      await small.close();
    }
  });
});
