import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { ada, createAda } from '../support/customers.ts';
import { merge } from '../support/store.ts';
import { listCalls, syncOnce } from '../support/sync.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

/** What nobody knows of a write is settled by looking, by itself, within a minute: nothing is ever sent again for it. */

let world: World;
let store: Store;
/** The gateway's time goes on when a test says so. */
let aheadMs = 0;
const clock = { ...systemClock, now: () => Date.now() + aheadMs };
beforeAll(async () => {
  world = await startWorld({ clock, looks: { everyMs: 20 }, sandbox: { clock: clock.now } });
  store = openSqliteStore(join(world.folder, 'clientele.db'), merge);
  await sync();
});
afterAll(async () => {
  await store.close();
  await world.close();
});
let number = 0;
beforeEach(() => {
  number += 1;
  for (const provider of world.sandbox.providers) provider.clearCalls();
});
afreshEach(() => world);
afterEach(() => {
  // Whatever a test has left unknown is looked for no more.
  aheadMs += 2 * 60 * 60_000;
});

/** Lists Octobat into a database of the world's folder. */
const sync = (database = 'clientele.db') =>
  syncOnce(
    {
      ...{ ...world.sandbox.env, AUTH: 'none', LOG_LEVEL: 'silent' },
      DATABASE_URL: `file:${join(world.folder, database)}`,
    },
    'octobat',
    clock,
  );

const NAMES = { octobat: 'OCTOBAT', 'cycle-software': 'CYCLE_SOFTWARE', 'dirty-lemon': 'DIRTY_LEMON' } as const;
type Id = keyof typeof NAMES;

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId provider status record { id providerId } error { code } } errors { code message } } }`;

/** @param provider which provider's fields are given */
const somebody = (provider: Id) => ({
  ...{ firstName: 'Ada', lastName: `Lovelace ${number}`, email: `ada.${number}@example.com` },
  ...{ phone: `+316${20_000_000 + number}`, address: provider === 'dirty-lemon' ? null : ada.address },
  providers: [NAMES[provider]] as string[],
});

async function create(input: Record<string, unknown>) {
  const { data, errors } = await world.query(CREATE, { input });
  expect(errors).toEqual([]);
  return data.createCustomer;
}

/** Loses the answer to a create, which its provider has done or has not. @returns the write's id */
async function lose(provider: Id, isDone: boolean, input: Record<string, unknown> = somebody(provider)) {
  const fault = isDone ? ({ kind: 'reset', afterCommit: true } as const) : ({ kind: 'html', status: 502 } as const);
  world.provider(provider).fault({ ...fault, method: 'POST', times: 1 });
  const { outcomes } = await create(input);
  const lost = outcomes.find((each: { provider: string }) => each.provider === NAMES[provider]);
  expect(lost).toMatchObject({ status: 'OUTCOME_UNKNOWN', record: null });
  return lost.writeId as string;
}

const WRITE = `query ($id: ID!) { write(id: $id) {
  status record { id providerId customer { id records { provider } } } error { code retryable } } }`;
const told = async (id: string) => (await world.query(WRITE, { id })).data.write;
const status = async (id: string) => (await told(id)).status;

/** A minute passes, less what a look takes. */
const pass = (): void => {
  aheadMs += 55_000;
};

/** Another gateway that has looked at everything, once. */
async function looked(): Promise<void> {
  await (await world.another()).stop();
}

const settled = (id: string) => expect.poll(() => status(id), { timeout: 10_000 });
const posts = (provider: Id): number => world.provider(provider).calls.filter(({ method }) => method === 'POST').length;
const listings = (): number =>
  listCalls(world.provider('octobat')).filter((query) => query.starting_after === undefined).length;
const created = async (providerId: string) =>
  (await store.changesAfter(0, 10_000)).filter(
    ({ kind, customer }) => kind === 'CREATED' && customer.providerId === providerId,
  );

describe.each(['octobat', 'cycle-software'] as const)('a create at %s whose answer is lost', (provider) => {
  it.each([true, false])('is found within a minute where it was done, with a key: %s', async (hasKey) => {
    const input = { ...somebody(provider), ...(hasKey && { idempotencyKey: `found ${provider} ${number}` }) };
    const id = await lose(provider, true, input);
    pass();
    await settled(id).toBe('SUCCEEDED');
    const { record } = await told(id);
    expect(record).toMatchObject({
      providerId: expect.any(String),
      customer: { records: [{ provider: NAMES[provider] }] },
    });
    expect(await created(record.providerId)).toHaveLength(1);
    if (hasKey)
      expect(await create(input)).toMatchObject({
        customer: { id: record.customer.id },
        outcomes: [{ writeId: id, status: 'SUCCEEDED' }],
      });
    expect(posts(provider)).toBe(1);
  });

  it.each([true, false])(
    'has failed within a minute where it was not, and may be tried again, with a key: %s',
    async (hasKey) => {
      const input = { ...somebody(provider), ...(hasKey && { idempotencyKey: `gone ${provider} ${number}` }) };
      const id = await lose(provider, false, input);
      await looked();
      expect(await status(id)).toBe('OUTCOME_UNKNOWN');
      pass();
      await settled(id).toBe('FAILED');
      expect(await told(id)).toMatchObject({ record: null, error: { code: 'PROVIDER_UNAVAILABLE', retryable: true } });
      expect(posts(provider)).toBe(1);
      const again = await create(input);
      expect(again).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
      expect(posts(provider)).toBe(2);
    },
  );

  it('is not taken for a look-alike that was there before, or that another create has made', async () => {
    const before = await create(somebody(provider));
    const id = await lose(provider, false);
    const after = await create(somebody(provider));
    for (const { errors } of [before, after]) expect(errors).toEqual([]);
    pass();
    await settled(id).toBe('FAILED');
    expect(posts(provider)).toBe(3);
  });

  it('stays unknown where two records could be it', async () => {
    const ids = [await lose(provider, true), await lose(provider, true)];
    pass();
    if (provider === 'octobat') await expect.poll(listings, { timeout: 10_000 }).toBeGreaterThan(0);
    await looked();
    expect(await Promise.all(ids.map(status))).toEqual(['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN']);
    expect(posts(provider)).toBe(2);
  });

  it('is one of two alike, the other of which has failed', async () => {
    const ids = [await lose(provider, true), await lose(provider, false)];
    pass();
    const both = async () => (await Promise.all(ids.map(status))).sort();
    await expect.poll(both, { timeout: 10_000 }).toEqual(['FAILED', 'SUCCEEDED']);
    expect(posts(provider)).toBe(2);
  });

  it('does not take what another one has made whose answer is lost as well', async () => {
    const ids = [await lose(provider, true), await lose(provider, false, { ...somebody(provider), phone: null })];
    pass();
    if (provider === 'octobat') await sync();
    await looked();
    expect(await Promise.all(ids.map(status))).toEqual(['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN']);
    expect(posts(provider)).toBe(2);
  });

  it('stays unknown where nothing of it tells it from others', async () => {
    const { lastName, address, providers } = somebody(provider);
    const id = await lose(provider, true, {
      lastName,
      firstName: 'Ada',
      providers,
      address: { country: address?.country },
    });
    pass();
    await looked();
    expect(await status(id)).toBe('OUTCOME_UNKNOWN');
  });

  it('stays unknown while a record is like it, and says something else', async () => {
    const id = await lose(provider, true);
    // Somebody has changed it there, before anybody here knew of it.
    world.provider(provider).fault({ kind: 'mutate', method: 'GET', change: (json) => renamed(json, 'Augusta') });
    pass();
    if (provider === 'octobat') await expect.poll(listings, { timeout: 10_000 }).toBeGreaterThan(0);
    await looked();
    expect(await status(id)).toBe('OUTCOME_UNKNOWN');
  });

  it('joins the customer that it was made for', async () => {
    const other = provider === 'octobat' ? 'cycle-software' : 'octobat';
    const { customer } = await create(somebody(other));
    const id = await lose(provider, true, { ...somebody(provider), joinCustomer: customer.id });
    pass();
    await settled(id).toBe('SUCCEEDED');
    expect(await told(id)).toMatchObject({ record: { customer: { id: customer.id, records: { length: 2 } } } });
  });
});

/** Ada by another name, wherever she stands. */
const renamed = (json: unknown, name: string): unknown =>
  JSON.parse(JSON.stringify(json).replaceAll(`"Ada Lovelace ${number}"`, `"${name}"`).replaceAll('"Ada"', `"${name}"`));

it('finds several parts of one create as one customer', async () => {
  const input = { ...somebody('octobat'), providers: ['OCTOBAT', 'CYCLE_SOFTWARE'] };
  world.provider('octobat').fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
  const id = await lose('cycle-software', true, input);
  pass();
  await settled(id).toBe('SUCCEEDED');
  const customer = async () =>
    (await told(id)).record.customer.records.map(({ provider }: { provider: string }) => provider);
  await expect.poll(customer, { timeout: 10_000 }).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE']);
});

it('lists a provider once for many that are unknown, over several gateways', async () => {
  const other = await world.another();
  const ids: string[] = [];
  for (let each = 0; each < 6; each++) {
    number += 1;
    ids.push(await lose('octobat', each % 2 === 0));
  }
  expect(listings()).toBe(0);
  pass();
  for (const [index, id] of ids.entries()) await settled(id).toBe(index % 2 === 0 ? 'SUCCEEDED' : 'FAILED');
  expect(listings()).toBe(1);
  expect(posts('octobat')).toBe(6);
  await other.stop();
});

it('lists a provider anew whose last listing has ended in the future: the clock was set back since', async () => {
  aheadMs += 60 * 60_000;
  await sync();
  aheadMs -= 60 * 60_000;
  const id = await lose('octobat', true);
  pass();
  await settled(id).toBe('SUCCEEDED');
  expect(listings()).toBe(2);
});

it('does not list where the directory has it already', async () => {
  const id = await lose('octobat', true);
  await world.query('{ provider(name: OCTOBAT) { records(first: 500) { nodes { id } } } }');
  expect(listings()).toBe(1);
  pass();
  await settled(id).toBe('SUCCEEDED');
  expect(listings()).toBe(1);
});

it('leaves a create unknown that began before its provider was ever listed, where an old record is like it', async () => {
  await create(somebody('octobat'));
  const own = { DATABASE_URL: `file:${join(world.folder, 'new.db')}` };
  const { url } = await world.another(own);
  world.provider('octobat').fault({ kind: 'html', status: 502, method: 'POST', times: 1 });
  const { data } = await ask(url, CREATE, { input: somebody('octobat') });
  const [{ writeId: id }] = (data as { createCustomer: { outcomes: { writeId: string }[] } }).createCustomer
    .outcomes as [{ writeId: string }];
  pass();
  await sync('new.db');
  await (await world.another(own)).stop();
  expect((await ask(url, WRITE, { id })).data).toMatchObject({ write: { status: 'OUTCOME_UNKNOWN', record: null } });
});

it('leaves a create at Dirty Lemon unknown, which has neither list nor search, until somebody names its record', async () => {
  const id = await lose('dirty-lemon', true);
  pass();
  await looked();
  expect(await status(id)).toBe('OUTCOME_UNKNOWN');
  expect(world.provider('dirty-lemon').calls.filter(({ method }) => method === 'GET')).toEqual([]);
  // Whoever creates it again is refused there: that is all that it tells.
  const { outcomes, errors } = await create(somebody('dirty-lemon'));
  expect(outcomes).toMatchObject([{ status: 'FAILED', error: { code: 'DUPLICATE' } }]);
  expect(errors[0].message).toMatch(new RegExp(`An earlier create of yours, .* it is write ${id}\\.$`));
  const [providerId] = (world.provider('dirty-lemon').view('tokens') as { id: string }[]).map((each) => each.id);
  const NAMED = 'query ($id: String!) { customerByProviderId(provider: DIRTY_LEMON, providerId: $id) { id } }';
  const { data } = await world.query(NAMED, { id: providerId });
  pass();
  await settled(id).toBe('SUCCEEDED');
  expect(await told(id)).toMatchObject({ record: { providerId, customer: data.customerByProviderId } });
  expect(posts('dirty-lemon')).toBe(2);
});

it('settles an update and a confirmation that a living gateway does not know, without being asked', async () => {
  const { customer } = await create(somebody('octobat'));
  const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { outcomes { writeId status } } }`;
  for (const isDone of [true, false]) {
    const kind = isDone ? ({ kind: 'reset', afterCommit: true } as const) : ({ kind: 'html', status: 502 } as const);
    world.provider('octobat').fault({ ...kind, method: 'PATCH', times: 1 });
    const { data } = await world.query(UPDATE, { input: { id: customer.id, email: `now.${isDone}@example.com` } });
    const [{ writeId, status: now }] = data.updateCustomer.outcomes;
    expect(now).toBe('OUTCOME_UNKNOWN');
    pass();
    await settled(writeId).toBe(isDone ? 'SUCCEEDED' : 'FAILED');
  }
  expect(world.provider('octobat').calls.filter(({ method }) => method === 'PATCH')).toHaveLength(2);
});

it.each([
  ['ahead of', 1, false, 'OUTCOME_UNKNOWN'],
  ['behind', -1, true, 'SUCCEEDED'],
] as const)(
  'tells by the clock of the provider whether a code was sent, %s ours as it is',
  async (_, hours, isDone, is) => {
    const shifted = (time: string): string => new Date(Date.parse(time) + hours * 3_600_000).toISOString();
    world.provider('dirty-lemon').fault({
      ...{ kind: 'mutate', method: 'GET' },
      change: (json) => {
        const { confirmation_sent_at: sent, ...rest } = json as { confirmation_sent_at: string | null };
        return { ...rest, confirmation_sent_at: sent && shifted(sent) };
      },
    });
    const { email, phone } = somebody('dirty-lemon');
    const id = await createAda(world, ['DIRTY_LEMON'], { email, phone, address: null });
    const REQUEST = `mutation ($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) {
    outcomes { writeId status } errors { code } } }`;
    const request = async () => (await world.query(REQUEST, { input: { id } })).data.requestCustomerConfirmation;
    aheadMs += 10 * 60_000;
    expect(await request()).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    // Where the provider is ahead, that code was sent after the next one is asked for.
    aheadMs += 30 * 60_000;
    const fault = isDone ? ({ kind: 'reset', afterCommit: true } as const) : ({ kind: 'html', status: 502 } as const);
    world.provider('dirty-lemon').fault({ ...fault, method: 'POST', times: 1 });
    const [{ writeId, status: now }] = (await request()).outcomes;
    expect(now).toBe('OUTCOME_UNKNOWN');
    pass();
    world.provider('dirty-lemon').clearCalls();
    await world.provider('dirty-lemon').received(1);
    await looked();
    pass();
    await looked();
    await settled(writeId).toBe(is);
  },
);
