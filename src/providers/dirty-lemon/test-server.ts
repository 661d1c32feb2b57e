import { afterEach } from 'vitest';
import { type Call, closeAll, connectToServer, type Reply } from '../../../test/support/providerServer.ts';
import type { Patch } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
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

afterEach(closeAll);

export async function start(reply: (call: Call, number: number) => Reply, settings: Record<string, string> = {}) {
  const env = { TOKEN: 'secret-bearer', ...settings };
  const { url, ...rest } = await connectToServer(provider, reply, { env, clock });
  return { ...rest, url: new URL(url) };
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
