import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ChangeFeed } from '../../src/gateway/changes/feed.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { Operation } from '../../src/gateway/operation.ts';
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
const NO_FEED = { subscribers: 0, ofOneCaller: 0, waiting: 0, pollMs: 1_000 };
let world: World;
let gateway: Gateway;
let close: () => Promise<void>;
let known: readonly string[];
beforeAll(async () => {
  world = await startCopiedWorld(['cycle-software'], { customers: PEOPLE, clock: clock.now }, { clock });
  const providers = await loadProviders();
  const store = openSqliteStore(join(world.folder, 'clientele.db'), merge);
  const config = readConfig({ AUTH: 'none', ...world.sandbox.env }, providers);
  const transports = new Map<string, Transport>();
  const made = (provider: string, transport: Transport) => void transports.set(provider, transport);
  const connections = connect(providers, config, clock, { report: () => undefined, made });
  const ids = createIds(createSealer('a secret of at least sixteen characters'));
  const unforeseen = (thrown: unknown): never => {
    throw thrown;
  };
  const changes = new ChangeFeed({ store, ids, limits: NO_FEED, elsewhere: null, unforeseen });
  gateway = createGateway({
    ...{ providers, connections, trustOrder: TRUST_ORDER, ids, store, changes, clock, unforeseen },
    ...{ cacheMaxAgeMs: 0, deadlineMs: 10_000, syncing: { intervalMs: 0 } },
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

/** @returns what is told of the plans that were made, and how many calls came of them */
async function plansOf(ids: readonly string[], before: (operation: Operation) => void = () => undefined) {
  const pieces: Piece[] = [];
  const trace = { add: (piece: Piece) => void pieces.push(piece) };
  const operation = new Operation(gateway, { name: 'somebody', scopes: new Set() }, 'request', undefined, trace);
  before(operation);
  world.calls();
  const readings = await Promise.all(
    ids.map((providerId) => operation.read({ provider: 'cycle-software', providerId })),
  );
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
        ...{ reads: 500, pages: 1 },
      },
    ],
    calls: 1,
  });
});

it('tells that single reads were, too', async () => {
  expect(await plansOf(known.slice(0, 5))).toEqual({
    plans: [
      {
        ...{ provider: 'cycle-software', records: 5, choice: 'SINGLE_READS', reason: 'PAGES_TOO_LARGE' },
        ...{ reads: 5, pages: 1 },
      },
    ],
    calls: 5,
  });
});

it('tells nothing of one record, where there is nothing to choose', async () => {
  expect(await plansOf(known.slice(0, 1))).toEqual({ plans: [], calls: 1 });
});

it('never believes a page of what is read in order to write', async () => {
  const some = known.slice(0, 60);
  expect(await plansOf(some, (operation) => operation.readsToWrite())).toEqual({ plans: [], calls: 60 });
});

it('never believes a page of what this operation has written to', async () => {
  const [first = '', second = ''] = known;
  const wrote = (operation: Operation) => {
    for (const providerId of [first, second]) operation.wrote({ provider: 'cycle-software', providerId });
  };
  const { plans, calls } = await plansOf(known.slice(0, 80), wrote);
  expect([plans.map(({ records }) => records), calls]).toEqual([[78], 3]);
});

it('never believes a page of what was written to and not read since, by whomever', async () => {
  const [first = ''] = known;
  const key = { provider: 'cycle-software', providerId: first };
  await gateway.store.keep([{ key, customer: key, outdated: new Date(clock.now()) }]);
  clock.ahead += 1_000;
  const { plans, calls } = await plansOf(known.slice(0, 80));
  expect([plans.map(({ records }) => records), calls]).toEqual([[79], 2]);
});

it('waits for a page half of the time that is left, and then leaves it to those who have more', async () => {
  const some = known.slice(0, 80);
  const leaving = (ms: number) => (operation: Operation) => {
    clock.ahead += operation.leftMs - ms;
  };
  const silent = world.provider('cycle-software').fault({ kind: 'silent', route: '/api/v1/customers/list.json' });
  const first = await plansOf(some, leaving(2_000));
  expect([first.plans, first.calls]).toMatchObject([[{ choice: 'LIST_PAGES' }], 81]);
  silent.remove();
  const hasty = await plansOf(some, leaving(1_600));
  expect([hasty.plans, hasty.calls]).toMatchObject([[{ choice: 'SINGLE_READS', reason: 'PAGES_TOO_SLOW' }], 80]);
  expect((await plansOf(some)).plans).toMatchObject([{ choice: 'LIST_PAGES' }]);
});
