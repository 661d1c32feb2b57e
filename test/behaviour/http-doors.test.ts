import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APP, EVENTS, sendTo, startHttpWorld } from '../support/http.ts';
import { sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** What a request may look like on the wire at all, and what every answer says to a browser. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

const QUERY = '/graphql?query={__typename}';
const wire = (line: string, headers = '', body = '') =>
  sendRaw(base, `${line}\r\nhost: ${base.host}\r\nconnection: close\r\n${headers}\r\n${body}`);

describe('every answer', () => {
  it('is taken by a browser for nothing but what it is: neither run, nor framed, nor kept, nor embedded elsewhere', async () => {
    const answers = {
      data: await post({ query: '{ __typename }' }),
      'no key': await post({ query: '{ __typename }' }, { 'sec-fetch-site': 'cross-site' }),
      refusal: await post({ query: '{' }),
      events: await post({ query: '{ __typename }' }, { accept: EVENTS }),
      'too large': await post(`"${'x'.repeat(1024 * 1024)}"`),
      'not acceptable': await post({ query: '{ __typename }' }, { accept: 'text/plain' }),
      preflight: await send({ method: 'OPTIONS', headers: { origin: APP } }),
      health: await send({ method: 'GET', path: '/health/live' }),
      metrics: await send({ method: 'GET', path: '/metrics' }),
      'wrong method': await send({ path: '/metrics' }),
      nothing: await send({ method: 'GET', path: '/nowhere' }),
      page: await send({ method: 'GET', headers: { accept: 'text/html' } }),
    };
    expect(new Set(Object.values(answers).map(({ status }) => status)).size).toBeGreaterThan(6);
    for (const [name, { headers }] of Object.entries(answers)) {
      expect([name, headers]).toMatchObject([
        name,
        {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'cache-control': expect.stringMatching(name === 'page' ? /^no-cache$/ : /no-store$/),
          'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
        },
      ]);
      if (name !== 'page')
        expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
      for (const told of ['server', 'x-powered-by', 'set-cookie']) expect(headers).not.toHaveProperty(told);
    }
  });
});

describe('a request that others may understand in another way', () => {
  it('is refused: of two hosts, one of them twice included, and of HTTP before it had headers', async () => {
    for (const second of ['evil.example', base.host])
      expect(await wire(`GET ${QUERY} HTTP/1.1`, `Host: ${second}\r\n`)).toMatch(/^HTTP\/1\.1 400 .*one Host\.\n$/s);
    expect(await sendRaw(base, `GET ${QUERY}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 .*Send HTTP\/1\.1/s);
    expect(await sendRaw(base, `GET ${QUERY} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 .*"Query"/s);
  });

  it.each([
    ['no host', `GET ${QUERY} HTTP/1.1\r\n\r\n`],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['NUL in the address', 'GET /gra\0phql HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a byte that is no character in the address', Buffer.from('GET /\xe9 HTTP/1.1\r\nhost: x\r\n\r\n', 'latin1')],
    ['lines that end in LF alone', `GET ${QUERY} HTTP/1.1\nhost: x\n\n`],
    ['a header on two lines', `GET ${QUERY} HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n`],
    ['a blank before the colon', `GET ${QUERY} HTTP/1.1\r\nhost : x\r\n\r\n`],
    ['a length with a sign', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\nabcde'],
    ['a coding that is none', 'POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
  ])('is refused: %s', async (_, text) => {
    expect(await sendRaw(base, text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is refused where its headers or its address are larger than 16 KiB', async () => {
    for (const text of [
      `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `GET ${QUERY} HTTP/1.1\r\nhost: x\r\na: ${'a'.repeat(17_000)}\r\n\r\n`,
      `GET ${QUERY} HTTP/1.1\r\nhost: x\r\n${'a:b\r\n'.repeat(3_500)}\r\n`,
    ])
      expect(await sendRaw(base, text)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('opens no way to anywhere else', async () => {
    expect(await sendRaw(base, 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n')).toBe('');
    for (const target of ['http://evil.example/graphql?query={__typename}', `http://${base.host}${QUERY}`])
      expect(await wire(`GET ${target} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 404 /);
    const upgraded = await wire(`GET ${QUERY} HTTP/1.1`, 'upgrade: websocket\r\nsec-websocket-key: x\r\n');
    expect(upgraded).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is not told back what it has sent', async () => {
    for (const path of ['/graphql', '/health/live']) {
      const answer = await wire(`TRACE ${path} HTTP/1.1`, 'cookie: canary\r\nauthorization: Bearer canary\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 405 .*allow: GET/s);
      expect(answer).not.toContain('canary');
    }
    expect(await wire('OPTIONS * HTTP/1.1')).toMatch(/^HTTP\/1\.1 204 /);
  });
});
