import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Environment, readConfig } from '../../src/config.ts';
import { providerNames, type Setting } from '../../src/contract/provider.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { OWN_SETTINGS } from '../../src/settings.ts';
import { runCommand } from '../support/program.ts';
import { ENOUGH, problemsOf } from '../support/settings.ts';

/** Secrets in files, as Docker and Kubernetes hand them out: `<NAME>_FILE` names one. */

const folder = mkdtempSync(join(tmpdir(), 'clientele-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const providers = await loadProviders();
const settings: readonly (readonly [string, Setting])[] = [
  ...Object.entries<Setting>(OWN_SETTINGS),
  ...providers.flatMap(({ id, settings }) =>
    Object.entries<Setting>(settings).map(([name, each]) => [`${providerNames(id).constant}_${name}`, each] as const),
  ),
];
const namesOf = (isSecret: boolean) => settings.flatMap(([name, { secret }]) => (!secret === isSecret ? [] : [name]));

let count = 0;
function file(content: string | Buffer): string {
  const path = join(folder, `canary-${count++}`);
  writeFileSync(path, content);
  return path;
}

const octobat = { AUTH: 'none' };
const keyIn = (environment: Environment) =>
  readConfig({ ...octobat, ...environment }, providers).providers.get('octobat')?.API_KEY;

describe('a secret in a file', () => {
  it('is each of those that must be kept, and no other setting', () => {
    expect([...namesOf(true)].sort()).toEqual([
      'CYCLE_SOFTWARE_PASSWORD',
      'CYCLE_SOFTWARE_USERNAME',
      'DATABASE_URL',
      'DIRTY_LEMON_TOKEN',
      'ID_SECRET',
      'ID_SECRET_PREVIOUS',
      'NUTCACHE_ORGANIZATION_GUID',
      'NUTCACHE_TOKEN',
      'OCTOBAT_API_KEY',
      'ONBOARD_FLOW_SITE_KEY',
      'ONBOARD_FLOW_TOKEN',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'REDIS_URL',
    ]);
  });

  it.each(namesOf(true))('%s is looked for there', (name) => {
    const absent = join(folder, 'canary-absent');
    const said = problemsOf({ ...ENOUGH, [name]: undefined, [`${name}_FILE`]: absent });
    expect(said).toContain(`${name}_FILE names a file that can’t be read (ENOENT)`);
    expect(said.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    expect(said.join()).not.toContain('canary');
  });

  it.each(namesOf(false))('%s is not: it is no secret', (name) => {
    expect(problemsOf({ [`${name}_FILE`]: join(folder, 'canary-absent') })).toEqual([]);
  });

  it('configures its provider by itself, less one line break', () => {
    for (const [content, value] of [
      ['key', 'key'],
      ['key\n', 'key'],
      ['key\r\n', 'key'],
      ['\ufeffkey\n', 'key'],
    ] as const)
      expect(keyIn({ OCTOBAT_API_KEY_FILE: file(content) })).toBe(value);
    const link = join(folder, 'link');
    symlinkSync(file('k'.repeat(65_536)), link);
    expect(keyIn({ OCTOBAT_API_KEY_FILE: link })).toHaveLength(65_536);
    for (const empty of ['', undefined])
      expect(keyIn({ OCTOBAT_API_KEY: 'key', OCTOBAT_API_KEY_FILE: empty })).toBe('key');
  });

  it('is what PostgreSQL’s store needs, too', () => {
    const environment = { DATABASE_URL_FILE: file('postgres://db/x\n'), ID_SECRET_FILE: file(`${'s'.repeat(16)}\n`) };
    expect(readConfig({ ...ENOUGH, ...environment }, providers)).toMatchObject({
      DATABASE_URL: 'postgres://db/x',
      ID_SECRET: 's'.repeat(16),
    });
  });

  it('is read once, at the start', () => {
    const path = file('first');
    const config = readConfig({ ...octobat, OCTOBAT_API_KEY_FILE: path }, providers);
    writeFileSync(path, 'second');
    expect(config.providers.get('octobat')?.API_KEY).toBe('first');
  });

  it('is refused by its variable’s name, and nothing of it or its path is told', () => {
    const directory = join(folder, 'canary-folder');
    mkdirSync(directory);
    for (const [path, problem] of [
      [directory, 'names a folder (EISDIR)'],
      [join(file('canary'), 'x'), 'names a file that can’t be read (ENOTDIR)'],
      ['canary'.repeat(1_000), 'names a file that can’t be read (ENAMETOOLONG)'],
      ['/dev/zero', 'names what is no file'],
      [file(''), 'names an empty file'],
      [file('\n'), 'names an empty file'],
      [file('canary'.padEnd(65_537)), 'names a file of more than 64 KiB'],
      [file(Buffer.from([0xff, 0xfe])), 'names a file that is not text in UTF-8'],
      [file('canary\n\n'), 'must be printable characters without blanks'],
      [file('canary canary'), 'must be printable characters without blanks'],
    ])
      expect(problemsOf({ OCTOBAT_API_KEY_FILE: path }, octobat)).toEqual([`OCTOBAT_API_KEY_FILE ${problem}`]);
  });

  it('is not chosen where the setting has a value, too', () => {
    expect(problemsOf({ OCTOBAT_API_KEY: 'canary', OCTOBAT_API_KEY_FILE: file('canary') }, octobat)).toEqual([
      'OCTOBAT_API_KEY and OCTOBAT_API_KEY_FILE are both set: take one out',
    ]);
  });
});

describe('what a process prints that finds its secrets in files', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ customers: 3 });
  });
  afterAll(() => sandbox.close());

  it('tells every problem, and no value', async () => {
    const environment = Object.fromEntries(namesOf(true).map((name) => [`${name}_FILE`, file('canary\ncanary ')]));
    const program = runCommand(['start'], { environment: { ...environment, AUTH: 'canary' }, folder });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    const valid = /^(ID_SECRET|ID_SECRET_PREVIOUS)$/;
    for (const name of namesOf(true).filter((each) => !valid.test(each)))
      expect(program.stderr()).toContain(`${name}_FILE `);
    expect(program.stdout() + program.stderr()).not.toContain('canary');
  });

  it('starts and examines by files that .env names, and prints none of them', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const urls = Object.entries(sandbox.env).filter(([name]) => name.endsWith('_URL'));
    const secrets = Object.entries({ ...sandbox.env, ID_SECRET: 'canary-id-secret' }).filter(
      ([name]) => !name.endsWith('_URL'),
    );
    const lines = [
      ...urls,
      ...secrets.map(([name, value]) => [`${name}_FILE`, file(`${value}\n`)]),
      ...[
        ['AUTH', 'none'],
        ['PORT', '0'],
        ['SYNC_INTERVAL', '0'],
        ['LOG_LEVEL', 'trace'],
      ],
    ];
    writeFileSync(join(home, '.env'), lines.map(([name, value]) => `${name}=${value}\n`).join(''));
    const gateway = runCommand(['start'], { folder: home });
    expect((await gateway.ready()).providers).toHaveLength(providers.length);
    const doctor = runCommand(['doctor'], { folder: home });
    expect(await doctor.ended).toEqual({ code: 0, signal: null });
    expect(doctor.stdout()).toMatch(/octobat +READ +works/);
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    const printed = [gateway, doctor].map((each) => each.stdout() + each.stderr()).join('');
    for (const [name, value] of secrets) expect([name, printed.includes(value)]).toEqual([name, false]);
    expect(printed).not.toContain(folder);
  });
});
