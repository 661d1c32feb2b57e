import { padded, places } from './batch.ts';
import type { Conditions } from './conditions.ts';
import type { Reader } from './effort.ts';
import type { Statement, Value } from './script.ts';

/** A condition as a way to find customers, who then have to meet the others: lists of customers in the order of their ids. */
export interface Driver {
  /** Of a term, of a provider, or of those whose records have changed since a time. */
  readonly table: 'term' | 'record' | 'customer';
  /** One for each list. */
  readonly values: readonly Value[];
  /** How long the lists are together, up to one more than are few. */
  readonly size: number;
}

type Lists = Pick<Driver, 'table' | 'values'>;

/** The condition that fewest meet; null: there is none to begin with. */
export async function rarest(
  reader: Reader,
  { providers, changedSince, terms, words }: Conditions,
): Promise<Driver | null> {
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

export const isFew = ({ effort }: Reader, { size }: Driver): boolean => size <= effort.few;

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

/** The customers of a driver, some at a time, in order. */
export async function* customersOf(reader: Reader, driver: Driver, ids: Ids): AsyncGenerator<readonly number[]> {
  if (isFew(reader, driver)) yield await all(reader, driver, ids);
  else yield* inSlices(reader, driver, ids);
}

async function all(reader: Reader, lists: Lists, { from, to, descending }: Ids): Promise<readonly number[]> {
  const [sql, ...values] = rowsOf(lists);
  const sign = descending ? -1 : 1;
  const rows = await reader.read(
    `SELECT DISTINCT ${lists.table === 'customer' ? 'id' : 'customer'} AS id FROM ${sql}`,
    ...values,
  );
  return rows
    .map(({ id }) => Number(id))
    .filter((id) => (from === null || sign * (id - from) > 0) && (to === null || sign * (to - id) > 0))
    .sort((one, other) => sign * (one - other));
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
  if (table === 'customer') throw new Error('customers by the time of their change are in no order of ids');
  const [beyond, short, way] = descending ? ['<', '>', 'DESC'] : ['>', '<', 'ASC'];
  return [
    `SELECT DISTINCT customer AS id FROM ${table} WHERE ${KEYS[table]} = ?
      ${from === null ? '' : `AND customer ${beyond} ?`} ${to === null ? '' : `AND customer ${short} ?`}
      ORDER BY customer ${way} LIMIT ?`,
    ...[value, ...[from, to].filter((end) => end !== null), limit],
  ];
}
