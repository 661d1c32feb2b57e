import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { runDoctor } from '../../src/doctorCommand.ts';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

/** `clientele doctor`: what works at each provider, and what to do about what does not. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ customers: 20 });
});
afterAll(() => sandbox.close());
afterEach(() => {
  for (const provider of sandbox.providers) provider.clearFaults();
});

async function doctor(argv: readonly string[] = [], environment: Record<string, string | undefined> = {}) {
  const written = { stdout: '', stderr: '' };
  const out = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const code = await runDoctor(argv, () => ({ HOST: '0.0.0.0', ...sandbox.env, ...environment }), {
    stdout: out('stdout'),
    stderr: out('stderr'),
  });
  return { code, ...written };
}

/** Provider, operation and result of each row. */
const rowsOf = (stdout: string): string[] =>
  stdout
    .split('\n\n')[0]
    ?.split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) =>
      line
        .split(/\s{2,}/)
        .slice(0, 3)
        .join(' '),
    ) ?? [];

it('asks each provider for all that it can be asked for, and writes nothing', async () => {
  const { code, stdout, stderr } = await doctor();
  expect(rowsOf(stdout)).toEqual([
    'cycle-software LIST works',
    'cycle-software READ works',
    'cycle-software SEARCH works',
    'cycle-software CHANGED_SINCE works',
    expect.stringMatching(/^cycle-software calls left minute: 356 of 360, day: 14996 of 15000$/),
    'dirty-lemon READ works',
    'nutcache LIST works',
    'nutcache READ works',
    'octobat LIST works',
    'octobat READ works',
    'onboard-flow - not tried',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/octobat +LIST +works +\d+ +\d+ customers on the first page of \d+\n/);
  expect(stderr).toBe('Asking CycleSoftware, Dirty Lemon, Nutcache, Octobat, OnboardFlow. Nothing is written there.\n');
  for (const { calls } of sandbox.providers) expect(calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

it('shows nothing of a customer and no credential', async () => {
  sandbox.provider('octobat').fault({ kind: 'status', status: 401 });
  const { stdout, stderr } = await doctor();
  const secrets = Object.entries(sandbox.env).filter(([name]) => /KEY|TOKEN|PASSWORD|USERNAME/.test(name));
  expect(secrets.length).toBeGreaterThan(6);
  for (const [, value] of secrets) expect(stdout + stderr).not.toContain(value);
  expect(stdout.replace('nobody@clientele.invalid', '')).not.toMatch(/@|oc_cu_/);
});

const WRONG: readonly (readonly [what: string, Fault, code: string, advice: RegExp])[] = [
  ['refuses us', { kind: 'status', status: 401 }, 'PROVIDER_AUTH_FAILED', /look at OCTOBAT_API_KEY\./],
  ['fails', { kind: 'status', status: 503 }, 'PROVIDER_UNAVAILABLE', /it is reached, and fails/],
  ['is silent', { kind: 'silent' }, 'PROVIDER_TIMEOUT', /is OCTOBAT_URL right\? PROVIDER_TIMEOUT_MS and/],
  ['shows a page', { kind: 'html' }, 'PROVIDER_BAD_RESPONSE', /is OCTOBAT_URL the API, and not a proxy/],
  ['has had enough', { kind: 'status', status: 429 }, 'PROVIDER_RATE_LIMITED', /asked too much lately/],
];

it.each(WRONG)(
  'says what to do about one that %s, and asks the others all the same',
  async (_, fault, code, advice) => {
    sandbox.provider('octobat').fault(fault);
    const { code: exitCode, stdout } = await doctor(['octobat', 'nutcache'], {
      ...(fault.kind === 'silent' && { PROVIDER_TIMEOUT_MS: '1000' }),
    });
    expect(rowsOf(stdout)).toEqual([
      'nutcache LIST works',
      'nutcache READ works',
      'octobat LIST FAILED',
      'octobat READ not tried',
    ]);
    expect(stdout).toMatch(new RegExp(`octobat +LIST +FAILED +\\d+ +${code}: `));
    expect(stdout).toMatch(/\n\nOctobat: [^\n]+\n$/);
    expect(stdout).toMatch(advice);
    expect(exitCode).toBe(1);
  },
);

it('says which setting leads nowhere', async () => {
  const { code, stdout } = await doctor(['nutcache'], { NUTCACHE_URL: 'http://127.0.0.1:9' });
  expect(stdout).toContain(
    'Nutcache: no connection can be made: is NUTCACHE_URL right, and may this machine go there?\n',
  );
  expect(code).toBe(1);
});

it('leaves out who is not configured, unless it is asked for by name', async () => {
  const without = { OCTOBAT_URL: undefined, OCTOBAT_API_KEY: undefined };
  const all = await doctor([], without);
  expect([all.code, rowsOf(all.stdout).filter((row) => row.startsWith('octobat'))]).toEqual([
    0,
    ['octobat - not configured'],
  ]);
  const named = await doctor(['octobat'], without);
  expect([named.code, rowsOf(named.stdout)]).toEqual([1, ['octobat - not configured']]);
});

it('refuses a provider that is none, and settings that are not in order', async () => {
  const { code, stdout, stderr } = await doctor(['acme']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("There is no provider 'acme': there are cycle-software, dirty-lemon,");
  await expect(doctor([], { OCTOBAT_API_KEY: '' })).rejects.toThrow('OCTOBAT_API_KEY');
  expect((await doctor(['--help'])).stdout).toContain('clientele doctor [provider …]');
});
