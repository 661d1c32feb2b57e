import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effort } from '../../src/store/effort.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { merge } from '../support/store.ts';
import { testStore } from './store.ts';
import { testStoreCopies } from './storeCopies.ts';
import { testStoreLinks } from './storeLinks.ts';
import { testStoreSearch } from './storeSearch.ts';
import { testStoreTelling } from './storeTelling.ts';

const inFolder = async (effort?: Effort) => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-store-'));
  return {
    open: async () => openSqliteStore(join(folder, 'clientele.db'), merge, effort),
    drop: async () => rmSync(folder, { recursive: true }),
  };
};

testStore('SQLite', () => inFolder());
testStoreLinks('SQLite', () => inFolder());
testStoreCopies('SQLite', () => inFolder());
testStoreSearch('SQLite', inFolder, 100);
testStoreTelling('SQLite', () => inFolder());
