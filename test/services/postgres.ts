import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** The server to test on: any that we may make databases on. */
const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Does something on the server itself, beside every database that is under test. */
const onServer = (statement: string): Promise<void> => onDatabase(SERVER, statement);

export async function onDatabase(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (cause) {
    throw new Error('No PostgreSQL server answers: start one, or name one in DATABASE_URL.', { cause });
  }
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty database of its own. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export async function newDatabase(): Promise<TestDatabase> {
  const name = `clientele_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}
