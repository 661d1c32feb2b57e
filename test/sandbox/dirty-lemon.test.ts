import { describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { at, clockAt, documented, list, providerFor, type Received, send } from './support.ts';

const headers = { authorization: 'Bearer dl_test_0f5bd3ef2c6a41b8', 'content-type': 'application/json' };
const yogi = '/v1/customers/fffd7e80-1691-41f5-8946-9deeaf0b8640';
const first = '/v1/customers/32139dfd-87c3-4552-8e91-0d9de718bff6';

const post = (lemon: RunningSandbox, path: string, body: unknown): Promise<Received> =>
  send(lemon, 'POST', path, headers, JSON.stringify(body));
const read = async (lemon: RunningSandbox, path: string): Promise<unknown> =>
  (await send(lemon, 'GET', path, headers)).json;
const canadian = { unconfirmed_phone_number: '+14185810827', country_code: 'CA' };

describe('the document of Dirty Lemon, replayed', () => {
  it('retrieves the example, links included', async () => {
    const lemon = await providerFor('dirty-lemon');
    const got = await send(lemon, 'GET', yogi, headers);
    expect([got.status, got.text]).toEqual([200, JSON.stringify(documented('dirty-lemon-retrieve-response'))]);
    expect(got.json).toEqual(documented('dirty-lemon-object'));
  });

  it('updates the example, without links', async () => {
    const lemon = await providerFor('dirty-lemon', { clock: clockAt('2016-09-07T02:12:02.012Z').now });
    const updated = await send(lemon, 'PATCH', yogi, headers, JSON.stringify(documented('dirty-lemon-update-request')));
    expect([updated.status, updated.json]).toEqual([200, documented('dirty-lemon-update-response')]);
  });

  it('creates what the answer shows, from a phone number that can have given it', async () => {
    const lemon = await providerFor('dirty-lemon', { clock: clockAt('2017-04-14T18:48:52.367Z').now });
    const asked = Object(documented('dirty-lemon-create-javascript-request'));
    const created = await post(lemon, '/v1/customers', { ...asked, ...canadian });
    expect([created.status, created.json]).toEqual([201, documented('dirty-lemon-create-response')]);
  });

  it('takes the phone number of the request, nine digits or not', async () => {
    const lemon = await providerFor('dirty-lemon');
    const created = await post(lemon, '/v1/customers', documented('dirty-lemon-create-request'));
    expect([created.status, at(created.json, 'unconfirmed_phone_number')]).toEqual([201, '+1333333333']);
  });

  it('confirms the created customer, without the names it has', async () => {
    const clock = clockAt('2017-04-14T18:48:52.367Z');
    const lemon = await providerFor('dirty-lemon', {
      clock: clock.now,
      settings: { 'dirty-lemon': { tokenMinutes: 6 } },
    });
    await post(lemon, '/v1/customers', {
      ...canadian,
      first_name: 'Yogi',
      last_name: 'Berra',
      email: 'yogi@berra.com',
    });
    clock.turn(Date.parse('2017-04-14T18:53:59.246Z') - clock.now());
    const confirmed = await post(lemon, `${first}/confirm`, documented('dirty-lemon-confirm-request'));
    expect(confirmed.status).toBe(422);
    const again = await post(lemon, `${first}/confirm`, { confirmation_token: '152200' });
    expect([again.status, again.json]).toEqual([200, documented('dirty-lemon-confirm-response')]);
    expect(await read(lemon, first)).toMatchObject({ email: 'yogi@berra.com', first_name: 'Yogi', last_name: 'Berra' });
  });

  it('answers a new token with 201 and nothing', async () => {
    const lemon = await providerFor('dirty-lemon');
    await post(lemon, '/v1/customers', canadian);
    const generated = await send(lemon, 'POST', `${first}/generate_confirmation`, headers);
    expect([generated.status, generated.text, generated.headers['content-type']]).toEqual([201, '', undefined]);
  });
});

describe('Dirty Lemon', () => {
  it.each(['Token dl_test_0f5bd3ef2c6a41b8', 'Bearer other', ''])('turns away "%s"', async (authorization) => {
    const lemon = await providerFor('dirty-lemon');
    expect((await send(lemon, 'GET', yogi, { authorization })).status).toBe(401);
  });

  it('makes three new links on every read, for five minutes', async () => {
    const clock = clockAt(0);
    const lemon = await providerFor('dirty-lemon', { clock: clock.now });
    const one = await read(lemon, yogi);
    const two = await read(lemon, yogi);
    expect(at(one, 'card_url')).not.toBe(at(two, 'card_url'));
    expect(at(lemon.view('links'), 'made')).toBe(6);
    expect(list(at(lemon.view('links'), 'live'))).toHaveLength(6);
    clock.turn(300_001);
    expect(list(at(lemon.view('links'), 'live'))).toHaveLength(0);
  });

  it('takes creates at the heading’s path, not at the example’s', async () => {
    const lemon = await providerFor('dirty-lemon');
    expect((await post(lemon, yogi, canadian)).status).toBe(405);
  });

  it('says confirmed_at of somebody who is not, and not when the message went', async () => {
    const lemon = await providerFor('dirty-lemon');
    await post(lemon, '/v1/customers', canadian);
    const created = await read(lemon, first);
    expect(created).toMatchObject({ phone_number: null, confirmation_sent_at: null });
    expect(at(created, 'confirmed_at')).toBe(at(created, 'created_at'));
    expect(lemon.messages).toEqual([
      { provider: 'dirty-lemon', to: '+14185810827', text: '152200', id: first.slice(14) },
    ]);
  });

  it('creates a confirmed customer without a message where confirmation is false', async () => {
    const lemon = await providerFor('dirty-lemon');
    const created = await post(lemon, '/v1/customers', { ...canadian, confirmation: false });
    expect(at(created.json, 'phone_number')).toBe('+14185810827');
    expect(lemon.messages).toEqual([]);
    expect((await post(lemon, '/v1/customers', { ...canadian, confirmation: 'false' })).status).toBe(422);
  });

  it('keeps the unconfirmed number after confirming', async () => {
    const lemon = await providerFor('dirty-lemon');
    await post(lemon, '/v1/customers', canadian);
    await post(lemon, `${first}/confirm`, { confirmation_token: '152200' });
    expect(await read(lemon, first)).toMatchObject({
      phone_number: '+14185810827',
      unconfirmed_phone_number: '+14185810827',
      confirmation_token: '152200',
    });
  });

  it('answers alike to a wrong token, a lapsed one and a customer who is confirmed', async () => {
    const clock = clockAt(0);
    const lemon = await providerFor('dirty-lemon', { clock: clock.now });
    await post(lemon, '/v1/customers', canadian);
    const wrong = await post(lemon, `${first}/confirm`, { confirmation_token: '152201' });
    const already = await post(lemon, `${yogi}/confirm`, { confirmation_token: '123456' });
    clock.turn(300_001);
    const late = await post(lemon, `${first}/confirm`, { confirmation_token: '152200' });
    expect(wrong.status).toBe(422);
    for (const other of [already, late]) expect([other.status, other.text]).toEqual([wrong.status, wrong.text]);
  });

  it('takes a token on the last moment of its five minutes', async () => {
    const clock = clockAt(0);
    const lemon = await providerFor('dirty-lemon', { clock: clock.now });
    await post(lemon, '/v1/customers', canadian);
    clock.turn(300_000);
    expect((await post(lemon, `${first}/confirm`, { confirmation_token: '152200' })).status).toBe(200);
  });

  it('replaces the token when a new one is asked for, and says when', async () => {
    const clock = clockAt('2020-01-01T00:00:00Z');
    const lemon = await providerFor('dirty-lemon', { clock: clock.now });
    await post(lemon, '/v1/customers', canadian);
    clock.turn(600_000);
    await send(lemon, 'POST', `${first}/generate_confirmation`, headers);
    expect(at(await read(lemon, first), 'confirmation_sent_at')).toBe('2020-01-01T00:10:00.000Z');
    const [, second] = lemon.messages;
    expect(second?.text).toMatch(/^\d{6}$/);
    expect(list(lemon.view('tokens'))).toMatchObject([{ confirmation_token: second?.text, expired: false }]);
    expect((await post(lemon, `${first}/confirm`, { confirmation_token: '152200' })).status).toBe(422);
    expect((await post(lemon, `${first}/confirm`, { confirmation_token: second?.text })).status).toBe(200);
    expect((await send(lemon, 'POST', `${first}/generate_confirmation`, headers)).status).toBe(422);
  });

  it.each([
    ['(418) 581-0827', 'CA', '+14185810827'],
    ['06-12345678', 'NL', '+31612345678'],
    ['0031612345678', 'NL', '+31612345678'],
    ['333 123 4567', 'IT', '+393331234567'],
  ])('writes %s of %s as %s', async (unconfirmed_phone_number, country_code, expected) => {
    const lemon = await providerFor('dirty-lemon');
    const created = await post(lemon, '/v1/customers', { unconfirmed_phone_number, country_code });
    expect(at(created.json, 'unconfirmed_phone_number')).toBe(expected);
  });

  it('has a phone number once, however it is spelled, among generated customers too', async () => {
    const lemon = await providerFor('dirty-lemon', { customers: 300 });
    const person =
      at(await read(lemon, `/v1/customers/${lemon.idOf(200)}`), 'unconfirmed_phone_number') ?? '+13333333333';
    for (const unconfirmed_phone_number of ['+1 333 333 3333', String(person)]) {
      const refused = await post(lemon, '/v1/customers', { unconfirmed_phone_number, country_code: 'US' });
      expect([refused.status, refused.json]).toEqual([422, { error: 'phone number already taken' }]);
    }
  });

  it.each([
    { country_code: 'CA' },
    { unconfirmed_phone_number: '+14185810827' },
    { ...canadian, country_code: 'Canada' },
    { ...canadian, unconfirmed_phone_number: 'none' },
    { ...canadian, phone_number: '+14185810827' },
    { ...canadian, email: 7 },
  ])('refuses to create %j', async (body) => {
    const lemon = await providerFor('dirty-lemon');
    expect((await post(lemon, '/v1/customers', body)).status).toBe(422);
    expect(lemon.messages).toEqual([]);
  });

  it('updates names and e-mail only, by PATCH unless set to PUT', async () => {
    const lemon = await providerFor('dirty-lemon');
    const put = await send(lemon, 'PUT', yogi, headers, '{}');
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, PATCH']);
    expect((await send(lemon, 'PATCH', yogi, headers, '{"phone_number":"+14185810827"}')).status).toBe(422);
    const cleared = await send(lemon, 'PATCH', yogi, headers, '{"email":null}');
    expect(cleared.json).toMatchObject({ email: null, first_name: 'Yogi' });

    const other = await providerFor('dirty-lemon', { settings: { 'dirty-lemon': { updateMethod: 'PUT' } } });
    expect((await send(other, 'PUT', yogi, headers, '{"first_name":"Y"}')).status).toBe(200);
    expect((await send(other, 'PATCH', yogi, headers, '{"first_name":"Y"}')).status).toBe(405);
  });
});
