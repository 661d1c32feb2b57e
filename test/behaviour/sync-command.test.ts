import { expect, it, vi } from 'vitest';
import { startGateway } from '../../src/main.ts';
import { runSyncCommand } from '../../src/syncCommand.ts';
import { showProgress } from '../../src/syncProgress.ts';
import { type Program, runCommand } from '../support/program.ts';
import { listCalls, type Syncing, startSyncing } from '../support/sync.ts';

/** `clientele sync`, as a person types it: its progress, its table, its exit code. */

// Each command is a process of its own, and some tests start three.
vi.setConfig({ testTimeout: 60_000 });

const sync = (world: Syncing, argv: readonly string[], more: Record<string, string> = {}): Program =>
  runCommand(['sync', ...argv], { environment: { ...world.environment, ...more } });

async function ended(program: Program) {
  const { code } = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

it('copies every listing, says how it goes, and sums it up in a table', async () => {
  const world = await startSyncing({ customers: 0 });
  const { code, out, err } = await ended(sync(world, []));
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/ +\d+\.\d {2}/, ' N.N ').replace(/ +/g, ' '))).toEqual([
    'provider records added changed unchanged missing seconds outcome',
    'octobat 3 3 0 0 0 N.N complete',
    'cycle-software 4 4 0 0 0 N.N complete',
    'nutcache 9 9 0 0 0 N.N complete',
  ]);
  expect(err.trimEnd().split('\n').sort()).toEqual([
    'cycle-software: complete, 4 records',
    'cycle-software: everything is listed',
    'nutcache: complete, 9 records',
    'nutcache: everything is listed',
    'octobat: complete, 3 records',
    'octobat: everything is listed',
  ]);
  expect(await world.known('octobat')).toHaveLength(3);
});

it('copies those that are named, changes alone where that will do, and everything with --full', async () => {
  const world = await startSyncing({ customers: 0 });
  expect((await ended(sync(world, ['cycle-software']))).code).toBe(0);
  const changes = await ended(sync(world, ['cycle-software', 'cycle-software']));
  expect([changes.code, changes.err]).toEqual([
    0,
    'cycle-software: what changed is listed\ncycle-software: complete, 0 records\n',
  ]);
  expect((await ended(sync(world, ['--full', 'cycle-software']))).err).toContain('everything is listed');
  expect(listCalls(world.provider('cycle-software')).map(({ modified_since: since }) => since !== undefined)).toEqual([
    ...[false, true, false],
  ]);
  expect(world.provider('octobat').calls).toEqual([]);
});

it('runs beside a gateway on the same store, which tells of it', async () => {
  const world = await startSyncing({ customers: 0 });
  const gateway = await startGateway(world.environment);
  expect((await ended(sync(world, ['octobat']))).code).toBe(0);
  const query = '{ provider(name: OCTOBAT) { sync { state records } } }';
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(await answer.json()).toMatchObject({ data: { provider: { sync: { state: 'COMPLETE', records: 3 } } } });
  await gateway.stop();
});

it('says what failed, without the provider’s words, and ends with 1', async () => {
  const world = await startSyncing({ customers: 0 });
  world.provider('nutcache').fault({ kind: 'status', status: 401, body: { error: 'canary' } });
  const { code, out, err } = await ended(sync(world, []));
  expect(code).toBe(1);
  expect(out).toMatch(/^octobat .* complete$/m);
  expect(out).toMatch(/^nutcache .* failed: PROVIDER_AUTH_FAILED .+$/m);
  expect(out + err).not.toContain('canary');
});

it('leaves a provider to the process that is at it, says so, and ends with 1', async () => {
  const world = await startSyncing({ customers: 0 });
  const now = new Date();
  await world.store.holdSync('octobat', 'another one', now, new Date(now.getTime() + 60_000));
  const { code, out } = await ended(sync(world, ['octobat', 'nutcache']));
  expect(code).toBe(1);
  expect(out).toMatch(/^octobat .* another process is syncing it: left to that one$/m);
  expect(out).toMatch(/^nutcache .* complete$/m);
  expect(world.provider('octobat').calls).toEqual([]);
});

it('refuses what it does not know and what can’t be listed, says why, and does nothing', async () => {
  const world = await startSyncing({ customers: 0 });
  const { DIRTY_LEMON_TOKEN: _, DIRTY_LEMON_URL: __, ...without } = world.environment;
  const refused = await Promise.all([
    ended(sync(world, ['octobat', 'nobody'])),
    ended(sync(world, ['onboard-flow'])),
    ended(runCommand(['sync', 'dirty-lemon'], { environment: without })),
    ended(sync(world, ['--all'])),
    ended(sync(world, ['--full=yes'])),
  ]);
  expect(refused.map(({ code, out }) => [code, out])).toEqual(refused.map(() => [2, '']));
  expect(refused.map(({ err }) => err.split('\n')[0])).toEqual([
    'There is no provider "nobody": there are octobat, cycle-software, nutcache, dirty-lemon, onboard-flow.',
    'onboard-flow can’t be synced: Known only: those that this gateway has told of.',
    'dirty-lemon can’t be synced: Dirty Lemon is not configured here.',
    expect.stringContaining('--all'),
    expect.stringContaining('--full'),
  ]);
  for (const { calls } of world.sandbox.providers) expect(calls).toEqual([]);
});

it('says what it does, without settings', async () => {
  const { code, out, err } = await ended(runCommand(['sync', '--help'], {}));
  expect([code, err]).toEqual([0, '']);
  for (const word of ['clientele sync [provider …]', '--full', '--help', 'Ctrl-C', 'Exit code'])
    expect(out).toContain(word);
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'on %s stops behind the page that it keeps, says that it goes on, and does',
  async (signal) => {
    const world = await startSyncing({ customers: 300 });
    const octobat = world.provider('octobat');
    octobat.fault({ kind: 'silent', skip: 1 });
    const program = sync(world, ['octobat'], { PROVIDER_TIMEOUT_MS: '600000' });
    await octobat.received(2);
    program.child.kill(signal);
    const { code, out, err } = await ended(program);
    expect(code).toBe(1);
    expect(err).toContain('Stopping behind the page that is being kept. The next run goes on from there.');
    expect(out).toMatch(/^octobat +100 .* stopped: the next run goes on from there$/m);
    octobat.clearFaults();
    const next = await ended(sync(world, ['octobat']));
    expect([next.code, next.err.split('\n')[0]]).toEqual([
      0,
      'octobat: going on from where the last run ended; everything is listed',
    ]);
  },
);

/** A terminal: what was written to it, and what it shows in the end. */
function terminal() {
  const written: string[] = [];
  return {
    isTTY: true,
    columns: 120,
    write: (text: string) => void written.push(text.replaceAll('\u001b', '␛')),
    screen(): string[] {
      const lines: string[] = [];
      let row = 0;
      for (const [part] of written.join('').matchAll(/␛\[\d+A|␛\[2K|\n|[^␛\n]+/g)) {
        if (part.endsWith('A') && part.startsWith('␛')) row -= Number(part.slice(2, -1));
        else if (part === '\n') row += 1;
        else lines[row] = part.startsWith('␛') ? '' : (lines[row] ?? '') + part;
      }
      return lines;
    },
  };
}

it('draws a bar a provider on a terminal, one over the other', async () => {
  const world = await startSyncing({ customers: 150 });
  const [stdout, stderr] = [terminal(), terminal()];
  const code = await runSyncCommand(['octobat', 'nutcache'], (watcher) => world.open(watcher), {
    ...{ stdout, stderr, onStop: () => undefined },
  });
  expect([code, stdout.screen().length]).toEqual([0, 3]);
  const size = (await world.known('octobat')).length;
  const [octobat, nutcache, ...rest] = stderr.screen();
  expect(octobat).toMatch(new RegExp(`^octobat +█{24} ${size} records, complete$`));
  expect(nutcache).toMatch(/^nutcache +█{24} \d+ records, complete$/);
  expect(rest).toEqual([]);
});

it('shows how much of what the provider says there is, how fast, and what is waited for', () => {
  const out = terminal();
  let now = 0;
  const progress = showProgress(out, ['octobat', 'nutcache', 'cycle-software'], () => now);
  const counts = { seen: 0, added: 0, changed: 0, unchanged: 0, erased: 0, missing: 0 };
  for (const provider of ['octobat', 'nutcache']) progress.began(provider, { kind: 'FULL', resumed: false });
  now = 2_000;
  progress.kept('octobat', { ...counts, seen: 50 }, 100);
  progress.kept('nutcache', { ...counts, seen: 30 }, null);
  progress.waiting('nutcache', 'PROVIDER', 8_000);
  progress.waiting('cycle-software', 'RATE_LIMIT', 62_500);
  now = 3_500;
  progress.say('A word in between.');
  progress.end();
  expect(out.screen().slice(-4)).toEqual([
    'A word in between.',
    `octobat         ${'█'.repeat(12)}${'░'.repeat(12)}  50 % 50 records, 14/s`,
    `nutcache        ${'░'.repeat(24)} 30 records, 9/s, waiting to try again (7 s)`,
    `cycle-software  ${'░'.repeat(24)} 0 records, 0/s, waiting for calls (61 s)`,
  ]);
});
