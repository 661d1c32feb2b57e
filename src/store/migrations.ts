import type { Script } from './script.ts';

/** Words that the two databases spell differently. */
export interface Dialect {
  /** A key that counts up by itself and never gives a number out again. */
  readonly counter: string;
  /** A whole number of up to eight bytes: milliseconds, counts, hashes. */
  readonly number: string;
  /** A record's place: there are never two billion of them. */
  readonly place: string;
  /** Text that is compared byte by byte. */
  readonly text: string;
  /** What ends the definition of a table. */
  readonly table: string;
  /** The same for one that is kept in the order of its key. */
  readonly keyed: string;
  /** Makes the table `document` (rowid, terms), which `document MATCH ?` searches. */
  readonly documents: readonly string[];
  /** Keeps everybody from changing rows of a table, and from deleting them. */
  readonly onlyAddedTo: (table: string) => readonly string[];
}

/**
 * Each leads from one version of the tables to the next; one that was ever released is never changed. Where personal data
 * stands is told in personalData.ts.
 */
const MIGRATIONS: readonly ((dialect: Dialect) => readonly string[])[] = [
  ({ counter, number, place, text, table, keyed, documents }) => [
    `CREATE TABLE record (
      sequence ${number} PRIMARY KEY,
      provider TEXT NOT NULL,
      provider_id TEXT NOT NULL,
      customer ${number} NOT NULL,
      remembered TEXT,
      remembered_at ${number},
      code_sent_at ${number},
      absorbed_at ${number},
      hash TEXT,
      shared TEXT,
      fetched_at ${number},
      changed_at ${number},
      facts TEXT,
      marks TEXT,
      missing_since ${number},
      erased_at ${number},
      outdated ${number} NOT NULL DEFAULT 0,
      UNIQUE (provider, provider_id)
    ) ${table}`,
    'CREATE INDEX record_by_customer ON record (customer)',
    'CREATE INDEX record_by_provider ON record (provider, sequence)',
    'CREATE INDEX record_by_shared ON record (shared) WHERE shared IS NOT NULL',
    `CREATE TABLE copy (
      record ${number} PRIMARY KEY,
      profile TEXT NOT NULL,
      raw TEXT NOT NULL,
      terms TEXT NOT NULL
    ) ${table}`,
    // As narrow as can be: a search looks at as many pages of it as there are customers who match.
    `CREATE TABLE listed (
      record ${place} PRIMARY KEY,
      customer ${place} NOT NULL,
      created_at ${number},
      changed_at ${number},
      facts ${text} NOT NULL,
      name ${text}
    ) ${table}`,
    // With the facts, lists are read from the index alone.
    'CREATE INDEX listed_by_customer ON listed (customer, facts)',
    'CREATE INDEX listed_by_name ON listed (name, customer, facts)',
    'CREATE INDEX listed_by_facts ON listed (facts, name, customer)',
    'CREATE INDEX listed_by_creation ON listed (created_at, customer, facts)',
    'CREATE INDEX listed_by_change ON listed (changed_at, customer, facts)',
    ...documents,
    // By their lengths: a common ending has thousands, of which few can be a word with one letter more or less.
    `CREATE TABLE word (
      length ${number} NOT NULL,
      text ${text} NOT NULL,
      reversed ${text} NOT NULL,
      PRIMARY KEY (length, text)
    ) ${keyed}`,
    'CREATE INDEX word_by_end ON word (length, reversed, text)',
    `CREATE TABLE link (
      id ${counter},
      rule TEXT NOT NULL,
      evidence TEXT NOT NULL,
      linked_at ${number} NOT NULL,
      linked_by TEXT NOT NULL
    ) ${table}`,
    `CREATE TABLE link_record (
      link ${number} NOT NULL,
      record ${number} NOT NULL,
      PRIMARY KEY (link, record)
    ) ${table}`,
    'CREATE INDEX link_by_record ON link_record (record)',
    `CREATE TABLE sync (
      provider TEXT NOT NULL PRIMARY KEY,
      state TEXT NOT NULL,
      holder TEXT,
      held_until ${number}
    ) ${table}`,
    `CREATE TABLE change (
      sequence ${counter},
      kind TEXT NOT NULL,
      customer ${number} NOT NULL,
      former TEXT NOT NULL,
      provider TEXT,
      fields TEXT,
      at ${number} NOT NULL
    ) ${table}`,
    'CREATE INDEX change_by_time ON change (at)',
  ],
  ({ counter, number, table }) => [
    `CREATE TABLE mutation (
      id ${counter},
      caller TEXT NOT NULL,
      kind TEXT NOT NULL,
      idempotency_key TEXT,
      input TEXT NOT NULL,
      begun_at ${number} NOT NULL,
      held_until ${number} NOT NULL,
      rest TEXT,
      UNIQUE (caller, idempotency_key)
    ) ${table}`,
    'CREATE INDEX mutation_by_time ON mutation (begun_at)',
    `CREATE TABLE write (
      id ${counter},
      mutation ${number} NOT NULL,
      provider TEXT NOT NULL,
      provider_id TEXT,
      customer_provider TEXT,
      customer_id TEXT,
      fields TEXT NOT NULL,
      state TEXT NOT NULL,
      result TEXT,
      begun_at ${number} NOT NULL,
      settled_at ${number}
    ) ${table}`,
    // Beside it, and never written over: what a row leaves behind where it grows out of its page, is not overwritten.
    `CREATE TABLE write_content (write ${number} PRIMARY KEY, content TEXT NOT NULL) ${table}`,
    `CREATE TABLE write_noted (write ${number} PRIMARY KEY, noted TEXT NOT NULL) ${table}`,
    'CREATE INDEX write_by_mutation ON write (mutation)',
    'CREATE INDEX write_by_record ON write (provider, provider_id)',
    'CREATE INDEX write_by_customer ON write (customer_provider, customer_id)',
    'CREATE INDEX write_by_state ON write (state, id)',
  ],
  ({ counter, number, table, onlyAddedTo }) => [
    // When to look again for what came of its writes.
    `ALTER TABLE mutation ADD COLUMN look_at ${number} NOT NULL DEFAULT 0`,
    // The last record that was known when it was kept: what a create makes comes behind it.
    `ALTER TABLE write ADD COLUMN known_to ${number} NOT NULL DEFAULT 0`,
    // What is looked for is little of what is kept.
    "CREATE INDEX write_open ON write (mutation) WHERE state NOT IN ('DONE', 'FAILED')",
    `CREATE TABLE turn (
      place ${counter},
      name TEXT NOT NULL,
      holder TEXT NOT NULL,
      held_until ${number} NOT NULL
    ) ${table}`,
    'CREATE INDEX turn_by_name ON turn (name, place)',
    'CREATE INDEX turn_by_holder ON turn (holder)',
    `CREATE TABLE code (
      record ${number} PRIMARY KEY,
      asked_at ${number} NOT NULL DEFAULT 0,
      asks ${number} NOT NULL DEFAULT 0,
      guessed_of ${number} NOT NULL DEFAULT 0,
      guesses ${number} NOT NULL DEFAULT 0,
      guesses_before ${number} NOT NULL DEFAULT 0,
      sent_since ${number} NOT NULL DEFAULT 0
    ) ${table}`,
    `CREATE TABLE audit (
      id ${counter},
      at ${number} NOT NULL,
      caller TEXT NOT NULL,
      request TEXT NOT NULL,
      action TEXT NOT NULL,
      provider TEXT,
      record ${number},
      fields TEXT NOT NULL,
      write ${number},
      outcome TEXT NOT NULL
    ) ${table}`,
    'CREATE INDEX audit_by_time ON audit (at, id)',
    'CREATE INDEX audit_by_caller ON audit (caller, at, id)',
    'CREATE INDEX audit_by_record ON audit (record, at, id)',
    'CREATE INDEX audit_by_write ON audit (write)',
    ...onlyAddedTo('audit'),
  ],
  ({ number, table }) => [
    `CREATE TABLE key_use (key_id TEXT NOT NULL PRIMARY KEY, used_at ${number} NOT NULL) ${table}`,
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
