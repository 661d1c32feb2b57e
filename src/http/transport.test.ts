import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { deadPort, type Origin, startOrigin, startRawOrigin } from '../../test/support/origin.ts';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { type CallReport, createTransport, type ProviderRequest, type Transport } from './transport.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const http = async (handle: Parameters<typeof startOrigin>[0]): Promise<Origin> => kept(await startOrigin(handle));
const raw = async (handle: (socket: Socket, head: string) => void): Promise<Origin> =>
  kept(await startRawOrigin(handle));

function kept<T extends { close(): Promise<unknown> }>(one: T): T {
  closing.push(() => one.close());
  return one;
}

function transportTo(url: string, more: Partial<Parameters<typeof createTransport>[0]> = {}): Transport {
  return kept(
    createTransport({
      provider: 'acme',
      url: new URL(url),
      headers: { authorization: 'Bearer hush' },
      timeoutMs: 5_000,
      clock: systemClock,
      report: () => undefined,
      ...more,
    }),
  );
}

const get: ProviderRequest = { method: 'GET', path: '/one', route: '/one' };
const post: ProviderRequest = { method: 'POST', path: '/one', route: '/one', json: { a: 1 } };
const within = (ms: number) => ({ deadlineAt: systemClock.elapsed() + ms });
const problemOf = async (sending: Promise<unknown>): Promise<GatewayError> => {
  const thrown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof GatewayError)) throw new Error('no GatewayError was thrown', { cause: thrown });
  return thrown;
};
const told = ({ code, delivery, retryable }: GatewayError) => [code, delivery, retryable];

const json = (value: unknown): string => {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

describe('what is sent', () => {
  it('has the configured headers, asks for JSON as it is, and keeps the base URL’s path as a prefix', async () => {
    const seen: unknown[] = [];
    const origin = await http((request, response) => {
      seen.push([request.method, request.url, request.headers]);
      response.end('{"ok":true}');
    });
    const headers: unknown[] = [];
    const transport = transportTo(`${origin.url}/api/v2/`, { onHeaders: (given) => headers.push(given) });
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
    expect(origin.requests).toHaveLength(2);
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
    const bomb = gzipSync(Buffer.alloc(20 * 1_048_576, 32));
    const origin = await http((_, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(bomb);
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

describe('how far a call came', () => {
  it('not at all: the provider refuses connections, or has no address', async () => {
    const port = await deadPort();
    for (const url of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, 'http://nowhere.invalid']) {
      const problem = await problemOf(transportTo(url).send(post, within(5_000)));
      expect(told(problem)).toEqual(['PROVIDER_UNAVAILABLE', 'not-sent', true]);
      expect(problem.message).not.toMatch(/127|localhost|invalid|ECONN|ENOTFOUND/);
    }
  });

  it('not at all: the connection never comes to stand', async () => {
    // A TLS handshake that nobody answers.
    const origin = await raw(() => undefined);
    const transport = transportTo(origin.url.replace('http:', 'https:'), { timeoutMs: 100 });
    expect(told(await problemOf(transport.send(post, within(5_000))))).toEqual(['PROVIDER_TIMEOUT', 'not-sent', true]);
    await expect.poll(() => origin.open).toBe(0);
  });

  it('not at all: the provider can’t show who it is', async () => {
    const server = createSecureServer({}, (_, response) => response.end('{}'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const problem = await problemOf(transportTo(`https://127.0.0.1:${port}`).send(post, within(5_000)));
    expect(told(problem)).toEqual(['PROVIDER_UNAVAILABLE', 'not-sent', true]);
  });

  it.each([
    ['reset before an answer', (socket: Socket) => socket.resetAndDestroy()],
    ['closed before an answer', (socket: Socket) => socket.destroy()],
    [
      'reset amid the answer',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{', () => socket.resetAndDestroy()),
    ],
  ])('nobody knows: the connection is %s, and it is sent once', async (_, handle) => {
    const origin = await raw((socket) => void handle(socket));
    for (const request of [get, post]) {
      const problem = await problemOf(transportTo(origin.url).send(request, within(5_000)));
      expect(told(problem)).toEqual(['PROVIDER_UNAVAILABLE', 'unknown', true]);
    }
    expect(origin.requests).toHaveLength(2);
  });

  it.each([
    [401, 'PROVIDER_AUTH_FAILED'],
    [404, 'PROVIDER_REJECTED'],
    [409, 'PROVIDER_REJECTED'],
    [429, 'PROVIDER_RATE_LIMITED'],
  ])('refused: the provider answered a write with %i', async (status, code) => {
    const origin = await http((_, response) => response.writeHead(status).end('{}'));
    const problem = await problemOf(transportTo(origin.url).send(post, within(5_000)));
    expect([problem.code, problem.delivery]).toEqual([code, 'refused']);
  });
});

describe('deadlines', () => {
  const silence: Record<string, (socket: Socket) => void> = {
    'says nothing': () => undefined,
    'stalls after its headers': (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'),
    'stalls amid its headers': (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-le'),
    'stalls amid its body': (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"'),
    'stalls behind a failure': (socket) => void socket.write('HTTP/1.1 400 No\r\ncontent-length: 9\r\n\r\n{"a"'),
    drips: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 10);
      socket.on('close', () => clearInterval(timer));
    },
  };

  it.each(Object.entries(silence))(
    'end a call to a provider that %s, and leave no socket behind',
    async (_, handle) => {
      const origin = await raw(handle);
      const transport = transportTo(origin.url, { timeoutMs: 150 });
      const startedAt = systemClock.elapsed();
      const problems = await Promise.all(
        [get, post].map((request) => problemOf(transport.send(request, within(5_000)))),
      );
      expect(problems.map(told)).toEqual([
        ['PROVIDER_TIMEOUT', 'unknown', true],
        ['PROVIDER_TIMEOUT', 'unknown', true],
      ]);
      expect(systemClock.elapsed() - startedAt).toBeLessThan(2_000);
      await expect.poll(() => origin.open).toBe(0);
    },
  );

  it('ends a status that stalls behind its headers as what the status says', async () => {
    const origin = await raw((socket) => void socket.write('HTTP/1.1 503 No\r\ncontent-length: 9\r\n\r\n'));
    const transport = transportTo(origin.url, { timeoutMs: 150 });
    expect((await problemOf(transport.send(get, within(5_000)))).code).toBe('PROVIDER_UNAVAILABLE');
    await expect.poll(() => origin.open).toBe(0);
  });

  it('are the operation’s where that ends first, and the provider’s where not', async () => {
    const origin = await raw(() => undefined);
    const transport = transportTo(origin.url, { timeoutMs: 200 });
    expect(told(await problemOf(transport.send(get, within(50))))).toEqual(['DEADLINE_EXCEEDED', 'unknown', true]);
    expect(told(await problemOf(transport.send(get, within(5_000))))).toEqual(['PROVIDER_TIMEOUT', 'unknown', true]);
  });

  it('that are over already let nothing out', async () => {
    const origin = await http((_, response) => response.end('{}'));
    const transport = transportTo(origin.url);
    for (const ms of [0, -1, -10_000]) {
      expect(told(await problemOf(transport.send(post, within(ms))))).toEqual(['DEADLINE_EXCEEDED', 'not-sent', true]);
    }
    expect([origin.connections, transport.health().state]).toEqual([0, 'UNKNOWN']);
  });

  it('count the time in the queue, and what was still waiting was never sent', async () => {
    const origin = await raw(() => undefined);
    const transport = transportTo(origin.url, { timeoutMs: 200 });
    const problems = await Promise.all(
      Array.from({ length: 40 }, () => problemOf(transport.send(post, within(5_000)))),
    );
    const deliveries = problems.map(({ code, delivery }) => `${code} ${delivery}`);
    expect(deliveries.slice(0, 16)).toEqual(Array(16).fill('PROVIDER_TIMEOUT unknown'));
    expect(deliveries.slice(16)).toEqual(Array(24).fill('PROVIDER_TIMEOUT not-sent'));
    expect(origin.requests).toHaveLength(16);
    await expect.poll(() => origin.open).toBe(0);
  });
});

describe('concurrency', () => {
  it('is sixteen calls at a time, and the others wait their turn', async () => {
    let running = 0;
    let peak = 0;
    const origin = await http((_, response) => {
      running += 1;
      peak = Math.max(peak, running);
      setImmediate(() => {
        running -= 1;
        response.end('{}');
      });
    });
    const transport = transportTo(origin.url);
    await Promise.all(Array.from({ length: 300 }, () => transport.send(get, within(10_000))));
    expect([peak <= 16, origin.peak <= 16, origin.requests.length]).toEqual([true, true, 300]);
  });

  it('has a bounded queue: the next is refused at once, unsent, and it is not the provider’s fault', async () => {
    const held: (() => void)[] = [];
    const origin = await http((_, response) => void held.push(() => response.end('{}')));
    const transport = transportTo(origin.url, { timeoutMs: 20_000 });
    const sixteen = Array.from({ length: 16 }, () => transport.send(get, within(20_000)));
    await expect.poll(() => held.length).toBe(16);
    const waiting = Array.from({ length: 2_000 }, () => transport.send(get, within(20_000)));
    const problem = await problemOf(transport.send(post, within(20_000)));
    expect([...told(problem), problem.retryAfterMs]).toEqual(['OVERLOADED', 'not-sent', true, 1_000]);
    expect(transport.health().state).toBe('UNKNOWN');
    const open = setInterval(() => {
      for (const answer of held.splice(0)) answer();
    }, 1);
    await Promise.all([...sixteen, ...waiting]);
    clearInterval(open);
    expect(transport.health().state).toBe('UP');
  });
});

describe('reports', () => {
  it('tell method, route template and outcome of every call, and nothing of what was in it', async () => {
    const origin = await http((request, response) => {
      response.statusCode = request.url?.startsWith('/503') ? 503 : 200;
      response.end('{"secret":"hunter2"}');
    });
    const reports: CallReport[] = [];
    const transport = transportTo(origin.url, { report: (call) => reports.push(call) });
    const route = '/customers/:id';
    await transport.send({ method: 'GET', path: '/hunter2', route, query: { q: 'hunter2' } }, within(5_000));
    await problemOf(transport.send({ method: 'PUT', path: '/503', route, json: { pin: 'hunter2' } }, within(5_000)));
    expect(reports).toEqual([
      { provider: 'acme', method: 'GET', route, outcome: 200, durationMs: expect.any(Number) },
      { provider: 'acme', method: 'PUT', route, outcome: 'PROVIDER_UNAVAILABLE', durationMs: expect.any(Number) },
    ]);
    expect(transport.health().state).toBe('DEGRADED');
  });

  it('take a refused request for a sign of health, and a refused connection for none', async () => {
    const origin = await http((_, response) => response.writeHead(422).end('{}'));
    const transport = transportTo(origin.url);
    await problemOf(transport.send(post, within(5_000)));
    expect(transport.health().state).toBe('UP');
    const dead = transportTo(`http://127.0.0.1:${await deadPort()}`);
    for (let time = 0; time < 3; time++) await problemOf(dead.send(get, within(5_000)));
    expect(dead.health().state).toBe('DOWN');
  });

  it('end with close: what is under way fails, and nothing is left open', async () => {
    const origin = await raw(() => undefined);
    const transport = transportTo(origin.url);
    const sending = problemOf(transport.send(post, within(5_000)));
    await expect.poll(() => origin.requests.length).toBe(1);
    await transport.close();
    expect(told(await sending)).toEqual(['PROVIDER_UNAVAILABLE', 'unknown', true]);
    await expect.poll(() => origin.open).toBe(0);
  });
});
