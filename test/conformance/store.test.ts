import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { merge } from '../support/store.ts';
import { testStore } from './store.ts';
import { testStoreLinks } from './storeLinks.ts';
import { testStoreSearch } from './storeSearch.ts';

const inFolder = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-store-'));
  return {
    open: async () => openSqliteStore(join(folder, 'clientele.db'), merge),
    drop: async () => rmSync(folder, { recursive: true }),
  };
};

testStore('SQLite', inFolder);
testStoreLinks('SQLite', inFolder);
testStoreSearch('SQLite', inFolder, 200);
