import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startOrigin } from '../support/origin.ts';
import { type Issuer, signingKey, startIssuer, startTokenWorld, type TokenWorld, tokenOf } from '../support/tokens.ts';

/** The issuer's keys: what is made of them while they come, change, are late or don't come at all. Fetches are counted there. */

const old = signingKey('ES256', 'old');
const next = signingKey('ES256', 'next');
const token = tokenOf(old, { exp: 4_000_000_000 });
const newer = tokenOf(next, { exp: 4_000_000_000 });

const MINUTE = 60_000;
const REST = 30_000;

let world: TokenWorld;
async function start(prepare: (issuer: Issuer) => void = () => undefined): Promise<Issuer> {
  const issuer = await startIssuer([old]);
  prepare(issuer);
  world = await startTokenWorld(issuer);
  return issuer;
}
afterEach(() => world.close());

const down: Issuer['answer'] = (_, response) => void response.writeHead(503).end();
const codeOf = async (given: string) => (await world.enter(given)).code ?? 'in';
/** Asks until it is so: what is fetched meanwhile is nobody's to wait for. */
async function untilCodeIs(given: string, code: string): Promise<void> {
  while ((await codeOf(given)) !== code) await nextTurn();
}

describe('keys that can’t be had at the start', () => {
  it('leave it open whether a token is good: nobody is let in, nobody is told that it is bad', async () => {
    const issuer = await start((each) => {
      each.answer = down;
    });
    const { status, headers, errors, data } = await world.query(
      '{ __typename }',
      {},
      { authorization: `Bearer ${token}` },
    );
    expect([status, data]).toEqual([503, undefined]);
    expect(Number(headers['retry-after'])).toBe(REST / 1_000);
    expect(errors).toEqual([
      {
        message: 'The keys that access tokens are signed by can’t be fetched at the moment. Try again later.',
        extensions: { code: 'UNAVAILABLE', retryable: true, retryAfterMs: REST, requestId: expect.any(String) },
      },
    ]);
    // What is no token at all is bad whatever the keys are.
    expect(await codeOf('cl_live_wrong')).toBe('UNAUTHENTICATED');
    issuer.answer = null;
    world.move(REST - 1);
    expect(await codeOf(token)).toBe('UNAVAILABLE');
    expect(issuer.fetches).toBe(1);
    world.move(1);
    expect(await codeOf(token)).toBe('in');
    expect(issuer.fetches).toBe(2);
  });

  it.each<[string, Issuer['answer']]>([
    ['a status', down],
    ['not found', (_, response) => void response.writeHead(404).end('{"keys":[]}')],
    ['nothing', (_, response) => void response.writeHead(204).end()],
    ['an empty body', (_, response) => void response.end()],
    ['a page for people', (_, response) => void response.end('<html>hunter2</html>')],
    ['a list', (_, response) => void response.end(JSON.stringify([old.jwk]))],
    ['an object without keys', (_, response) => void response.end('{}')],
    ['keys that are no list', (_, response) => void response.end(JSON.stringify({ keys: old.jwk }))],
    ['keys that are no objects', (_, response) => void response.end(JSON.stringify({ keys: [old.jwk, 'hunter2'] }))],
    ['half of it', (_, response) => void response.end(JSON.stringify({ keys: [old.jwk] }).slice(0, -3))],
    ['5 MB', (_, response) => void response.end(`${' '.repeat(5_000_000)}${JSON.stringify({ keys: [old.jwk] })}`)],
    ['a byte too many', (_, response) => void response.end(JSON.stringify({ keys: [old.jwk] }).padEnd(256 * 1024 + 1))],
    ['a reset', (request) => void request.socket.destroy()],
  ])('are not had from %s', async (_, answer) => {
    const issuer = await start((each) => {
      each.answer = answer;
    });
    expect([await codeOf(token), await codeOf(token)]).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(issuer.fetches).toBe(1);
    issuer.answer = (_, response) => void response.end(JSON.stringify({ keys: [old.jwk] }).padEnd(256 * 1024));
    world.move(REST);
    expect(await codeOf(token)).toBe('in');
  });

  it('are not looked for where a redirect leads', async () => {
    const elsewhere = await startOrigin((_, response) => void response.end(JSON.stringify({ keys: [old.jwk] })));
    await start((each) => {
      each.answer = (_, response) => void response.writeHead(302, { location: elsewhere.url }).end();
    });
    expect(await codeOf(token)).toBe('UNAVAILABLE');
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });
});

it('one fetch is waited for by all who need it', async () => {
  const waiting: ServerResponse[] = [];
  const issuer = await start((each) => {
    each.answer = (_, response) => void waiting.push(response);
  });
  const answers = Promise.all(Array.from({ length: 50 }, () => codeOf(token)));
  while (waiting.length === 0) await nextTurn();
  waiting[0]?.end(JSON.stringify({ keys: [old.jwk] }));
  expect(new Set(await answers)).toEqual(new Set(['in']));
  expect(issuer.fetches).toBe(1);
});

describe('keys that are there', () => {
  it('are fetched anew behind the back of whoever uses them, ten minutes later and not before', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    world.move(10 * MINUTE - 1);
    expect(await codeOf(token)).toBe('in');
    expect(issuer.fetches).toBe(1);
    const waiting: ServerResponse[] = [];
    issuer.answer = (_, response) => void waiting.push(response);
    world.move(1);
    // Nobody has answered yet.
    expect([await codeOf(token), await codeOf(tokenOf(old, { exp: 4_000_000_000, jti: '2' }))]).toEqual(['in', 'in']);
    while (waiting.length === 0) await nextTurn();
    waiting[0]?.end(JSON.stringify({ keys: [next.jwk] }));
    await untilCodeIs(token, 'UNAUTHENTICATED');
    expect(await codeOf(newer)).toBe('in');
    expect(issuer.fetches).toBe(2);
  });

  it('do for an hour while no others can be had, with one fetch each half minute', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    issuer.answer = down;
    for (let minutes = 1; minutes < 60; minutes++) {
      world.move(MINUTE);
      expect([await codeOf(token), await codeOf(token)]).toEqual(['in', 'in']);
    }
    expect(issuer.fetches).toBe(1 + 50);
    world.move(MINUTE - 1);
    expect(await codeOf(token)).toBe('in');
    world.move(1);
    expect(await codeOf(token)).toBe('UNAVAILABLE');
    issuer.answer = null;
    world.move(REST);
    expect(await codeOf(token)).toBe('in');
  });

  it('are not used when nobody has asked for an hour: whoever does waits for new ones', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    issuer.keys = [next.jwk];
    world.move(60 * MINUTE);
    expect([await codeOf(token), await codeOf(newer)]).toEqual(['UNAUTHENTICATED', 'in']);
    expect(issuer.fetches).toBe(2);
  });

  it('are asked for again by a key that is not among them, and the one that was taken out is over', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    issuer.keys = [next.jwk];
    expect(await codeOf(newer)).toBe('UNAUTHENTICATED');
    world.move(REST);
    expect(await codeOf(token)).toBe('in');
    expect(await codeOf(newer)).toBe('in');
    expect(await codeOf(token)).toBe('UNAUTHENTICATED');
    expect(issuer.fetches).toBe(2);
  });

  it('are over where the issuer has none any more', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    issuer.keys = [];
    world.move(10 * MINUTE);
    await untilCodeIs(token, 'UNAUTHENTICATED');
  });

  it('say nothing of one that is not among them while others can’t be had', async () => {
    const issuer = await start();
    expect(await codeOf(token)).toBe('in');
    issuer.answer = down;
    world.move(REST);
    expect([await codeOf(newer), await codeOf(newer)]).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(await codeOf(token)).toBe('in');
    expect(issuer.fetches).toBe(2);
  });

  it.each([
    ['answers', null],
    ['does not', down],
  ])(
    'are asked for once in half a minute by a thousand kids that nobody knows, where the issuer %s',
    async (_, answer) => {
      const issuer = await start();
      expect(await codeOf(token)).toBe('in');
      issuer.answer = answer;
      let made = 0;
      const unknown = () => tokenOf({ ...next, kid: `unknown ${++made}` });
      for (let round = 1; round <= 4; round++) {
        world.move(REST);
        const codes = await Promise.all(Array.from({ length: 250 }, () => codeOf(unknown())));
        expect(new Set(codes)).toEqual(new Set([answer ? 'UNAVAILABLE' : 'UNAUTHENTICATED']));
        expect([round, issuer.fetches]).toEqual([round, 1 + round]);
        expect(await codeOf(token)).toBe('in');
      }
    },
  );

  it('check a token once, and again when they have changed', async () => {
    const issuer = await start();
    // Made while the keys were still on their way, nothing is remembered.
    expect(await codeOf(token)).toBe('in');
    const verify = vi.spyOn(crypto.subtle, 'verify');
    const checks = async (times: number) => {
      verify.mockClear();
      for (let time = 0; time < times; time++) expect(await codeOf(token)).toBe('in');
      return verify.mock.calls.length;
    };
    expect([(await checks(100)) <= 1, await checks(10)]).toEqual([true, 0]);
    // The same keys once more.
    world.move(REST);
    expect(await codeOf(tokenOf({ ...old, kid: 'unknown' }))).toBe('UNAUTHENTICATED');
    expect([issuer.fetches, await checks(10)]).toEqual([2, 0]);
    issuer.keys = [next.jwk, old.jwk];
    world.move(REST);
    expect(await codeOf(newer)).toBe('in');
    expect([await checks(10), await checks(10)]).toEqual([1, 0]);
    // Of a thousand and one, whichever was not used for longest is forgotten.
    const others = Array.from({ length: 1_000 }, (_, jti) => tokenOf(old, { exp: 4_000_000_000, jti }));
    for (const other of others.slice(0, 999)) await codeOf(other);
    expect(await checks(1)).toBe(0);
    await codeOf(others[999] ?? '');
    expect(await checks(1)).toBe(0);
    verify.mockClear();
    expect([await codeOf(others[0] ?? ''), verify.mock.calls.length]).toEqual(['in', 1]);
    verify.mockRestore();
  });
});
