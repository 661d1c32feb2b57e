import type { Script } from './script.ts';

/** Words that the two databases spell differently. */
export interface Dialect {
  /** A key that counts up by itself and never gives a number out again. */
  readonly counter: string;
  /** A whole number of up to eight bytes: milliseconds. */
  readonly number: string;
  /** What ends the definition of a table. */
  readonly table: string;
}

/** Each leads from one version of the tables to the next; one that was ever released is never changed. */
const MIGRATIONS: readonly ((dialect: Dialect) => readonly string[])[] = [
  ({ counter, number, table }) => [
    `CREATE TABLE record (
      sequence ${counter},
      provider TEXT NOT NULL,
      provider_id TEXT NOT NULL,
      customer_provider TEXT NOT NULL,
      customer_provider_id TEXT NOT NULL,
      remembered TEXT,
      remembered_at ${number},
      code_sent_at ${number},
      UNIQUE (provider, provider_id)
    ) ${table}`,
    'CREATE INDEX record_by_customer ON record (customer_provider, customer_provider_id)',
    'CREATE INDEX record_by_provider ON record (provider, sequence)',
  ],
  ({ counter, number, table }) => [
    `ALTER TABLE record ADD COLUMN absorbed_at ${number}`,
    `CREATE TABLE link (
      id ${counter},
      rule TEXT NOT NULL,
      evidence TEXT NOT NULL,
      linked_at ${number} NOT NULL,
      linked_by TEXT NOT NULL
    ) ${table}`,
    `CREATE TABLE link_record (
      link ${number} NOT NULL,
      provider TEXT NOT NULL,
      provider_id TEXT NOT NULL,
      PRIMARY KEY (link, provider, provider_id)
    ) ${table}`,
    'CREATE INDEX link_by_record ON link_record (provider, provider_id)',
  ],
];

export const LATEST_VERSION = MIGRATIONS.length;

/**
 * Does what is missing.
 * @throws Error when a newer program has been here: what it has written can't be known
 */
export function* migrate(version: number, dialect: Dialect): Script<void> {
  if (version > LATEST_VERSION) throw new Error('the database was written by a newer version of Clientele');
  for (const migration of MIGRATIONS.slice(version)) for (const statement of migration(dialect)) yield [statement];
}
