import type { Effort } from '../../src/store/effort.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import type { Statement } from '../../src/store/script.ts';
import { testStore } from '../conformance/store.ts';
import { testStoreAudit } from '../conformance/storeAudit.ts';
import { testStoreCopies } from '../conformance/storeCopies.ts';
import { testStoreJournal } from '../conformance/storeJournal.ts';
import { testStoreKeyUses } from '../conformance/storeKeyUses.ts';
import { testStoreLinks } from '../conformance/storeLinks.ts';
import { testStoreOpenWrites } from '../conformance/storeOpenWrites.ts';
import { testStorePlans } from '../conformance/storePlans.ts';
import { testStoreSearch } from '../conformance/storeSearch.ts';
import { testStoreTelling } from '../conformance/storeTelling.ts';
import { testStoreTurns } from '../conformance/storeTurns.ts';
import { testStoreWrites } from '../conformance/storeWrites.ts';
import { testStoreWritesInterleaved } from '../conformance/storeWritesInterleaved.ts';
import { merge } from '../support/store.ts';
import { explained, newDatabase, onDatabase } from './postgres.ts';

const onPostgres = async (effort?: Effort, setting?: string) => {
  const database = await newDatabase(setting);
  return {
    open: () => openPostgresStore(database.url, merge, () => undefined, effort),
    tamper: (statement: string) => onDatabase(database.url, statement),
    explain: (statement: Statement) => explained(database.url, statement),
    drop: database.drop,
  };
};

testStore('PostgreSQL', () => onPostgres());
testStoreLinks('PostgreSQL', () => onPostgres());
testStoreCopies('PostgreSQL', () => onPostgres());
testStoreSearch('PostgreSQL', onPostgres, 15);
testStoreTelling('PostgreSQL', () => onPostgres());
testStoreWrites('PostgreSQL', () => onPostgres());
testStoreOpenWrites('PostgreSQL', () => onPostgres());
// As somebody may have set it: a transaction says by itself what it needs.
testStoreWrites('PostgreSQL that repeats reads unless told', () =>
  onPostgres(undefined, "default_transaction_isolation = 'repeatable read'"),
);
testStoreKeyUses('PostgreSQL', () => onPostgres());
testStoreAudit('PostgreSQL', () => onPostgres(), ['TRUNCATE audit']);
testStorePlans('PostgreSQL', () => onPostgres());
testStoreTurns('PostgreSQL', () => onPostgres(), 10);
testStoreJournal('PostgreSQL', () => onPostgres(), 10);
testStoreWritesInterleaved('PostgreSQL', () => onPostgres(), 10);
