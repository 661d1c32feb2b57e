import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from '../support/program.ts';
import { ask } from '../support/world.ts';

/** The command line, as a person types it: each command in a process of its own. */

const folder = mkdtempSync(join(tmpdir(), 'clientele-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMANDS = ['start', 'demo', 'sandbox', 'sync', 'export', 'writes', 'audit', 'documents', 'schema'];

async function run(...argv: string[]) {
  const program = runCommand(argv, { folder });
  const { code } = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

interface Listed {
  readonly customers: { readonly nodes: readonly unknown[]; readonly coverage: readonly { readonly extent: string }[] };
}
const customersOf = (data: unknown): Listed['customers'] => (data as Listed).customers;

it('tells what it can do, for help and to who names no command', async () => {
  const asked = await Promise.all([run('--help'), run('-h'), run('help'), run()]);
  expect(asked.map(({ code }) => code)).toEqual([0, 0, 0, 2]);
  for (const { out, err } of asked) {
    expect(out).toMatch(/^Usage: clientele <command>\n/);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
    expect(err).toBe('');
  }
});

it('tells of each command what it does, without doing it', async () => {
  const asked = await Promise.all(COMMANDS.map((command) => run(command, command === 'demo' ? '-h' : '--help')));
  for (const { code, out, err } of asked) expect([code, err, out.length > 20]).toEqual([0, '', true]);
  expect(asked.map(({ out }) => out.includes('type Query'))).not.toContain(true);
});

it('refuses what it does not know, and arguments where there are none', async () => {
  const [unknown, prototype, ...others] = await Promise.all([
    run('strat'),
    run('constructor'),
    run('start', '--port', '4000'),
    run('demo', 'octobat'),
    run('schema', '--json'),
    run('sandbox', '--colour'),
  ]);
  for (const { code, out, err } of [unknown, prototype]) {
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^There is no command '(strat|constructor)'\.\nUsage: clientele/);
  }
  for (const { code, out, err } of others) expect([code, out, err !== '']).toEqual([2, '', true]);
  expect(others[0]?.err).toContain('environment');
});

it('refuses by name what is not there yet', async () => {
  const names = ['keys'];
  const asked = await Promise.all(names.map((name) => run(name, 'create')));
  expect(asked).toEqual(names.map((name) => ({ code: 2, out: '', err: `clientele ${name} is not there yet.\n` })));
});

it('prints the schema that stands in schema/schema.graphql', async () => {
  const { code, out, err } = await run('schema');
  expect([code, err]).toEqual([0, '']);
  expect(out.trim()).toBe(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8').trim());
});

it('prints a sandbox’s env lines so that a gateway starts on them', async () => {
  const sandbox = runCommand(['sandbox', '--customers', '5'], { folder });
  const lines = await sandbox.until(/^# Ready/m);
  const where = mkdtempSync(join(folder, 'start-'));
  writeFileSync(join(where, '.env'), lines);
  const gateway = runCommand(['start'], { folder: where, environment: { AUTH: 'none', PORT: '0', LOG_LEVEL: 'warn' } });
  const { url, providers } = await gateway.ready();
  expect(providers).toEqual(['cycle-software', 'dirty-lemon', 'nutcache', 'octobat', 'onboard-flow']);
  const { data, errors } = await ask(
    url,
    '{ customers(first: 500) { nodes { displayName } coverage { provider extent } } }',
  );
  expect(errors).toEqual([]);
  const { nodes, coverage } = customersOf(data);
  expect(nodes.length).toBeGreaterThan(5);
  expect(coverage.filter(({ extent }) => extent === 'FAILED')).toEqual([]);
  for (const program of [gateway, sandbox]) {
    program.child.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  }
});

it('shows the main job on embedded defaults, plays the phones, and leaves nothing behind', async () => {
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const demo = runCommand(['demo'], { folder, environment: { PORT: '0', TMPDIR: temporary } });
  const { url, providers } = await demo.ready();
  expect(providers).toHaveLength(5);
  expect(await demo.until(/in a browser/)).toContain(`Open ${url} in a browser`);
  expect(readdirSync(temporary)).toHaveLength(1);

  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const { data, errors } = await ask(url, '{ customers(first: 3) { nodes { id displayName records { provider } } } }');
  expect(errors).toEqual([]);
  expect(customersOf(data).nodes).toHaveLength(3);
  const created = await ask(
    url,
    'mutation { createCustomer(input: { providers: [DIRTY_LEMON], phone: "+31612345678" }) { errors { code } } }',
  );
  expect(created.data).toEqual({ createCustomer: { errors: [] } });
  await demo.until(/^A message arrives on \+31612345678: .*\d{4,}/m);

  demo.child.kill('SIGTERM');
  expect(await demo.ended).toEqual({ code: 0, signal: null });
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(folder)).not.toContain('data');
});

it('ends a demo that can’t start, and leaves nothing behind', async () => {
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const demo = runCommand(['demo'], { folder, environment: { PORT: 'four thousand', TMPDIR: temporary } });
  expect(await demo.ended).toEqual({ code: 1, signal: null });
  expect(demo.stderr()).toContain('PORT must be a whole number');
  expect(readdirSync(temporary)).toEqual([]);
});

it('is what npm runs', () => {
  const { scripts, bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(bin).toEqual({ clientele: 'src/cli.ts' });
  const flags = '--max-semi-space-size=8';
  for (const name of ['start', 'demo']) expect(scripts[name]).toBe(`node ${flags} src/cli.ts ${name}`);
  expect(scripts.sandbox).toBe('node src/cli.ts sandbox');
  // Run by itself, the file says the same.
  const [first] = readFileSync(new URL('../../src/cli.ts', import.meta.url), 'utf8').split('\n', 1);
  expect(first).toBe(`#!/usr/bin/env -S node ${flags}`);
});
