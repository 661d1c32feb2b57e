import { padded, places } from './batch.ts';
import { type Conditions, clausesOf, documentOf, typosOf } from './conditions.ts';
import type { Reader } from './effort.ts';
import type { Match } from './matching.ts';
import { compare, isWithin, type Stretch, within } from './places.ts';
import type { Row, Statement, Value } from './script.ts';

/**
 * Where to gather all from who meet the conditions: the records of one of them, which is stored in an order of its own; or
 * those of them that are listed by their places.
 */
export interface Source {
  readonly table: 'document' | 'record' | 'customer' | 'listed';
  readonly values: readonly Value[];
}

/** null: there is no condition to begin with. */
export function sourceOf(conditions: Conditions): Source | null {
  const { providers, changedSince } = conditions;
  const document = documentOf(conditions);
  if (document !== null) return { table: 'document', values: [document] };
  if (changedSince !== null) return { table: 'customer', values: [changedSince] };
  return providers && { table: 'record', values: padded(providers) };
}

/** How many records, or customers, it has. @param most where to stop */
export async function sizeOf(reader: Reader, source: Source, most: number): Promise<number> {
  const [row] = await reader.read(
    `SELECT count(*) AS size FROM (SELECT 1 AS one FROM ${source.table} WHERE ${conditionOf(source)} LIMIT ?) AS these`,
    ...[...source.values, most],
  );
  return Number(row?.size);
}

const conditionOf = ({ table, values }: Source): string =>
  ({
    document: 'document MATCH ?',
    record: `record.provider IN ${places(values.length)}`,
    customer: 'customer.changed_at >= ?',
    listed: `record.sequence IN ${places(values.length)}`,
  })[table];

/** SQLite joins in the order that is written here: what is looked up by its key never leads. */
const FROM = {
  document: 'document CROSS JOIN record CROSS JOIN customer',
  record: 'record CROSS JOIN customer',
  customer: 'customer CROSS JOIN record',
  listed: 'record CROSS JOIN customer',
};

const JOINED = {
  document: 'record.sequence = document.rowid AND customer.id = record.customer',
  record: 'customer.id = record.customer',
  customer: 'record.customer = customer.id',
  listed: 'customer.id = record.customer',
};

/** The source as it is, or where it has many, as lists of some of them: nobody else waits for all. */
async function* partsOf(reader: Reader, source: Source): AsyncGenerator<Source> {
  const { few, longest, listed } = reader.effort;
  const size = await sizeOf(reader, source, longest + 1);
  if (size <= few) return yield source;
  for await (const sequences of size > longest ? inSpans(reader, source) : [await sequencesOf(reader, source)])
    for (let start = 0; start < sequences.length; start += listed) {
      const some = sequences.slice(start, start + listed);
      // Always as many, so that it is one statement.
      yield { table: 'listed', values: [...some, ...Array<number>(listed - some.length).fill(some[0] ?? 0)] };
    }
}

async function* inSpans(reader: Reader, source: Source): AsyncGenerator<readonly number[]> {
  const { span } = reader.effort;
  const [row] = await reader.read('SELECT max(sequence) AS last FROM record');
  for (let after = 0; after < Number(row?.last); after += span)
    yield await sequencesOf(reader, source, [after, after + span]);
}

/** The places of its records. @param ends the first of them outside */
async function sequencesOf(reader: Reader, source: Source, ends?: readonly number[]): Promise<readonly number[]> {
  const { table } = source;
  const place = table === 'document' ? 'document.rowid' : 'record.sequence';
  const from = table === 'customer' ? FROM.customer : table;
  const rows = await reader.read(
    `SELECT ${place} AS sequence FROM ${from} WHERE ${conditionOf(source)}
      ${table === 'customer' ? `AND ${JOINED.customer}` : ''} ${ends ? `AND ${place} > ? AND ${place} <= ?` : ''}`,
    ...[...source.values, ...(ends ?? [])],
  );
  return rows.map(({ sequence }) => Number(sequence));
}

function selected(source: Source, conditions: Conditions, what: Statement, [behind, ...values]: Statement): Statement {
  const [columns, ...given] = what;
  const [clauses, ...wanted] = clausesOf(conditions);
  return [
    `SELECT ${columns} FROM ${FROM[source.table]} WHERE ${conditionOf(source)} AND ${JOINED[source.table]} ${clauses}
      ${behind}`,
    ...[...given, ...source.values, ...wanted, ...values],
  ];
}

/** The first customers of a stretch who meet the conditions. */
export async function gathered(
  reader: Reader,
  conditions: Conditions,
  source: Source,
  stretch: Stretch,
  limit: number,
): Promise<readonly Match[]> {
  const column = stretch.order.column ? `customer.${stretch.order.column}` : null;
  const found = new Map<number, Match>();
  for await (const part of partsOf(reader, source)) {
    const ends = within(stretch, column);
    // Several records of one customer may be found: then there are fewer customers than rows.
    for (let most = 2 * limit; ; most *= 4) {
      const what: Statement = [`record.customer AS id, ${column ?? 'NULL'} AS value`];
      const [behind, ...values] = ends;
      const rows = await reader.read(...selected(part, conditions, what, [`${behind} LIMIT ?`, ...values, most]));
      const own = new Map(rows.map((row) => [Number(row.id), toMatch(row)]));
      if (own.size < limit && rows.length === most) continue;
      for (const [id, match] of own) found.set(id, match);
      break;
    }
  }
  const sign = stretch.backwards ? -1 : 1;
  return [...found.values()]
    .sort((one, other) => sign * compare(one.place, other.place, stretch.order))
    .slice(0, limit);
}

const toMatch = ({ id, value }: Row): Match => ({ place: [value ?? null, Number(id)], typos: 0 });

/** The same by typos: whoever has a record with fewer of them stands before, so that all have to be seen first. */
export async function gatheredByTypos(
  reader: Reader,
  conditions: Conditions,
  source: Source,
  stretch: Stretch,
  limit: number,
): Promise<readonly Match[]> {
  const [typos, ...exact] = typosOf(conditions);
  const best = new Map<number, number>();
  for await (const part of partsOf(reader, source)) {
    const what: Statement = [`record.customer AS id, ${typos} AS typos`, ...exact];
    for (const row of await reader.read(...selected(part, conditions, what, [''])))
      best.set(Number(row.id), Math.min(Number(row.typos), best.get(Number(row.id)) ?? Infinity));
  }
  const sign = stretch.backwards ? -1 : 1;
  return [...best]
    .map(([id, own]): Match => ({ place: [own, id], typos: own }))
    .filter(({ place }) => isWithin(place, stretch))
    .sort((one, other) => sign * compare(one.place, other.place, stretch.order))
    .slice(0, limit);
}

/** How many customers meet the conditions. */
export async function countGathered(reader: Reader, conditions: Conditions, source: Source): Promise<number> {
  const found = new Set<Value | undefined>();
  for await (const part of partsOf(reader, source)) {
    const rows = await reader.read(...selected(part, conditions, ['DISTINCT record.customer AS id'], ['']));
    for (const { id } of rows) found.add(id);
  }
  return found.size;
}
