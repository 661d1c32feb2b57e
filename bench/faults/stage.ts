import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Scope } from '../../src/contract/scopes.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { start } from '../process.ts';

/** What came back, and how many milliseconds it took by whoever asked. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly codes: readonly string[];
  readonly tookMs: number;
}

export interface Asking {
  /** Who asks; the one who may do all that is done here, unless said. */
  readonly caller?: Caller;
  /** Hangs up. */
  readonly signal?: AbortSignal;
}

/** A gateway as it runs in production, on simulated providers that can be told to fail. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** @throws Error where no answer of GraphQL comes, or the signal says so */
  ask<Data>(query: string, variables?: object, asking?: Asking): Promise<Answer<Data>>;
  /** The number that one of the gateway's metrics tells of a provider. */
  metric(name: string, provider: string): Promise<number>;
  /** Providers do as they should again; resolves when the gateway asks Octobat again. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

const CALLERS = {
  all: ['customers:read', 'customers:write', 'links:create'],
  reader: ['customers:read'],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

type Caller = keyof typeof CALLERS;

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;

/** Every call is remembered. */
const SANDBOX = { customers: 1_000, maxCalls: 1_000_000 };

/** Nothing is limited, at the provider that limits. */
const UNLIMITED = { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 };

export async function openStage(
  environment: Readonly<Record<string, string>> = {},
  limits = UNLIMITED,
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const keys = Object.entries(CALLERS).map(([name, scopes]) => ({
    ...{ name, scopes },
    sha256: createHash('sha256').update(keyOf(name)).digest('hex'),
  }));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  const sandbox = await startSandbox({ ...SANDBOX, settings: { 'cycle-software': limits } });
  const log = openSync(join(folder, 'log'), 'w');
  const gateway = await start(
    ['--max-semi-space-size=8', CLI, 'start'],
    {
      ...{ PORT: '0', AUTH: 'required', API_KEYS_FILE: join(folder, 'keys.json'), SYNC_INTERVAL: '0' },
      ...{ DATABASE_URL: `file:${join(folder, 'clientele.db')}`, CACHE_MAX_AGE: '0' },
      ...sandbox.env,
      ...environment,
    },
    log,
  );
  closeSync(log);
  const { origin, pathname: path } = new URL(gateway.url);
  // Whoever has to wait for a connection would be measured for it.
  const pool = new Pool(origin, { pipelining: 1 });

  async function ask<Data>(
    query: string,
    variables: object = {},
    { caller = 'all', signal }: Asking = {},
  ): Promise<Answer<Data>> {
    const from = performance.now();
    const { body } = await pool.request({
      ...{ path, method: 'POST', signal: signal ?? null },
      headers: {
        ...{ authorization: `Bearer ${keyOf(caller)}`, 'content-type': 'application/json' },
        accept: 'application/graphql-response+json',
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await body.text();
    const tookMs = performance.now() - from;
    const { data = null, errors = [] } = JSON.parse(text) as {
      readonly data?: Data | null;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
    return { data, codes: errors.map(({ extensions }) => extensions.code), tookMs };
  }

  return {
    sandbox,
    ask,
    async metric(name, provider) {
      const { body } = await pool.request({ path: '/metrics', method: 'GET' });
      return Number(new RegExp(`^${name}\\{provider="${provider}"\\} (\\S+)$`, 'm').exec(await body.text())?.[1]);
    },
    async heal() {
      for (const provider of sandbox.providers) provider.clearFaults();
      const providerId = idsAt(sandbox, 'octobat')[0];
      while ((await ask(READ_OCTOBAT, { providerId })).codes.length > 0) await wait(20);
    },
    async close() {
      await pool.destroy();
      await gateway.stop();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const keyOf = (name: string): string => `key-of-${name}`;

/** One call to Octobat, for whoever has this id there. */
export const READ_OCTOBAT = `query ($providerId: String!) {
  customerByProviderId(provider: OCTOBAT, providerId: $providerId) { displayName octobat { name } } }`;

/** The provider's ids of all its customers. */
export const idsAt = (sandbox: Sandbox, provider: string): string[] =>
  sandbox.truth().flatMap(({ records }) => records.filter((each) => each.provider === provider).map(({ id }) => id));
