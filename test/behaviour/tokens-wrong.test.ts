import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../support/callers.ts';
import { sendRaw } from '../support/raw.ts';
import { startIssuer, startTokenWorld, type TokenWorld, tokenOf } from '../support/tokens.ts';
import { ec, good, head, keys, pem, rsa, WRONG } from '../support/wrongTokens.ts';

/** Which access tokens let nobody in, and what is said of it. */

let world: TokenWorld;
beforeAll(async () => {
  const issuer = await startIssuer([]);
  issuer.keys = keys;
  world = await startTokenWorld(issuer);
});
afterAll(() => world.close());

const REFUSED = 'Send a valid access token as Authorization: Bearer <access token>.';
const EXPIRED = 'This access token has expired: get a new one.';

it('the token that they are all made of is good', async () => {
  expect((await world.enter(good)).status).toBe(200);
  expect((await world.enter(tokenOf(ec))).status).toBe(200);
  expect(createPublicKey(pem('spki')).export({ format: 'jwk' }).n).toBe(rsa.jwk.n);
});

describe('a token is refused, without a word why, that has', () => {
  it.each(Object.entries(WRONG))('%s', async (name, token) => {
    const { status, errors, data, headers } = await world.query('{ __typename }', {}, bearer(token));
    expect([status, data, headers['www-authenticate']]).toEqual([401, undefined, 'Bearer error="invalid_token"']);
    const extensions = { code: 'UNAUTHENTICATED', retryable: false, requestId: headers['x-request-id'] };
    expect(errors).toEqual([{ message: name.startsWith('exp a moment') ? EXPIRED : REFUSED, extensions }]);
  });

  it('any character changed, added or taken away', async () => {
    const character = fc.constantFrom(...'Aa0-_.=');
    const changed = fc
      .tuple(fc.nat(good.length - 1), fc.constantFrom(0, 1), fc.option(character, { nil: '' }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut))
      .filter((token) => token !== good);
    await fc.assert(
      fc.asyncProperty(changed, async (token) => {
        expect((await world.enter(token)).status).toBe(401);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });
});

describe('a good token is refused', () => {
  const url = () => new URL(world.gateway.url);
  const query = encodeURIComponent('{ __typename }');
  const send = (target: string, ...lines: string[]) =>
    sendRaw(
      url(),
      `GET ${target} HTTP/1.1\r\nhost: ${url().host}\r\n${lines.join('\r\n')}${lines.length > 0 ? '\r\n' : ''}connection: close\r\n\r\n`,
    );

  it('beside another Authorization, whichever comes first', async () => {
    const own = `authorization: Bearer ${good}`;
    expect(await send(`/graphql?query=${query}`, own)).toMatch(/^HTTP\/1\.1 200 /);
    for (const other of [own, 'authorization: Bearer other', 'Authorization:'])
      for (const lines of [
        [own, other],
        [other, own],
      ])
        expect(await send(`/graphql?query=${query}`, ...lines)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('anywhere but in that header', async () => {
    expect(await send(`/graphql?query=${query}&access_token=${good}`)).toMatch(/^HTTP\/1\.1 401 /);
    for (const line of [
      `cookie: access_token=${good}; authorization=Bearer ${good}`,
      `proxy-authorization: Bearer ${good}`,
      `x-access-token: ${good}`,
      `authorization: ${good}`,
      `authorization: DPoP ${good}`,
      `authorization: Basic ${btoa(`:${good}`)}`,
      `authorization: Bearer  ${good}`,
      `authorization: Bearer ${good} ${good}`,
      `authorization: Bearer ${good},${good}`,
      `authorization: Bearer "${good}"`,
    ])
      expect([line.slice(0, 30), await send(`/graphql?query=${query}`, line)]).toEqual([
        line.slice(0, 30),
        expect.stringMatching(/^HTTP\/1\.1 401 /),
      ]);
  });

  it('with blanks or line breaks in it', async () => {
    for (const blank of [' ', '\t', '%20', '\r\n '])
      for (const at of [1, head.length, head.length + 1, good.length - 1]) {
        const spaced = `authorization: Bearer ${good.slice(0, at)}${blank}${good.slice(at)}`;
        expect(await send(`/graphql?query=${query}`, spaced)).toMatch(/^HTTP\/1\.1 40[01] /);
      }
  });

  it('behind a megabyte of others, and the gateway goes on', async () => {
    const answered = await send(`/graphql?query=${query}`, `authorization: Bearer ${'x'.repeat(1_048_576)}.${good}`);
    expect(answered).not.toMatch(/^HTTP\/1\.1 200 /);
    expect((await world.enter(good)).status).toBe(200);
  });
});

it('what is asked for with a wrong token is not even looked at', async () => {
  world.calls();
  const query = '{ customerByProviderId(provider: OCTOBAT, providerId: "x") { id } }';
  for (const token of Object.values(WRONG)) await world.query(query, {}, bearer(token));
  expect(world.calls()).toEqual([]);
  expect(world.issuer.fetches).toBe(1);
  expect(Object.keys(WRONG).length).toBeGreaterThan(100);
});
