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

/** `?` as PostgreSQL numbers them, and in its words a search of documents and where a text stands in another. */
function numbered(statement: string): string {
  let number = 0;
  return statement
    .replaceAll('document MATCH ?', MATCHES)
    .replaceAll('instr(', 'strpos(')
    .replaceAll('?', () => `$${++number}`);
}

const MATCHES = "document.terms @@ replace(replace(?, ' AND ', ' & '), ' OR ', ' | ')::tsquery";
