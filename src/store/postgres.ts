import { DatabaseError, Pool, type PoolClient, types } from 'pg';
import { GatewayError } from '../errors.ts';
import { type Effort, POSTGRES_EFFORT } from './effort.ts';
import { type Dialect, LATEST_VERSION, migrate } from './migrations.ts';
import { listenTo } from './postgresListener.ts';
import { toQuery } from './postgresQuery.ts';
import type { Database, Row, Script, Statement } from './script.ts';
import { createStore } from './sqlStore.ts';
import type { Store, Summarise } from './store.ts';

const CONNECTIONS = 10;
/** How long one call may take, waiting for a connection included. */
const PATIENCE_MS = 5_000;

/**
 * A statement is planned once a connection, perhaps while a table was still small: reading all of it is never the way, nor is
 * it to join by anything but the keys. With the values known, it would be planned anew each time, and where many records have
 * a word, customers would be gone through and asked one by one for their terms. To start other processes takes as long as most
 * searches, and to announce each page that is read next is a call to the system for every page, most of which are at hand.
 */
export const PLANS = [
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'],
  ...['max_parallel_workers_per_gather=0', 'effective_io_concurrency=0', 'plan_cache_mode=force_generic_plan'],
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** Any number of our own: it keeps two processes from making the tables at once. */
const MIGRATION_LOCK = 5_250_311;
/** And from writing at once. */
const WRITER_LOCK = 5_250_312;

/** Where changes are announced to the other gateways on this database. */
const CHANNEL = 'clientele_change';

const DIALECT: Dialect = {
  counter: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  number: 'BIGINT',
  place: 'INTEGER',
  text: 'TEXT COLLATE "C"',
  table: '',
  keyed: '',
  documents: [
    'CREATE TABLE document (rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)',
    // The index stands on the small rows of `listed`: whoever is found is sorted by what stands there, and to fetch a wide row
    // for each takes ten times as long. So a row of `listed` is written after its document, and anew whenever that changes:
    // this function gives the same as long as the row lives, though PostgreSQL can't know.
    `CREATE FUNCTION clientele_terms(record BIGINT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT
      AS 'SELECT terms FROM document WHERE rowid = record'`,
    // What was added lately is searched one by one, until there is so much of it, in KiB.
    'CREATE INDEX listed_by_term ON listed USING gin (clientele_terms(record)) WITH (gin_pending_list_limit = 1024)',
  ],
  onlyAddedTo: (table) => [
    `CREATE FUNCTION ${table}_only_added_to() RETURNS TRIGGER LANGUAGE plpgsql
      AS 'BEGIN RAISE EXCEPTION ''this table is only added to''; END'`,
    `CREATE TRIGGER ${table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION ${table}_only_added_to()`,
  ],
};

/**
 * The store in PostgreSQL, shared by several gateways.
 * @param url `postgres://…`
 * @param merge what lists of customers are sorted by
 * @param lost told when a connection that nobody was using breaks
 * @param effort how a search goes about it: what it finds is the same
 * @throws Error when it can't be reached, refuses us, or was written by a newer version
 */
export async function openPostgresStore(
  url: string,
  merge: Summarise,
  lost: (error: Error) => void,
  effort: Effort = POSTGRES_EFFORT,
): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'clientele',
    options: PLANS,
    pipeline: true,
    types: { getTypeParser },
  });
  pool.on('error', lost);
  try {
    await inTransaction(pool, upToDate);
  } catch (cause) {
    await pool.end();
    throw inOurWords(cause);
  }
  const growth = new Growth(pool);
  const database: Database = {
    read: (...statement) => reaching(() => run(pool, statement)),
    async transaction(script, durable = true) {
      const result = await reaching(() => inTransaction(pool, () => alone(script, durable)));
      await growth.written();
      return result;
    },
    announcement: [`NOTIFY ${CHANNEL}`],
    listen: (heard) => listenTo(url, CHANNEL, heard, lost),
    close: () => pool.end(),
  };
  return createStore(database, merge, effort);
}

const ANALYZED = `ANALYZE record (provider, provider_id, customer, changed_at, shared),
  listed (record, customer, facts, name, created_at, changed_at), word`;

/** Writes before the server is asked to look at the tables, and by how many times as many are waited for the next time. */
const FIRST_LOOK = 4;
const GROWN = 8;

/**
 * Statements are planned once a connection, by what the tables were then: a first listing fills them within minutes, long
 * before the server looks at them by itself.
 */
class Growth {
  readonly #pool: Pool;
  #writes = 0;
  #lookAt = FIRST_LOOK;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async written(): Promise<void> {
    this.#writes += 1;
    if (this.#writes < this.#lookAt) return;
    this.#lookAt *= GROWN;
    // What was written is written, whether or not this succeeds. Without the columns by name, it would work out every
    // sampled row's terms, too.
    await this.#pool.query(ANALYZED).catch(() => undefined);
  }
}

async function run(on: Pool | PoolClient, statement: Statement): Promise<readonly Row[]> {
  return (await on.query<Row>(toQuery(statement))).rows;
}

/**
 * One writer at a time: numbers are given out before a commit, and who goes on from the highest seen must miss nobody;
 * nor does anybody link what another is taking apart. Readers are not kept waiting.
 */
function* alone<Result>(script: () => Script<Result>, durable: boolean): Script<Result> {
  if (!durable) yield ['SET LOCAL synchronous_commit TO off'];
  // Not a lock on a table: PostgreSQL's own cleaning of it would keep every writer waiting, or be kept waiting for ever.
  yield ['SELECT pg_advisory_xact_lock(?)', WRITER_LOCK];
  return yield* script();
}

function* upToDate(): Script<void> {
  yield ['SELECT pg_advisory_xact_lock(?)', MIGRATION_LOCK];
  yield ['CREATE TABLE IF NOT EXISTS clientele (version INTEGER NOT NULL)'];
  const [row] = yield ['SELECT version FROM clientele'];
  yield* migrate(Number(row?.version ?? 0), DIALECT);
  yield ['DELETE FROM clientele'];
  yield ['INSERT INTO clientele (version) VALUES (?)', LATEST_VERSION];
}

async function inTransaction<Result>(pool: Pool, script: () => Script<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // One that breaks between two statements would end the process; the next statement fails by itself.
  const noted = (cause: Error): void => {
    broken = cause;
  };
  client.on('error', noted);
  const sent: Promise<readonly Row[]>[] = [];
  const send = (statement: Statement): Promise<readonly Row[]> => {
    const rows = run(client, statement);
    // It is waited for below.
    rows.catch(() => undefined);
    sent.push(rows);
    return rows;
  };
  try {
    // Whatever the server takes for usual: a snapshot is of when a statement begins, not of when its lock was waited for.
    send(['BEGIN ISOLATION LEVEL READ COMMITTED']);
    const steps = script();
    let step = steps.next();
    while (!step.done) {
      const rows = send(step.value);
      step = steps.next(GIVES_NOTHING.test(step.value[0]) ? [] : await rows);
    }
    send(['COMMIT']);
    // Where one has failed, the rest of them did nothing.
    for (const rows of sent) await rows;
    return step.value;
  } catch (thrown) {
    const failed = (await Promise.allSettled(sent)).find((outcome) => outcome.status === 'rejected');
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause;
    });
    // Those behind the first that failed fail for its sake.
    throw failed?.reason ?? thrown;
  } finally {
    client.off('error', noted);
    // A connection that can't even roll back is thrown away.
    client.release(broken);
  }
}

/** What follows such a statement is sent without waiting for it. */
const GIVES_NOTHING = /^(?:INSERT|UPDATE|DELETE|SET|NOTIFY)\b(?!.*\bRETURNING\b)/s;

const CANNOT_OPEN: Readonly<Record<string, string>> = {
  '28': 'the server refuses this user or password',
  '3D': 'the server has no such database',
  '42': 'this user may not make tables',
  '53': 'the server has no connection left',
};

/** What the server says quotes names out of the settings. */
function inOurWords(cause: unknown): unknown {
  if (!(cause instanceof DatabaseError)) return cause;
  const { code = '' } = cause;
  return new Error(`${CANNOT_OPEN[code.slice(0, 2)] ?? 'the server refuses'}, SQLSTATE ${code}`);
}

/** What the database says in words is a fault of ours; all else is that nobody can be asked. */
async function reaching<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const what = cause instanceof DatabaseError ? inPassing(cause) : UNREACHABLE;
    if (what === null) throw cause;
    const message = `The gateway’s own database ${what}. Try again in a moment.`;
    throw new GatewayError('UNAVAILABLE', message, { retryable: true, retryAfterMs: 1_000, cause });
  }
}

const UNREACHABLE = 'can’t be reached';

/** What ails it where that passes (PostgreSQL, appendix A); null: it is a fault of ours. */
function inPassing({ code = '' }: DatabaseError): string | null {
  // Its server has been made one that only copies another, or keeps what it has from being changed.
  if (code === '25006') return 'may only be read now';
  // Two wanted the same in another order, or waited too long for one another: nothing of it was done.
  if (/^40|^55P03$/.test(code)) return 'has too much to do at once';
  // It has no connection left, is starting or stopping.
  return /^(?:53|57P|08)/.test(code) ? UNREACHABLE : null;
}

/** Numbers of eight bytes as numbers: ours are milliseconds and counts, far below 2^53. */
const getTypeParser = ((id: number, format?: 'text') =>
  id === types.builtins.INT8 ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser;
