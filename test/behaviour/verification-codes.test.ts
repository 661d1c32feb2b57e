import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/customers.ts';
import {
  at,
  CONFIRM,
  codes,
  confirm,
  lastToken,
  lemonSays,
  MINUTE,
  messages,
  newLemon,
  requestCode,
  startVerifyingWorld,
  stateOf,
  time,
  YOGI,
} from '../support/verification.ts';
import { afreshEach, type World } from '../support/world.ts';

/** Codes that verify a phone: having one sent, and confirming with it. */

let world: World;
beforeAll(async () => {
  world = await startVerifyingWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

describe('confirmCustomer', () => {
  it('confirms with the code that the phone received, sent once and as it is', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    const token = lastToken(world);
    const payload = await confirm(world, id, token);
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
    const id = await newLemon(world);
    await confirm(world, id, ' 012345');
    const sent = world.provider('dirty-lemon').calls.findLast(({ method }) => method === 'POST');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ confirmation_token: '012345' });
    world.calls();
    const { data } = await world.query(CONFIRM, { input: { id, confirmationToken: '  ' } });
    expect(data.confirmCustomer.errors).toMatchObject([{ code: 'INVALID_INPUT', field: ['confirmationToken'] }]);
    expect(world.calls()).toEqual([]);
  });

  it('answers a wrong code and an expired one alike, in words and in calls, and gives no customer', async () => {
    const id = await newLemon(world, ['OCTOBAT', 'DIRTY_LEMON']);
    const token = lastToken(world);
    const attempt = async (code: string) => {
      const { status, data, errors } = await world.query(CONFIRM, { input: { id, confirmationToken: code } });
      return { status, data, errors, calls: world.calls() };
    };
    const wrong = await attempt(token === '999999' ? '999998' : '999999');
    time.now += 5 * MINUTE + 1;
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
    const payload = await confirm(world, id, '123456');
    expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'FAILED' }] });
    expect(codes(payload)).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toEqual([`dirty-lemon GET /v1/customers/${YOGI}`]);
  });

  it('tells it as well where the phone was confirmed meanwhile', async () => {
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    lemonSays(world, { phone_number: null, confirmed_at: null }, 1);
    const payload = await confirm(world, id, '123456');
    expect(codes(payload)).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toHaveLength(3);
  });

  it.each(['reset', 'html', 'empty', 'wrongId'] as const)(
    'is told by reading whether it worked where the answer is lost (%s), and never sends it again',
    async (kind) => {
      const id = await newLemon(world);
      const lemon = world.provider('dirty-lemon');
      lemon.fault({ kind: 'html', status: 502, method: 'POST', times: 1 });
      const undone = await confirm(world, id, lastToken(world));
      expect(undone).toMatchObject({ customer: null, outcomes: [{ status: 'OUTCOME_UNKNOWN' }] });
      expect(codes(undone)).toEqual([['OUTCOME_UNKNOWN', null]]);
      expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
      lemon.fault({ kind, method: 'POST', times: 1, afterCommit: true });
      const done = await confirm(world, id, lastToken(world));
      expect(done).toMatchObject({ customer: { id }, outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
      expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
      expect(await stateOf(world, id)).toMatchObject({ state: 'VERIFIED' });
      expect(codes(await confirm(world, id, lastToken(world)))).toEqual([['ALREADY_CONFIRMED', null]]);
    },
  );

  it('sends nothing where the customer can’t be read first, or is gone', async () => {
    const id = await newLemon(world);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500, method: 'GET', times: 1 });
    expect(codes(await confirm(world, id, lastToken(world)))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, times: 1 });
    expect(codes(await confirm(world, id, lastToken(world)))).toEqual([['NOT_FOUND', null]]);
    expect(world.calls().filter((call) => call.includes('POST'))).toEqual([]);
  });

  it('tells a customer that went away meanwhile from a wrong code', async () => {
    const id = await newLemon(world);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 404, skip: 1 });
    expect(codes(await confirm(world, id, lastToken(world)))).toEqual([['NOT_FOUND', null]]);
  });

  it.each([400, 404, 410, 422])(
    'tells by reading what a refused code means, whatever its status is (%d)',
    async (status) => {
      const id = await newLemon(world);
      world.provider('dirty-lemon').fault({ kind: 'status', status, method: 'POST' });
      const payload = await confirm(world, id, lastToken(world));
      expect(codes(payload)).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
      expect(world.calls()).toHaveLength(3);
    },
  );
});

describe('requestCustomerConfirmation', () => {
  it('has one message sent, whose code confirms', async () => {
    const id = await newLemon(world);
    const old = lastToken(world);
    const before = messages(world);
    time.now += MINUTE;
    const payload = await requestCode(world, id);
    expect(payload).toMatchObject({
      customer: { id, verification: { state: 'PENDING', sentAt: at() } },
      outcomes: [{ status: 'SUCCEEDED' }],
      errors: [],
    });
    expect(messages(world)).toBe(before + 1);
    expect(world.calls().filter((call) => call.includes('POST'))).toHaveLength(1);
    expect(JSON.stringify(payload)).not.toContain(lastToken(world));
    expect(codes(await confirm(world, id, old))).toEqual([['INVALID_CONFIRMATION_TOKEN', 'confirmationToken']]);
    expect((await confirm(world, id, lastToken(world))).errors).toEqual([]);
  });

  it('has none sent to a phone that is confirmed already, or can’t be looked at', async () => {
    const before = messages(world);
    const id = await idOf(world, 'DIRTY_LEMON', YOGI);
    expect(codes(await requestCode(world, id))).toEqual([['ALREADY_CONFIRMED', null]]);
    expect(world.calls()).toEqual([`dirty-lemon GET /v1/customers/${YOGI}`]);
    world.provider('dirty-lemon').fault({ kind: 'status', status: 500, method: 'GET' });
    expect(codes(await requestCode(world, id))).toEqual([['PROVIDER_UNAVAILABLE', null]]);
    expect(messages(world)).toBe(before);
  });

  it('is not sent again where its answer is lost', async () => {
    const id = await newLemon(world);
    const before = messages(world);
    world.provider('dirty-lemon').fault({ kind: 'reset', method: 'POST', afterCommit: true });
    time.now += MINUTE;
    const payload = await requestCode(world, id);
    expect(payload).toMatchObject({ customer: null, outcomes: [{ status: 'OUTCOME_UNKNOWN' }] });
    expect(codes(payload)).toEqual([['OUTCOME_UNKNOWN', null]]);
    expect(messages(world)).toBe(before + 1);
  });
});
