import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PLANS } from '../../src/store/postgres.ts';
import { toQuery } from '../../src/store/postgresQuery.ts';
import type { Statement } from '../../src/store/script.ts';
import type { Plan } from '../conformance/storePlans.ts';

/** The server to test on: any that we may make databases on. */
const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Does something on the server itself, beside every database that is under test. */
const onServer = (statement: string): Promise<void> => onDatabase(SERVER, statement);

export const onDatabase = (url: string, statement: string): Promise<void> =>
  connected(url, async (client) => void (await client.query(statement)));

async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, options: PLANS });
  try {
    await client.connect();
  } catch (cause) {
    throw new Error('No PostgreSQL server answers: start one, or name one in DATABASE_URL.', { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** An empty database of its own. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** @param setting what its connections find set */
export async function newDatabase(setting?: string): Promise<TestDatabase> {
  const name = `clientele_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  if (setting) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** How the store's own connections would go about a statement. */
export const explained = (url: string, statement: Statement): Promise<Plan> =>
  connected(url, async (client) => {
    await client.query(`PREPARE asked AS ${toQuery(statement).text}`);
    const [, ...values] = statement;
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE asked (${values.map(() => 'NULL').join(', ')})`);
    const nodes = nodesOf(rows[0]['QUERY PLAN'][0].Plan);
    const walked = nodes.filter((node) => !('Operation' in node || 'Index Cond' in node || 'Recheck Cond' in node));
    return {
      walked: walked.flatMap((node) => node['Relation Name'] ?? []),
      indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    };
  });

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
