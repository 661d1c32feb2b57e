import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type Effort, SQLITE_EFFORT } from './effort.ts';
import { type Dialect, LATEST_VERSION, migrate } from './migrations.ts';
import type { Database, Row, Script, Statement } from './script.ts';
import { inOurWords, isBusy } from './sqliteFaults.ts';
import { emptying } from './sqliteLog.ts';
import { createStore } from './sqlStore.ts';
import type { Store, Summarise } from './store.ts';
import { type ThreadParts, withThread } from './thread.ts';

/** How long one process waits for another to end its write. */
const BUSY_MS = 5_000;
/** How long SQLite itself may wait for it: it does so without letting anything else of this process run. */
const BLOCKED_MS = 20;

const DIALECT: Dialect = {
  counter: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  number: 'INTEGER',
  place: 'INTEGER',
  text: 'TEXT',
  table: 'STRICT',
  keyed: 'STRICT, WITHOUT ROWID',
  documents: [
    `CREATE VIRTUAL TABLE document USING fts5(terms, content = '', contentless_delete = 1, detail = none,
      tokenize = 'ascii')`,
    // It is written in pieces, which are joined later: the more at once, the less often each is written again.
    "INSERT INTO document (document, rank) VALUES ('automerge', 8)",
  ],
  onlyAddedTo: (table) =>
    // What is written over by REPLACE is not deleted, as SQLite sees it.
    ['UPDATE', 'DELETE', 'INSERT'].map(
      (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
        ${verb === 'INSERT' ? `WHEN NEW.id IN (SELECT id FROM ${table})` : ''}
        BEGIN SELECT RAISE(ABORT, 'this table is only added to'); END`,
    ),
};

/** In KiB: what is searched and written again and again stays at hand. */
const CACHE_KIB = 64 * 1024;
/** The same where a thread does that: what remains is to read records by their keys. */
const SMALL_CACHE_KIB = 4 * 1024;

export interface SqliteOptions {
  /** How a search goes about it: what it finds is the same. */
  readonly effort?: Effort | undefined;
  /** Starts the thread that searches, and keeps many copies: see thread.ts. */
  readonly thread?: (() => Worker) | undefined;
  /** Fewer copies are kept here, unless the thread has begun. */
  readonly many?: number;
  /** The write-ahead log is brought into the file by somebody else. */
  readonly keepsLog?: boolean;
}

/**
 * The embedded store: one file, write-ahead log, synced at every durable commit; several processes may have it open.
 * @param path a file, or `:memory:`
 * @param merge what lists of customers are sorted by
 * @throws Error when the file is not a database, can't be written, or was written by a newer version
 */
export function openSqliteStore(path: string, merge: Summarise, options: SqliteOptions = {}): Store {
  const { effort = SQLITE_EFFORT, thread, many, keepsLog = false } = options;
  const database = new DatabaseSync(path, { timeout: BLOCKED_MS });
  const run = runner(database);
  const bringLogIn = (pages: number): void => database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  try {
    patiently(() => database.exec('PRAGMA journal_mode = WAL'));
    database.exec('PRAGMA synchronous = FULL');
    // What is deleted or written over is overwritten in the file, and not kept in its free places.
    database.exec('PRAGMA secure_delete = ON');
    database.exec(`PRAGMA cache_size = -${thread ? SMALL_CACHE_KIB : CACHE_KIB}`);
    bringLogIn(keepsLog ? 0 : LOG_PAGES);
    patiently(() => inTransaction(database, run, upToDate));
  } catch (cause) {
    database.close();
    throw cause;
  }
  const log = emptying(database);
  if (!keepsLog) log.empty();
  const fair = new Fairness();
  const own: Database = {
    copiesAtOnce: COPIES_AT_ONCE,
    async read(...statement) {
      await fair.turn();
      return saying(() => fair.timed(() => run(statement)));
    },
    async transaction(script, durable = true) {
      await fair.turn();
      return whenFree(() =>
        fair.timed(() => {
          // In the write-ahead log, what is durable makes durable what stands before it.
          database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
          return inTransaction(database, run, script);
        }),
      );
    },
    erased: log.empty,
    async close() {
      log.close();
      database.close();
    },
  };
  const store = createStore(own, merge, effort);
  // What is in memory is this connection's own.
  if (!thread || path === ':memory:') return store;
  // The thread brings in what is written here, too: nobody waits for it there.
  const parts: ThreadParts = {
    begin: thread,
    searches: true,
    began: () => bringLogIn(0),
    ended: () => bringLogIn(LOG_PAGES),
  };
  return withThread(store, parts, many);
}

/** So long may the write-ahead log become: who commits then brings it into the file, and waits for the disk. */
const LOG_PAGES = 1_000;

/** A transaction lets nobody else have a turn: so many copies take some tens of milliseconds. */
const COPIES_AT_ONCE = 192;

/** How long statements may run one after another before whatever else waits in this process has its turn. */
const HELD_MS = 8;

/** Who reads much must not keep everybody else waiting: SQLite answers before anything else can happen. */
class Fairness {
  #heldMs = 0;
  #next: Promise<void> | null = null;

  /** Comes at once, unless there was enough since somebody else could have one; then those who wait come one by one. */
  async turn(): Promise<void> {
    while (this.#heldMs > HELD_MS) {
      this.#next ??= nextTurn().then(() => {
        this.#heldMs = 0;
        this.#next = null;
      });
      await this.#next;
    }
  }

  timed<Result>(work: () => Result): Result {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#heldMs += performance.now() - start;
    }
  }
}

type Run = (statement: Statement) => readonly Row[];

/** Callers choose how long some lists are: what was not run for longest is prepared anew. */
const MOST_PREPARED = 250;

/** Prepares each statement once, as a rule: there are few. */
function runner(database: DatabaseSync): Run {
  const prepared = new Map<string, StatementSync>();
  return ([sql, ...values]) => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    // The last of the map is what was run last.
    prepared.delete(sql);
    prepared.set(sql, statement);
    const [oldest] = prepared.size > MOST_PREPARED ? prepared.keys() : [];
    if (oldest !== undefined) prepared.delete(oldest);
    return statement.all(...values) as Row[];
  };
}

function* upToDate(): Script<void> {
  const [row] = yield ['PRAGMA user_version'];
  yield* migrate(Number(row?.user_version ?? 0), DIALECT);
  yield [`PRAGMA user_version = ${LATEST_VERSION}`];
}

function saying<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw inOurWords(thrown);
  }
}

/** Waits for another process to end its write, and lets this one go on meanwhile. */
async function whenFree<Result>(work: () => Result): Promise<Result> {
  const giveUpAt = Date.now() + BUSY_MS;
  for (;;) {
    try {
      return work();
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > giveUpAt) throw inOurWords(thrown);
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

function inTransaction<Result>(database: DatabaseSync, run: Run, script: () => Script<Result>): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const steps = script();
    let step = steps.next();
    while (!step.done) step = steps.next(run(step.value));
    database.exec('COMMIT');
    return step.value;
  } catch (thrown) {
    // Some failures, a full disk among them, have rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw thrown;
  }
}
