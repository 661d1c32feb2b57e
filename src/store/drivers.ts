import { padded, places } from './batch.ts';
import type { Conditions } from './conditions.ts';
import type { Reader } from './effort.ts';
import type { Row, Statement, Value } from './script.ts';

/** A condition as a way to find customers, who then have to meet the others: lists of customers in the order of their ids. */
export interface Driver {
  /** Of matching documents, of a term, of a provider, or of those whose records have changed since a time. */
  readonly table: 'document' | 'term' | 'record' | 'customer';
  /** One for each list. */
  readonly values: readonly Value[];
  /** How long the lists are together, up to one more than are few. */
  readonly size: number;
}

type Lists = Pick<Driver, 'table' | 'values'>;

/** The condition that fewest meet; null: there is none to begin with. */
export async function rarest(
  reader: Reader,
  { providers, changedSince, document, terms, words }: Conditions,
): Promise<Driver | null> {
  if (document !== null) {
    const lists = { table: 'document', values: [document] } as const;
    return { ...lists, size: await count(reader, lists, reader.effort.few + 1) };
  }
  const all: Lists[] = [
    ...[...terms, ...words].map((values) => ({ table: 'term', values }) as const),
    ...(providers ? [{ table: 'record', values: providers } as const] : []),
    ...(changedSince === null ? [] : [{ table: 'customer', values: [changedSince] } as const]),
  ];
  let best: Driver | null = null;
  for (const lists of all) {
    const size = await count(reader, lists, best ? best.size : reader.effort.few + 1);
    if (!best || size < best.size) best = { ...lists, size };
    if (size === 0) break;
  }
  // Those whose records have changed stand in the order of that time.
  return best?.table === 'customer' && best.size > reader.effort.few ? null : best;
}

/** Nobody can be asked for a matching document one by one. */
export const isLookedAtWhole = (reader: Reader, driver: Driver): boolean =>
  driver.table === 'document' || isFew(reader, driver);

const isFew = ({ effort }: Reader, { size }: Driver): boolean => size <= effort.few;

/** @param most where to stop */
export async function count(reader: Reader, lists: Lists, most: number): Promise<number> {
  const [sql, ...values] = rowsOf(lists);
  const [row] = await reader.read(
    `SELECT count(*) AS size FROM (SELECT 1 AS one FROM ${sql} LIMIT ?) AS these`,
    ...[...values, most],
  );
  return Number(row?.size);
}

function rowsOf({ table, values }: Lists): Statement {
  if (table === 'customer') return ['customer WHERE changed_at >= ?', ...values];
  if (table === 'document') return ['document WHERE document MATCH ?', ...values];
  const all = padded(values);
  return [`${table} WHERE ${KEYS[table]} IN ${places(all.length)}`, ...all];
}

const KEYS = { term: 'term', record: 'provider' } as const;

/** A stretch of ids, in the direction in which it is gone through; both ends stay outside. */
export interface Ids {
  readonly from: number | null;
  readonly to: number | null;
  readonly descending: boolean;
}

/** Customers to look at, and which of their records, where not all. */
export interface Candidates {
  readonly ids: readonly number[];
  readonly records?: ReadonlyMap<number, readonly number[]>;
}

/** The customers of a driver, some at a time, in order. */
export async function* customersOf(reader: Reader, driver: Driver, ids: Ids): AsyncGenerator<Candidates> {
  if (driver.table === 'document') yield await documented(reader, driver, ids);
  else if (isFew(reader, driver)) yield { ids: await all(reader, driver, ids) };
  else for await (const some of inSlices(reader, driver, ids)) yield { ids: some };
}

/** Places of records in one statement, where many match. */
const SPAN = 65_536;

async function documented(reader: Reader, driver: Driver, ids: Ids): Promise<Candidates> {
  const sql = `SELECT record.customer, record.sequence FROM document
    JOIN record ON record.sequence = document.rowid WHERE document MATCH ?`;
  const rows: Row[] = [];
  if (isFew(reader, driver)) rows.push(...(await reader.read(sql, ...driver.values)));
  else {
    const [row] = await reader.read('SELECT max(sequence) AS last FROM record');
    for (let after = 0; after < Number(row?.last); after += SPAN)
      rows.push(
        ...(await reader.read(
          `${sql} AND document.rowid > ? AND document.rowid <= ?`,
          ...[...driver.values, after, after + SPAN],
        )),
      );
  }
  const records = new Map<number, number[]>();
  for (const { customer, sequence } of rows) {
    const same = records.get(Number(customer));
    if (same) same.push(Number(sequence));
    else records.set(Number(customer), [Number(sequence)]);
  }
  return { ids: inside([...records.keys()], ids), records };
}

function inside(customers: readonly number[], { from, to, descending }: Ids): readonly number[] {
  const sign = descending ? -1 : 1;
  return customers
    .filter((id) => (from === null || sign * (id - from) > 0) && (to === null || sign * (to - id) > 0))
    .sort((one, other) => sign * (one - other));
}

async function all(reader: Reader, lists: Lists, ids: Ids): Promise<readonly number[]> {
  const [sql, ...values] = rowsOf(lists);
  const rows = await reader.read(
    `SELECT DISTINCT ${lists.table === 'customer' ? 'id' : 'customer'} AS id FROM ${sql}`,
    ...values,
  );
  return inside(
    rows.map(({ id }) => Number(id)),
    ids,
  );
}

async function* inSlices(
  reader: Reader,
  { table, values }: Lists,
  { from, to, descending }: Ids,
): AsyncGenerator<readonly number[]> {
  const sign = descending ? -1 : 1;
  let open = values;
  let after = from;
  while (open.length > 0) {
    const each = Math.max(reader.effort.least, Math.floor(reader.effort.slice / open.length));
    const lists: { readonly value: Value; readonly ids: readonly number[] }[] = [];
    for (const value of open) {
      const rows = await reader.read(...list(table, value, { from: after, to, descending }, each));
      lists.push({ value, ids: rows.map(({ id }) => Number(id)) });
    }
    // Behind the first end of a list that goes on, somebody may be missing.
    const ends = lists.filter(({ ids }) => ids.length === each).map(({ ids }) => sign * Number(ids.at(-1)));
    const horizon = ends.length > 0 ? sign * Math.min(...ends) : null;
    const isSeen = (id: number): boolean => horizon === null || sign * (horizon - id) >= 0;
    const ids = new Set(lists.flatMap((one) => one.ids.filter(isSeen)));
    yield [...ids].sort((one, other) => sign * (one - other));
    if (horizon === null) return;
    after = horizon;
    open = lists.filter((one) => one.ids.length === each || !one.ids.every(isSeen)).map(({ value }) => value);
  }
}

function list(table: Driver['table'], value: Value, { from, to, descending }: Ids, limit: number): Statement {
  if (table !== 'term' && table !== 'record') throw new Error('such a list is in no order of ids');
  const [beyond, short, way] = descending ? ['<', '>', 'DESC'] : ['>', '<', 'ASC'];
  return [
    `SELECT DISTINCT customer AS id FROM ${table} WHERE ${KEYS[table]} = ?
      ${from === null ? '' : `AND customer ${beyond} ?`} ${to === null ? '' : `AND customer ${short} ?`}
      ORDER BY customer ${way} LIMIT ?`,
    ...[value, ...[from, to].filter((end) => end !== null), limit],
  ];
}
