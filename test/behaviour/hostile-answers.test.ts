import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createAda, idOf } from '../support/customers.ts';
import { startOrigin } from '../support/origin.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** What hostile answers do to others: to whoever else asks, to other providers, to the log, to the pages of a list. */

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function worldWith(environment: Record<string, string>): Promise<World> {
  const world = await startWorld({ environment });
  worlds.push(world);
  return world;
}

const FOUR =
  'query ($id: ID!) { customer(id: $id) { email octobat { name } cycleSoftware { city } dirtyLemon { firstName } onboardFlow { userId } } }';

describe('a slow provider', () => {
  it('is asked by sixteen calls at a time of two hundred, and keeps nobody longer than its timeout', async () => {
    const world = await worldWith({ PROVIDER_TIMEOUT_MS: '1000' });
    const id = await createAda(world);
    const octobat = world.provider('octobat');
    octobat.clearCalls();
    octobat.fault({ kind: 'delay', ms: 400 });
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => world.query(FOUR, { id })));
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(octobat.peak).toBeLessThanOrEqual(16);
    for (const { data, errors } of answers) {
      expect(data.customer).toMatchObject({
        email: 'ada@example.com',
        cycleSoftware: { city: 'Amsterdam' },
        dirtyLemon: { firstName: 'Ada' },
        onboardFlow: { userId: 'user_ada' },
      });
      expect(errors.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual(
        data.customer.octobat ? [] : [['customer.octobat', 'PROVIDER_TIMEOUT']],
      );
    }
    const served = answers.filter(({ data }) => data.customer.octobat);
    expect(served.length).toBeGreaterThanOrEqual(16);
    expect(served.length).toBeLessThan(200);
    await expect.poll(() => octobat.inFlight).toBe(0);
    octobat.clearFaults();
    expect((await world.query(FOUR, { id })).errors).toEqual([]);
  });

  it('costs an operation no more than its own deadline, where that is the shorter', async () => {
    const world = await worldWith({ OPERATION_DEADLINE_MS: '500' });
    const id = await createAda(world);
    world.provider('octobat').fault({ kind: 'silent' });
    const startedAt = performance.now();
    const { data, errors } = await world.query(FOUR, { id });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(errors).toMatchObject([
      {
        path: ['customer', 'octobat'],
        extensions: { code: 'DEADLINE_EXCEEDED', provider: 'OCTOBAT', retryable: true },
      },
    ]);
    expect(data.customer).toMatchObject({ octobat: null, dirtyLemon: { firstName: 'Ada' } });
  });

  it('leaves nothing to be sent when the deadline is over before its turn comes', async () => {
    const world = await worldWith({ OPERATION_DEADLINE_MS: '400' });
    const id = await createAda(world);
    world.provider('octobat').fault({ kind: 'silent', method: 'GET' });
    world.calls();
    const { data } = await world.query(
      'mutation ($id: ID!) { updateCustomer(input: { id: $id, providers: [OCTOBAT], email: "x@example.com" }) { outcomes { status error { code } } errors { code retryable } } }',
      { id },
    );
    expect(data.updateCustomer).toEqual({
      outcomes: [{ status: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } }],
      errors: [{ code: 'DEADLINE_EXCEEDED', retryable: true }],
    });
    expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  });
});

describe('a provider that is gone', () => {
  it('has no address: its own fields fail, at once', async () => {
    const world = await worldWith({ OCTOBAT_URL: 'http://octobat.invalid' });
    const id = await idOf(world, 'CYCLE_SOFTWARE', '1006');
    const { data, errors } = await world.query(
      'query ($id: ID!) { customer(id: $id) { cycleSoftware { city } } provider(name: OCTOBAT) { records { nodes { id } } } }',
      { id },
    );
    expect(data).toEqual({ customer: { cycleSoftware: expect.anything() }, provider: { records: null } });
    expect(errors).toMatchObject([{ extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT' } }]);
  });
});

describe('what providers write about people', () => {
  const NASTY = '<script>alert("hunter2")</script>\u001b[31m\u202eeve\r\n{"level":"fatal","msg":"forged"}\u0000\ud83d';

  it('is data in the answer, and no line in the log', async () => {
    const world = await worldWith({});
    world.provider('octobat').fault({
      kind: 'mutate',
      method: 'GET',
      change: (json) => ({ ...(json as object), name: NASTY, email: NASTY, billing_address_line1: NASTY }),
    });
    const gateway = spawn(process.execPath, [fileURLToPath(new URL('../../src/cli.ts', import.meta.url)), 'start'], {
      env: {
        ...process.env,
        ...world.sandbox.env,
        ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'trace', DATABASE_URL: `file:${join(world.folder, 'other.db')}` },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = text(gateway.stderr);
    let url = '';
    for await (const line of createInterface({ input: gateway.stdout })) {
      url = JSON.parse(line).url;
      break;
    }
    const {
      data,
      errors,
      text: body,
    } = await ask(
      url,
      '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { displayName email octobat { name email } dataQuality { code message } records { raw } } }',
    );
    gateway.kill();
    await once(gateway, 'exit');
    expect(errors).toEqual([]);
    expect(data?.customerByProviderId).toMatchObject({
      email: null,
      octobat: { name: expect.stringContaining('<script>alert("hunter2")</script>') },
      dataQuality: expect.arrayContaining([expect.objectContaining({ code: 'INVALID_EMAIL' })]),
    });
    expect(JSON.parse(body)).toBeTypeOf('object');
    const lines = (await log).split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
      expect(line).not.toMatch(/hunter2|forged|script|u001b|oc_cu_/);
    }
  });
});

describe('links to more pages', () => {
  const list = '{ provider(name: NUTCACHE) { records(first: 500) { nodes { id } pageInfo { hasNextPage } } } }';
  const linking = (href: (page: number) => string) => {
    let page = 1;
    return (json: unknown): unknown => {
      page += 1;
      return { ...(json as object), links: [{ href: href(page), rel: 'navigation-next' }] };
    };
  };

  it('to another host are followed at home: only the page’s number is taken', async () => {
    const world = await worldWith({});
    const elsewhere = await startOrigin((_, response) => response.end('{}'));
    world.provider('nutcache').fault({
      kind: 'mutate',
      times: 1,
      change: linking((page) => `${elsewhere.url}/webapi/customers?limit=10&page=${page}`),
    });
    await world.query(list);
    expect(elsewhere.connections).toBe(0);
    expect(world.calls().every((call) => call.startsWith('nutcache GET /webapi/customers'))).toBe(true);
    await elsewhere.close();
  });

  it.each([
    ['to themselves', () => 'customers?limit=10&page=1'],
    ['backwards', () => 'customers?limit=10&page=0'],
    ['to no page', () => 'customers?limit=10&page=x'],
    ['to a script', () => 'javascript:alert(1)'],
  ])('%s end the list, and are told', async (_, href) => {
    const world = await worldWith({});
    world.provider('nutcache').fault({ kind: 'mutate', change: linking(href) });
    const { data, errors } = await world.query(list);
    const codes = errors.map(({ extensions }) => extensions.code);
    if (codes.length === 0) expect(data.provider.records.pageInfo.hasNextPage).toBe(false);
    else expect(codes).toEqual(['PROVIDER_BAD_RESPONSE']);
    expect(world.calls().length).toBeLessThan(5);
  });

  it('without an end are followed so far and no further', async () => {
    const world = await worldWith({});
    const endless = linking((page) => `customers?limit=10&page=${page}`);
    world
      .provider('nutcache')
      .fault({ kind: 'mutate', change: (json) => ({ ...(endless(json) as object), customers: [] }) });
    const { data, errors } = await world.query(list);
    expect(data).toEqual({ provider: { records: null } });
    expect(errors).toMatchObject([{ extensions: { code: 'PROVIDER_BAD_RESPONSE', provider: 'NUTCACHE' } }]);
    expect(world.calls().length).toBeLessThanOrEqual(200);
  });
});

describe('limits that a provider tells', () => {
  it.each([
    [
      'nothing',
      { 'x-ratelimit-minutely-limit': null, 'x-ratelimit-daily-limit': null, 'x-ratelimit-daily-reset': null },
    ],
    ['limits of nothing', { 'x-ratelimit-minutely-limit': '0', 'x-ratelimit-daily-limit': '0' }],
    ['a reset long past', { 'x-ratelimit-daily-reset': '1' }],
    ['a reset beyond all time', { 'x-ratelimit-daily-reset': '99999999999999999999' }],
    [
      'nonsense',
      { 'x-ratelimit-minutely-limit': 'NaN', 'x-ratelimit-daily-limit': '-1', 'x-ratelimit-daily-reset': '1e999' },
    ],
    ['more than an Int', { 'x-ratelimit-minutely-limit': '99999999999', 'x-ratelimit-daily-remaining': '4294967296' }],
  ] as const)(
    'may be %s: nobody is kept from reading, and they are told as far as they make sense',
    async (_, headers) => {
      const world = await worldWith({});
      world.provider('cycle-software').fault({ kind: 'headers', headers });
      for (let time = 0; time < 3; time++) {
        const { data, errors } = await world.query(
          '{ customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "1006") { cycleSoftware { city } } }',
        );
        expect([errors, data.customerByProviderId]).toEqual([[], { cycleSoftware: expect.anything() }]);
      }
      const { data, errors } = await world.query(
        '{ provider(name: CYCLE_SOFTWARE) { rateLimits { window limit remaining resetsAt } } }',
      );
      expect(errors).toEqual([]);
      for (const { limit, remaining } of data.provider.rateLimits) {
        expect(limit).toBeGreaterThanOrEqual(0);
        expect(remaining).toBeGreaterThanOrEqual(0);
      }
    },
  );

  it('may be used up: nothing more is asked for until there is some again', async () => {
    const world = await worldWith({});
    const shop = world.provider('cycle-software');
    shop.fault({ kind: 'headers', headers: { 'x-ratelimit-minutely-remaining': '0' } });
    const read = (cacheControl: string) =>
      world.query(
        '{ customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "1006") { displayName } }',
        {},
        { 'cache-control': cacheControl },
      );
    expect((await read('no-cache')).errors).toEqual([]);
    const refused = await read('no-cache');
    expect(refused.errors).toMatchObject([{ extensions: { code: 'PROVIDER_RATE_LIMITED', retryable: true } }]);
    // A copy answers whoever takes one.
    await expect.poll(async () => (await read('max-age=3600')).errors).toEqual([]);
    expect(shop.calls).toHaveLength(1);
  });
});
