import { describe, expect, it } from 'vitest';
import { customer, draft, ID, limits, NOW, start, thrownBy } from './test-server.ts';

describe('read', () => {
  it('DL-1 DL-2 gives the customer without the token and the links that the read made', async () => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer(1) }));
    const wire = await connection.read?.(ID, limits());
    expect(wire).toMatchObject({ id: ID, first_name: 'Yogi' });
    expect(JSON.stringify(wire)).not.toMatch(/123456|dirtylemon\.com|_url|token/);
    expect(calls).toMatchObject([
      { line: `GET /v1/customers/${ID}`, headers: { authorization: 'Bearer secret-bearer' } },
    ]);
  });

  it('is null where there is no such customer', async () => {
    const { connection } = await start(() => ({ status: 404, body: { error: 'not found' } }));
    expect(await connection.read?.(ID, limits())).toBeNull();
    expect(await connection.selfServiceLink?.(ID, 'CARD', limits())).toBeNull();
  });

  it('refuses another customer than the one asked for', async () => {
    const other = { ...customer(1), id: '32139dfd-87c3-4552-8e91-0d9de718bff6' };
    const { connection } = await start(() => ({ status: 200, body: other }));
    expect(await thrownBy(connection.read?.(ID, limits()))).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    expect(await thrownBy(connection.selfServiceLink?.(ID, 'CARD', limits()))).toMatchObject({
      code: 'PROVIDER_BAD_RESPONSE',
    });
  });
});

describe('selfServiceLink', () => {
  it.each([
    ['CARD', 'c'],
    ['BILLING_ADDRESS', 'b'],
    ['SHIPPING_ADDRESS', 's'],
  ] as const)('DL-2 makes a %s link by a read of its own for every call', async (kind, letter) => {
    const { calls, connection } = await start((_, number) => ({ status: 200, body: customer(number) }));
    const both = await Promise.all([
      connection.selfServiceLink?.(ID, kind, limits()),
      connection.selfServiceLink?.(ID, kind, limits()),
    ]);
    expect(new Set(both.map((link) => link?.url))).toEqual(
      new Set([`https://api.dirtylemon.com/l/${letter}1`, `https://api.dirtylemon.com/l/${letter}2`]),
    );
    expect(both[0]?.expiresAt).toEqual(new Date('2026-01-02T03:09:05Z'));
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['null', null],
    ['another host', 'https://dirtylemon.com.example/l/1'],
    ['http', 'http://api.dirtylemon.com/l/1'],
    ['a script', 'javascript:alert(1)'],
    ['credentials', 'https://a:b@api.dirtylemon.com/l/1'],
    ['a number', 7],
  ])('DL-2 hands out no link that is %s', async (_, card_url) => {
    const { connection } = await start(() => ({ status: 200, body: { ...customer(1), card_url } }));
    expect(await thrownBy(connection.selfServiceLink?.(ID, 'CARD', limits()))).toMatchObject({
      code: 'PROVIDER_BAD_RESPONSE',
    });
  });

  it('takes a link to where the provider is configured at', async () => {
    const { connection, url } = await start((call) => {
      return { status: 200, body: { ...customer(1), card_url: `http://${call.headers.host}/l/1` } };
    });
    expect(await connection.selfServiceLink?.(ID, 'CARD', limits())).toMatchObject({ url: `${url}l/1` });
  });
});

describe('create', () => {
  it('DL-4 DL-6 posts JSON to the collection and keeps nothing of the reply but the id', async () => {
    const { calls, connection } = await start(() => ({ status: 201, body: { ...customer(1), email: null } }));
    expect(await connection.create?.send(draft(connection), limits())).toEqual({ providerId: ID, codeSent: true });
    expect(calls.map(({ line }) => line)).toEqual(['POST /v1/customers']);
    expect(calls[0]?.headers['content-type']).toMatch('application/json');
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
      unconfirmed_phone_number: '+13333333333',
      country_code: 'US',
      confirmation: true,
    });
  });

  it.each([true, false])(
    'DL-5 DL-9 tells that a code was sent by what was asked, not by the reply: %s',
    async (confirmation) => {
      const { calls, connection } = await start(() => ({
        status: 201,
        body: { ...customer(1), confirmation_sent_at: null },
      }));
      const written = await connection.create?.send(draft(connection, confirmation), limits());
      expect(written?.codeSent).toBe(confirmation);
      expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ confirmation });
    },
  );

  it.each([
    ['409', 409, {}],
    ['409 with no JSON', 409, '<h1>Conflict</h1>'],
    ['a text', 422, { error: 'phone number already taken' }],
    ['Rails', 422, { errors: { unconfirmed_phone_number: ['has already been taken'] } }],
    ['a code', 400, { code: 'ALREADY_EXISTS' }],
    ['a constraint', 400, { error: { name: 'UniqueConstraintViolation' } }],
    ['a list', 400, ['Duplicate phone']],
  ])('DL-14 recognises a phone that is taken, by %s', async (_, status, body) => {
    const { connection } = await start(() => ({ status, body }));
    expect(await thrownBy(connection.create?.send(draft(connection), limits()))).toMatchObject({
      code: 'PROVIDER_REJECTED',
      delivery: 'refused',
      duplicate: true,
      status,
    });
  });

  const echoed = { email: 'taken@example.com', lastName: 'Already Unique' };
  it.each([
    ['in a sentence', false, { error: 'Email Taken@example.com is invalid' }],
    ['in the whole customer', false, { error: 'invalid', customer: { email: echoed.email, name: 'ALREADY UNIQUE' } }],
    ['under its own name', false, { already_checked: ['taken@example.com: invalid', 'taken@example.com: no MX'] }],
    ['beside what it means', true, { error: 'taken@example.com: the phone is taken' }],
  ])('DL-14 hears nothing in what it repeats of the request: %s', async (_, duplicate, body) => {
    const { connection } = await start(() => ({ status: 422, body }));
    const error = await thrownBy(connection.create?.send(draft(connection, true, echoed), limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_REJECTED', duplicate });
  });

  it.each([
    ['another refusal', 422, { error: 'country_code is invalid' }],
    ['a mistake', 422, { error: 'you are mistaken' }],
    ['no body', 400, undefined],
    ['HTML', 400, '<h1>already</h1>'],
  ])('DL-14 takes %s for no duplicate', async (_, status, body) => {
    const { connection } = await start(() => ({ status, body }));
    const error = await thrownBy(connection.create?.send(draft(connection), limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_REJECTED', duplicate: false, status });
  });

  it.each([
    ['no JSON', 'created'],
    ['no id', {}],
    ['an id that leads elsewhere', { id: '../other' }],
  ])('does not know what became of it when the reply has %s', async (_, body) => {
    const { connection } = await start(() => ({ status: 201, body }));
    const error = await thrownBy(connection.create?.send(draft(connection), limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown' });
  });
});

describe('update', () => {
  const patch = { email: 'yogi@berra.com', firstName: null };

  it.each(['PATCH', 'PUT'])('DL-3 DL-6 sends %s when it is set so, and keeps nothing of the reply', async (method) => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer(1) }), { UPDATE_METHOD: method });
    const wire = await connection.read?.(ID, limits());
    const intent = {
      patch,
      own: undefined,
      decidedAt: new Date(NOW),
      current: { providerId: ID, wire },
    };
    const request = connection.update?.draft(intent).request;
    if (!request) throw new Error('nothing to send');
    expect(await connection.update?.send(request, ID, limits())).toEqual({ providerId: ID });
    expect(calls[1]?.line).toBe(`${method} /v1/customers/${ID}`);
    expect(JSON.parse(calls[1]?.body ?? '')).toEqual({ email: 'yogi@berra.com', first_name: null });
  });
});

describe('confirm', () => {
  it('DL-1 sends the token as the text that the caller gave', async () => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer(1) }));
    expect(await connection.confirm?.(ID, '012345', limits())).toBeUndefined();
    expect(calls.map(({ line }) => line)).toEqual([`POST /v1/customers/${ID}/confirm`]);
    expect(calls[0]?.body).toBe('{"confirmation_token":"012345"}');
  });

  it.each([400, 404, 409, 410, 422])(
    'DL-10 leaves a refusal by %i to whoever can read the customer',
    async (status) => {
      const { connection } = await start(() => ({ status, body: { error: 'already confirmed' } }));
      const error = await thrownBy(connection.confirm?.(ID, '012345', limits()));
      expect(error).toMatchObject({ code: 'PROVIDER_REJECTED', delivery: 'refused', duplicate: false, status });
    },
  );

  it('DL-1 DL-10 drops the body of a refusal, which may hold the customer', async () => {
    const { connection } = await start(() => ({ status: 422, body: { customer: customer(1) } }));
    const error = await thrownBy(connection.confirm?.(ID, '012345', limits()));
    expect(error.answer).toBeUndefined();
    expect(`${JSON.stringify(error)} ${error.stack} ${error.cause}`).not.toMatch(/123456|012345/);
  });

  it('does not know what became of it when another customer comes back', async () => {
    const body = { ...customer(1), id: '32139dfd-87c3-4552-8e91-0d9de718bff6' };
    const { connection } = await start(() => ({ status: 200, body }));
    const error = await thrownBy(connection.confirm?.(ID, '012345', limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown' });
  });
});

describe('requestConfirmation', () => {
  it.each([undefined, 'OK', '{'])('DL-12 takes "Returns: Nothing." at its word: %s', async (body) => {
    const { calls, connection } = await start(() => ({ status: 201, body }));
    await connection.requestConfirmation?.(ID, limits());
    expect(calls).toMatchObject([{ line: `POST /v1/customers/${ID}/generate_confirmation`, body: '' }]);
  });

  it('DL-12 asks once, whatever comes: each time messages a person', async () => {
    const { calls, connection } = await start(() => ({ status: 503 }));
    expect(await thrownBy(connection.requestConfirmation?.(ID, limits()))).toMatchObject({ delivery: 'unknown' });
    expect(calls).toHaveLength(1);
  });
});

it('tells no limits, and its health by its calls alone', async () => {
  const { connection } = await start(() => ({ status: 200, body: customer(1) }));
  expect(connection.rateLimits()).toEqual([]);
  expect(connection.health().state).toBe('UNKNOWN');
  await connection.read?.(ID, limits());
  expect(connection.health().state).toBe('UP');
  expect(connection.list).toBeUndefined();
});
