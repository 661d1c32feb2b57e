import type { Effort } from '../../src/store/effort.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { testStore } from '../conformance/store.ts';
import { testStoreCopies } from '../conformance/storeCopies.ts';
import { testStoreLinks } from '../conformance/storeLinks.ts';
import { testStoreSearch } from '../conformance/storeSearch.ts';
import { testStoreTelling } from '../conformance/storeTelling.ts';
import { testStoreWrites } from '../conformance/storeWrites.ts';
import { testStoreWritesInterleaved } from '../conformance/storeWritesInterleaved.ts';
import { merge } from '../support/store.ts';
import { newDatabase } from './postgres.ts';

const onPostgres = async (effort?: Effort) => {
  const database = await newDatabase();
  return { open: () => openPostgresStore(database.url, merge, () => undefined, effort), drop: database.drop };
};

testStore('PostgreSQL', () => onPostgres());
testStoreLinks('PostgreSQL', () => onPostgres());
testStoreCopies('PostgreSQL', () => onPostgres());
testStoreSearch('PostgreSQL', onPostgres, 15);
testStoreTelling('PostgreSQL', () => onPostgres());
testStoreWrites('PostgreSQL', () => onPostgres());
testStoreWritesInterleaved('PostgreSQL', () => onPostgres(), 10);
