import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { get, http, json, post, problemOf, raw, told, transportTo, within } from './test-transport.ts';

/** 100 MB in 100 kB. */
const bomb = gzipSync(Buffer.alloc(100 * 1_048_576, 32));

describe('what is sent', () => {
  it('has the configured headers, asks for JSON as it is, and keeps the base URL’s path as a prefix', async () => {
    const seen: unknown[] = [];
    const origin = await http((request, response) => {
      seen.push([request.method, request.url, request.headers]);
      response.end('{"ok":true}');
    });
    const headers: unknown[] = [];
    const rateLimitsOf = (given: unknown) => {
      headers.push(given);
      return [];
    };
    const transport = transportTo(`${origin.url}/api/v2/`, { rateLimitsOf });
    const answer = await transport.send({ ...get, query: { 'a b': 'c&d', e: 'é' } }, within(5_000));
    expect(answer).toEqual({ status: 200, json: { ok: true } });
    expect(seen).toEqual([
      [
        'GET',
        '/api/v2/one?a+b=c%26d&e=%C3%A9',
        expect.objectContaining({
          authorization: 'Bearer hush',
          accept: 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'clientele',
          host: origin.url.slice('http://'.length),
        }),
      ],
    ]);
    expect(headers).toEqual([expect.objectContaining({ 'content-length': '11' })]);
  });

  it('is JSON or a form, as the client says', async () => {
    const bodies: unknown[] = [];
    const origin = await http((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part;
      });
      request.on('end', () => {
        bodies.push([request.headers['content-type'], request.headers['content-length'], body]);
        response.end('{}');
      });
    });
    const transport = transportTo(origin.url);
    await transport.send({ ...get, method: 'PUT', json: { name: 'Zoë', none: null } }, within(5_000));
    await transport.send({ ...get, method: 'PATCH', form: { name: 'Zoë & co', empty: '' } }, within(5_000));
    await transport.send({ ...get, method: 'POST' }, within(5_000));
    expect(bodies).toEqual([
      ['application/json; charset=utf-8', '27', '{"name":"Zoë","none":null}'],
      ['application/x-www-form-urlencoded', '27', 'name=Zo%C3%AB+%26+co&empty='],
      [undefined, '0', ''],
    ]);
  });

  it.each(['/a b', '/a\r\nx-injected: 1', '/a\tb', '/é', '/a\0', '/\u{1F600}', '/\ud800', 'no-slash'])(
    'never has the path %j, which takes no slot and says nothing of the provider',
    async (path) => {
      const origin = await http((_, response) => response.end('{}'));
      const transport = transportTo(origin.url);
      const problems = await Promise.all(
        Array.from({ length: 50 }, () => problemOf(transport.send({ ...get, path }, within(5_000)))),
      );
      expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['BAD_USER_INPUT']));
      expect(problems[0]?.delivery).toBe('not-sent');
      expect([origin.connections, transport.health().state]).toEqual([0, 'UNKNOWN']);
      await Promise.all(Array.from({ length: 20 }, () => transport.send(get, within(5_000))));
      expect(origin.requests).toHaveLength(20);
    },
  );
});

describe('what comes back', () => {
  it.each([
    [
      'an answer that was cut off by its length',
      'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"a":',
      'PROVIDER_UNAVAILABLE',
    ],
    [
      'a chunk that never ends',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"a":',
      'PROVIDER_UNAVAILABLE',
    ],
    ['half an answer ended by a close', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"a":', 'PROVIDER_BAD_RESPONSE'],
    ['headers without an end', 'HTTP/1.1 200 OK\r\ncontent-ty', 'PROVIDER_UNAVAILABLE'],
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2 hunter2\r\n\r\n', 'PROVIDER_BAD_RESPONSE'],
    ['a header with a line break of its own', 'HTTP/1.1 200 OK\r\nx: a\rb: c\r\n\r\n', 'PROVIDER_BAD_RESPONSE'],
    [
      'a length and chunks at once',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      'PROVIDER_BAD_RESPONSE',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', 'PROVIDER_BAD_RESPONSE'],
    ['nothing at all', '', 'PROVIDER_UNAVAILABLE'],
  ])('refuses %s, and says neither what nor from where', async (_, text, code) => {
    const origin = await raw((socket) => void socket.end(text));
    for (const request of [get, post]) {
      const problem = await problemOf(transportTo(origin.url).send(request, within(5_000)));
      expect([problem.code, problem.delivery]).toEqual([code, 'unknown']);
      expect(problem.message).not.toMatch(/hunter2|127\.0\.0\.1|undici|ECONN|HPE/);
    }
    // A connection that broke may have been an old one: a read goes again.
    const reads = code === 'PROVIDER_UNAVAILABLE' ? 3 : 1;
    expect(origin.requests).toHaveLength(reads + 1);
  });

  it('refuses a hundred big headers', async () => {
    const origin = await http((_, response) => {
      for (let index = 0; index < 100; index++) response.setHeader(`x-${index}`, 'x'.repeat(1000));
      response.end('{}');
    });
    expect(told(await problemOf(transportTo(origin.url).send(get, within(5_000))))).toEqual([
      'PROVIDER_BAD_RESPONSE',
      'unknown',
      false,
    ]);
  });

  it('takes an answer of up to 4 MB, and stops reading a larger one, with its length told or not', async () => {
    let written = 0;
    const origin = await http((request, response) => {
      const megabytes = Number(request.url?.slice(1));
      if (request.method === 'POST') response.setHeader('content-length', megabytes * 1_048_576 + 2);
      response.write('"');
      const more = (left: number): void => {
        if (left === 0) return void response.end('"');
        written += 1;
        response.write('x'.repeat(1_048_576), (error) => (error ? undefined : more(left - 1)));
      };
      more(megabytes);
    });
    const transport = transportTo(origin.url);
    const whole = await transport.send({ ...get, path: '/3' }, within(5_000));
    expect(String(whole.json)).toHaveLength(3 * 1_048_576);
    for (const method of ['GET', 'POST'] as const) {
      written = 0;
      const problem = await problemOf(transport.send({ ...get, method, path: '/1000' }, within(5_000)));
      expect(told(problem)).toEqual(['PROVIDER_BAD_RESPONSE', 'unknown', false]);
      expect(written).toBeLessThan(50);
    }
    await expect.poll(() => origin.open).toBeLessThanOrEqual(1);
  });

  it.each(['gzip', 'br', 'deflate', 'x-unheard-of'])('never unpacks what is packed by %s', async (encoding) => {
    const origin = await http((_, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(bomb);
    });
    const transport = transportTo(origin.url);
    const before = process.memoryUsage().rss;
    for (let time = 0; time < 10; time++) {
      const problem = await problemOf(transport.send(get, within(5_000)));
      expect(told(problem)).toEqual(['PROVIDER_BAD_RESPONSE', 'unknown', false]);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * 1_048_576);
  });

  it('believes nothing that calls itself packed, though it were plain', async () => {
    const origin = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'br' }).end('{"name":"Ada"}');
    });
    const problem = await problemOf(transportTo(origin.url).send(get, within(5_000)));
    expect(told(problem)).toEqual(['PROVIDER_BAD_RESPONSE', 'unknown', false]);
  });

  it('follows no redirect', async () => {
    const elsewhere = await http((_, response) => response.end('{}'));
    const origin = await http((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: `${elsewhere.url}/` }).end();
    });
    const transport = transportTo(origin.url);
    for (const status of [301, 302, 303, 307, 308]) {
      for (const request of [get, post]) {
        const problem = await problemOf(transport.send({ ...request, path: `/${status}` }, within(5_000)));
        expect(told(problem)).toEqual(['PROVIDER_BAD_RESPONSE', 'unknown', false]);
      }
    }
    expect(elsewhere.connections).toBe(0);
  });

  it('parses no body where none is documented, and none of a read’s 404', async () => {
    const origin = await http((request, response) => {
      response.statusCode = request.url === '/404' ? 404 : 201;
      response.end('<h1>not JSON</h1>');
    });
    const transport = transportTo(origin.url);
    expect(await transport.send({ ...get, path: '/404' }, within(5_000))).toEqual({ status: 404, json: undefined });
    const silent = { ...post, answersJson: false };
    expect(await transport.send(silent, within(5_000))).toEqual({ status: 201, json: undefined });
  });

  it('takes a web page for no empty answer', async () => {
    const origin = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'Text/HTML; charset=utf-8' }).end('<h1>Log in</h1>');
    });
    const problem = await problemOf(transportTo(origin.url).send({ ...post, answersJson: false }, within(5_000)));
    expect(told(problem)).toEqual(['PROVIDER_BAD_RESPONSE', 'unknown', false]);
  });

  it('gives the client a refusal’s body to understand, and no caller', async () => {
    const origin = await http((request, response) => {
      response.statusCode = 422;
      response.end(request.url === '/json' ? '{"error":"hunter2 taken"}' : 'hunter2 taken');
    });
    const transport = transportTo(origin.url);
    const problem = await problemOf(transport.send({ ...post, path: '/json' }, within(5_000)));
    expect(problem).toMatchObject({
      code: 'PROVIDER_REJECTED',
      delivery: 'refused',
      status: 422,
      answer: { error: 'hunter2 taken' },
    });
    expect(problem.message).not.toMatch(/hunter2/);
    expect((await problemOf(transport.send({ ...post, path: '/text' }, within(5_000)))).answer).toBeUndefined();
  });

  it('goes on over a new connection when the provider has dropped the old one', async () => {
    const origin = await raw((socket) => void socket.end(json({ ok: true })));
    const transport = transportTo(origin.url);
    for (let time = 0; time < 20; time++) {
      expect(await transport.send(get, within(5_000))).toMatchObject({ json: { ok: true } });
      await expect.poll(() => origin.open, { interval: 2 }).toBe(0);
    }
    expect(origin.requests).toHaveLength(20);
  });
});
