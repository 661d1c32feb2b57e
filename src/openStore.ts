import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, ConfigError, DEFAULT_TRUST_ORDER, POSTGRES } from './config.ts';
import { summariser } from './gateway/directory/storedProfile.ts';
import { keptSecret } from './ids/secret.ts';
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
  { withoutThread = false }: StoreOptions = {},
): Promise<{ readonly store: Store; readonly secret: string }> {
  const { DATABASE_URL: url, ID_SECRET: secret } = config;
  const merge = summariser(trustOrder(config));
  const threadOf = (database: string) => () => {
    const workerData: StoreThread = { database, trustOrder: trustOrder(config) };
    return new Worker(new URL('storeThread.ts', import.meta.url), { workerData, resourceLimits: THREAD_LIMITS });
  };
  if (POSTGRES.test(url) && secret !== undefined) {
    // Loaded only where it is used.
    const { openPostgresStore } = await import('./store/postgres.ts');
    const store = await openPostgresStore(url, merge, lost).catch(notOpened);
    return { store: withThread(store, { begin: threadOf(url), searches: false }), secret };
  }
  const path = url.replace(/^file:/, '');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    notOpened(cause);
  }
  const beside = secret ?? idSecretBeside(path);
  try {
    return {
      store: openSqliteStore(path, merge, { thread: withoutThread ? undefined : threadOf(path) }),
      secret: beside,
    };
  } catch (cause) {
    return notOpened(cause);
  }
}

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
