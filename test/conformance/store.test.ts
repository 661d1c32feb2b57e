import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Effort } from '../../src/store/effort.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { StoreThread } from '../../src/storeThread.ts';
import { merge, STORE_THREAD, TRUST_ORDER } from '../support/store.ts';
import { testStore } from './store.ts';
import { testStoreCopies } from './storeCopies.ts';
import { testStoreLinks } from './storeLinks.ts';
import { testStoreSearch } from './storeSearch.ts';
import { testStoreTelling } from './storeTelling.ts';
import { testStoreWrites } from './storeWrites.ts';
import { testStoreWritesInterleaved } from './storeWritesInterleaved.ts';

const inFolder = async (effort?: Effort) => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-store-'));
  return {
    open: async () => openSqliteStore(join(folder, 'clientele.db'), merge, { effort }),
    drop: async () => rmSync(folder, { recursive: true }),
  };
};

const withItsThread = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-store-'));
  const path = join(folder, 'clientele.db');
  const thread = () =>
    new Worker(STORE_THREAD, { workerData: { url: `file:${path}`, trustOrder: TRUST_ORDER } satisfies StoreThread });
  return {
    open: async () => openSqliteStore(path, merge, { thread, many: 1 }),
    drop: async () => rmSync(folder, { recursive: true }),
  };
};

testStore('SQLite', () => inFolder());
testStoreLinks('SQLite', () => inFolder());
testStoreCopies('SQLite', () => inFolder());
testStoreSearch('SQLite', inFolder, 100);
testStoreTelling('SQLite', () => inFolder());
testStoreWrites('SQLite', () => inFolder());
testStoreWritesInterleaved('SQLite', () => inFolder(), 150);

testStoreCopies('SQLite with a thread', withItsThread);
testStoreTelling('SQLite with a thread', withItsThread);
testStoreSearch('SQLite with a thread', withItsThread, 5);
