import { generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt, exportSPKI, generateKeyPair, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { bearer, type KeyedWorld, startKeyedWorld } from '../support/callers.ts';
import { AUDIENCE, ISSUER, type Issuer, SUBJECT, startIssuer } from '../support/issuer.ts';
import { sendRaw } from '../support/raw.ts';
import { ask } from '../support/world.ts';

/** Who is let in by an access token: one that their issuer has signed, for this gateway, and that is not over. */

const time = { now: Date.parse('2026-05-01T00:00:00.500Z'), elapsed: 0 };
const clock: Clock = { now: () => time.now, elapsed: () => time.elapsed };
const seconds = (): number => Math.floor(time.now / 1_000);

let issuer: Issuer;
let world: KeyedWorld;
beforeAll(async () => {
  issuer = await startIssuer(clock.now);
  const shop = { name: SUBJECT, key: 'the-key-of-ada', scopes: ['customers:read', 'customers:write'] as const };
  world = await startKeyedWorld([shop], { clock, environment: issuer.settings });
});
afterAll(async () => {
  await world.close();
  await issuer.close();
});

const QUERY = '{ providers { name } }';
const asked = (token: string, query = QUERY, variables = {}) => world.query(query, variables, bearer(token));
const part = (content: unknown): string =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');

describe('a token', () => {
  it.each([
    ['as it should be', {}, {}],
    ['by RSA-PSS', {}, { alg: 'PS256' }],
    ['by an elliptic curve', {}, { alg: 'ES256' }],
    ['by another', {}, { alg: 'ES384' }],
    ['by Ed25519', {}, { alg: 'EdDSA' }],
    ['for several', { aud: ['other', AUDIENCE] }, {}],
    ['that says that it is an access token', {}, { typ: 'at+jwt' }],
    ['that says so in full', {}, { typ: 'application/at+jwt' }],
    ['that says that it is a token', {}, { typ: 'JWT' }],
    ['by a clock that is somewhat ahead', { nbf: 1_777_593_605, iat: 1_777_593_605 }, {}],
    ['that is over since less than clocks differ', { exp: 1_777_593_596 }, {}],
  ])('lets in: %s', async (_, claims, header) => {
    const { status, errors, data } = await asked(await issuer.token(claims, header));
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data.providers.length).toBeGreaterThan(3);
  });

  it('gives the scopes that it says, and none that there are not', async () => {
    const code = async (scope: unknown) =>
      (await asked(await issuer.token({ scope }))).errors.map(({ extensions }) => extensions.code);
    expect(await code('customers:read')).toEqual([]);
    expect(await code('openid profile customers:read email')).toEqual([]);
    for (const scope of ['', 'customers:write', 'customers:readx', 'xcustomers:read', 'CUSTOMERS:READ', undefined])
      expect([scope, await code(scope)]).toEqual([scope, ['FORBIDDEN']]);
    const two = await asked(await issuer.token(), '{ providers { name health { state } } }');
    expect(two.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect(two.data.providers[0]).toEqual({ name: expect.any(String), health: null });
  });

  it('is another caller than a key of that name: neither has the other’s idempotency keys', async () => {
    const create = (token: string, lastName: string) =>
      asked(
        token,
        'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { outcomes { writeId } errors { code } } }',
        { input: { lastName, providers: ['CYCLE_SOFTWARE'], idempotencyKey: 'order 7' } },
      );
    const token = await issuer.token({ scope: 'customers:write customers:read' });
    const byToken = (await create(token, 'Lovelace')).data.createCustomer;
    const byKey = (await create('the-key-of-ada', 'Byron')).data.createCustomer;
    expect([byToken.errors, byKey.errors]).toEqual([[], []]);
    const again = (await create(token, 'Lovelace')).data.createCustomer;
    expect(again).toEqual(byToken);
    const write = 'query ($id: ID!) { write(id: $id) { status } }';
    const seen = async (who: string) => (await asked(who, write, { id: byToken.outcomes[0].writeId })).data.write;
    expect([await seen(token), await seen('the-key-of-ada')]).toEqual([{ status: 'SUCCEEDED' }, null]);
  });

  it('is over at its time, also where it was let in before', async () => {
    const token = await issuer.token({ exp: seconds() + 60 });
    expect((await asked(token)).status).toBe(200);
    time.now += 64_499;
    expect((await asked(token)).status).toBe(200);
    time.now += 1;
    const { status, errors, text } = await asked(token);
    expect(status).toBe(401);
    expect(errors[0]?.message).toBe('This access token has expired: get a new one.');
    expect(text).not.toContain(SUBJECT);
  });

  it('is verified once, however often it is sent', async () => {
    const token = await issuer.token({ jti: 'once' });
    const before = issuer.fetches();
    const asking = Array.from({ length: 50 }, () => asked(token));
    expect(new Set((await Promise.all(asking)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(issuer.fetches()).toBe(before);
  });

  it('is sent in one header, and nowhere else', async () => {
    const token = await issuer.token();
    const url = new URL(world.gateway.url);
    const none = async (headers: Record<string, string>, search = '') =>
      (await ask(`${url}${search}`, QUERY, {}, headers)).status;
    expect(await none({ cookie: `access_token=${token}` })).toBe(401);
    expect(await none({ 'proxy-authorization': `Bearer ${token}` })).toBe(401);
    expect(await none({ authorization: `Basic ${token}` })).toBe(401);
    expect(await none({ authorization: token })).toBe(401);
    expect(await none({}, `?access_token=${token}`)).toBe(401);
    const raw = (...lines: string[]) =>
      sendRaw(
        url,
        `GET /graphql?query=${encodeURIComponent(QUERY)} HTTP/1.1\r\nhost: ${url.host}\r\n${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`,
      );
    expect(await raw(`authorization: Bearer ${token}`)).toMatch(/^HTTP\/1\.1 200 /);
    for (const other of [token, 'other', ''])
      expect(await raw(`authorization: Bearer ${token}`, `Authorization: Bearer ${other}`)).toMatch(/^HTTP\/1\.1 401 /);
  });
});

/** Each made of one that lets in. */
const WRONG: Readonly<Record<string, () => Promise<string> | string>> = {
  'says that it needs no signature': () => unsigned('none'),
  'says so in another case': () => unsigned('nOnE'),
  'names no algorithm': async () => swapped(await issuer.token(), { alg: undefined }),
  'names one that there is not': async () => swapped(await issuer.token(), { alg: 'RS257' }),
  'names several': async () => swapped(await issuer.token(), { alg: ['RS256'] }),
  'is signed with the public key as a secret, as PEM': async () => {
    const pem = await exportSPKI((await importJWK(published('RS256'), 'RS256', { extractable: true })) as never);
    return issuer.token({}, { alg: 'HS256', kid: 'RS256' }, Buffer.from(pem));
  },
  'is signed with the public key as a secret, as JSON': () =>
    issuer.token({}, { alg: 'HS256', kid: 'RS256' }, Buffer.from(JSON.stringify(published('RS256')))),
  'is signed with nothing, as a secret': () => issuer.token({}, { alg: 'HS256', kid: 'RS256' }, new Uint8Array(32)),
  'is of another issuer': () => issuer.token({ iss: 'https://evil.example/' }),
  'is of an issuer that begins alike': () => issuer.token({ iss: `${ISSUER}x` }),
  'is of an issuer in another case': () => issuer.token({ iss: ISSUER.toUpperCase() }),
  'is of nobody': () => issuer.token({ iss: undefined }),
  'is of several issuers': () => issuer.token({ iss: [ISSUER] }),
  'is for somebody else': () => issuer.token({ aud: 'other' }),
  'is for others': () => issuer.token({ aud: ['other', `${AUDIENCE}2`] }),
  'is for nobody': () => issuer.token({ aud: undefined }),
  'is for nobody, as a list': () => issuer.token({ aud: [] }),
  'is for an object': () => issuer.token({ aud: { [AUDIENCE]: true } }),
  'is over': () => issuer.token({ exp: seconds() - 5 }),
  'is over since long': () => issuer.token({ exp: 1 }),
  'never ends': () => issuer.token({ exp: undefined }),
  'ends at a text': () => issuer.token({ exp: String(seconds() + 60) }),
  'ends at nothing': () => issuer.token({ exp: null }),
  'begins later': () => issuer.token({ nbf: seconds() + 60 }),
  'begins at a text': () => issuer.token({ nbf: '0' }),
  'has a key that is nowhere': () => issuer.token({}, { kid: 'nowhere' }),
  'has a key that is a path': () => issuer.token({}, { kid: '../../../../dev/null' }),
  'has a key that is a URL': () => issuer.token({}, { kid: 'http://127.0.0.1:1/keys' }),
  'has a key that is SQL': () => issuer.token({}, { kid: "x' UNION SELECT 'key'--" }),
  'has a key of five thousand characters': () => issuer.token({}, { kid: 'k'.repeat(5_000) }),
  'has a key that is no text': async () => swapped(await issuer.token(), { kid: { $ne: null } }),
  'has another algorithm than its key': () => issuer.token({}, { alg: 'PS256', kid: 'RS256' }),
  'says where its key is': () => issuer.token({}, { jku: 'http://127.0.0.1:1/keys' }),
  'brings its key': () => issuer.token({}, { jwk: published('RS256') as JWK }),
  'says where its certificate is': () => issuer.token({}, { x5u: 'http://127.0.0.1:1/' }),
  'brings its certificate': () => issuer.token({}, { x5c: ['MIIB'] }),
  'has what must be understood': () => issuer.token({}, { crit: ['unknown'], unknown: true } as never),
  'has claims that are not encoded': () => issuer.token({}, { crit: ['b64'], b64: true } as never),
  'is of another kind: a logout': () => issuer.token({}, { typ: 'logout+jwt' }),
  'is of another kind: a proof of a key': () => issuer.token({}, { typ: 'dpop+jwt' }),
  'is of a kind that is no text': async () => swapped(await issuer.token(), { typ: 7 }),
  'is signed by somebody else': async () => {
    const { privateKey } = await generateKeyPair('RS256');
    return issuer.token({}, {}, privateKey);
  },
  'is signed by somebody else, on a curve': async () => {
    const { privateKey } = await generateKeyPair('ES256');
    return issuer.token({}, { alg: 'ES256' }, privateKey);
  },
  'is signed with zeros': async () => {
    const [header, claims] = (await issuer.token({}, { alg: 'ES256' })).split('.');
    return `${header}.${claims}.${Buffer.alloc(64).toString('base64url')}`;
  },
  'has no signature': async () => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.`,
  'has half a signature': async () => (await issuer.token()).slice(0, -100),
  'has one character less': async () => (await issuer.token()).slice(0, -1),
  'has other claims than were signed': async () => {
    const [header, claims = '', signature] = (await issuer.token()).split('.');
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
    return `${header}.${part({ ...said, sub: 'eve' })}.${signature}`;
  },
  'has the claims of one and the signature of another': async () => {
    const [header, claims] = (await issuer.token({ sub: 'eve' })).split('.');
    return `${header}.${claims}.${(await issuer.token()).split('.')[2]}`;
  },
  'has four parts': async () => `${await issuer.token()}.x`,
  'has two parts': async () => (await issuer.token()).split('.').slice(0, 2).join('.'),
  'has empty parts': () => '..',
  'is padded': async () => `${await issuer.token()}==`,
  'is in another alphabet': async () => (await issuer.token()).replaceAll(/[-_]/g, '+'),
  'is encrypted': async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const content = Buffer.from(await issuer.token());
    return new CompactEncrypt(content).setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }).encrypt(publicKey);
  },
  'has no claims': async () => `${(await issuer.token()).split('.')[0]}.${part('no JSON')}.${part('signature')}`,
  'has a header that is none': async () => `${part('[]')}.${(await issuer.token()).split('.').slice(1).join('.')}`,
  'has a header that is no JSON': async () => `${part('{')}.${(await issuer.token()).split('.').slice(1).join('.')}`,
  'is nobody’s': () => issuer.token({ sub: undefined }),
  'is of an empty name': () => issuer.token({ sub: '' }),
  'is of a name that is no text': () => issuer.token({ sub: 7 }),
  'is of a name with a line break': () => issuer.token({ sub: 'ada\nforged' }),
  'is of a name with a blank': () => issuer.token({ sub: 'ada lovelace' }),
  'is of a name that is too long': () => issuer.token({ sub: 'a'.repeat(256) }),
  'has its scopes in a list': () => issuer.token({ scope: ['customers:read'] }),
  'has its scopes in an object': () => issuer.token({ scope: { 'customers:read': true } }),
  'has no scopes but null': () => issuer.token({ scope: null }),
  'is as long as a header may be': async () => issuer.token({ pad: 'x'.repeat(7_000) }),
};

const published = (kid: string): JWK => issuer.published.find((each) => each.kid === kid) as JWK;

/** A header that says something else; the signature is of what it said before. */
function swapped(token: string, more: object): string {
  const [header = '', ...rest] = token.split('.');
  return [part({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...more }), ...rest].join('.');
}

async function unsigned(alg: string): Promise<string> {
  const [, claims] = (await issuer.token()).split('.');
  return `${part({ alg, kid: 'RS256' })}.${claims}.${part('x')}`;
}

describe('a token that', () => {
  it.each(Object.entries(WRONG))('%s lets nobody in', async (_, make) => {
    const token = await make();
    const { status, errors, data, headers } = await asked(token);
    expect([status, data, errors.map(({ extensions }) => extensions.code)]).toEqual([
      401,
      undefined,
      ['UNAUTHENTICATED'],
    ]);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(errors[0]?.message).toMatch(
      /^(?:This access token (?:is not valid here|has expired: get a new one)|Send a valid API key or access token as Authorization: Bearer <key or token>)\.$/,
    );
  });

  it('is a megabyte long is not even read', async () => {
    const { status } = await asked(`${await issuer.token()}${'x'.repeat(1_000_000)}`).catch(() => ({ status: 431 }));
    expect(status).toBe(431);
  });

  it('an issuer’s own careless keys would let in lets nobody in', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const weakJwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' } as JWK;
    const secret = new Uint8Array(32).fill(7);
    const oct: JWK = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct', alg: 'HS256' };
    const encrypting: JWK = { ...published('RS256'), kid: 'enc', use: 'enc' };
    const own = issuer.published;
    issuer.published = [...own, weakJwk, oct, encrypting];
    time.elapsed += 600_000;
    const [header, claims] = (await issuer.token({}, { kid: 'weak' })).split('.');
    const { sign } = await import('node:crypto');
    const signature = sign('sha256', Buffer.from(`${header}.${claims}`), weak.privateKey).toString('base64url');
    await asked(await issuer.token({}, { kid: 'fetches' }));
    for (const token of [
      `${header}.${claims}.${signature}`,
      await issuer.token({}, { alg: 'HS256', kid: 'oct' }, secret),
      await issuer.token({}, { kid: 'enc' }),
    ])
      expect((await asked(token)).status).toBe(401);
    expect((await asked(await issuer.token({ jti: 'good' }))).status).toBe(200);
    issuer.published = own;
  });
});

it('a key that was mistyped says so, and a name that a token’s caller has is no key’s', async () => {
  const wrong = await asked('clientele_0000000000000000000000000000000000000000000000000');
  expect(wrong.errors).toMatchObject([
    { message: 'This API key is cut off or mistyped: its checksum is another one.' },
  ]);
  for (const name of ['jwt:ada', 'jwt:', 'operator', 'clientele', 'anyone'])
    await expect(startKeyedWorld([{ name, scopes: [] }])).rejects.toThrow('key 1 is not as documented in its name');
});
