import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ChangeFeed } from '../../src/gateway/changes/feed.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { Operation } from '../../src/gateway/operation.ts';
import type { ProviderRecord } from '../../src/gateway/record.ts';
import { ALONE } from '../../src/http/together.ts';
import type { Transport } from '../../src/http/transport.ts';
import { createIds } from '../../src/ids/ids.ts';
import { createSealer } from '../../src/ids/seal.ts';
import { connect } from '../../src/parts.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Piece } from '../../src/trace.ts';
import { createMovingClock, PEOPLE, startCopiedWorld } from '../support/manyReads.ts';
import { merge, TRUST_ORDER } from '../support/store.ts';
import { afreshEach, type World } from '../support/world.ts';

/** What a trace tells of the choice between single reads and pages; and of whom a page is never believed. */

const clock = createMovingClock();
/** What calls took is not known for longer. */
const LONG = 5 * 60_000;
const NO_FEED = { subscribers: 0, ofOneCaller: 0, waiting: 0, pollMs: 1_000 };
let world: World;
let gateway: Gateway;
let close: () => Promise<void>;
let known: readonly string[];
beforeAll(async () => {
  const settings = { 'cycle-software': { pageSize: 100 } };
  world = await startCopiedWorld(['cycle-software'], { customers: PEOPLE, clock: clock.now, settings }, { clock });
  const providers = await loadProviders();
  const store = openSqliteStore(join(world.folder, 'clientele.db'), merge);
  const config = readConfig({ AUTH: 'none', ...world.sandbox.env }, providers);
  const transports = new Map<string, Transport>();
  const made = (provider: string, transport: Transport) => void transports.set(provider, transport);
  const connections = connect(providers, config, clock, () => ALONE, { report: () => undefined, made });
  const ids = createIds(createSealer('a secret of at least sixteen characters'));
  const unforeseen = (thrown: unknown): never => {
    throw thrown;
  };
  const changes = new ChangeFeed({ store, ids, limits: NO_FEED, elsewhere: null, unforeseen });
  gateway = createGateway({
    ...{ providers, connections, trustOrder: TRUST_ORDER, ids, store, changes, clock, unforeseen },
    ...{ cacheMaxAgeMs: 0, deadlineMs: 10_000, syncing: { intervalMs: 0 } },
    answered: () => undefined,
    callsLeft: (provider, limits) => transports.get(provider)?.callsLeft(limits) ?? Infinity,
  });
  known = (await store.page('cycle-software', 0, 1_000)).map(({ providerId }) => providerId);
  close = async () => {
    for (const connection of connections.values()) await connection.close();
    await gateway.directory.settled();
    await store.close();
    await world.close();
  };
});
afterAll(() => close());
afreshEach(() => world);
beforeEach(() => clock.passMinute());

const keyOf = (providerId: string) => ({ provider: 'cycle-software', providerId });

/** @returns what is told of the plans that were made, and how many calls came of them */
async function plansOf(ids: readonly string[], before: (operation: Operation) => void = () => undefined) {
  const pieces: Piece[] = [];
  const trace = { add: (piece: Piece) => void pieces.push(piece) };
  const operation = new Operation(
    gateway,
    { name: 'somebody', loggedAs: 'somebody', scopes: new Set() },
    'request',
    undefined,
    trace,
  );
  before(operation);
  world.calls();
  const readings = await Promise.all(ids.map((providerId) => operation.read(keyOf(providerId))));
  for (const reading of readings) expect(reading).toMatchObject({ servedFrom: 'LIVE', problem: null });
  const plans = pieces.filter(({ name }) => name === 'plan');
  for (const { startedAt, endedAt } of plans) expect(startedAt).toBeLessThanOrEqual(endedAt);
  return { plans: plans.map(({ attributes }) => attributes), calls: world.calls().length };
}

it('tells that pages were chosen, why, and the calls that each way takes', async () => {
  expect(await plansOf(known)).toEqual({
    plans: [
      {
        ...{ provider: 'cycle-software', records: 500, choice: 'LIST_PAGES', reason: 'FEWER_CALLS' },
        ...{ reads: 500, pages: 5 },
      },
    ],
    calls: 5,
  });
});

it('tells that single reads were, too', async () => {
  expect(await plansOf(known.slice(0, 5))).toEqual({
    plans: [
      {
        ...{ provider: 'cycle-software', records: 5, choice: 'SINGLE_READS', reason: 'NOT_FEWER_CALLS' },
        ...{ reads: 5, pages: 5 },
      },
    ],
    calls: 5,
  });
});

it('tells nothing of one record, where there is nothing to choose', async () => {
  expect(await plansOf(known.slice(0, 1))).toEqual({ plans: [], calls: 1 });
});

it('tells nothing of one record that a page could have, either', async () => {
  const [first = '', second = ''] = known;
  const wrote = (operation: Operation) => operation.wrote(keyOf(second));
  expect(await plansOf([first, second], wrote)).toEqual({ plans: [], calls: 2 });
});

describe('pages are left', () => {
  it('when all that is wanted has come', async () => {
    expect((await plansOf(known.slice(0, 200))).calls).toBe(2);
  });

  it('when so little of it is left that single reads cost less', async () => {
    expect((await plansOf([...known.slice(0, 195), ...known.slice(-5)])).calls).toBe(2 + 5);
  });

  it('when they are one more than there were, which is as much as a listing grows', async () => {
    const { store } = gateway;
    const state = (await store.syncState('cycle-software')) as { whole: object };
    const copiedAs = (pages: number): Promise<void> =>
      store.saveSync('cycle-software', { ...state, whole: { ...state.whole, listed: 100 * pages, pages } });
    try {
      await copiedAs(4);
      expect((await plansOf(known)).calls).toBe(5);
      clock.passMinute();
      await copiedAs(3);
      expect((await plansOf(known)).calls).toBe(4 + 100);
    } finally {
      await store.saveSync('cycle-software', state);
    }
  });
});

it('tells of a record in a page that it is as new as the question', async () => {
  world.provider('cycle-software').fault({ kind: 'delay', ms: 50 });
  const operation = new Operation(gateway, { name: 'somebody', loggedAs: 'somebody', scopes: new Set() }, 'request');
  const [first] = await Promise.all(known.slice(0, 80).map((providerId) => operation.read(keyOf(providerId))));
  const [call, ...others] = world.provider('cycle-software').calls.slice(-world.calls().length);
  expect(others).toEqual([]);
  expect((first as ProviderRecord).fetchedAt.getTime()).toBeLessThanOrEqual(call?.at ?? 0);
});

it('never believes a page of what is read in order to write', async () => {
  const some = known.slice(0, 60);
  expect(await plansOf(some, (operation) => operation.readsToWrite())).toEqual({ plans: [], calls: 60 });
});

it('never believes a page of what this operation has written to', async () => {
  const [first = '', second = ''] = known;
  const wrote = (operation: Operation) => {
    for (const providerId of [first, second]) operation.wrote(keyOf(providerId));
  };
  const { plans, calls } = await plansOf(known.slice(0, 80), wrote);
  expect([plans.map(({ records }) => records), calls]).toEqual([[78], 3]);
});

it('never believes a page of what was written to and not read since, by whomever', async () => {
  const [first = ''] = known;
  const key = keyOf(first);
  await gateway.store.keep([{ key, customer: key, outdated: new Date(clock.now()) }]);
  clock.ahead += 1_000;
  const { plans, calls } = await plansOf(known.slice(0, 80));
  expect([plans.map(({ records }) => records), calls]).toEqual([[79], 2]);
});

it('looks in no page for what its provider did not have when it was last asked', async () => {
  const [first = ''] = known;
  await gateway.store.markMissing([keyOf(first)], new Date(clock.now()));
  const { plans, calls } = await plansOf(known.slice(0, 80));
  expect([plans.map(({ records }) => records), calls]).toEqual([[79], 2]);
});

it('waits for a page half of the time that is left, and then leaves it to those who have more', async () => {
  const some = known.slice(0, 80);
  const leaving = (ms: number) => (operation: Operation) => {
    clock.ahead += operation.leftMs - ms;
  };
  // What was measured before is forgotten.
  clock.ahead += LONG;
  const silent = world.provider('cycle-software').fault({ kind: 'silent', route: '/api/v1/customers/list.json' });
  const first = await plansOf(some, leaving(1_800));
  expect([first.plans, first.calls]).toMatchObject([[{ choice: 'LIST_PAGES' }], 81]);
  silent.remove();
  const hasty = await plansOf(some, leaving(1_600));
  expect([hasty.plans, hasty.calls]).toMatchObject([[{ choice: 'SINGLE_READS', reason: 'PAGES_TOO_SLOW' }], 80]);
  expect((await plansOf(some)).plans).toMatchObject([{ choice: 'LIST_PAGES' }]);
});

it('learns from a page how long pages take, and nothing from one that nobody waited for', async () => {
  const pageMs = () => gateway.listings.pace('cycle-software', { records: 100, pages: 100 }).pageMs;
  const some = known.slice(0, 80).map(keyOf);
  const list = world.provider('cycle-software');
  clock.ahead += LONG;
  list.fault({ kind: 'delay', ms: 300, times: 1 });
  await plansOf(known.slice(0, 80));
  expect(pageMs()).toBeGreaterThanOrEqual(290);
  clock.ahead += LONG;
  const unknown = pageMs();
  list.fault({ kind: 'silent' });
  const operation = new Operation(gateway, { name: 'somebody', loggedAs: 'somebody', scopes: new Set() }, 'request');
  list.clearCalls();
  const readings = Promise.all(some.map((key) => operation.read(key)));
  await list.received(1);
  operation.abandon();
  for (const reading of await readings) expect(reading).toMatchObject({ problem: { code: 'DEADLINE_EXCEEDED' } });
  expect(pageMs()).toBe(unknown);
});
