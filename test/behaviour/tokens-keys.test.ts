import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { bearer, type KeyedWorld, startKeyedWorld } from '../support/callers.ts';
import { type Issuer, SUBJECT, startIssuer } from '../support/issuer.ts';
import { runCommand } from '../support/program.ts';
import { ask } from '../support/world.ts';

/** The keys of an issuer of tokens: where they can't be had, and when they change. */

const time = { now: Date.parse('2026-05-01T00:00:00Z'), elapsed: 0 };
const clock: Clock = { now: () => time.now, elapsed: () => time.elapsed };
const COOL_DOWN = 30_000;
const MINUTE = 60_000;

let issuer: Issuer;
let world: KeyedWorld;
beforeEach(async () => {
  issuer = await startIssuer(clock.now);
  world = await startKeyedWorld([{ name: 'shop', scopes: ['customers:read'] }], {
    clock,
    environment: issuer.settings,
  });
});
afterEach(async () => {
  await world.close();
  await issuer.close();
});

const asked = (token: string) => world.query('{ providers { name } }', {}, bearer(token));
const status = async (token: string) => (await asked(token)).status;
const pass = (ms: number): void => {
  time.now += ms;
  time.elapsed += ms;
};
/** Others than were published so far. */
async function newKeys(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' } };
}

it('are fetched with the first token, and not before', async () => {
  expect(issuer.fetches()).toBe(0);
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, jti) => issuer.token({ jti })));
  expect(new Set(await Promise.all(tokens.map(status)))).toEqual(new Set([200]));
  expect(issuer.fetches()).toBe(1);
});

describe('where they can’t be had', () => {
  it.each([
    ['nobody listens', () => void issuer.close()],
    ['it is said that something is wrong', fault((response) => response.writeHead(500).end('hunter2'))],
    ['they are said to be elsewhere', fault((response) => response.writeHead(302, { location: '/other' }).end())],
    ['the answer is none', fault((response) => response.end('<html>hunter2</html>'))],
    ['the answer is no key set', fault((response) => response.end('{"keys":{}}'))],
    ['there are none', fault((response) => response.end('{"keys":[]}'))],
    ['the answer is endless', fault((response) => void response.write('{"keys":['.padEnd(5_000_000)))],
    ['the connection breaks', fault((response) => void response.destroy())],
  ])('since %s, nobody with a token is let in, nor told that it is bad, and who has a key is', async (_, harm) => {
    harm();
    const token = await issuer.token();
    const { status: said, errors, headers, data } = await asked(token);
    expect([said, data, headers['retry-after']]).toEqual([503, undefined, '30']);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true, retryAfterMs: COOL_DOWN } }]);
    expect(errors[0]?.message).not.toContain('hunter2');
    expect(await status('key-of-shop')).toBe(200);
    pass(COOL_DOWN - 1);
    expect((await asked(token)).headers['retry-after']).toBe('1');
  });

  it('they are asked for once in a while, whoever asks how often', async () => {
    issuer.fault = (response) => response.writeHead(500).end();
    const token = await issuer.token();
    for (let time = 0; time < 20; time++) await asked(token);
    expect(issuer.fetches()).toBe(1);
    pass(COOL_DOWN);
    await Promise.all(Array.from({ length: 20 }, () => asked(token)));
    expect(issuer.fetches()).toBe(2);
    issuer.fault = null;
    expect(await status(token)).toBe(503);
    pass(COOL_DOWN);
    expect(await status(token)).toBe(200);
    expect(issuer.fetches()).toBe(3);
  });

  it('since there is no answer, tokens whose key is known are let in at once', async () => {
    const exp = time.now / 1_000 + 10_000;
    const [known, other] = [await issuer.token({ exp }), await issuer.token({ exp, jti: 'other' })];
    expect(await status(known)).toBe(200);
    pass(10 * MINUTE);
    issuer.fault = () => undefined;
    expect(await status(other)).toBe(200);
    expect(issuer.fetches()).toBe(2);
    expect([await status(known), await status(other)]).toEqual([200, 200]);
  });

  it('any more, those that were had are gone by for an hour, and then by nobody', async () => {
    const token = await issuer.token({ exp: time.now / 1_000 + 10_000 });
    expect(await status(token)).toBe(200);
    issuer.fault = (response) => response.writeHead(500).end();
    pass(60 * MINUTE - 1);
    expect(await status(token)).toBe(200);
    pass(1);
    expect(await status(token)).toBe(503);
    issuer.fault = null;
    pass(COOL_DOWN);
    expect(await status(token)).toBe(200);
  });
});

describe('where they change', () => {
  it('a token by a new one is let in when it comes, and one by the old one until that is seen to be gone', async () => {
    const old = await issuer.token({ exp: time.now / 1_000 + 10_000 });
    expect(await status(old)).toBe(200);
    const { privateKey, jwk } = await newKeys('new');
    issuer.published = [jwk];
    const token = await issuer.token({}, { kid: 'new' }, privateKey);
    // It may have been asked a moment ago.
    expect(await status(token)).toBe(401);
    pass(COOL_DOWN);
    expect(await status(token)).toBe(200);
    expect(await status(old)).toBe(401);
    expect(issuer.fetches()).toBe(2);
  });

  it('that is seen within ten minutes, and by whoever was let in before', async () => {
    const old = await issuer.token({ exp: time.now / 1_000 + 10_000 });
    expect(await status(old)).toBe(200);
    issuer.published = issuer.published.filter(({ kid }) => kid !== 'RS256');
    pass(10 * MINUTE - 1);
    expect(await status(old)).toBe(200);
    expect(issuer.fetches()).toBe(1);
    pass(1);
    expect(await status(old)).toBe(200);
    await expect.poll(() => status(old)).toBe(401);
    expect(issuer.fetches()).toBe(2);
  });

  it('a thousand tokens by keys that there are not make one fetch in a while, and nobody else wait', async () => {
    const good = await issuer.token();
    expect(await status(good)).toBe(200);
    const unknown = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) => issuer.token({}, { kid: `unknown ${number}` }, issuer.keys.RS256)),
    );
    for (const cooled of [false, true]) {
      if (cooled) pass(COOL_DOWN);
      const before = issuer.fetches();
      for (let first = 0; first < 1_000; first += 100) {
        const said = await Promise.all(unknown.slice(first, first + 100).map(status));
        expect(new Set(said)).toEqual(new Set([401]));
      }
      expect(issuer.fetches() - before).toBe(cooled ? 1 : 0);
      expect(await status(good)).toBe(200);
    }
  });
});

it('a stream ends when the token is over that it was asked for with', async () => {
  const quick = await startKeyedWorld([], {
    ...{ clock, environment: issuer.settings },
    subscriptions: { keepAliveMs: 5 },
  });
  const token = await issuer.token({ exp: time.now / 1_000 + 60 });
  const response = await fetch(quick.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer(token) },
    body: JSON.stringify({ query: 'subscription { customerChanged { kind } }' }),
  });
  expect(response.status).toBe(200);
  pass(66_000);
  expect(await response.text()).toMatch(/"code":"UNAUTHENTICATED".*event: complete/s);
  await quick.close();
});

it('a log tells a caller by a pseudonym, and once that there are no keys', async () => {
  issuer.fault = (response) => response.writeHead(500).end();
  const environment = { ...world.sandbox.env, ...issuer.settings, PORT: '0', ID_SECRET: 'x'.repeat(32) };
  const program = runCommand(['start'], { environment, folder: world.folder });
  const { url } = await program.ready();
  const real = () => Math.floor(Date.now() / 1_000) + 300;
  const one = await issuer.token({ exp: real() });
  const query = async (token: string) => (await ask(url, '{ providers { name } }', {}, bearer(token))).status;
  expect([await query(one), await query(one)]).toEqual([503, 503]);
  expect(await query('no token')).toBe(401);
  program.child.kill('SIGTERM');
  await program.ended;
  const lost = program.stderr().match(/JWT_JWKS_URL gives no keys/g);
  expect(lost).toHaveLength(1);
  expect(program.stderr()).toContain('"reason":"500"');

  issuer.fault = null;
  const again = runCommand(['start'], { environment, folder: world.folder });
  const { url: now } = await again.ready();
  expect((await ask(now, '{ providers { name } }', {}, bearer(await issuer.token({ exp: real() })))).status).toBe(200);
  again.child.kill('SIGTERM');
  await again.ended;
  expect(again.stderr()).toMatch(/"caller":"jwt:[\w-]{16}"/);
  expect(again.stderr() + program.stderr()).not.toContain(SUBJECT);
  expect(again.stderr()).not.toContain(one);
});

function fault(answer: NonNullable<Issuer['fault']>): () => void {
  return () => {
    issuer.fault = answer;
  };
}
