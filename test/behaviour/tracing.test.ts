import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, type Span, startCollector, type Tree, treeOf } from '../support/collector.ts';
import { createAda } from '../support/customers.ts';
import { subscribe } from '../support/events.ts';
import { startGate } from '../support/gate.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** What a trace shows of an operation, as its collector gets it. */

let collector: Collector;
let world: World;
let ada: string;
beforeAll(async () => {
  collector = await startCollector();
  world = await startWorld({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base/` } });
  ada = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']);
});
afterAll(async () => {
  await world.close();
  await collector.close();
});
afreshEach(() => world);

const READ = 'query Ada($id: ID!) { customer(id: $id) { octobat { name } cycleSoftware { city } } }';
const OCTOBAT = 'query Billing($id: ID!) { customer(id: $id) { octobat { name } } }';

let number = 0;
const nextId = (): string => `request-${++number}`;
const rootOf = (requestId: string): Span | undefined =>
  collector.spans.find(({ attributes }) => attributes['clientele.request_id'] === requestId);

/** The trace of one request, when its root has come: it ends behind all that it waited for. */
async function traced(requestId: string): Promise<Tree> {
  await collector.until(() => rootOf(requestId) !== undefined);
  const root = rootOf(requestId);
  if (!root) throw new Error('there is no such trace');
  return treeOf(collector.spans, root);
}

async function trace(query: string, headers: Record<string, string> = {}): Promise<Tree> {
  const requestId = nextId();
  await world.query(query, query.includes('$id') ? { id: ada } : {}, { 'x-request-id': requestId, ...headers });
  return traced(requestId);
}

const callsOf = (root: Tree): readonly Tree[] => root.children.filter(({ kind }) => kind === 'CLIENT');
const partsOf = (span: Tree | undefined): readonly unknown[] =>
  span?.children.map(({ name, attributes }) => [name, ...Object.values(attributes)]) ?? [];

describe('a query that reads two providers', () => {
  it('shows as a tree of the operation, its calls and their attempts', async () => {
    const root = await trace(READ);
    expect(root).toMatchObject({ name: 'GraphQL query Ada', kind: 'SERVER', parentSpanId: '', isError: false });
    expect(root.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Ada',
      'clientele.request_id': expect.stringMatching(/^request-/),
      'clientele.outcome': 'ok',
      'clientele.caller': 'anyone',
      'clientele.document': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const calls = callsOf(root);
    expect(calls).toEqual(root.children);
    expect(calls.map(({ name, attributes }) => [name, attributes]).sort()).toEqual([
      ['GET /api/v1/customers/:id.json', called('cycle-software', '/api/v1/customers/:id.json')],
      ['GET /customers/:id', called('octobat', '/customers/:id')],
    ]);
    for (const call of calls) expect(partsOf(call)).toEqual([['attempt', 200]]);
    for (const span of [root, ...root.children, ...calls.flatMap(({ children }) => children)]) {
      expect(span.traceId).toBe(root.traceId);
      expect(span.startedAt >= root.startedAt && span.endedAt <= root.endedAt).toBe(true);
      expect(span.startedAt <= span.endedAt).toBe(true);
    }
  });

  it('tells where the answers came from, though no call was made', async () => {
    await trace(OCTOBAT);
    const root = await trace(OCTOBAT, { 'cache-control': 'max-age=60' });
    expect(callsOf(root)).toEqual([]);
    expect(root.children.map(({ name, kind, attributes }) => [name, kind, attributes])).toEqual([
      ['read records', 'INTERNAL', { 'clientele.provider': 'octobat', ...records({ asked: 1, cached: 1 }) }],
    ]);
  });

  it('is of the service that the settings name, and goes below the base address', async () => {
    await trace(READ);
    expect(new Set(collector.paths)).toEqual(new Set(['/base/v1/traces']));
    expect(collector.resources[0]).toMatchObject({ 'service.name': 'clientele' });
  });
});

describe('a call', () => {
  it('that fails twice in passing shows three attempts and two pauses', async () => {
    world.provider('octobat').fault({ kind: 'status', status: 503, method: 'GET', times: 2 });
    const root = await trace(OCTOBAT);
    const [call, ...others] = callsOf(root);
    expect(others).toEqual([]);
    expect(partsOf(call)).toEqual([
      ['attempt', 503, 'PROVIDER_UNAVAILABLE'],
      ['pause'],
      ['attempt', 503, 'PROVIDER_UNAVAILABLE'],
      ['pause'],
      ['attempt', 200],
    ]);
    expect(call?.children.map(({ isError }) => isError)).toEqual([true, false, true, false, false]);
    expect(call).toMatchObject({ isError: false, attributes: { 'clientele.attempts': 3 } });
  });

  it('that fails says by which code, and so does the record', async () => {
    world.provider('octobat').fault({ kind: 'invalidJson', method: 'GET' });
    const root = await trace(OCTOBAT);
    expect(root).toMatchObject({ isError: false, attributes: { 'clientele.outcome': 'partial' } });
    const [call] = callsOf(root);
    expect(call).toMatchObject({ isError: true, attributes: { 'error.type': 'PROVIDER_BAD_RESPONSE' } });
    expect(call?.attributes).not.toHaveProperty('http.response.status_code');
    const read = root.children.find(({ name }) => name === 'read records');
    expect(read?.attributes).toMatchObject(records({ asked: 1, copies: 1 }));
  });

  it('that waits for its turn shows for how long', async () => {
    const gate = await startGate(world.provider('octobat'));
    const other = await world.another({ OCTOBAT_URL: gate.url });
    const requestId = nextId();
    // Of one record each, told apart by the grammar of ids alone: sixteen go out, and the last one waits.
    const ids = Array.from({ length: 17 }, (_, index) => `oc_cu_${1_000_000_000 + index}aaaaaaaaaa`);
    const asked = ids.map(
      (id, index) => `r${index}: customerByProviderId(provider: OCTOBAT, providerId: "${id}") { id }`,
    );
    const answer = fetch(other.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ query: `{ ${asked.join(' ')} }` }),
    });
    await gate.arrived(16);
    gate.open();
    await (await answer).text();
    await other.stop();
    await gate.close();
    const calls = callsOf(await traced(requestId));
    expect(calls).toHaveLength(17);
    const waited = calls.filter(({ attributes }) => Number(attributes['clientele.queued_ms']) > 0);
    expect(waited.map(partsOf)).toEqual([[['queued'], ['attempt', 404]]]);
  });

  it('of another operation, which is waited for, shows as that', async () => {
    const gate = await startGate(world.provider('octobat'));
    const other = await world.another({ OCTOBAT_URL: gate.url });
    const ids = [nextId(), nextId()];
    const ask = (requestId: string | undefined) =>
      fetch(other.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-request-id': String(requestId),
          'cache-control': 'max-age=9',
        },
        body: JSON.stringify({
          query: '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { id } }',
        }),
      }).then((response) => response.text());
    const first = ask(ids[0]);
    await gate.arrived(1);
    const second = ask(ids[1]);
    await expect.poll(() => runningAt(other.url)).toBe(2);
    gate.open();
    await Promise.all([first, second]);
    await other.stop();
    await gate.close();
    const names = await Promise.all(ids.map(async (id) => (await traced(id)).children.map(({ name }) => name)));
    expect(names).toEqual([['GET /customers/:id'], ['shared read']]);
  });
});

describe('an operation', () => {
  it('that writes shows what it writes, and what it reads for that', async () => {
    const root = await trace(
      'mutation Rename($id: ID!) { updateCustomer(input: { id: $id, octobat: { name: "Renamed" } }) { errors { code } } }',
    );
    expect(root.name).toBe('GraphQL mutation Rename');
    expect(callsOf(root).map(({ name }) => name)).toContain('PATCH /customers/:id');
  });

  it('that is refused has the code of its refusal, and no name where it has none', async () => {
    const root = await trace('{ nothingLikeThis }');
    expect(root).toMatchObject({ name: 'GraphQL', isError: true, children: [] });
    expect(root.attributes).toMatchObject({
      'clientele.outcome': 'GRAPHQL_VALIDATION_FAILED',
      'error.type': 'GRAPHQL_VALIDATION_FAILED',
      'graphql.operation.type': 'none',
    });
  });

  it('has at most a hundred characters of its name', async () => {
    const root = await trace(`query ${'n'.repeat(500)} { __typename }`);
    expect(root.name).toBe(`GraphQL query ${'n'.repeat(100)}`);
  });

  it('that subscribes shows its beginning', async () => {
    const requestId = nextId();
    const stream = await subscribe(world.gateway.url, {
      query: 'subscription Changes { customerChanged { kind } }',
      headers: { 'x-request-id': requestId },
    });
    expect((await traced(requestId)).name).toBe('GraphQL subscription Changes');
    stream.hangUp();
  });
});

describe('a caller’s own trace', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const SPAN = '00f067aa0ba902b7';

  it('goes on in the gateway', async () => {
    const root = await trace(READ, { traceparent: `00-${TRACE}-${SPAN}-01` });
    expect([root.traceId, root.parentSpanId]).toEqual([TRACE, SPAN]);
    expect(root.children.every(({ traceId }) => traceId === TRACE)).toBe(true);
  });

  it('is not sent on to any provider', async () => {
    const seen = world.provider('octobat').calls.length;
    await trace(OCTOBAT, { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=b', baggage: 'a=b' });
    const calls = world.provider('octobat').calls.slice(seen);
    expect(calls.length).toBeGreaterThan(0);
    for (const { headers } of calls)
      expect(Object.keys(headers).filter((name) => /^(trace|baggage|b3)/.test(name))).toEqual([]);
  });

  it('that is not recorded leaves nothing', async () => {
    const requestId = nextId();
    const { errors } = await world.query(
      READ,
      { id: ada },
      { 'x-request-id': requestId, traceparent: `00-${TRACE}-${SPAN}-00` },
    );
    expect(errors).toEqual([]);
    // What was asked behind it comes behind it.
    await trace(READ);
    expect(rootOf(requestId)).toBeUndefined();
  });

  it('that can’t be is none', async () => {
    const root = await trace(READ, { traceparent: `00-${TRACE}-${SPAN}-01-more` });
    expect(root.parentSpanId).toBe('');
    expect(root.traceId).not.toBe(TRACE);
  });
});

/** Operations that are under way there, as its metrics tell. */
async function runningAt(url: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^clientele_operations_running (\d+)$/m.exec(text)?.[1]);
}

const called = (provider: string, route: string): Record<string, unknown> => ({
  'clientele.provider': provider,
  'http.request.method': 'GET',
  'url.template': route,
  'http.response.status_code': 200,
  'clientele.attempts': 1,
  'clientele.queued_ms': 0,
});

function records(counts: Record<string, number>): Record<string, number> {
  const all = { asked: 0, live: 0, cached: 0, copies: 0, failed: 0, ...counts };
  return Object.fromEntries(Object.entries(all).map(([name, count]) => [`clientele.records.${name}`, count]));
}
