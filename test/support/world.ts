import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach } from 'vitest';
import type { TypedDocumentString } from '../../schema/client/graphql.ts';
import type { Clock } from '../../src/clock.ts';
import { type GatewayOptions, type RunningGateway, type SubscriptionOptions, startGateway } from '../../src/main.ts';
import { type RunningSandbox, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Admission } from '../../src/server/admission.ts';

export interface Answer<Data = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly data: Data | null | undefined;
  readonly errors: readonly GraphQLFault[];
  /** As it came over the wire. */
  readonly text: string;
}

export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly provider?: string;
    readonly requestId: string;
    readonly retryable?: boolean;
  };
}

/** The real thing on loopback: simulated providers, and a gateway on them, both over HTTP. */
export interface World {
  readonly sandbox: Sandbox;
  readonly gateway: RunningGateway;
  /** The folder that holds the gateway's database and id secret. */
  readonly folder: string;
  provider(id: string): RunningSandbox;
  /** Runs an operation; `any` data where it is plain text. */
  query<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables?: Variables,
    headers?: Headers,
  ): Promise<Answer<Data>>;
  // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
  query(document: string, variables?: Record<string, unknown>, headers?: Headers): Promise<Answer<any>>;
  /** The calls that the providers received since the last look, as `provider METHOD path`. */
  calls(): string[];
  /** Starts another gateway on the same providers and store: what another process would be. */
  another(environment?: Record<string, string>): Promise<RunningGateway>;
  close(): Promise<void>;
}

type Headers = Record<string, string>;

export interface WorldOptions {
  readonly sandbox?: SandboxOptions;
  /** Over the sandbox's settings and the test's defaults; undefined takes one out. */
  readonly environment?: Record<string, string | undefined>;
  readonly clock?: Clock;
  readonly providersFolder?: URL;
  readonly subscriptions?: SubscriptionOptions;
  /** Absent: whoever is started looks at once for what became of writes, and then no more. */
  readonly looks?: GatewayOptions['looks'];
  readonly admission?: GatewayOptions['admission'];
  /** Absent: spans are sent at once. */
  readonly tracing?: GatewayOptions['tracing'];
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const sandbox = await startSandbox({ customers: 0, ...options.sandbox });
  const environment = {
    ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: `file:${join(folder, 'clientele.db')}` },
    // A test that is about either sets it: elsewhere every read is a call, and every call is the test's own.
    ...{ CACHE_MAX_AGE: '0', SYNC_INTERVAL: '0' },
    ...sandbox.env,
    ...options.environment,
  };
  const { clock, providersFolder, subscriptions } = options;
  // This process does all the work of a test, so that it is saturated says nothing of the gateway.
  const { admission = new Admission(2_000, 2_000) } = options;
  // A test that is about looks says how often; that time passes, it says by the clock.
  const looks = { everyMs: 3_600_000, watchMs: 0, ...options.looks };
  const tracing = { everyMs: 0, ...options.tracing };
  const start = (more: Record<string, string> = {}) =>
    startGateway(
      { ...environment, ...more },
      {
        ...{ withoutThread: true, looks, tracing, ...(clock && { clock }) },
        ...{
          ...(providersFolder && { providersFolder }),
          ...(subscriptions && { subscriptions }),
          admission,
        },
      },
    );
  const gateway = await start();
  const others: RunningGateway[] = [];
  const seen = new Map<string, number>();
  return {
    sandbox,
    gateway,
    folder,
    provider: (id) => sandbox.provider(id),
    query: (document: string | TypedDocumentString<unknown, unknown>, variables?: unknown, headers?: Headers) =>
      ask(gateway.url, document.toString(), variables, headers),
    calls: () =>
      sandbox.providers.flatMap(({ id, calls }) => {
        const fresh = calls.slice(seen.get(id) ?? 0);
        seen.set(id, calls.length);
        return fresh.map(({ method, path }) => `${id} ${method} ${path}`);
      }),
    async another(more) {
      const other = await start(more);
      others.push(other);
      return other;
    },
    async close() {
      await Promise.all([gateway, ...others].map((each) => each.stop()));
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  } as World;
}

/** Each test of the file begins with no call counted, and none leaves a fault behind. */
export function afreshEach(world: () => World): void {
  beforeEach(() => void world().calls());
  afterEach(() => {
    for (const provider of world().sandbox.providers) provider.clearFaults();
  });
}

/** Asks a gateway over HTTP, as a server would. */
export async function ask(url: string, query: string, variables?: unknown, headers: Headers = {}): Promise<Answer> {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.body.text();
  const { data, errors = [] } = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: GraphQLFault[] };
  return { status: response.statusCode, headers: response.headers, data, errors, text };
}
