import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import type { AuditCriteria } from '../../src/store/audit.ts';
import { bearer, type KeyedWorld, keyOf, startKeyedWorld } from '../support/callers.ts';
import { sameStore } from '../support/changes.ts';
import { WRITABLE } from '../support/customers.ts';
import { lastToken, MINUTE, time } from '../support/verification.ts';
import { afreshEach } from '../support/world.ts';

/** What the audit log says of what was done: exactly that, and no value. */

const DESK = { name: 'support-desk', scopes: SCOPES };
const READER = { name: 'reader', scopes: ['customers:read'] as const };

let world: KeyedWorld;
beforeAll(async () => {
  world = await startKeyedWorld([DESK, READER], {
    sandbox: { clock: () => time.now },
    clock: { now: () => time.now, elapsed: () => performance.now() },
  });
});
afterAll(() => world.close());
afreshEach(() => world);

/** Everything personal or secret says so. */
const PERSON = {
  ...{ firstName: 'Canaryfirst', lastName: 'Canarylast', companyName: 'Canary & Sons', email: 'canary@canary.example' },
  ...{
    phone: '+31612347777',
    address: { line1: 'Canarystraat 7', city: 'Canary', postalCode: '1987 CN', country: 'NL' },
  },
  ...{ onboardFlow: { customerId: 'cus_canary', userId: 'user_canary', hasPaymentMethod: true } },
  octobat: { name: 'Canary Billing' },
};

let requests = 0;
/** A mutation by a request of its own, whose id is given with its payload. */
async function mutate(name: string, type: string, input: Record<string, unknown>, selected = 'errors { code }') {
  requests += 1;
  const request = `request-${requests}`;
  const { data, errors } = await world.query(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${selected} } }`,
    { input },
    { ...bearer(keyOf(DESK)), 'x-request-id': request },
  );
  return { request, payload: data?.[name], errors };
}

/** What was audited since the last look, oldest first: [action, provider, outcome, request, record's provider, fields]. */
let last = 0;
async function audited(criteria: AuditCriteria = {}) {
  const store = sameStore(world);
  const entries = (await store.auditLog(criteria, 100))
    .filter(({ id }) => id > last)
    .sort((one, other) => one.id - other.id);
  await store.close();
  last = entries.at(-1)?.id ?? last;
  return entries;
}
const brief = async () =>
  (await audited()).map(({ action, provider, outcome, request, record }) => [
    ...[action, provider, outcome, request, record?.provider ?? null],
  ]);

it('every mutation leaves exactly the entry that it should, and no value in it', async () => {
  const CREATED = 'customer { id records { id provider } } outcomes { writeId provider } errors { code }';
  const input = { ...PERSON, providers: WRITABLE };
  await mutate('createCustomer', 'CreateCustomerInput', { ...input, dryRun: true });
  await mutate('createCustomer', 'CreateCustomerInput', { ...input, email: 'canary' });
  expect(await audited()).toEqual([]);

  const created = await mutate(
    'createCustomer',
    'CreateCustomerInput',
    { ...input, idempotencyKey: 'canary-key' },
    CREATED,
  );
  const { id, records } = created.payload.customer;
  const entries = await audited();
  expect(entries.map(({ provider }) => provider).sort()).toEqual([
    'cycle-software',
    'dirty-lemon',
    'octobat',
    'onboard-flow',
  ]);
  const ids = new Map<string, string>(
    created.payload.outcomes.map(({ provider, writeId }: Record<string, string>) => [provider, writeId]),
  );
  expect(new Set(entries.map(({ write }) => write)).size).toBe(ids.size);
  for (const entry of entries)
    expect(entry).toMatchObject({
      ...{ action: 'CREATE', caller: 'support-desk', outcome: 'DONE', request: created.request },
      ...{ write: expect.any(Number), record: { provider: entry.provider, providerId: expect.any(String) } },
      fields: expect.arrayContaining([expect.stringMatching(/^[A-Za-z.]+$/)]),
    });
  expect(entries.find(({ provider }) => provider === 'dirty-lemon')?.fields).toEqual([
    ...['phone', 'dirtyLemon.phoneCountry', 'firstName', 'lastName', 'email'],
  ]);
  // A repetition is no other deed.
  await mutate('createCustomer', 'CreateCustomerInput', { ...input, idempotencyKey: 'canary-key' });
  expect(await audited()).toEqual([]);

  const update = { id, email: 'canary2@canary.example', providers: ['OCTOBAT', 'DIRTY_LEMON'] };
  world.provider('octobat').fault({ kind: 'status', status: 422, method: 'PATCH', times: 1 });
  const updated = await mutate('updateCustomer', 'UpdateCustomerInput', update);
  expect((await brief()).sort()).toEqual([
    ['UPDATE', 'dirty-lemon', 'DONE', updated.request, 'dirty-lemon'],
    ['UPDATE', 'octobat', 'FAILED PROVIDER_REJECTED', updated.request, 'octobat'],
  ]);

  // Too soon after the last code: nothing is sent.
  await mutate('requestCustomerConfirmation', 'RequestCustomerConfirmationInput', { id });
  expect(await audited()).toEqual([]);
  time.now += MINUTE;
  const sent = await mutate('requestCustomerConfirmation', 'RequestCustomerConfirmationInput', { id });
  const wrong = await mutate('confirmCustomer', 'ConfirmCustomerInput', { id, confirmationToken: 'canary' });
  const confirmationToken = lastToken(world);
  const confirmed = await mutate('confirmCustomer', 'ConfirmCustomerInput', { id, confirmationToken });
  expect(await brief()).toEqual([
    ['REQUEST_CONFIRMATION', 'dirty-lemon', 'DONE', sent.request, 'dirty-lemon'],
    ['CONFIRM', 'dirty-lemon', 'FAILED INVALID_CONFIRMATION_TOKEN', wrong.request, 'dirty-lemon'],
    ['CONFIRM', 'dirty-lemon', 'DONE', confirmed.request, 'dirty-lemon'],
  ]);

  const asked = { id, kind: 'CARD' };
  const linked = await mutate('createSelfServiceLink', 'CreateSelfServiceLinkInput', asked, 'url');
  world.provider('dirty-lemon').fault({ kind: 'status', status: 404, times: 1 });
  const none = await mutate('createSelfServiceLink', 'CreateSelfServiceLinkInput', asked, 'url');
  const links = await audited();
  expect(links.map(({ outcome, fields, request }) => [outcome, fields, request])).toEqual([
    ['DONE', ['CARD'], linked.request],
    ['FAILED NOT_FOUND', ['CARD'], none.request],
  ]);
  const record = records.find(({ provider }: { provider: string }) => provider === 'OCTOBAT').id;
  const parted = await mutate(
    'unlinkRecord',
    'UnlinkRecordInput',
    { recordId: record },
    'customer { id } separated { id }',
  );
  const { customer, separated } = parted.payload;
  const [rest, other] = [customer.id, separated.id];
  const evidence = 'The canary said so.';
  const joined = await mutate(
    'linkCustomers',
    'LinkCustomersInput',
    { ids: [other, rest], evidence },
    'customer { id }',
  );
  const refused = await mutate('linkCustomers', 'LinkCustomersInput', { ids: [rest, other], evidence });
  const erased = await mutate('eraseCustomerCopies', 'EraseCustomerCopiesInput', { id: other });
  const said = await brief();
  const of = ({ request }: { request: string }) =>
    said.filter((each) => each[3] === request).map((each) => [each[0], each[1], each[2]]);
  expect(of(parted)).toEqual(Array(2).fill(['UNLINK', null, 'DONE']));
  expect(of(joined)).toEqual(Array(2).fill(['LINK', null, 'DONE']));
  expect(of(refused)).toEqual([]);
  expect(of(erased)).toEqual(Array(4).fill(['ERASE', null, 'DONE']));
  expect(said).toHaveLength(8);

  using database = new DatabaseSync(join(world.folder, 'clientele.db'), { readOnly: true });
  const text = JSON.stringify(database.prepare('SELECT * FROM audit').all());
  expect(text).toContain('support-desk');
  for (const secret of [/canar/i, /612347777/, /1987/, /https?:/, confirmationToken, linked.payload.url])
    expect(text).not.toMatch(secret);
});

it('a write that its provider took for another customer’s record is told as failed, and those beside it once', async () => {
  const CREATED = 'outcomes { provider status } errors { code }';
  const ada = { ...PERSON, onboardFlow: undefined, octobat: undefined };
  const two = { ...ada, providers: ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], phone: '+31612347778' };
  await mutate('createCustomer', 'CreateCustomerInput', two, CREATED);
  const theirs = (await audited()).find(({ provider }) => provider === 'cycle-software')?.record?.providerId;
  world.provider('cycle-software').fault({
    ...{ kind: 'mutate', method: 'POST', times: 1 },
    change: (json) => ({ ...(json as object), customer_id: Number(theirs) }),
  });
  const both = { ...ada, providers: ['CYCLE_SOFTWARE', 'OCTOBAT'] };
  const { payload } = await mutate('createCustomer', 'CreateCustomerInput', both, CREATED);
  expect(payload.errors).toEqual([{ code: 'CONFLICT' }]);
  const told = await audited();
  const of = (name: string) => told.filter(({ provider }) => provider === name).map(({ outcome }) => outcome);
  expect(of('octobat')).toEqual(['DONE']);
  expect(of('cycle-software').at(-1)).toBe('FAILED CONFLICT');
});

it('of who may not do it nothing is audited: nothing is done', async () => {
  await audited();
  const erase = 'mutation { eraseCustomerCopies(input: { id: "x" }) { errors { code } } }';
  const { data } = await world.query(erase, {}, bearer(keyOf(READER)));
  expect(data.eraseCustomerCopies.errors).toEqual([{ code: 'FORBIDDEN' }]);
  expect(await audited()).toEqual([]);
});

it('a write that another process has left is settled as its caller’s, by the gateway’s own request', async () => {
  await audited();
  const store = sameStore(world);
  const past = new Date(0);
  const begun = await store.beginMutation({
    ...{ caller: 'shop', kind: 'CREATE', key: null, input: '', at: past, heldUntil: past, latestHold: past },
  });
  if (begun.state !== 'NEW') throw new Error(`it is ${begun.state}`);
  const write = { provider: 'octobat', providerId: null, customer: null, fields: ['email'], content: '{}' };
  const ids = await store.intend(begun.mutation, past, [write], past);
  await store.close();
  await world.another();
  await expect
    .poll(() => audited(), { timeout: 10_000 })
    .toMatchObject([
      {
        ...{ caller: 'shop', request: 'clientele recovery', action: 'CREATE', outcome: 'FAILED UNAVAILABLE' },
        ...{ provider: 'octobat', fields: ['email'], write: ids?.[0], record: null },
      },
    ]);
});

it('where it can’t be kept, no link is handed out, nothing is erased or linked, and no write is told as done', async () => {
  const CREATED = 'customer { id } outcomes { status } errors { code }';
  const ada = { ...PERSON, providers: ['OCTOBAT'], onboardFlow: undefined };
  const [one, two] = [
    await mutate('createCustomer', 'CreateCustomerInput', ada, CREATED),
    await mutate('createCustomer', 'CreateCustomerInput', ada, CREATED),
  ].map(({ payload }) => payload.customer.id as string);
  const database = new DatabaseSync(join(world.folder, 'clientele.db'));
  database.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
  try {
    const link = await mutate(
      'createSelfServiceLink',
      'CreateSelfServiceLinkInput',
      { id: one, kind: 'BILLING_PAGE' },
      'url',
    );
    expect([link.payload ?? null, link.errors.length]).toEqual([null, 1]);
    expect(JSON.stringify(link)).not.toContain('octobat.com');
    const erased = await mutate('eraseCustomerCopies', 'EraseCustomerCopiesInput', { id: one }, 'erasedRecords');
    expect([erased.payload ?? null, erased.errors.length]).toEqual([null, 1]);
    const joined = await mutate('linkCustomers', 'LinkCustomersInput', { ids: [one, two] }, 'customer { id }');
    expect([joined.payload ?? null, joined.errors.length]).toEqual([null, 1]);
    const { payload } = await mutate('createCustomer', 'CreateCustomerInput', ada, CREATED);
    expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'OUTCOME_UNKNOWN' }] });
  } finally {
    database.exec('DROP TRIGGER full');
    database.close();
  }
  const store = sameStore(world);
  for (const id of [one, two]) {
    const { data } = await world.query(
      'query ($id: ID!) { customer(id: $id) { records { id providerId } } }',
      { id },
      bearer(keyOf(DESK)),
    );
    const [record, ...more] = data.customer.records;
    expect(more).toEqual([]);
    expect(await store.record({ provider: 'octobat', providerId: record.providerId })).toMatchObject({
      erasedAt: null,
    });
  }
  await store.close();
});
