import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createAda, idOf } from '../support/customers.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** Phones verified by codes that somebody receives, and links that open pages: what is told of them, and what is sent. */

const MINUTE = 60_000;
const YOGI = 'fffd7e80-1691-41f5-8946-9deeaf0b8640';
const OCTOBAT_INC = 'oc_cu_1421878635hksc26e4de79';

let now = Date.UTC(2026, 0, 2, 3, 4, 5);
const at = (ago = 0): string => new Date(now - ago).toISOString();

let world: World;
beforeAll(async () => {
  world = await startWorld({
    sandbox: { clock: () => now },
    clock: { now: () => now, elapsed: () => performance.now() },
  });
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
afterEach(() => {
  for (const provider of world.sandbox.providers) provider.clearFaults();
});

let phones = 100;
const newLemon = (providers: readonly string[] = ['DIRTY_LEMON'], more = {}) => {
  phones += 1;
  const address = providers.length === 1 ? { address: null } : {};
  return createAda(world, providers, { phone: `+31612346${phones}`, ...address, ...more });
};

/** From now on Dirty Lemon has this in every customer. */
const lemonSays = (fields: object, times?: number) =>
  world.provider('dirty-lemon').fault({
    kind: 'mutate',
    method: 'GET',
    change: (json) => ({ ...(json as object), ...fields }),
    ...(times !== undefined && { times }),
  });

const STATE = 'verification { state phone sentAt expiresAt verifiedAt }';
async function stateOf(id: string) {
  const { data, errors } = await world.query(`query ($id: ID!) { customer(id: $id) { ${STATE} } }`, { id });
  expect(errors).toEqual([]);
  world.calls();
  return data.customer.verification;
}

const messages = () => world.provider('dirty-lemon').messages.length;
const lastToken = (): string => world.provider('dirty-lemon').messages.at(-1)?.text ?? '';

const CONFIRM = `mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) {
  customer { id ${STATE} } outcomes { provider status record { provider } error { code field message } }
  errors { code field message provider retryable retryAfterMs } } }`;
const REQUEST = `mutation ($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) {
  customer { id ${STATE} } outcomes { provider status error { code } }
  errors { code field message provider retryable } } }`;
const LINK = `mutation ($input: CreateSelfServiceLinkInput!) { createSelfServiceLink(input: $input) {
  url expiresAt errors { code field message provider retryable } } }`;

async function mutate(mutation: string, input: Record<string, unknown>) {
  const { data, errors } = await world.query(mutation, { input });
  expect(errors).toEqual([]);
  const [payload] = Object.values(data);
  // biome-ignore lint/suspicious/noExplicitAny: the payload of whichever mutation it was
  return payload as any;
}
const confirm = (id: string, confirmationToken: string, more = {}) =>
  mutate(CONFIRM, { id, confirmationToken, ...more });
const requestCode = (id: string, more = {}) => mutate(REQUEST, { id, ...more });
const link = (id: string, kind: string, more = {}) => mutate(LINK, { id, kind, ...more });
const codes = (payload: { errors: readonly { code: string; field: readonly string[] | null }[] }) =>
  payload.errors.map(({ code, field }) => [code, field?.join('.') ?? null]);

describe('verification', () => {
  const phone = '+14185810827';
  const other = '+31612345678';
  const unconfirmed = { phone_number: null, unconfirmed_phone_number: phone, country_code: 'CA' };
  const confirmed = { ...unconfirmed, phone_number: phone, confirmed_at: '2017-04-14T18:53:59.246Z' };
  const RULES: readonly (readonly [what: string, has: () => object, is: () => object])[] = [
    [
      'UNVERIFIED: no phone, and nothing was ever sent',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED', phone }),
    ],
    [
      'UNVERIFIED: confirmed_at alone says nothing',
      () => ({ ...unconfirmed, confirmed_at: '2017-04-14T18:48:52.367Z', confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED', phone }),
    ],
    [
      'UNVERIFIED: no number at all',
      () => ({ phone_number: '', unconfirmed_phone_number: null, confirmed_at: null, confirmation_sent_at: null }),
      () => ({ state: 'UNVERIFIED' }),
    ],
    [
      'PENDING: sent just now',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at() }),
      () => ({ state: 'PENDING', phone, sentAt: at(), expiresAt: at(-5 * MINUTE) }),
    ],
    [
      'PENDING: sent five minutes ago',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at(5 * MINUTE) }),
      () => ({ state: 'PENDING', phone, sentAt: at(5 * MINUTE), expiresAt: at() }),
    ],
    [
      'EXPIRED: sent longer ago',
      () => ({ ...unconfirmed, confirmed_at: null, confirmation_sent_at: at(5 * MINUTE + 1) }),
      () => ({ state: 'EXPIRED', phone, sentAt: at(5 * MINUTE + 1), expiresAt: at(1) }),
    ],
    [
      'VERIFIED: the unconfirmed number is the same',
      () => ({ ...confirmed, confirmation_sent_at: at(MINUTE) }),
      () => ({ state: 'VERIFIED', phone, sentAt: at(MINUTE), verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'VERIFIED: the same in another spelling',
      () => ({ ...confirmed, unconfirmed_phone_number: '(418) 581-0827', confirmation_sent_at: null }),
      () => ({ state: 'VERIFIED', phone, verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'VERIFIED: there is no unconfirmed number',
      () => ({ ...confirmed, unconfirmed_phone_number: null, confirmation_sent_at: null }),
      () => ({ state: 'VERIFIED', phone, verifiedAt: '2017-04-14T18:53:59.246Z' }),
    ],
    [
      'INCONSISTENT: a phone that was never confirmed',
      () => ({ ...confirmed, confirmed_at: null, confirmation_sent_at: at() }),
      () => ({ state: 'INCONSISTENT', phone, sentAt: at() }),
    ],
    [
      'INCONSISTENT: another number waits to be confirmed',
      () => ({ ...confirmed, unconfirmed_phone_number: other, confirmation_sent_at: null }),
      () => ({ state: 'INCONSISTENT', phone }),
    ],
    [
      'INCONSISTENT: confirmed at no readable time',
      () => ({ ...confirmed, confirmed_at: 'yesterday', confirmation_sent_at: null }),
      () => ({ state: 'INCONSISTENT', phone }),
    ],
  ];

  it.each(RULES)('is %s', async (_, has, is) => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    lemonSays(has());
    expect(await stateOf(id)).toEqual({ phone: null, sentAt: null, expiresAt: null, verifiedAt: null, ...is() });
  });

  it('reads the document’s own example as verified', async () => {
    expect(await stateOf(await idOf(world, 'DIRTY_LEMON', YOGI))).toEqual({
      state: 'VERIFIED',
      phone: '+13333333333',
      sentAt: '2016-09-02T09:40:07.004Z',
      expiresAt: null,
      verifiedAt: '2016-09-02T09:40:08.004Z',
    });
  });

  it('knows of a code that our own write had sent, where the provider says nothing of it', async () => {
    const id = await newLemon();
    const sentAt = at();
    const pending = { state: 'PENDING', sentAt, expiresAt: at(-5 * MINUTE), verifiedAt: null };
    expect(await stateOf(id)).toMatchObject(pending);
    const { url } = await world.another();
    const elsewhere = await ask(url, `query ($id: ID!) { customer(id: $id) { ${STATE} } }`, { id });
    expect(elsewhere.data).toMatchObject({ customer: { verification: pending } });
    now += 5 * MINUTE + 1;
    expect(await stateOf(id)).toMatchObject({ ...pending, state: 'EXPIRED' });
    // A new code, and the provider still says nothing.
    await requestCode(id);
    lemonSays({ confirmation_sent_at: null });
    expect(await stateOf(id)).toMatchObject({ state: 'PENDING', sentAt: at(), expiresAt: at(-5 * MINUTE) });
  });

  it('takes the provider’s word on when a code was sent over our own', async () => {
    const id = await newLemon();
    lemonSays({ confirmation_sent_at: at(2 * MINUTE) });
    expect(await stateOf(id)).toMatchObject({ state: 'PENDING', sentAt: at(2 * MINUTE), expiresAt: at(-3 * MINUTE) });
  });

  it('is VERIFIED at once where the customer was created as confirmed, and no code goes out', async () => {
    const before = messages();
    const id = await newLemon(['DIRTY_LEMON'], { dirtyLemon: { confirmation: false } });
    expect(await stateOf(id)).toMatchObject({ state: 'VERIFIED', sentAt: null, verifiedAt: at() });
    expect(messages()).toBe(before);
  });

  it('is null for a customer whom no provider verifies', async () => {
    expect(await stateOf(await idOf(world, 'OCTOBAT', OCTOBAT_INC))).toBeNull();
  });
});

describe('confirmCustomer', () => {
  it('confirms with the code that the phone received, sent once and as it is', async () => {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    const token = lastToken();
    const payload = await confirm(id, token);
    expect(payload).toMatchObject({
      customer: { id, verification: { state: 'VERIFIED', verifiedAt: at() } },
      outcomes: [{ provider: 'DIRTY_LEMON', status: 'SUCCEEDED', record: { provider: 'DIRTY_LEMON' }, error: null }],
      errors: [],
    });
    expect(JSON.stringify(payload)).not.toContain(token);
    expect(world.calls().map((call) => call.replace(/[0-9a-f-]{36}/, ':id'))).toEqual([
      'dirty-lemon GET /v1/customers/:id',
      'dirty-lemon POST /v1/customers/:id/confirm',
      'dirty-lemon GET /v1/customers/:id',
    ]);
  });

  it('takes a code for text, zeros and all, without the blanks around it', async () => {
    const id = await newLemon();
    await confirm(id, ' 012345');
    const sent = world.provider('dirty-lemon').calls.findLast(({ method }) => method === 'POST');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ confirmation_token: '012345' });
    world.calls();
    const { data } = await world.query(CONFIRM, { input: { id, confirmationToken: '  ' } });
    expect(data.confirmCustomer.errors).toMatchObject([{ code: 'INVALID_INPUT', field: ['confirmationToken'] }]);
    expect(world.calls()).toEqual([]);
  });

  it('answers a wrong code and an expired one alike, in words and in calls, and gives no customer', async () => {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    const token = lastToken();
    const attempt = async (code: string) => {
      const { status, data, errors } = await world.query(CONFIRM, { input: { id, confirmationToken: code } });
      return { status, data, errors, calls: world.calls() };
    };
    const wrong = await attempt(token === '999999' ? '999998' : '999999');
    now += 5 * MINUTE + 1;
    const expired = await attempt(token);
    expect(expired).toEqual(wrong);
    expect(wrong.data.confirmCustomer).toEqual({
      customer: null,
      outcomes: [
        {
          provider: 'DIRTY_LEMON',
          status: 'FAILED',
          record: { provider: 'DIRTY_LEMON' },
          error: {
            code: 'INVALID_CONFIRMATION_TOKEN',
            field: ['confirmationToken'],
            message: 'This code is wrong or has expired. Have a new one sent.',
          },
        },
      ],
      errors: [
        {
          code: 'INVALID_CONFIRMATION_TOKEN',
          field: ['confirmationToken'],
          message: 'This code is wrong or has expired. Have a new one sent.',
          provider: 'DIRTY_LEMON',
          retryable: false,
          retryAfterMs: null,
        },
      ],
    });
    expect(wrong.calls).toHaveLength(3);
  });

  it('tells by reading that a phone is confirmed already, and sends nothing', async () => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    const payload = await confirm(id, '123456');
    expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'FAILED' }] });
    expect(codes(payload)).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toEqual([`dirty-lemon GET /v1/customers/${YOGI}`]);
  });

  it('tells it as well where the phone was confirmed meanwhile', async () => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    lemonSays({ phone_number: null, confirmed_at: null }, 1);
    const payload = await confirm(id, '123456');
    expect(codes(payload)).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toHaveLength(3);
  });

  it.each(['reset', 'html', 'empty', 'wrongId'] as const)(
    'says that the outcome is unknown where the answer is lost (%s), and never sends it again',
    async (kind) => {
      const id = await newLemon();
      world.provider('dirty-lemon').fault({ kind, method: 'POST', afterCommit: true });
      const payload = await confirm(id, lastToken());
      expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'OUTCOME_UNKNOWN' }] });
      expect(codes(payload)).toEqual([['OUTCOME_UNKNOWN', null]]);
      expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
      // It was done: who looks, or tries again, is told so.
      expect(await stateOf(id)).toMatchObject({ state: 'VERIFIED' });
      world.provider('dirty-lemon').clearFaults();
      expect(codes(await confirm(id, lastToken()))).toEqual([['ALREADY_CONFIRMED', null]]);
    },
  );

  it('sends nothing where the customer can’t be read first, or is gone', async () => {
    const id = await newLemon();
    world.provider('dirty-lemon').fault({ kind: 'status', status: 503, method: 'GET', times: 1 });
    expect(codes(await confirm(id, lastToken()))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, times: 1 });
    expect(codes(await confirm(id, lastToken()))).toEqual([['NOT_FOUND', null]]);
    expect(world.calls().filter((call) => call.includes('POST'))).toEqual([]);
  });

  it('tells a customer that went away meanwhile from a wrong code', async () => {
    const id = await newLemon();
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, skip: 1 });
    expect(codes(await confirm(id, lastToken()))).toEqual([['NOT_FOUND', null]]);
  });
});

describe('requestCustomerConfirmation', () => {
  it('has one message sent, whose code confirms', async () => {
    const id = await newLemon();
    const old = lastToken();
    const before = messages();
    const payload = await requestCode(id);
    expect(payload).toMatchObject({
      customer: { id, verification: { state: 'PENDING', sentAt: at() } },
      outcomes: [{ status: 'SUCCEEDED' }],
      errors: [],
    });
    expect(messages()).toBe(before + 1);
    expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
    expect(JSON.stringify(payload)).not.toContain(lastToken());
    expect(codes(await confirm(id, old))).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
    expect((await confirm(id, lastToken())).errors).toEqual([]);
  });

  it('has none sent to a phone that is confirmed already, or can’t be looked at', async () => {
    const before = messages();
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    expect(codes(await requestCode(id))).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toEqual([`dirty-lemon GET /v1/customers/${YOGI}`]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500, method: 'GET' });
    expect(codes(await requestCode(id))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    expect(messages()).toBe(before);
  });

  it('is not sent again where its answer is lost', async () => {
    const id = await newLemon();
    const before = messages();
    world.provider('dirty-lemon').fault({ kind: 'reset', method: 'POST', afterCommit: true });
    const payload = await requestCode(id);
    expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'OUTCOME_UNKNOWN' }] });
    expect(codes(payload)).toEqual([['OUTCOME_UNKNOWN', null]]);
    expect(messages()).toBe(before + 1);
  });
});

describe('the record that is meant', () => {
  /** A customer with two records at Dirty Lemon. */
  async function twice(): Promise<{ id: string; records: readonly string[] }> {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    await newLemon();
    const stray = world.provider('dirty-lemon').messages.at(-1)?.id ?? '';
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { providerId } } }', { id });
    const store = openSqliteStore(join(world.folder, 'clientele.db'));
    const customer = { provider: 'octobat', providerId: data.customer.records[0].providerId };
    // No call of the API makes one yet: a create links records of several providers.
    const key = { provider: 'dirty-lemon', providerId: `${stray.slice(0, -1)}${stray.endsWith('0') ? '1' : '0'}` };
    await store.keep([{ key, customer }]);
    await store.close();
    world
      .provider('dirty-lemon')
      .fault({ kind: 'json', id: key.providerId, method: 'GET', body: unconfirmed(key.providerId) });
    const both = await world.query('query ($id: ID!) { customer(id: $id) { records { id provider } } }', { id });
    world.calls();
    return {
      id,
      records: both.data.customer.records
        .filter(({ provider }: { provider: string }) => provider === 'DIRTY_LEMON')
        .map((record: { id: string }) => record.id),
    };
  }
  const unconfirmed = (id: string) => ({ id, unconfirmed_phone_number: '+31612345678', country_code: 'NL' });

  it('must be named where several would do', async () => {
    const { id, records } = await twice();
    const before = messages();
    for (const attempt of [confirm(id, '000000'), requestCode(id), link(id, 'CARD')]) {
      expect(codes(await attempt)).toEqual([['INVALID_INPUT', 'recordId']]);
    }
    expect(world.calls()).toEqual([]);
    expect(messages()).toBe(before);
    expect((await requestCode(id, { recordId: records[0] })).errors).toEqual([]);
    expect(messages()).toBe(before + 1);
    expect((await confirm(id, lastToken(), { recordId: records[0] })).errors).toEqual([]);
  });

  it('need not be where one would do, and may be', async () => {
    const id = await newLemon(['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id provider } } }', { id });
    const recordOf = (name: string) =>
      data.customer.records.find(({ provider }: { provider: string }) => provider === name).id;
    expect((await requestCode(id, { recordId: recordOf('DIRTY_LEMON') })).errors).toEqual([]);
    expect((await link(id, 'CARD')).errors).toEqual([]);
    world.calls();
    for (const attempt of [
      requestCode(id, { recordId: recordOf('OCTOBAT') }),
      confirm(id, '000000', { recordId: recordOf('CYCLE_SOFTWARE') }),
      link(id, 'CARD', { recordId: recordOf('OCTOBAT') }),
      link(id, 'BILLING_PAGE', { recordId: recordOf('DIRTY_LEMON') }),
    ]) {
      expect(codes(await attempt)).toEqual([['CAPABILITY_UNSUPPORTED', 'recordId']]);
    }
    expect(world.calls()).toEqual([]);
  });

  it('must be one of this customer, and ids must be what they are taken for', async () => {
    const id = await newLemon();
    const stranger = await newLemon();
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id: stranger });
    const recordId = data.customer.records[0].id;
    world.calls();
    for (const act of [(more: object) => confirm(id, '0', more), (more: object) => requestCode(id, more)]) {
      expect(codes(await act({ recordId }))).toEqual([['INVALID_INPUT', 'recordId']]);
      expect(codes(await act({ recordId: id }))).toEqual([['INVALID_INPUT', 'recordId']]);
      expect(codes(await act({ id: recordId }))).toEqual([['INVALID_INPUT', 'id']]);
      expect(codes(await act({ id: 'nobody' }))).toEqual([['INVALID_INPUT', 'id']]);
    }
    expect(codes(await link(recordId, 'CARD'))).toEqual([['INVALID_INPUT', 'id']]);
    expect(world.calls()).toEqual([]);
  });

  it('must be at a provider that can do it, and that is configured', async () => {
    const id = await idOf(world, 'OCTOBAT', OCTOBAT_INC);
    for (const attempt of [confirm(id, '0'), requestCode(id), link(id, 'CARD'), link(id, 'SHIPPING_ADDRESS')]) {
      expect(codes(await attempt)).toEqual([['CAPABILITY_UNSUPPORTED', 'id']]);
    }
    const lemon = await idOf(world, 'DIRTY_LEMON', YOGI);
    expect(codes(await link(lemon, 'BILLING_PAGE'))).toEqual([['CAPABILITY_UNSUPPORTED', 'id']]);
    const { url } = await world.another({ DIRTY_LEMON_URL: '', DIRTY_LEMON_TOKEN: '' });
    for (const [mutation, input] of [
      [CONFIRM, { id: lemon, confirmationToken: '0' }],
      [REQUEST, { id: lemon }],
      [LINK, { id: lemon, kind: 'CARD' }],
    ] as const) {
      const { data } = await ask(url, mutation, { input });
      expect(JSON.stringify(data)).toContain('"PROVIDER_NOT_CONFIGURED"');
    }
    expect(world.calls()).toEqual([]);
  });
});

describe('createSelfServiceLink', () => {
  it.each([
    ['CARD', 'card_url'],
    ['BILLING_ADDRESS', 'billing_address_url'],
    ['SHIPPING_ADDRESS', 'shipping_address_url'],
  ])('makes Dirty Lemon’s link of kind %s, a fresh one each time, good for a short while', async (kind, field) => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    const one = await link(id, kind);
    const two = await link(id, kind);
    for (const { url, expiresAt, errors } of [one, two]) {
      expect(errors).toEqual([]);
      expect(url).toMatch(/^https:\/\/api\.dirtylemon\.com\/l\/[0-9a-f]{6}$/);
      expect(expiresAt).toBe(at(-5 * MINUTE));
    }
    expect(two.url).not.toBe(one.url);
    expect(world.calls()).toEqual(Array(2).fill(`dirty-lemon GET /v1/customers/${YOGI}`));
    lemonSays({ [field]: 'https://api.dirtylemon.com/l/mine' });
    expect((await link(id, kind)).url).toBe('https://api.dirtylemon.com/l/mine');
  });

  it('gives Octobat’s billing page, which does not expire', async () => {
    const id = await idOf(world, 'OCTOBAT', OCTOBAT_INC);
    expect(await link(id, 'BILLING_PAGE')).toEqual({
      url: 'https://bp.octobat.com/c/1421878635hksc26e4de79',
      expiresAt: null,
      errors: [],
    });
    expect(world.calls()).toEqual([`octobat GET /customers/${OCTOBAT_INC}`]);
  });

  it('makes one for each, also where an operation asks for several', async () => {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    const { data } = await world.query(
      `mutation ($id: ID!) {
        a: createSelfServiceLink(input: { id: $id, kind: CARD }) { url }
        b: createSelfServiceLink(input: { id: $id, kind: CARD }) { url }
        c: createSelfServiceLink(input: { id: $id, kind: BILLING_PAGE }) { url }
      }`,
      { id },
    );
    expect(new Set([data.a.url, data.b.url, data.c.url]).size).toBe(3);
    expect(world.calls()).toHaveLength(3);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hello',
    'http://api.dirtylemon.com/l/evil',
    'https://evil.example/l/evil',
    'https://dirtylemon.com.evil.example/l/evil',
    'https://evildirtylemon.com/l/evil',
    'https://api.dirtylemon.com@evil.example/',
    'https://evil:evil@api.dirtylemon.com/',
    'https://api.dirtylemon.com:8443/evil',
    '//api.dirtylemon.com/evil',
    'evil',
    '',
    null,
    7,
  ])('hands out no link such as %j', async (evil) => {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    const forOctobat = typeof evil === 'string' ? evil.replaceAll('dirtylemon.com', 'octobat.com') : evil;
    lemonSays({ card_url: evil });
    world.provider('octobat').fault({
      kind: 'mutate',
      change: (json) => ({ ...(json as object), octobat_billing_page: forOctobat }),
    });
    for (const [kind, provider] of [
      ['CARD', 'DIRTY_LEMON'],
      ['BILLING_PAGE', 'OCTOBAT'],
    ] as const) {
      const payload = await link(id, kind);
      expect(payload).toMatchObject({ url: null, expiresAt: null, errors: [{ provider }] });
      expect(codes(payload)).toEqual([['PROVIDER_BAD_RESPONSE', null]]);
      expect(JSON.stringify(payload)).not.toMatch(/evil|javascript|8443/);
    }
  });

  it('is the only answer that holds a link, a page or a code', async () => {
    const id = await newLemon(['OCTOBAT', 'DIRTY_LEMON']);
    const { text, errors } = await world.query(
      `query ($id: ID!) { customer(id: $id) {
        ${STATE} octobat { id name } dirtyLemon { id email phoneNumber unconfirmedPhoneNumber }
        records { providerId raw extension { id } }
        dataQuality { code } problems { code } } }`,
      { id },
    );
    expect(errors).toEqual([]);
    expect(text).toContain('"raw":{');
    expect(text).not.toMatch(/https?:|_url|billing_page|confirmation_token/);
    expect(text).not.toContain(lastToken());
  });

  it('says what kept it from being made', async () => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, times: 1 });
    expect(codes(await link(id, 'CARD'))).toEqual([['NOT_FOUND', null]]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 503, times: 1 });
    expect(await link(id, 'CARD')).toMatchObject({
      url: null,
      errors: [{ code: 'PROVIDER_UNAVAILABLE', provider: 'DIRTY_LEMON', retryable: true }],
    });
    world.provider('dirty-lemon').fault({ kind: 'wrongId', times: 1 });
    expect(codes(await link(id, 'CARD'))).toEqual([['PROVIDER_BAD_RESPONSE', null]]);
  });
});
