import type { QueryConfig } from 'pg';
import type { Statement } from './script.ts';

/** Our SQL as PostgreSQL wants it. */

interface Prepared {
  /** Absent: it is planned anew each time. */
  readonly name?: string;
  readonly text: string;
}

/**
 * By their text: each is prepared once a connection, under its name, which no connection ever forgets. Callers choose how long
 * some lists are, so that there is an end to it.
 */
const prepared = new Map<string, Prepared>();
const MOST_PREPARED = 500;

export function toQuery([sql, ...values]: Statement): QueryConfig {
  return { ...(prepared.get(sql) ?? prepare(sql)), values };
}

function prepare(sql: string): Prepared {
  const text = numbered(sql);
  if (prepared.size >= MOST_PREPARED) return { text };
  const made = { name: `clientele-${prepared.size}`, text };
  prepared.set(sql, made);
  return made;
}

/**
 * `?` as PostgreSQL numbers them, and in its words where a text stands in another, and a search of documents: those are found
 * by the rows of `listed`.
 */
function numbered(statement: string): string {
  let number = 0;
  return statement
    .replaceAll('document CROSS JOIN listed', 'listed')
    .replaceAll('listed.record = document.rowid', 'true')
    .replaceAll('document.rowid', 'listed.record')
    .replaceAll(/FROM document(?=\s+WHERE document MATCH)/g, `FROM ${DOCUMENTS}`)
    .replaceAll('document MATCH ?', MATCHES)
    .replaceAll('instr(', 'strpos(')
    .replaceAll('?', () => `$${++number}`);
}

const DOCUMENTS = '(SELECT record, record AS rowid FROM listed) AS listed';
const MATCHES = "clientele_terms(listed.record) @@ replace(replace(?, ' AND ', ' & '), ' OR ', ' | ')::tsquery";
