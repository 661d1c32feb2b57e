import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Effort } from '../../src/store/effort.ts';
import type { Statement } from '../../src/store/script.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { StoreThread } from '../../src/storeThread.ts';
import { merge, STORE_THREAD, TRUST_ORDER } from '../support/store.ts';
import { testStore } from './store.ts';
import { testStoreAudit } from './storeAudit.ts';
import { testStoreCopies } from './storeCopies.ts';
import { testStoreJournal } from './storeJournal.ts';
import { testStoreKeyUses } from './storeKeyUses.ts';
import { testStoreLinks } from './storeLinks.ts';
import { testStoreOpenWrites } from './storeOpenWrites.ts';
import { testStorePlans } from './storePlans.ts';
import { testStoreSearch } from './storeSearch.ts';
import { testStoreTelling } from './storeTelling.ts';
import { testStoreTurns } from './storeTurns.ts';
import { testStoreWrites } from './storeWrites.ts';
import { testStoreWritesInterleaved } from './storeWritesInterleaved.ts';

const inFolder = async (effort?: Effort) => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-store-'));
  const path = join(folder, 'clientele.db');
  return {
    open: async () => openSqliteStore(path, merge, { effort }),
    async tamper(statement: string) {
      using database = new DatabaseSync(path);
      database.exec(statement);
    },
    async explain([sql]: Statement) {
      using database = new DatabaseSync(path);
      const steps = database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail));
      return {
        // What a part of the statement has found is gone through, too: it stands in brackets.
        walked: steps.flatMap((step) => /^SCAN (\w+)/.exec(step)?.[1] ?? []).filter((each) => each !== 'CONSTANT'),
        indexes: steps.flatMap((step) => /^SEARCH .* INDEX (\w+) \(/.exec(step)?.[1] ?? []),
      };
    },
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
testStoreOpenWrites('SQLite', () => inFolder());
// What is replaced is deleted, and SQLite calls no trigger for it.
testStoreKeyUses('SQLite', () => inFolder());
testStoreAudit('SQLite', () => inFolder(), [
  'INSERT OR REPLACE INTO audit SELECT * FROM audit',
  "UPDATE OR REPLACE audit SET caller = 'nobody'",
]);
testStorePlans('SQLite', () => inFolder());
testStoreTurns('SQLite', () => inFolder(), 50);
testStoreWritesInterleaved('SQLite', () => inFolder(), 150);

testStoreCopies('SQLite with a thread', withItsThread);
testStoreTelling('SQLite with a thread', withItsThread);
testStoreSearch('SQLite with a thread', withItsThread, 5);
testStoreJournal('SQLite', () => inFolder(), 60);
