import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createAda } from '../support/customers.ts';
import { sendTo, startHttpWorld } from '../support/http.ts';
import { sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** What is served beside GraphQL: health, metrics, and nothing else. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

describe('beside GraphQL', () => {
  it('health is told without asking a provider', async () => {
    for (const provider of world.sandbox.providers) provider.fault({ kind: 'status', status: 503 });
    onTestFinished(() => {
      for (const provider of world.sandbox.providers) provider.clearFaults();
    });
    for (const [path, body] of [
      ['/health/live', 'live\n'],
      ['/health/ready', 'ready\n'],
    ]) {
      const { status, text, headers } = await send({ method: 'GET', path: path ?? '' });
      expect([status, text]).toEqual([200, body]);
      expect(headers['cache-control']).toContain('no-store');
      expect((await send({ method: 'HEAD', path: path ?? '' })).status).toBe(200);
      expect((await send({ path: path ?? '' })).status).toBe(405);
    }
    expect(world.calls()).toEqual([]);
  });

  it('metrics tell of operations and of provider calls by their routes, and of nobody', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'], { phone: '+31612000555' });
    await world.query('query CanaryOperation($id: ID!) { customer(id: $id) { displayName } }', { id });
    await post({ query: '{ canaryField }' });
    await post({ query: '{ customer(id: "canary") { id } }' }, { 'x-request-id': 'canary' });
    await send({ method: 'GET', path: '/canary?canary' });
    const { status, headers, text } = await send({ method: 'GET', path: '/metrics' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(text).toMatch(
      /^clientele_provider_call_seconds_count\{provider="octobat",method="GET",route="\/customers\/:id",outcome="200"\} \d+$/m,
    );
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="mutation",outcome="ok"\} \d+$/m);
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="none",outcome="GRAPHQL_VALIDATION_FAILED"\} \d+$/m);
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="query",outcome="partial"\} \d+$/m);
    expect(text).toContain('# TYPE clientele_provider_queue_seconds histogram');
    expect(text).toMatch(/^clientele_provider_calls_left\{provider="cycle-software",window="minute"\} 3\d\d$/m);
    for (const gauge of ['calls_running', 'calls_waiting', 'breaker_open'])
      for (const { id: provider } of world.sandbox.providers)
        expect(text).toContain(`clientele_provider_${gauge}{provider="${provider}"} 0\n`);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    const labels = [...text.matchAll(/\b(\w+)="([^"]*)"/g)].filter(
      ([line]) => !/^(le|kind|version|space|type|major|minor|patch)=/.test(line ?? ''),
    );
    const values = new Set(labels.map(([, , value = '']) => value));
    for (const value of values)
      expect(value).toMatch(
        /^(?:[a-z-]+|[A-Z_]+|GET|POST|PUT|PATCH|\d{3}|(?:\/(?:[A-Za-z0-9._-]+|:id(?:\.json)?))+\/?)$/,
      );
    const providerIds = world.sandbox.providers
      .flatMap(({ calls }) => calls.map(({ path }) => path.split('/').at(-1) ?? ''))
      .filter((part) => /\d{3}/.test(part));
    expect(providerIds.length).toBeGreaterThan(2);
    for (const secret of [id, ...providerIds, 'anary', 'Lovelace', 'ada@', '31612000555', 'Damrak'])
      expect(text).not.toContain(secret);
  });

  it('metrics tell of attempts that were made again, and of a provider that is left alone', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    world.provider('cycle-software').fault({ kind: 'status', status: 503 });
    for (let time = 0; time < 10; time++)
      await world.query('query ($id: ID!) { customer(id: $id) { email } }', { id }, { 'cache-control': 'no-cache' });
    world.provider('cycle-software').clearFaults();
    const { text } = await send({ method: 'GET', path: '/metrics' });
    expect(text).toMatch(/^clientele_provider_retries_total\{provider="cycle-software"\} [2-9]$/m);
    expect(text).toContain('clientele_provider_breaker_open{provider="cycle-software"} 1\n');
  });

  it('is nothing', async () => {
    const status = async (path: string) =>
      Number(
        (await sendRaw(base, `GET ${path} HTTP/1.1\r\nhost: ${base.host}\r\nconnection: close\r\n\r\n`)).slice(9, 12),
      );
    for (const path of [
      '/',
      '/graphql/',
      '/GraphQL',
      '/favicon.ico',
      '/.env',
      '/../package.json',
      '//graphql',
      '/%67raphql',
      '*',
    ])
      expect([path, await status(path)]).toEqual([path, 404]);
  });
});
