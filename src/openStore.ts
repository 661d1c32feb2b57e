import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, ConfigError, type Environment, readConfig } from './config.ts';
import { summariser } from './gateway/directory/storedProfile.ts';
import { createIds, type Ids } from './ids/ids.ts';
import { createSealer } from './ids/seal.ts';
import { keptSecret } from './ids/secret.ts';
import { loadProviders } from './providers/index.ts';
import { DEFAULT_TRUST_ORDER, POSTGRES } from './settings.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { THREAD_LIMITS, withThread } from './store/thread.ts';
import type { StoreThread } from './storeThread.ts';

export const trustOrder = (config: Config): readonly string[] => [...config.TRUST_ORDER, ...DEFAULT_TRUST_ORDER];

export interface StoreOptions {
  /** The store has no thread of its own: for tests, which start very many. */
  readonly withoutThread?: boolean;
}

/**
 * The store, and the secret that its ids are sealed with.
 * @param lost told when a connection that nobody was using breaks
 * @throws ConfigError
 */
export async function openStore(
  config: Config,
  lost: (cause: Error) => void,
  options: StoreOptions = {},
): Promise<{ readonly store: Store; readonly secret: string }> {
  const { DATABASE_URL: url, ID_SECRET: secret } = config;
  const open = () => openAt(url, trustOrder(config), lost, options).catch(notOpened);
  if (POSTGRES.test(url) && secret !== undefined) return { store: await open(), secret };
  const path = fileOf(url);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    notOpened(cause);
  }
  const beside = secret ?? idSecretBeside(path);
  return { store: await open(), secret: beside };
}

/**
 * The store and the ids of a gateway's settings, without a gateway: for commands, which have ended before a connection that
 * nobody uses is of interest.
 * @throws ConfigError with every problem of the settings
 */
export async function openDirectory(environment: Environment): Promise<{ readonly store: Store; readonly ids: Ids }> {
  const config = readConfig(environment, await loadProviders());
  const { store, secret } = await openStore(config, () => undefined);
  return { store, ids: createIds(createSealer(secret, config.ID_SECRET_PREVIOUS)) };
}

const fileOf = (url: string): string => url.replace(/^file:/, '');

/** @param url `postgres://…` or `file:…` */
export async function openAt(
  url: string,
  order: readonly string[],
  lost: (cause: Error) => void,
  { withoutThread = false }: StoreOptions = {},
): Promise<Store> {
  const merge = summariser(order);
  const workerData: StoreThread = { url, trustOrder: order };
  const begin = () => new Worker(THREAD, { workerData, resourceLimits: THREAD_LIMITS });
  if (!POSTGRES.test(url)) return openSqliteStore(fileOf(url), merge, { thread: withoutThread ? undefined : begin });
  // Loaded only where it is used.
  const { openPostgresStore } = await import('./store/postgres.ts');
  const store = await openPostgresStore(url, merge, lost);
  return withoutThread ? store : withThread(store, { begin, searches: false });
}

const THREAD = new URL('storeThread.ts', import.meta.url);

/** @throws ConfigError; what the system or a server says may quote the path or a name, what SQLite and the store say does not */
function notOpened(cause: unknown): never {
  const code = codeOf(cause);
  const reason = code ?? (cause instanceof Error ? cause.message : 'unknown');
  throw new ConfigError([`DATABASE_URL: the store can’t be opened (${reason})`]);
}

function idSecretBeside(path: string): string {
  try {
    return keptSecret(`${path}.id-secret`);
  } catch {
    throw new ConfigError([
      'ID_SECRET is not set, and the secret kept beside the database can’t be used: put its file back from a backup, or set it',
    ]);
  }
}

/** An error's code, where it is one of the system's. */
export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'syscall' in cause && 'code' in cause ? String(cause.code) : undefined;
}
