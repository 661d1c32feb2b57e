import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { bearer } from '../support/callers.ts';
import { startCollector } from '../support/collector.ts';
import { KEY, linesOf, startLogging } from '../support/logging.ts';
import { deadPort } from '../support/origin.ts';
import { runModule } from '../support/program.ts';
import { ask } from '../support/world.ts';

/** Tracing as its operator switches it on, or leaves it off. */

const READ =
  '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { octobat { name } } }';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 0, providers: ['octobat'] });
});
afterAll(() => sandbox.close());

it('with a dead collector, reads go on, the gateway stops, and one line says so without the credentials', async () => {
  const endpoint = `http://user:hunter2@127.0.0.1:${await deadPort()}`;
  const { program } = startLogging('warn', sandbox, {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2',
    // What OpenTelemetry itself would print, if it was let.
    OTEL_LOG_LEVEL: 'all',
  });
  const { url } = await program.ready();
  for (let time = 0; time < 20; time++) expect((await ask(url, READ, {}, bearer(KEY))).errors).toEqual([]);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout().trimEnd().split('\n')).toHaveLength(1);
  expect(linesOf(program.stderr())).toEqual([
    {
      level: 40,
      time: expect.any(String),
      reason: 'ECONNREFUSED',
      msg: expect.stringMatching(/^the collector takes no/),
    },
  ]);
});

it('with a collector that hangs, the gateway stops as well', async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  collector.answers(() => undefined);
  const { program } = startLogging('warn', sandbox, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const { url } = await program.ready();
  expect((await ask(url, READ, {}, bearer(KEY))).errors).toEqual([]);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(collector.spans.map(({ name }) => name)).toContain('GraphQL query');
});

it('a caller who is not let in leaves no trace', async () => {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const { program } = startLogging('warn', sandbox, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const { url } = await program.ready();
  expect((await ask(url, READ, {}, bearer('nobody'))).status).toBe(401);
  expect((await ask(url, 'query Known { __typename }', {}, bearer(KEY))).status).toBe(200);
  program.child.kill('SIGTERM');
  await program.ended;
  expect(collector.spans.map(({ name, attributes }) => [name, attributes['clientele.caller']])).toEqual([
    ['GraphQL query Known', 'support-desk'],
  ]);
});

/** What of OpenTelemetry is loaded by a gateway that starts, runs and stops. */
async function loadedWith(environment: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-loaded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = runModule(STARTED, {
    folder,
    environment: { ...sandbox.env, AUTH: 'none', PORT: '0', SYNC_INTERVAL: '0', LOG_LEVEL: 'silent', ...environment },
  });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  return JSON.parse(program.stdout());
}

const MAIN = new URL('../../src/main.ts', import.meta.url).href;
const STARTED = `import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const name = /node_modules\\/@opentelemetry\\/([^/]+)/.exec(found.url)?.[1];
      if (name) loaded.add(name);
      return found;
    },
  });
  const { startGateway } = await import(${JSON.stringify(MAIN)});
  const gateway = await startGateway(process.env);
  await gateway.stop();
  process.stdout.write(JSON.stringify([...loaded].sort()));`;

it('without a collector, nothing of OpenTelemetry’s is loaded, but for what the metrics load by themselves', async () => {
  expect(await loadedWith({})).toEqual(['api']);
  expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toContain('sdk-trace');
});
