import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { deadPort } from '../../test/support/origin.ts';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { closing, get, http, post, problemOf, raw, told, transportTo, within } from './test-transport.ts';
import type { CallReport } from './transport.ts';

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
  ])('nobody knows: the connection is %s; a write is sent once, a read again', async (_, handle) => {
    const origin = await raw((socket) => void handle(socket));
    for (const [request, sent] of [
      [post, 1],
      [get, 1 + 3],
    ] as const) {
      const problem = await problemOf(transportTo(origin.url).send(request, within(5_000)));
      expect(told(problem)).toEqual(['PROVIDER_UNAVAILABLE', 'unknown', true]);
      expect(origin.requests).toHaveLength(sent);
    }
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

  it.each([10_000, 3_900])('leave a read that hangs time for another attempt (of %d ms)', async (ms) => {
    let silent = 1;
    const origin = await http((_, response) => void (silent-- > 0 || response.end('{}')));
    const transport = transportTo(origin.url, { timeoutMs: 4_000 });
    expect((await transport.send(get, within(ms))).status).toBe(200);
    expect(origin.requests).toHaveLength(2);
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
    const calls = Array.from({ length: 40 }, (_, place) => transport.send(post, within(place < 16 ? 5_000 : 100)));
    const problems = await Promise.all(calls.map(problemOf));
    const deliveries = problems.map(({ code, delivery }) => `${code} ${delivery}`);
    expect(deliveries.slice(0, 16)).toEqual(Array(16).fill('PROVIDER_TIMEOUT unknown'));
    expect(deliveries.slice(16)).toEqual(Array(24).fill('DEADLINE_EXCEEDED not-sent'));
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
    const took = { durationMs: expect.any(Number), queuedMs: expect.any(Number) };
    const reports: CallReport[] = [];
    const transport = transportTo(origin.url, { report: (call) => reports.push(call) });
    const route = '/customers/:id';
    await transport.send({ method: 'GET', path: '/hunter2', route, query: { q: 'hunter2' } }, within(5_000));
    await problemOf(transport.send({ method: 'PUT', path: '/503', route, json: { pin: 'hunter2' } }, within(5_000)));
    await problemOf(transport.send({ method: 'GET', path: '/503', route }, within(5_000)));
    expect(reports).toEqual([
      { provider: 'acme', method: 'GET', route, outcome: 200, attempts: 1, ...took },
      { provider: 'acme', method: 'PUT', route, outcome: 'PROVIDER_UNAVAILABLE', attempts: 1, ...took },
      { provider: 'acme', method: 'GET', route, outcome: 'PROVIDER_UNAVAILABLE', attempts: 3, ...took },
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

  it('tell of an answer that its reader refuses what the reader says of it, and health does', async () => {
    const origin = await http((_, response) => response.end('{"id":7}'));
    const reports: CallReport[] = [];
    const transport = transportTo(origin.url, { report: (call) => reports.push(call) });
    const refuse = (code: GatewayError['code']) =>
      problemOf(
        transport.read(get, within(5_000), () => {
          throw new GatewayError(code, 'No.', { delivery: 'refused' });
        }),
      );
    expect(await transport.read(get, within(5_000), ({ json }) => JSON.stringify(json))).toBe('{"id":7}');
    expect([(await refuse('PROVIDER_REJECTED')).code, transport.health().state]).toEqual(['PROVIDER_REJECTED', 'UP']);
    for (let time = 0; time < 3; time++) await refuse('PROVIDER_BAD_RESPONSE');
    expect(transport.health()).toMatchObject({ state: 'DOWN', lastProblem: { code: 'PROVIDER_BAD_RESPONSE' } });
    const refused = ['PROVIDER_REJECTED', ...Array.from({ length: 3 }, () => 'PROVIDER_BAD_RESPONSE')];
    expect(reports.map(({ outcome }) => outcome)).toEqual([200, ...refused]);
  });

  it('say nothing of a provider’s health when the operation ended before it could answer', async () => {
    const origin = await raw(() => undefined);
    const transport = transportTo(origin.url);
    for (let time = 0; time < 3; time++)
      expect((await problemOf(transport.send(get, within(20)))).code).toBe('DEADLINE_EXCEEDED');
    expect(transport.health()).toMatchObject({ state: 'UNKNOWN', lastProblem: null });
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
