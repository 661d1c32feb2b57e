import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Connection, Provider } from '../../src/contract/provider.ts';
import { createTransport } from '../../src/http/transport.ts';
import { startOrigin } from './origin.ts';

/** A call as the provider's server received it. */
export interface Call {
  /** Method and URL: `GET /customers?limit=100`. */
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly body: string;
}

export interface Reply {
  /** 200 where nothing is said. */
  readonly status?: number;
  /** Over the content type, which says JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is, all else as JSON. */
  readonly body?: unknown;
  /** Hangs up in place of an answer. */
  readonly breaks?: true;
}

interface Options {
  /** The provider’s settings as the environment has them, but for its URL. */
  readonly env?: Readonly<Record<string, string>>;
  /** A path that the base URL ends in. */
  readonly prefix?: string;
  readonly clock?: Clock;
}

const open: { close(): Promise<void> }[] = [];

/** Ends what `connectToServer` began; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const item of open.splice(0).reverse()) await item.close();
}

/** A real server that answers each call by `reply` and keeps what it received, and the provider connected to it. */
export async function connectToServer(
  provider: Provider,
  reply: (call: Call, number: number) => Reply,
  { env = {}, prefix = '', clock = systemClock }: Options = {},
): Promise<{ readonly calls: readonly Call[]; readonly connection: Connection; readonly url: string }> {
  const calls: Call[] = [];
  const origin = await startOrigin(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const call = { line: `${method} ${url}`, method, url, headers, body: await text(request) };
    const { status = 200, body, breaks, ...more } = reply(call, calls.push(call));
    if (breaks) return request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', ...more.headers });
    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  open.push(origin);
  const url = origin.url + prefix;
  const connection = provider.connect(parseSettings(provider, { ...env, URL: url }), {
    clock,
    transport: (options) =>
      createTransport({ ...options, provider: provider.id, timeoutMs: 3000, clock, report: () => undefined }),
  });
  open.push(connection);
  return { calls, connection, url };
}

/** As the configuration does it. */
export function parseSettings(
  { settings }: Provider,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema.parse(values[name])]));
}
