import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, type Environment, OWN_SETTINGS, readConfig } from '../../src/config.ts';
import { providerNames } from '../../src/contract/provider.ts';
import { startGateway } from '../../src/main.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { idOf } from '../support/customers.ts';
import { runCommand } from '../support/program.ts';
import { ask, startWorld } from '../support/world.ts';

/** What the gateway is told by its environment: each default, each good and bad value, and how a problem is told. */

const providers = await loadProviders();
const ENOUGH = { AUTH: 'none', OCTOBAT_API_KEY: 'key' };
const read = (environment: Environment) => readConfig({ ...ENOUGH, ...environment }, providers);

function problemsOf(environment: Environment, base: Environment = ENOUGH): readonly string[] {
  try {
    readConfig({ ...base, ...environment }, providers);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'clientele-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// ------------------------------------------------------------------------------------------------- its own ones

interface Row {
  readonly fallback: unknown;
  readonly good: readonly (readonly [given: string, taken: unknown])[];
  readonly bad: readonly string[];
}

const wholeNumber = ['-1', '1.5', '1e3', '0x10', '12a', ' 12', '٣', 'Infinity', '9999999999'];
const onOff: Row = {
  fallback: undefined,
  good: [
    ['on', true],
    ['off', false],
  ],
  bad: ['true', 'ON', '1', 'yes'],
};
const idSecret: Row = {
  fallback: undefined,
  good: [['x'.repeat(16), 'x'.repeat(16)]],
  bad: ['hunter2', 'x'.repeat(15)],
};
const limit = (fallback: number): Row => ({
  fallback,
  good: [
    ['1', 1],
    ['600000', 600_000],
  ],
  bad: ['0', '600001', ...wholeNumber],
});

const TABLE: Readonly<Record<keyof typeof OWN_SETTINGS, Row>> = {
  HOST: {
    fallback: '127.0.0.1',
    good: [
      ['localhost', 'localhost'],
      ['::1', '::1'],
    ],
    bad: [],
  },
  PORT: {
    fallback: 4000,
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['65536', ...wholeNumber],
  },
  AUTH: {
    fallback: 'none',
    good: [['none', 'none']],
    bad: ['None', 'off', 'optional'],
  },
  API_KEYS_FILE: { fallback: undefined, good: [['./keys.json', './keys.json']], bad: [] },
  CORS_ORIGINS: {
    fallback: [],
    good: [
      ['https://a.example', ['https://a.example']],
      [' https://a.example , http://localhost:3000,', ['https://a.example', 'http://localhost:3000']],
    ],
    bad: [
      '*',
      'null',
      'https://a.example/',
      'https://A.example',
      'a.example',
      'https://a.example:443',
      'https://*.example',
    ],
  },
  DATABASE_URL: {
    fallback: 'file:./data/clientele.db',
    good: [['file:/var/lib/clientele.db', 'file:/var/lib/clientele.db']],
    bad: ['postgres://user:hunter2@db/x', 'postgresql://db/x', 'file:', '/var/lib/x.db', 'sqlite:x'],
  },
  ID_SECRET: idSecret,
  ID_SECRET_PREVIOUS: idSecret,
  OPERATION_DEADLINE_MS: limit(10_000),
  PROVIDER_TIMEOUT_MS: limit(4_000),
  TRUST_ORDER: {
    fallback: ['octobat', 'cycle-software', 'nutcache', 'dirty-lemon', 'onboard-flow'],
    good: [[' nutcache, octobat', ['nutcache', 'octobat']]],
    bad: ['hunter2', 'octobat,hunter2', 'OCTOBAT', 'octobat nutcache', '__proto__'],
  },
  GRAPHIQL: onOff,
  INTROSPECTION: onOff,
  LOG_LEVEL: {
    fallback: 'info',
    good: ['silent', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, level] as const),
    bad: ['verbose', 'INFO', '30'],
  },
};

describe.each(Object.entries(TABLE))('%s', (name, { fallback, good, bad }) => {
  const taken = (given: string | undefined) => read({ [name]: given })[name as keyof typeof OWN_SETTINGS];

  it('has its default, also where it is set to nothing', () => {
    const base = name === 'AUTH' ? 'none' : undefined;
    expect(taken(base)).toEqual(fallback);
    if (name !== 'AUTH') expect(taken('')).toEqual(fallback);
  });

  it.each(good)('takes %j', (given, value) => {
    expect(taken(given)).toEqual(value);
  });

  for (const given of bad) {
    it(`refuses ${JSON.stringify(given)} by its name, without the value`, () => {
      const problems = problemsOf({ [name]: given });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} `));
      expect(problems[0]).not.toContain('hunter2');
    });
  }
});

it('every setting is in the table above', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(OWN_SETTINGS).sort());
});

it('AUTH is required unless something else is said, and then there must be somebody to let in', () => {
  const { AUTH: _, ...rest } = ENOUGH;
  expect(problemsOf({}, rest)).toEqual([
    expect.stringMatching(/^AUTH is required.*API_KEYS_FILE.*JWT_JWKS_URL.*AUTH=none/),
  ]);
  expect(problemsOf({ API_KEYS_FILE: 'x' }, rest)).toEqual([]);
  expect(problemsOf({ AUTH: 'required' })).toHaveLength(1);
});

it.each([
  'JWT_JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'REDIS_URL',
  'CACHE_MAX_AGE',
  'TRUSTED_DOCUMENTS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
])('%s is refused by name as long as it would do nothing', (name) => {
  expect(problemsOf({ [name]: 'https://hunter2.example' })).toEqual([`${name} is not supported yet: take it out`]);
  expect(problemsOf({ [name]: '' })).toEqual([]);
});

it('every problem is told at once', () => {
  const problems = problemsOf({
    ...{ AUTH: 'maybe', PORT: 'x', LOG_LEVEL: 'x', CORS_ORIGINS: '*', DATABASE_URL: 'postgres://db', ID_SECRET: 'x' },
    ...{ GRAPHIQL: 'x', OPERATION_DEADLINE_MS: '0', TRUST_ORDER: 'x', REDIS_URL: 'redis://x' },
    ...{ OCTOBAT_API_KEY: '', OCTOBAT_URL: 'x', NUTCACHE_TOKEN: 'x y', CYCLE_SOFTWARE_USERNAME: 'x' },
  });
  const names = problems.map((problem) => problem.split(' ')[0]);
  expect(names.sort()).toEqual(
    [
      ...[
        'AUTH',
        'PORT',
        'LOG_LEVEL',
        'CORS_ORIGINS',
        'DATABASE_URL',
        'ID_SECRET',
        'GRAPHIQL',
        'OPERATION_DEADLINE_MS',
      ],
      ...['TRUST_ORDER', 'REDIS_URL', 'OCTOBAT_API_KEY', 'OCTOBAT_URL', 'NUTCACHE_TOKEN', 'NUTCACHE_ORGANIZATION_GUID'],
      'CYCLE_SOFTWARE_PASSWORD',
    ].sort(),
  );
});

// --------------------------------------------------------------------------------------------- the providers' groups

describe.each(providers.map((provider) => [provider.id, provider] as const))('the settings of %s', (id, provider) => {
  const prefix = `${providerNames(id).constant}_`;
  const names = Object.keys(provider.settings).map((name) => prefix + name);
  const needed = Object.entries(provider.settings)
    .filter(([, { schema }]) => !schema.safeParse(undefined).success)
    .map(([name]) => prefix + name);
  const all = Object.fromEntries(needed.map((name) => [name, name.endsWith('GUID') ? crypto.randomUUID() : 'hunter2']));
  const alone = { AUTH: 'none' };

  it('make it a provider that can be asked, when all are there that have no default', () => {
    const config = readConfig({ ...alone, ...all }, providers);
    expect([...config.providers.keys()]).toEqual([id]);
    expect(needed.length).toBeGreaterThan(0);
  });

  it('leave it out when there is none, or nothing but empty ones', () => {
    const other =
      id === 'octobat'
        ? { NUTCACHE_TOKEN: 'x', NUTCACHE_ORGANIZATION_GUID: crypto.randomUUID() }
        : { OCTOBAT_API_KEY: 'x' };
    for (const empty of [{}, Object.fromEntries(names.map((name) => [name, '']))])
      expect([...readConfig({ ...alone, ...other, ...empty }, providers).providers.keys()]).not.toContain(id);
  });

  it('are an error that names each missing one, when only some are there', () => {
    for (const name of names.filter((each) => !/(COUNTRIES|PATH|METHOD|ZONE)$/.test(each))) {
      const value = name.endsWith('_URL') ? 'http://127.0.0.1:1' : all[name];
      const missing = needed.filter((each) => each !== name);
      expect(problemsOf({ [name]: value }, alone)).toEqual(missing.map((each) => `${each} is missing`));
    }
  });

  it('are refused by name, without the value', () => {
    const url = `${prefix}URL`;
    for (const value of [
      'hunter2',
      'ftp://hunter2.example',
      'https://user:hunter2@x.example',
      'https://x.example/?hunter2',
      'https://x.example/#hunter2',
    ]) {
      const problems = problemsOf({ ...all, [url]: value }, alone);
      expect(problems).toEqual([expect.stringMatching(new RegExp(`^${url} `))]);
      expect(problems.join()).not.toContain('hunter2');
    }
    for (const name of needed) {
      const problems = problemsOf({ ...all, [name]: 'hunter2\r\nx-evil: 1' }, alone);
      expect(problems.every((problem) => problem.startsWith(`${name} `))).toBe(true);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join()).not.toContain('hunter2');
    }
  });
});

it('no provider at all is a problem that tells which settings there are, and of the demo', () => {
  const [problem = '', second] = problemsOf({}, { AUTH: 'none' });
  expect(second).toBeUndefined();
  expect(problem).toContain('npm run demo');
  for (const provider of providers) {
    expect(problem).toContain(provider.title);
    for (const [name, { schema }] of Object.entries(provider.settings))
      if (!schema.safeParse(undefined).success)
        expect(problem).toContain(`${providerNames(provider.id).constant}_${name}`);
  }
});

// ----------------------------------------------------------------------------------------------------- what they name

describe('what a setting names', () => {
  const start = async (environment: Environment) => {
    const gateway = await startGateway({
      ...{ ...ENOUGH, PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `file:${join(folder, 'named.db')}` },
      ...environment,
    });
    onTestFinished(() => gateway.stop());
    return gateway;
  };
  const problem = async (environment: Environment) => {
    const thrown = await start(environment).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(String(thrown)).not.toContain('canary');
    return (thrown as ConfigError).problems;
  };
  const path = (name: string, text?: string) => {
    const whole = join(folder, `canary-${name}`);
    if (text === undefined) mkdirSync(whole);
    else writeFileSync(whole, text);
    return whole;
  };

  it('is told when a file of keys is none', async () => {
    const keys = (file: string) => problem({ AUTH: 'required', API_KEYS_FILE: file });
    const entry = { name: 'canary', sha256: 'a'.repeat(64), scopes: ['customers:read'] };
    for (const file of [
      join(folder, 'canary-absent'),
      path('folder'),
      path('empty', ''),
      path('text', 'canary'),
      path('object', JSON.stringify(entry)),
      path('digest', JSON.stringify([{ ...entry, sha256: 'canary' }])),
      path('scope', JSON.stringify([{ ...entry, scopes: ['canary'] }])),
      path('expiry', JSON.stringify([{ ...entry, expiresAt: 'canary' }])),
      path('name', JSON.stringify([{ ...entry, name: '' }])),
    ])
      expect(await keys(file)).toEqual([
        expect.stringMatching(/^API_KEYS_FILE: (it|key 1) .* See the settings in the README$/),
      ]);
    expect(await keys(path('scope', JSON.stringify([entry, { ...entry, scopes: ['canary'] }])))).toEqual([
      'API_KEYS_FILE: key 2 is not as documented in its scopes. See the settings in the README',
    ]);
    await start({ AUTH: 'required', API_KEYS_FILE: path('keys', JSON.stringify([entry])) });
  });

  it('is told when the database can’t be', async () => {
    const file = path('file', 'no database, but something that somebody may still want');
    for (const url of [`file:${join(file, 'x.db')}`, `file:${path('taken')}`, `file:${file}`])
      expect(await problem({ DATABASE_URL: url, ID_SECRET: 'x'.repeat(16) })).toEqual([
        expect.stringMatching(/^DATABASE_URL: the store can’t be opened/),
      ]);
    expect(readFileSync(file, 'utf8')).toContain('somebody may still want');
  });

  it('is told when the kept id secret is broken, and it is not replaced', async () => {
    const database = path('secret.db', '');
    rmSync(database);
    writeFileSync(`${database}.id-secret`, 'canary');
    expect(await problem({ DATABASE_URL: `file:${database}` })).toEqual([
      expect.stringMatching(/^ID_SECRET is not set/),
    ]);
    expect(readFileSync(`${database}.id-secret`, 'utf8')).toBe('canary');
    await start({ DATABASE_URL: `file:${database}`, ID_SECRET: 'x'.repeat(16) });
  });

  it('is told when nobody can be listened to there, and nothing stays open', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    expect(await problem({ PORT: String((taken.address() as AddressInfo).port) })).toEqual([
      expect.stringMatching(/^PORT is taken/),
    ]);
    const keys = path('listen-keys', '[]');
    for (const HOST of ['canary.invalid', '192.0.2.1'])
      expect(await problem({ HOST, AUTH: 'required', API_KEYS_FILE: keys })).toEqual([
        expect.stringMatching(/^HOST is not an address/),
      ]);
  });

  it('seals ids: the same with the same secret, opened by the next one’s gateway too', async () => {
    const world = await startWorld({ environment: { ID_SECRET: 'a'.repeat(32) } });
    onTestFinished(() => world.close());
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const read = async (environment: Record<string, string>) =>
      ask((await world.another(environment)).url, 'query ($id: ID!) { customer(id: $id) { id } }', { id });
    const own = (answer: Awaited<ReturnType<typeof read>>) =>
      (answer.data as { customer: { id: string } | null }).customer?.id;
    expect(own(await read({}))).toBe(id);
    const next = own(await read({ ID_SECRET: 'b'.repeat(32), ID_SECRET_PREVIOUS: 'a'.repeat(32) }));
    expect(next).toEqual(expect.any(String));
    expect(next).not.toBe(id);
    const other = await read({ ID_SECRET: 'b'.repeat(32) });
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(readdirSync(world.folder).filter((name) => name.includes('secret'))).toEqual([]);
  });

  it('switches off and on', async () => {
    const keys = path('switch-keys', '[]');
    const shows = async (environment: Record<string, string>) => {
      const { url } = await start(environment);
      const page = await fetch(url, { headers: { accept: 'text/html' } });
      return [
        /graphiql/i.test(await page.text()),
        (await ask(url, '{ __schema { queryType { name } } }')).errors.length === 0,
      ];
    };
    expect(await shows({})).toEqual([true, true]);
    expect(await shows({ GRAPHIQL: 'off', INTROSPECTION: 'off' })).toEqual([false, false]);
    expect(await shows({ AUTH: 'required', API_KEYS_FILE: keys })).toEqual([false, false]);
    expect((await shows({ AUTH: 'required', API_KEYS_FILE: keys, GRAPHIQL: 'on' }))[0]).toBe(true);
  });
});

// ----------------------------------------------------------------------------------------------------------- the start

describe('npm start', () => {
  const SECRETS = {
    ...{
      OCTOBAT_API_KEY: 'canary-octobat',
      CYCLE_SOFTWARE_USERNAME: 'canary-user',
      CYCLE_SOFTWARE_PASSWORD: 'canary-pass',
    },
    ...{ NUTCACHE_TOKEN: 'canary-nut', DIRTY_LEMON_TOKEN: 'canary-lemon', ONBOARD_FLOW_TOKEN: 'canary-flow' },
    ...{
      ONBOARD_FLOW_SITE_KEY: 'canary-site',
      ID_SECRET: 'canary-id-secret-canary',
      ID_SECRET_PREVIOUS: 'canary-former-secret',
    },
    NUTCACHE_ORGANIZATION_GUID: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  };
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(folder, 'home-'));
  });

  it('with nothing configured ends with 1, and says which settings there are and that there is a demo', async () => {
    const program = runCommand(['start'], { folder: mkdtempSync(join(folder, 'bare-')) });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stdout()).toBe('');
    for (const word of [
      'OCTOBAT_API_KEY',
      'NUTCACHE_TOKEN',
      'ONBOARD_FLOW_SITE_KEY',
      'API_KEYS_FILE',
      'AUTH=none',
      'npm run demo',
    ])
      expect(program.stderr()).toContain(word);
    expect(program.stderr()).not.toMatch(/\bat .*\.ts|Error:/);
  });

  it('tells every problem of the settings on stderr, none of their values, and ends with 1', async () => {
    const bad = {
      ...Object.fromEntries(Object.keys(SECRETS).map((name) => [name, 'canary with blanks'])),
      ...{
        PORT: 'canary',
        LOG_LEVEL: 'canary',
        DATABASE_URL: 'postgres://canary:canary@canary/canary',
        CORS_ORIGINS: 'canary',
      },
      ...{
        ID_SECRET: 'canary',
        TRUST_ORDER: 'canary',
        AUTH: 'canary',
        JWT_ISSUER: 'canary',
        NUTCACHE_COUNTRIES: './canary',
      },
      ...{ OCTOBAT_UPDATE_METHOD: 'canary', CYCLE_SOFTWARE_TIME_ZONE: 'canary', NUTCACHE_READ_PATH: 'canary' },
    };
    const program = runCommand(['start'], { environment: bad, folder: mkdtempSync(join(folder, 'bad-')) });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stdout()).toBe('');
    for (const name of Object.keys(bad).filter((each) => !/PREVIOUS$|^CYCLE_SOFTWARE_(USERNAME|PASSWORD)$/.test(each)))
      expect(program.stderr()).toContain(name);
    expect(program.stderr()).not.toContain('canary');
  });

  it('reads .env, where the environment does not say otherwise, and says on one line of stdout when it is ready', async () => {
    const lines = { ...SECRETS, AUTH: 'none', PORT: '0', LOG_LEVEL: 'nonsense', DATABASE_URL: 'file:./a/b/c.db' };
    writeFileSync(
      join(home, '.env'),
      `# as npm run sandbox prints it\n${Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join('')}`,
    );
    const program = runCommand(['start'], { environment: { LOG_LEVEL: 'trace' }, folder: home });
    const ready = await program.ready();
    expect(ready).toEqual({
      ready: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/),
      providers: ['cycle-software', 'dirty-lemon', 'nutcache', 'octobat', 'onboard-flow'],
    });
    expect((await ask(ready.url, '{ providers { configured } }')).errors).toEqual([]);
    expect(readdirSync(join(home, 'a', 'b'))).toContain('c.db');
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout()).toBe(`${JSON.stringify(ready)}\n`);
    expect(program.stderr()).not.toContain('canary');
  });

  it('says so when .env is no file', async () => {
    const where = mkdtempSync(join(folder, 'dotenv-'));
    mkdirSync(join(where, '.env'));
    const program = runCommand(['start'], { folder: where, environment: ENOUGH });
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.stderr()).toBe('The settings are not in order:\n  .env can’t be read as a file of settings\n');
  });
});
