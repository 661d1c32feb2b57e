import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { ada } from './customers.ts';
import { merge } from './store.ts';
import { listCalls, syncOnce } from './sync.ts';
import { afreshEach, startWorld, type World } from './world.ts';

/** Writes whose answers are lost, and gateways that look for what came of them. */

const NAMES = { octobat: 'OCTOBAT', 'cycle-software': 'CYCLE_SOFTWARE', 'dirty-lemon': 'DIRTY_LEMON' } as const;
export type Id = keyof typeof NAMES;

export const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId provider status record { id providerId } error { code } } errors { code message } } }`;
export const WRITE = `query ($id: ID!) { write(id: $id) {
  status record { id providerId customer { id records { provider } } } error { code retryable } } }`;

/** @param everyMs how often the gateway looks by itself */
export function startLosing(everyMs: number) {
  let world: World;
  let store: Store;
  /** The gateway's time goes on when a test says so. */
  let aheadMs = 0;
  let number = 0;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const path = (database: string): string => join(world.folder, database);

  beforeAll(async () => {
    world = await startWorld({ clock, looks: { everyMs }, sandbox: { clock: clock.now } });
    store = openSqliteStore(path('clientele.db'), merge);
    await losing.sync();
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  beforeEach(() => {
    number += 1;
    for (const provider of world.sandbox.providers) provider.clearCalls();
  });
  afreshEach(() => world);
  afterEach(() => {
    // Whatever a test has left unknown is looked for no more.
    aheadMs += 2 * 60 * 60_000;
  });

  const losing = {
    names: NAMES,
    get world(): World {
      return world;
    },
    get store(): Store {
      return store;
    },
    /** Sets the clock. */
    set(byMs: number): void {
      aheadMs += byMs;
    },
    /** A minute passes, less what a look takes. */
    pass(): void {
      aheadMs += 55_000;
    },
    /** Somebody else from now on. */
    next(): number {
      number += 1;
      return number;
    },
    get number(): number {
      return number;
    },
    path,
    /** Lists Octobat into a database of the world's folder, as `clientele sync` does. */
    sync(database = 'clientele.db'): Promise<void> {
      const environment = { ...world.sandbox.env, AUTH: 'none', LOG_LEVEL: 'silent' };
      return syncOnce({ ...environment, DATABASE_URL: `file:${path(database)}` }, 'octobat', clock);
    },
    /** @param provider which provider's fields are given */
    somebody: (provider: Id) => ({
      ...{ firstName: 'Ada', lastName: `Lovelace ${number}`, email: `ada.${number}@example.com` },
      ...{ phone: `+316${20_000_000 + number}`, address: provider === 'dirty-lemon' ? null : ada.address },
      providers: [NAMES[provider]] as string[],
    }),
    async create(input: Record<string, unknown>) {
      const { data, errors } = await world.query(CREATE, { input });
      expect(errors).toEqual([]);
      return data.createCustomer;
    },
    /** Loses the answer to a create, which its provider has done or has not. @returns the write's id */
    async lose(provider: Id, isDone: boolean, input: Record<string, unknown> = losing.somebody(provider)) {
      const fault = isDone ? ({ kind: 'reset', afterCommit: true } as const) : ({ kind: 'html', status: 502 } as const);
      world.provider(provider).fault({ ...fault, method: 'POST', times: 1 });
      const { outcomes } = await losing.create(input);
      const lost = outcomes.find((each: { provider: string }) => each.provider === NAMES[provider]);
      expect(lost).toMatchObject({ status: 'OUTCOME_UNKNOWN', record: null });
      return lost.writeId as string;
    },
    told: async (id: string) => (await world.query(WRITE, { id })).data.write,
    status: async (id: string) => (await losing.told(id)).status,
    /** Another gateway that has looked at everything, once. */
    async looked(): Promise<void> {
      await (await world.another()).stop();
    },
    settled: (id: string) => expect.poll(() => losing.status(id), { timeout: 10_000 }),
    posts: (provider: Id): number => world.provider(provider).calls.filter(({ method }) => method === 'POST').length,
    listings: (): number =>
      listCalls(world.provider('octobat')).filter((query) => query.starting_after === undefined).length,
  };
  return losing;
}
