import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  AUDIENCE,
  CLAIMS,
  headerOf,
  ISSUER,
  type Issuer,
  START,
  signed,
  signingKey,
  startIssuer,
  tokenOf,
} from '../../test/support/tokens.ts';
import { type AccessTokens, createAccessTokens } from './accessTokens.ts';

/** What becomes of a token, and what is told of it to whoever runs the gateway. */

const key = signingKey('ES256', 'a');
const next = signingKey('ES256', 'b');
const time = { now: START, elapsed: 0 };
const refused: string[] = [];
let issuer: Issuer;
let tokens: AccessTokens;
beforeAll(async () => {
  issuer = await startIssuer([key]);
});
afterAll(() => issuer.origin.close());
beforeEach(() => {
  issuer.keys = [key.jwk];
  Object.assign(time, { now: START, elapsed: 0 });
  refused.length = 0;
  tokens?.close();
  tokens = createAccessTokens({
    ...{ url: new URL(issuer.origin.url), issuer: ISSUER, audience: AUDIENCE },
    clock: { now: () => time.now, elapsed: () => time.elapsed },
    pseudonym: (subject) => `<${subject.length}>`,
    watcher: { lost: () => undefined, back: () => undefined, refused: (reason) => refused.push(reason) },
  });
});

const become = async (token: string) => {
  try {
    return (await tokens.callerOf(token))?.name ?? null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('a caller by token has the name of its subject, and a pseudonym where others may look', async () => {
  const scope = 'openid customers:read customers:readx writes:all';
  expect(await tokens.callerOf(tokenOf(key, { scope }))).toEqual({
    ...{ name: 'jwt:ada@example.com', loggedAs: 'jwt:<15>' },
    scopes: new Set(['customers:read']),
  });
});

it.each<[string, string]>([
  ['ERR_JWS_INVALID', 'a.b'],
  ['ERR_JWS_INVALID', `${tokenOf(key)}=`],
  ['ERR_JWS_INVALID', ` ${tokenOf(key)}`],
  ['ERR_JWS_INVALID', tokenOf(key).replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))],
  ['ERR_JWS_INVALID', signed('{"alg":"ES256","kid":"a","kid":"a"}', CLAIMS, key)],
  ['ERR_JWS_INVALID', signed(headerOf(key), `{"sub":"b",${JSON.stringify(CLAIMS).slice(1)}`, key)],
  ['aud', tokenOf(key, { aud: 'x' })],
  ['iss', tokenOf(key, { iss: 'x' })],
  ['nbf', tokenOf(key, { nbf: CLAIMS.exp })],
  ['exp', tokenOf(key, { exp: undefined })],
  ['sub', tokenOf(key, { sub: undefined })],
  ['sub', tokenOf(key, { sub: 'a b' })],
  ['scope', tokenOf(key, { scope: ['a'] })],
  ['typ', tokenOf(key, {}, { typ: 'dpop+jwt' })],
  ['jku', tokenOf(key, {}, { jku: 'https://x' })],
  ['crit', tokenOf(key, {}, { crit: ['exp'] })],
  ['ERR_JWKS_NO_MATCHING_KEY', tokenOf(next)],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', tokenOf({ ...next, kid: 'a' })],
  ['ERR_JWT_EXPIRED', tokenOf(key, { exp: CLAIMS.iat - 5 })],
  ['SyntaxError', signed('{', CLAIMS, key)],
])('that it is refused is told by a code, and nothing of it: %s', async (reason, token) => {
  expect(await become(token)).toBe(reason === 'ERR_JWT_EXPIRED' ? 'UNAUTHENTICATED' : null);
  expect(refused).toEqual([reason]);
});

it('one that was good is good again until it ends and the tolerance is over, at a second look as at the first', async () => {
  const token = tokenOf(key, { exp: CLAIMS.iat + 60 });
  expect(await become(token)).toBe('jwt:ada@example.com');
  time.now += 64_999;
  expect(await become(token)).toBe('jwt:ada@example.com');
  time.now += 1;
  expect(await become(token)).toBe('UNAUTHENTICATED');
});

it('one that was good is not, when its key has been taken out of the set', async () => {
  const token = tokenOf(key);
  expect(await become(token)).toBe('jwt:ada@example.com');
  issuer.keys = [next.jwk];
  time.elapsed += 30_000;
  expect([await become(tokenOf(next)), await become(token)]).toEqual(['jwt:ada@example.com', null]);
});

it('may be 8,192 characters long', async () => {
  const long = (by: number) => tokenOf(key, { more: 'x'.repeat(by) });
  let by = 5_500;
  while (long(by + 1).length <= 8_192) by++;
  expect(await become(long(by))).toBe('jwt:ada@example.com');
  expect(await become(long(by + 3))).toBeNull();
  expect(refused).toEqual([]);
});
