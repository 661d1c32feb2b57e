import { Worker } from 'node:worker_threads';
import { summariser } from '../src/gateway/directory/storedProfile.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { Store } from '../src/store/store.ts';
import { THREAD_LIMITS, withThread } from '../src/store/thread.ts';
import type { StoreThread } from '../src/storeThread.ts';

/** Whose value wins among the records of a directory that is made up. */
export const TRUST_ORDER = ['octobat', 'cycle-software', 'nutcache'];

const THREAD = new URL('../src/storeThread.ts', import.meta.url);

/**
 * A store as the gateway opens it, with its thread.
 * @param database `postgres://…` or `file:…`
 */
export async function openStore(database: string): Promise<Store> {
  const merge = summariser(TRUST_ORDER);
  const path = database.replace(/^file:/, '');
  const workerData: StoreThread = { database: path, trustOrder: TRUST_ORDER };
  const begin = () => new Worker(THREAD, { workerData, resourceLimits: THREAD_LIMITS });
  if (path !== database) return openSqliteStore(path, merge, { thread: begin });
  const store = await openPostgresStore(database, merge, () => undefined);
  return withThread(store, { begin, searches: false });
}
