import { describe, expect, it } from 'vitest';
import { type Environment, readConfig } from '../../src/config.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { OWN_SETTINGS } from '../../src/settings.ts';
import { ENOUGH, ISSUED, problemsOf } from '../support/settings.ts';

/** What the gateway is told of itself by its environment: each default, each good and bad value, and how a problem is told. */

const providers = await loadProviders();
const read = (environment: Environment) => readConfig({ ...ENOUGH, ...environment }, providers);

interface Row {
  readonly fallback: unknown;
  readonly good: readonly (readonly [given: string, taken: unknown])[];
  readonly bad: readonly string[];
  /** What it can’t be without. */
  readonly with?: Readonly<Record<string, string>>;
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

const perMinute = {
  good: [
    ['1', 1],
    ['100000000', 100_000_000],
  ] as [string, number][],
  bad: ['0', '100000001', ...wholeNumber],
};

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
  API_KEYS_FILE: { fallback: undefined, good: [['./keys.json', './keys.json']], with: { AUTH: 'required' }, bad: [] },
  JWT_JWKS_URL: {
    fallback: undefined,
    good: [
      ['https://id.example.com/keys?v=1', new URL('https://id.example.com/keys?v=1')],
      ['http://127.0.0.1:8080/jwks', new URL('http://127.0.0.1:8080/jwks')],
      ['http://[::1]/jwks', new URL('http://[::1]/jwks')],
    ],
    with: { AUTH: 'required', ...ISSUED },
    bad: [
      'http://id.example.com/keys',
      'http://10.0.0.1/',
      'https://me:hunter2@id.example.com/',
      'id.example.com',
      'https://a/#b',
      'file:///keys',
    ],
  },
  JWT_ISSUER: {
    fallback: undefined,
    good: [['https://a.example/', 'https://a.example/']],
    bad: [],
    with: { AUTH: 'required', ...ISSUED },
  },
  JWT_AUDIENCE: {
    fallback: undefined,
    good: [['clientele', 'clientele']],
    bad: [],
    with: { AUTH: 'required', ...ISSUED },
  },
  GATEWAYS: {
    fallback: undefined,
    good: [
      ['1', 1],
      ['1000', 1_000],
    ],
    bad: ['0', '1001', ...wholeNumber],
  },
  CALLER_OPERATIONS_PER_MINUTE: { ...perMinute, fallback: 60_000 },
  CALLER_CALLS_PER_MINUTE: { ...perMinute, fallback: 30_000 },
  CACHE_MAX_AGE: {
    fallback: 30,
    good: [
      ['0', 0],
      ['86400', 86_400],
    ],
    bad: ['86401', ...wholeNumber],
  },
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
    bad: ['postgres://user:hunter2@db:x/x', 'file:', '/var/lib/x.db', 'sqlite:x', 'mysql://db/x'],
  },
  REDIS_URL: {
    fallback: undefined,
    good: [
      ['redis://127.0.0.1:6379/1', 'redis://127.0.0.1:6379/1'],
      ['rediss://user:hunter2@cache', 'rediss://user:hunter2@cache'],
    ],
    bad: ['redis://', 'http://cache', '127.0.0.1:6379', 'redis://user:hunter2@cache:x'],
  },
  ID_SECRET: idSecret,
  ID_SECRET_PREVIOUS: idSecret,
  OPERATION_DEADLINE_MS: limit(10_000),
  STOP_DELAY_MS: {
    fallback: 0,
    good: [
      ['0', 0],
      ['600000', 600_000],
    ],
    bad: ['600001', ...wholeNumber],
  },
  PROVIDER_TIMEOUT_MS: limit(4_000),
  SYNC_INTERVAL: {
    fallback: 900,
    good: [
      ['0', 0],
      ['86400', 86_400],
    ],
    bad: ['86401', ...wholeNumber],
  },
  TRUST_ORDER: {
    fallback: ['octobat', 'cycle-software', 'nutcache', 'dirty-lemon', 'onboard-flow'],
    good: [[' nutcache, octobat', ['nutcache', 'octobat']]],
    bad: ['hunter2', 'octobat,hunter2', 'OCTOBAT', 'octobat nutcache', '__proto__'],
  },
  TRUSTED_DOCUMENTS: { fallback: undefined, good: [['./documents.json', './documents.json']], bad: [] },
  GRAPHIQL: onOff,
  INTROSPECTION: onOff,
  LOG_LEVEL: {
    fallback: 'info',
    good: ['silent', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, level] as const),
    bad: ['verbose', 'INFO', '30'],
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    fallback: undefined,
    good: ['http://localhost:4318', 'https://collector.example/otlp/', 'https://user:hunter2%21@collector.example'].map(
      (url) => [url, new URL(url)] as const,
    ),
    bad: [
      'localhost:4318',
      'collector.example',
      'grpc://hunter2.example',
      'https://collector.example/?key=hunter2',
      'https://collector.example/#hunter2',
      'https://user:hunter2%@collector.example',
    ],
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    fallback: {},
    good: [
      ['api-key=hunter2', { 'api-key': 'hunter2' }],
      [
        ' X-Team = a%20b%2Cc , ,authorization=Basic%20aHVudGVyMg==',
        { 'x-team': 'a b,c', authorization: 'Basic aHVudGVyMg==' },
      ],
    ],
    bad: ['hunter2', 'api-key=', '=hunter2', 'api key=hunter2', 'x=hunter2%', 'x=hunter2%0d%0ay: 1', 'x=hunter2é'],
  },
  OTEL_SERVICE_NAME: {
    fallback: 'clientele',
    good: [['customers of the shop', 'customers of the shop']],
    bad: ['x'.repeat(101)],
  },
};

describe.each(Object.entries(TABLE))('%s', (name, { fallback, good, bad, with: others }) => {
  const taken = (given: string | undefined) =>
    read({ ...(given && others), [name]: given })[name as keyof typeof OWN_SETTINGS];

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
      const problems = problemsOf({ ...others, [name]: given });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} `));
      expect(problems[0]).not.toContain('hunter2');
    });
  }
});

it('every setting is in the table above', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(OWN_SETTINGS).sort());
});

it('every problem is told at once', () => {
  const problems = problemsOf({
    ...{ AUTH: 'maybe', PORT: 'x', LOG_LEVEL: 'x', CORS_ORIGINS: '*', DATABASE_URL: 'mysql://db', ID_SECRET: 'x' },
    ...{ GRAPHIQL: 'x', OPERATION_DEADLINE_MS: '0', TRUST_ORDER: 'x', REDIS_URL: 'http://x' },
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

it('ID_SECRET has to be set with PostgreSQL: there is no place beside it where one could be kept', () => {
  const DATABASE_URL = 'postgres://user:hunter2@db/clientele';
  expect(problemsOf({ DATABASE_URL })).toEqual([expect.stringMatching(/^ID_SECRET is missing: /)]);
  expect(read({ DATABASE_URL, ID_SECRET: 'x'.repeat(16) }).DATABASE_URL).toBe(DATABASE_URL);
  expect(problemsOf({ DATABASE_URL, ID_SECRET: 'x' })).toEqual([expect.stringMatching(/^ID_SECRET must have/)]);
});
