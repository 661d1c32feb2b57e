import { afterEach, describe, expect, it } from 'vitest';
import { type Call, closeAll, connectToServer, type Reply } from '../../../test/support/providerServer.ts';
import { GatewayError } from '../../errors.ts';
import { provider } from './index.ts';

const ID = 'oc_cu_1421878635hksc26e4de79';
const KEY = 'oc_test_skey_tkHCYYOUVrYyY5rBFZxNzgtt';
const PAGE = 'https://bp.octobat.com/c/1421878635hksc26e4de79';
const clock = { now: () => Date.parse('2026-01-02T03:04:05Z'), elapsed: () => performance.now() };
const limits = () => ({ deadlineAt: clock.elapsed() + 5000 });

/** "The customer object"; its means of payment names another customer, as in the document. */
const customer = (id = ID) => ({
  id,
  object: 'customer',
  livemode: true,
  name: 'Octobat Inc.',
  email: 'admin@octobat.com',
  billing_address_country: 'France',
  business_type: 'B2B',
  tax_number: null,
  octobat_billing_page: PAGE,
  payment_sources: {
    object: 'list',
    data: [
      { id: 'oc_ps_1459584112d83k4ef3e3bd', customer: 'oc_cu_1459413729au6o6a9ae061', source: 'card_1029383qsfqs' },
    ],
  },
});

afterEach(closeAll);

const start = (reply: (call: Call) => Reply, settings: Record<string, string> = {}) =>
  connectToServer(provider, reply, { env: { API_KEY: KEY, ...settings }, clock });

const thrownBy = async (work: Promise<unknown> | undefined): Promise<GatewayError> => {
  const thrown = await work?.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GatewayError) return thrown;
  throw new Error(`expected a GatewayError, not ${thrown}`);
};

describe('read', () => {
  it('OC-4 OC-6 OC-11 gives the customer asked for, by Basic with an empty password, without the billing page', async () => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer() }));
    const wire = await connection.read?.(ID, limits());
    expect(wire).toMatchObject({ id: ID, name: 'Octobat Inc.' });
    expect(JSON.stringify(wire)).not.toContain('bp.octobat.com');
    expect(calls.map(({ line }) => line)).toEqual([`GET /customers/${ID}`]);
    const [scheme, credentials = ''] = calls[0]?.headers.authorization?.split(' ') ?? [];
    expect([scheme, Buffer.from(credentials, 'base64').toString()]).toEqual(['Basic', `${KEY}:`]);
  });

  it('is null where there is no such customer', async () => {
    const { connection } = await start(() => ({ status: 404, body: { error: {} } }));
    expect(await connection.read?.(ID, limits())).toBeNull();
    expect(await connection.selfServiceLink?.(ID, 'BILLING_PAGE', limits())).toBeNull();
  });

  it('OC-11 refuses another customer than the one asked for', async () => {
    const { connection } = await start(() => ({ status: 200, body: customer('oc_cu_1459413729au6o6a9ae061') }));
    expect(await thrownBy(connection.read?.(ID, limits()))).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    const link = connection.selfServiceLink?.(ID, 'BILLING_PAGE', limits());
    expect(await thrownBy(link)).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
  });
});

describe('selfServiceLink', () => {
  it('OC-4 hands out the billing page, which does not expire', async () => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer() }));
    const link = await connection.selfServiceLink?.(ID, 'BILLING_PAGE', limits());
    expect(link).toEqual({ url: PAGE, expiresAt: null });
    expect(calls).toHaveLength(1);
  });

  it.each([null, 'https://octobat.com.example/c/1', 'http://bp.octobat.com/c/1', 'javascript:alert(1)', 7])(
    'OC-4 hands out no link to elsewhere: %s',
    async (octobat_billing_page) => {
      const { connection } = await start(() => ({ status: 200, body: { ...customer(), octobat_billing_page } }));
      const link = connection.selfServiceLink?.(ID, 'BILLING_PAGE', limits());
      expect(await thrownBy(link)).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    },
  );
});

describe('list', () => {
  const page = (mark: string | null) => ({ mark, changedSince: null });
  const list = (ids: readonly string[], has_more: boolean) => ({
    object: 'list',
    has_before: false,
    has_more,
    total_count: 3,
    data: ids.map((id) => customer(id)),
  });

  it('OC-4 OC-12 OC-14 goes on behind the last customer of each page, without the slash of the definition', async () => {
    const { calls, connection } = await start(({ line }) => ({
      status: 200,
      body: line.includes('starting_after') ? list(['oc_cu_3'], false) : list(['oc_cu_1', 'oc_cu_2'], true),
    }));
    const first = await connection.list?.(page(null), limits());
    expect(first).toMatchObject({
      records: [{ providerId: 'oc_cu_1' }, { providerId: 'oc_cu_2' }],
      next: 'oc_cu_2',
      total: 3,
    });
    expect(JSON.stringify(first)).not.toContain('bp.octobat.com');
    const second = await connection.list?.(page(first?.next ?? null), limits());
    expect(second).toMatchObject({ records: [{ providerId: 'oc_cu_3', wire: { id: 'oc_cu_3' } }], next: null });
    expect(calls.map(({ line }) => line)).toEqual([
      'GET /customers?limit=100',
      'GET /customers?limit=100&starting_after=oc_cu_2',
    ]);
  });

  it('is empty where there is nobody', async () => {
    const { connection } = await start(() => ({ status: 200, body: { has_more: false, data: [] } }));
    expect(await connection.list?.(page(null), limits())).toEqual({ records: [], next: null, total: null });
  });

  it.each([
    ['no customer on it', list([], true)],
    ['the one asked for again', list(['oc_cu_2'], true)],
  ])('OC-12 refuses a page that has more but leads nowhere: %s', async (_, body) => {
    const { connection } = await start(() => ({ status: 200, body }));
    expect(await thrownBy(connection.list?.(page('oc_cu_2'), limits()))).toMatchObject({
      code: 'PROVIDER_BAD_RESPONSE',
    });
  });

  it.each([
    [401, undefined, 'PROVIDER_AUTH_FAILED'],
    [404, { error: {} }, 'PROVIDER_BAD_RESPONSE'],
    [429, undefined, 'PROVIDER_RATE_LIMITED'],
    [500, undefined, 'PROVIDER_UNAVAILABLE'],
    [200, '<html></html>', 'PROVIDER_BAD_RESPONSE'],
    [200, [], 'PROVIDER_BAD_RESPONSE'],
    [200, { data: [] }, 'PROVIDER_BAD_RESPONSE'],
    [200, { has_more: false, data: [{ id: 'elsewhere' }] }, 'PROVIDER_BAD_RESPONSE'],
  ])('OC-13 raises an error after all: %i %o', async (status, body, code) => {
    const { connection } = await start(() => ({ status, body }));
    expect(await thrownBy(connection.list?.(page(null), limits()))).toMatchObject({ code });
  });

  it('OC-14 follows no redirect', async () => {
    const { calls, connection } = await start(() => ({ status: 301, headers: { location: '/customers/' } }));
    expect(await thrownBy(connection.list?.(page(null), limits()))).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    expect(calls).toHaveLength(1);
  });
});

describe('write', () => {
  const decidedAt = new Date(0);
  const patch = { companyName: 'Octobat & Söhne', email: 'contact@octobat.com', 'address.country': 'FR' };

  it('OC-5 OC-9 OC-17 sends a form, and keeps nothing of a reply that says something else', async () => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer() }));
    const request = connection.create?.draft({ patch, own: undefined, decidedAt }).request;
    if (!request) throw new Error('nothing to send');
    expect(await connection.create?.send(request, limits())).toEqual({ providerId: ID });
    expect(calls[0]?.line).toBe('POST /customers');
    expect(calls[0]?.headers['content-type']).toMatch('application/x-www-form-urlencoded');
    expect(calls[0]?.body).toBe('email=contact%40octobat.com&billing_address_country=FR&name=Octobat+%26+S%C3%B6hne');
  });

  it.each(['PATCH', 'POST'])('OC-2 sends an update by %s when it is set so', async (method) => {
    const { calls, connection } = await start(() => ({ status: 200, body: customer() }), { UPDATE_METHOD: method });
    const current = { providerId: ID, wire: await connection.read?.(ID, limits()) };
    const intent = { patch: { email: null }, own: undefined, decidedAt, current };
    const request = connection.update?.draft(intent).request;
    if (!request) throw new Error('nothing to send');
    expect(await connection.update?.send(request, ID, limits())).toEqual({ providerId: ID });
    expect(calls[1]).toMatchObject({ line: `${method} /customers/${ID}`, body: 'email=&billing_address_country=FR' });
  });

  it.each([
    ['no JSON', 'OK'],
    ['no id', {}],
    ['an id that leads elsewhere', { id: '../x' }],
    ['another customer', customer('oc_cu_2')],
  ])('does not know what became of an update when the reply has %s', async (_, body) => {
    const { connection } = await start(() => ({ status: 200, body }));
    const request = { method: 'PATCH', path: `/customers/${ID}`, route: '/customers/:id', form: {} } as const;
    const error = await thrownBy(connection.update?.send(request, ID, limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown' });
  });

  it('lets a refusal through', async () => {
    const { connection } = await start(() => ({ status: 422, body: { error: {} } }));
    const request = { method: 'POST', path: '/customers', route: '/customers', form: {} } as const;
    const error = await thrownBy(connection.create?.send(request, limits()));
    expect(error).toMatchObject({ code: 'PROVIDER_REJECTED', delivery: 'refused', status: 422 });
  });
});
