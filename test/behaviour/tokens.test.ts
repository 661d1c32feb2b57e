import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { bearer } from '../support/callers.ts';
import { listen } from '../support/changes.ts';
import {
  AUDIENCE,
  CLAIMS,
  START,
  seconds,
  signed,
  signingKey,
  startIssuer,
  startTokenWorld,
  type TokenWorld,
  tokenOf,
} from '../support/tokens.ts';

/** Callers by access token: which are let in, for how long, and what they may. */

const KEYS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'].map(
  (alg) => signingKey(alg, `key of ${alg}`),
);
const key = KEYS.find(({ alg }) => alg === 'ES256') ?? signingKey('ES256', 'ec');

let world: TokenWorld;
beforeAll(async () => {
  world = await startTokenWorld(await startIssuer(KEYS), { subscriptions: { keepAliveMs: 10 } });
});
afterAll(() => world.close());

const statusOf = async (token: string): Promise<number> => (await world.enter(token)).status;

describe('a token is good', () => {
  it.each(KEYS.map((each) => [each.alg, each] as const))('that is signed by %s', async (_, each) => {
    expect(await statusOf(tokenOf(each))).toBe(200);
    expect(await statusOf(tokenOf(each, {}, { typ: 'dpop+jwt' }))).toBe(401);
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt', undefined])('whose typ is %s', async (typ) => {
    expect(await statusOf(tokenOf(key, {}, { typ }))).toBe(200);
  });

  it.each([
    ['is for others, too', { aud: ['https://other.example', AUDIENCE] }],
    [
      'says more than is asked for',
      { azp: 'app', act: { sub: 'a' }, roles: ['a', { sub: '"b":' }], note: '{"sub":"x"}' },
    ],
    ['is not valid before now, by a clock that is a little ahead', { nbf: seconds(START) + 5 }],
    ['has a subject of 255 characters', { sub: '~'.repeat(255) }],
    ['has no scope', { scope: undefined }],
  ])('that %s', async (_, claims) => {
    expect(await statusOf(tokenOf(key, claims))).toBe(200);
  });

  it('without a kid, where only one key would do', async () => {
    expect(await statusOf(signed({ alg: 'ES256' }, CLAIMS, key))).toBe(200);
  });

  it('of 8 KiB, and not of more', async () => {
    const padded = (length: number) => tokenOf(key, { pad: 'x'.repeat(length) });
    let length = 5_500;
    while (padded(length).length < 8_191) length++;
    const lengths = [0, 1, 2, 3].map((more) => padded(length + more));
    for (const token of lengths)
      expect([token.length, await statusOf(token)]).toEqual([token.length, token.length > 8_192 ? 401 : 200]);
    expect(lengths.map((token) => token.length)).toContain(8_192);
  });
});

describe('what a token may', () => {
  const codes = async (scope: unknown) => {
    const query = '{ providers { name health { state } } customers(first: 1) { nodes { id } } }';
    const { errors, status } = await world.query(query, {}, bearer(tokenOf(key, { scope })));
    return [status, ...errors.map(({ extensions }) => extensions.code)];
  };

  it('is what its scopes open, and others’ scopes mean nothing here', async () => {
    expect(await codes(SCOPES.join(' '))).toEqual([200]);
    expect(await codes(`openid  email ${SCOPES.join('  ')} offline_access`)).toEqual([200]);
    expect(await codes('customers:read providers:read')).toEqual([200]);
    for (const none of [
      undefined,
      '',
      ' ',
      'openid',
      'customers',
      'customers:*',
      'CUSTOMERS:READ',
      'customers:read,providers:read',
      '__proto__',
    ])
      expect([none, ...(await codes(none))]).toEqual([none, 200, 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('is nothing that another token of the same subject may', async () => {
    expect(await codes('customers:read providers:read')).toEqual([200]);
    expect(await codes('')).toEqual([200, 'FORBIDDEN', 'FORBIDDEN']);
  });
});

describe('a token that expires', () => {
  it('is over five seconds behind its time, for whoever has used it before and for whoever has not, and says so', async () => {
    const token = tokenOf(key, { exp: seconds(START) + 60 });
    const other = tokenOf(key, { exp: seconds(START) + 60, jti: 'other' });
    expect(await statusOf(token)).toBe(200);
    world.move(64_999);
    expect([await statusOf(token), await statusOf(other)]).toEqual([200, 200]);
    world.move(1);
    for (const each of [token, other, tokenOf(key, { exp: 0 })]) {
      const { status, text } = await world.enter(each);
      expect([status, JSON.parse(text).errors[0].message]).toEqual([
        401,
        'This access token has expired: get a new one.',
      ]);
    }
  });

  it('ends its streams, and no other', async () => {
    const soon = tokenOf(key, { exp: seconds(START) + 600, scope: 'customers:read' });
    const [ended, stays] = [await listen(world, {}, bearer(soon)), await listen(world, {}, bearer(tokenOf(key)))];
    await ended.comments(2);
    world.move(600_000);
    const event = await ended.next();
    expect(event?.data?.errors).toMatchObject([
      { message: expect.stringMatching(/expired/), extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(await ended.next()).toEqual({ event: 'complete', id: null, data: null });
    await stays.comments(2);
    stays.hangUp();
  });
});
