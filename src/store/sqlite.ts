import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { RecordKey } from '../ids/ids.ts';
import type { RecordToKeep, Store } from './store.ts';
import { NEWER_VERSION, READ, type Row, SCHEMA_VERSION, toParameters, toRecord, UPSERT } from './table.ts';

/** How long one process waits for another to end its write. */
const BUSY_MS = 5_000;
/** How long SQLite itself may wait for it: it does so without letting anything else of this process run. */
const BLOCKED_MS = 20;
const SQLITE_BUSY = 5;

const SCHEMA = `
  CREATE TABLE record (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    customer_provider TEXT NOT NULL,
    customer_provider_id TEXT NOT NULL,
    remembered TEXT,
    remembered_at INTEGER,
    code_sent_at INTEGER,
    UNIQUE (provider, provider_id)
  ) STRICT;
  CREATE INDEX record_by_customer ON record (customer_provider, customer_provider_id);
  CREATE INDEX record_by_provider ON record (provider, sequence);
`;

/**
 * The embedded store: one file, write-ahead log, synced at every commit; several processes may have it open.
 * @param path a file, or `:memory:`
 * @throws Error when the file is not a database, can't be written, or was written by a newer version
 */
export function openSqliteStore(path: string): Store {
  const database = new DatabaseSync(path, { timeout: BLOCKED_MS });
  try {
    patiently(() => database.exec('PRAGMA journal_mode = WAL'));
    database.exec('PRAGMA synchronous = FULL');
    patiently(() => migrate(database));
  } catch (cause) {
    database.close();
    throw cause;
  }

  const byKey = database.prepare(READ.byKey);
  const byCustomer = database.prepare(READ.byCustomer);
  const byProvider = database.prepare(READ.byProvider);
  const counted = database.prepare(READ.counted);
  const upsert = database.prepare(UPSERT);

  /** @returns the keys that are another customer's */
  function keepAll(records: readonly RecordToKeep[]): readonly RecordKey[] {
    return records.filter((each) => upsert.run(...toParameters(each)).changes === 0).map(({ key }) => key);
  }

  return {
    async record({ provider, providerId }) {
      const row = byKey.get(provider, providerId);
      return row ? toRecord(row as unknown as Row) : null;
    },
    async recordsOf({ provider, providerId }) {
      return (byCustomer.all(provider, providerId) as unknown as Row[]).map(toRecord);
    },
    async page(provider, afterSequence, limit) {
      return (byProvider.all(provider, afterSequence, limit) as unknown as Row[]).map(toRecord);
    },
    async count(provider) {
      return Number(counted.get(provider)?.records ?? 0);
    },
    keep: (records) => whenFree(() => inTransaction(database, () => keepAll(records))),
    async close() {
      database.close();
    },
  };
}

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY;

/** Waits for another process to end its write, and lets this one go on meanwhile. */
async function whenFree<Result>(work: () => Result): Promise<Result> {
  const giveUpAt = Date.now() + BUSY_MS;
  for (;;) {
    try {
      return work();
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > giveUpAt) throw thrown;
      await wait(BLOCKED_MS);
    }
  }
}

/** The same at the start, when nothing else has begun: several processes may make the file at once. */
function patiently(work: () => void): void {
  const giveUpAt = Date.now() + BUSY_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > giveUpAt) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
    }
  }
}

function migrate(database: DatabaseSync): void {
  inTransaction(database, () => {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) throw new Error(NEWER_VERSION);
    if (version === SCHEMA_VERSION) return;
    database.exec(`${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION};`);
  });
}

function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (thrown) {
    // Some failures, a full disk among them, have rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw thrown;
  }
}
