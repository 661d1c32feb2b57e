import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type { Patch } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { createTransport } from '../../http/transport.ts';
import { provider } from './index.ts';

export const ID = 'fffd7e80-1691-41f5-8946-9deeaf0b8640';
export const NOW = Date.parse('2026-01-02T03:04:05Z');
const clock = { now: () => NOW, elapsed: () => performance.now() };
export const limits = () => ({ deadlineAt: clock.elapsed() + 5000 });

/** "Retrieve a customer"; the links are another time's with every read. */
export const customer = (made: number) => ({
  id: ID,
  phone_number: '+13333333333',
  unconfirmed_phone_number: '+13333333333',
  country_code: 'US',
  email: 'customer@example.com',
  first_name: 'Yogi',
  last_name: 'Berra',
  confirmation_token: '123456',
  billing_address_url: `https://api.dirtylemon.com/l/b${made}`,
  shipping_address_url: `https://api.dirtylemon.com/l/s${made}`,
  card_url: `https://api.dirtylemon.com/l/c${made}`,
  confirmed_at: '2016-09-02T09:40:08.004Z',
  confirmation_sent_at: '2016-09-02T09:40:07.004Z',
  created_at: '2016-09-02T09:40:06.004Z',
  updated_at: '2016-09-07T02:12:02.012Z',
});

interface Call {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(open.splice(0).map((close) => close())));

/** Dirty Lemon as a real server: answers each call by `reply`, and keeps what it received. */
export async function start(reply: (call: Call, number: number) => Reply, settings: Record<string, unknown> = {}) {
  const calls: Call[] = [];
  const server: Server = createServer(async (request, response) => {
    const call = { line: `${request.method} ${request.url}`, headers: request.headers, body: await text(request) };
    calls.push(call);
    const { status, body, headers } = reply(call, calls.length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object') throw new Error('no port');
  const url = new URL(`http://127.0.0.1:${address?.port}`);
  const connection = provider.connect(
    { URL: url, TOKEN: 'secret-bearer', UPDATE_METHOD: 'PATCH', ...settings },
    {
      clock,
      transport: (options) =>
        createTransport({ ...options, provider: 'dirty-lemon', timeoutMs: 3000, clock, report: () => undefined }),
    },
  );
  open.push(
    () => connection.close(),
    async () => server.close(),
  );
  return { calls, connection, url };
}

export const draft = (
  { create }: Awaited<ReturnType<typeof start>>['connection'],
  confirmation = true,
  more: Patch = {},
) => {
  const patch = { phone: '+13333333333', ...more };
  const request = create?.draft({ patch, own: { phoneCountry: 'US', confirmation }, decidedAt: new Date(NOW) }).request;
  if (!request) throw new Error('nothing to send');
  return request;
};

export const thrownBy = async (work: Promise<unknown> | undefined): Promise<GatewayError> => {
  const thrown = await work?.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GatewayError) return thrown;
  throw new Error(`expected a GatewayError, not ${thrown}`);
};
