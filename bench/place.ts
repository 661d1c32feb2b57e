import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Where a gateway keeps what it remembers, for as long as it is measured. */
export interface Place {
  readonly name: string;
  /** The settings that lead there. */
  readonly env: Record<string, string>;
  drop(): Promise<void>;
}

/** An empty one. @param store `sqlite`, or else PostgreSQL */
export const openPlace = async (store: string): Promise<Place> => (store === 'sqlite' ? sqlite() : postgres());

function sqlite(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  return {
    name: 'SQLite',
    env: { DATABASE_URL: `file:${join(folder, 'clientele.db')}` },
    drop: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgres(): Promise<Place> {
  const name = `clientele_bench_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    name: 'PostgreSQL',
    env: { DATABASE_URL: url.href, ID_SECRET: 'a secret of the benchmark' },
    drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
