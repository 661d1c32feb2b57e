import { DatabaseError, Pool, types } from 'pg';
import { GatewayError } from '../errors.ts';
import type { RecordToKeep, Store } from './store.ts';
import { NEWER_VERSION, READ, type Row, SCHEMA_VERSION, toParameters, toRecord, UPSERT } from './table.ts';

const CONNECTIONS = 10;
/** How long one call may take, waiting for a connection included. */
const PATIENCE_MS = 5_000;

/** Any number of our own: it keeps two processes from making the tables at once. */
const MIGRATION_LOCK = 5_250_311;

const SCHEMA = `
  CREATE TABLE record (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    customer_provider TEXT NOT NULL,
    customer_provider_id TEXT NOT NULL,
    remembered TEXT,
    remembered_at BIGINT,
    code_sent_at BIGINT,
    UNIQUE (provider, provider_id)
  );
  CREATE INDEX record_by_customer ON record (customer_provider, customer_provider_id);
  CREATE INDEX record_by_provider ON record (provider, sequence);
`;

/**
 * The store in PostgreSQL, shared by several gateways.
 * @param url `postgres://…`
 * @param lost told when a connection that nobody was using breaks
 * @throws Error when it can't be reached, refuses us, or was written by a newer version
 */
export async function openPostgresStore(url: string, lost: (error: Error) => void): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'clientele',
    types: { getTypeParser },
  });
  pool.on('error', lost);
  try {
    await inTransaction(pool, migrate);
  } catch (cause) {
    await pool.end();
    throw inOurWords(cause);
  }

  const read = async (name: keyof typeof READ, ...values: unknown[]): Promise<Row[]> =>
    (await reaching(() => pool.query<Row>({ name, text: numbered(READ[name]), values }))).rows;

  return {
    async record({ provider, providerId }) {
      const [row] = await read('byKey', provider, providerId);
      return row ? toRecord(row) : null;
    },
    async recordsOf({ provider, providerId }) {
      return (await read('byCustomer', provider, providerId)).map(toRecord);
    },
    async page(provider, afterSequence, limit) {
      return (await read('byProvider', provider, afterSequence, limit)).map(toRecord);
    },
    async count(provider) {
      const [row] = (await read('counted', provider)) as unknown as { readonly records: number }[];
      return row?.records ?? 0;
    },
    keep: (records) => reaching(() => inTransaction(pool, (query) => keepAll(query, records))),
    close: () => pool.end(),
  };
}

type Query = (
  text: string,
  values?: unknown[],
) => Promise<{ readonly rows: unknown[]; readonly rowCount: number | null }>;

/** @returns the keys that are another customer's */
async function keepAll(query: Query, records: readonly RecordToKeep[]) {
  // One writer at a time: numbers are given out before a commit, and who goes on from the highest seen must miss nobody.
  await query('LOCK TABLE record IN SHARE ROW EXCLUSIVE MODE');
  const elsewhere = [];
  for (const each of records) {
    const { rowCount } = await query(numbered(UPSERT), toParameters(each));
    if (rowCount === 0) elsewhere.push(each.key);
  }
  return elsewhere;
}

async function migrate(query: Query): Promise<void> {
  await query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await query('CREATE TABLE IF NOT EXISTS clientele (version INTEGER NOT NULL)');
  const { rows } = await query('SELECT version FROM clientele');
  const version = (rows as { version: number }[])[0]?.version ?? 0;
  if (version > SCHEMA_VERSION) throw new Error(NEWER_VERSION);
  if (version === SCHEMA_VERSION) return;
  await query(SCHEMA);
  await query('INSERT INTO clientele (version) VALUES ($1)', [SCHEMA_VERSION]);
}

async function inTransaction<Result>(pool: Pool, work: (query: Query) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work((text, values) => client.query(text, values));
    await client.query('COMMIT');
    return result;
  } catch (thrown) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause;
    });
    throw thrown;
  } finally {
    // A connection that can't even roll back is thrown away.
    client.release(broken);
  }
}

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
    if (cause instanceof DatabaseError && !isGoingAway(cause)) throw cause;
    const message = 'The gateway’s own database can’t be reached. Try again in a moment.';
    throw new GatewayError('UNAVAILABLE', message, { retryable: true, retryAfterMs: 1_000, cause });
  }
}

/** It has no connection left, is starting or stopping (PostgreSQL, appendix A: classes 53 and 57P, and 08). */
const isGoingAway = ({ code }: DatabaseError): boolean => /^(?:53|57P|08)/.test(code ?? '');

/** `?` as PostgreSQL numbers them. */
function numbered(statement: string): string {
  let number = 0;
  return statement.replaceAll('?', () => `$${++number}`);
}

/** Numbers of eight bytes as numbers: ours are milliseconds and counts, far below 2^53. */
const getTypeParser = ((id: number, format?: 'text') =>
  id === types.builtins.INT8 ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser;
