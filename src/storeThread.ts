import { parentPort, workerData } from 'node:worker_threads';
import { summariser } from './gateway/directory/storedProfile.ts';
import { bringInLog, openSqliteStore } from './store/sqlite.ts';
import { serve } from './store/thread.ts';

/** The thread of the embedded store: see store/thread.ts. */

/** What it is begun with. */
export interface StoreThread {
  readonly path: string;
  /** Provider ids. */
  readonly trustOrder: readonly string[];
}

const { path, trustOrder }: StoreThread = workerData;
if (!parentPort) throw new Error('this is no program by itself');
serve(openSqliteStore(path, summariser(trustOrder), { keepsLog: true }), parentPort);
bringInLog(path);
