import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { letEveryoneIn } from '../../src/server/auth.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../src/server/guards.ts';
import { createLogger } from '../../src/server/log.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer } from '../../src/server/server.ts';
import { MODERN, startHttpWorld } from '../support/http.ts';
import { openRaw, sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** What a connection may hold, how long, and how many there may be. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());

describe('a connection', () => {
  it('answers what comes behind one another in its order, each by itself', async () => {
    const connection = await openRaw(base);
    const head = (id: number) => `host: ${base.host}\r\nx-request-id: n${id}\r\n`;
    const body = '{"query":"{ providers { name } }"}';
    connection.socket.write(
      [0, 1, 2, 3]
        .map((id) =>
          id % 2
            ? `GET /health/live HTTP/1.1\r\n${head(id)}\r\n`
            : `POST /graphql HTTP/1.1\r\n${head(id)}accept: ${MODERN}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        )
        .join(''),
    );
    const text = await connection.until(/n3\r\n.*live\n$/s);
    connection.socket.destroy();
    expect([...text.matchAll(/x-request-id: (n\d)/g)].map(([, id]) => id)).toEqual(['n0', 'n1', 'n2', 'n3']);
    expect([...text.matchAll(/"name":"OCTOBAT"|live\n/g)].map(([found]) => found)).toEqual([
      '"name":"OCTOBAT"',
      'live\n',
      '"name":"OCTOBAT"',
      'live\n',
    ]);
  });

  it('lives on behind an answer, but not behind one whose question had a body that nobody reads', async () => {
    const connection = await openRaw(base);
    connection.socket.write(`GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\n\r\n`);
    expect(await connection.until(/live\n$/)).not.toMatch(/connection: close/i);
    connection.socket.write(`POST /health/live HTTP/1.1\r\nhost: ${base.host}\r\ncontent-length: 50000000\r\n\r\nabc`);
    expect(await connection.closed).toMatch(/ 405 .*connection: close/is);
  });
});

describe('a client that holds a connection', () => {
  const unforeseen: unknown[] = [];
  const serve = async (
    limits: Partial<ConnectionLimits>,
    page: (response: ServerResponse) => void = () => undefined,
  ) => {
    const server = await startServer(
      {
        gateway: {
          clock: systemClock,
          deadlineMs: 1_000,
          unforeseen: (error: unknown) => unforeseen.push(error),
        } as never,
        schema: buildSchema('type Query { a: Int }'),
        authenticate: letEveryoneIn([]),
        corsOrigins: [],
        introspection: false,
        graphiql: async (_, response) => page(response),
        logger: createLogger('silent'),
        metrics: createMetrics(),
      },
      '127.0.0.1',
      0,
      { ...CONNECTION_LIMITS, ...limits },
    );
    return { url: new URL(server.url), stop: () => server.stop(1_000) };
  };

  it('by sending slowly, or nothing at all, is told that it takes too long', async () => {
    const { url, stop } = await serve({ requestMs: 100 });
    const head = `POST /graphql HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n`;
    for (const sent of [`${head}content-length: 100\r\n\r\n{"query":`, head, ''])
      expect([sent, await sendRaw(url, sent)]).toEqual([sent, expect.stringMatching(/^HTTP\/1\.1 408 /)]);
    const hungUp = await openRaw(url);
    hungUp.socket.write(`${head}content-length: 100\r\n\r\n{"query":`);
    hungUp.socket.resetAndDestroy();
    await stop();
    expect(unforeseen).toEqual([]);
  });

  it('by not reading its answer loses it', async () => {
    const { promise: answering, resolve } = Promise.withResolvers<ServerResponse>();
    const { url, stop } = await serve({ unreadMs: 100 }, (response) => {
      response.end(Buffer.alloc(64 * 1024 * 1024));
      resolve(response);
    });
    const client = connect(Number(url.port), url.hostname);
    client
      .on('error', () => undefined)
      .write(`GET /graphql HTTP/1.1\r\nhost: ${url.host}\r\naccept: text/html\r\n\r\n`);
    const response = await answering;
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);
    client.destroy();
    await stop();
  });

  it('is one of so many: another finds none', async () => {
    const { url, stop } = await serve({ connections: 2 });
    const open = [await openRaw(url), await openRaw(url)];
    expect(await sendRaw(url, `GET /health/live HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`)).toBe('');
    open[0]?.socket.end();
    await open[0]?.closed;
    const next = await openRaw(url);
    next.socket.write(`GET /health/live HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
    await next.until(/live\n$/);
    await stop();
  });
});
