import { parentPort, workerData } from 'node:worker_threads';
import { summariser } from './gateway/directory/storedProfile.ts';
import type { Store } from './store/store.ts';
import { serve } from './store/thread.ts';

/** The thread of a store: see store/thread.ts. */

/** What it is begun with. */
export interface StoreThread {
  /** `postgres://…` or `file:…` */
  readonly url: string;
  /** Provider ids. */
  readonly trustOrder: readonly string[];
}

const { url, trustOrder }: StoreThread = workerData;
if (!parentPort) throw new Error('this is no program by itself');
serve(await opened(), parentPort);

async function opened(): Promise<Store> {
  const merge = summariser(trustOrder);
  if (!url.startsWith('file:')) {
    const { openPostgresStore } = await import('./store/postgres.ts');
    // A connection that breaks fails what is asked on it, which is told by whoever asked.
    return openPostgresStore(url, merge, () => undefined);
  }
  const { openSqliteStore } = await import('./store/sqlite.ts');
  const { bringInLog } = await import('./store/sqliteLog.ts');
  const path = url.slice('file:'.length);
  const store = openSqliteStore(path, merge, { keepsLog: true });
  bringInLog(path);
  return store;
}
