import type { Statement } from './script.ts';
import type { SearchOrder, SearchPlace } from './search.ts';

/** Orders of customers: by a column of the table `customer`, null last, then by id; KNOWN is an order in which all are null. */
export interface Order {
  readonly column: 'name' | 'created_at' | 'changed_at' | null;
  readonly descending: boolean;
}

const COLUMNS = { KNOWN: null, NAME: 'name', CREATED: 'created_at', CHANGED: 'changed_at' } as const;

export const orderOf = (order: Exclude<SearchOrder, 'RELEVANCE'>, descending: boolean): Order => ({
  column: COLUMNS[order],
  descending,
});

/** Which place comes first. */
export function compare([one, first]: SearchPlace, [other, second]: SearchPlace, { descending }: Order): number {
  const sign = descending ? -1 : 1;
  if (one === other) return sign * (first - second);
  if (one === null || other === null) return one === null ? 1 : -1;
  return sign * compareValues(one, other);
}

/** As both databases do: texts by their UTF-8. */
function compareValues(one: string | number, other: string | number): number {
  if (typeof one === 'number' || typeof other === 'number') return Number(one) - Number(other);
  for (let place = 0; ; place += 1) {
    const [first, second] = [one.charCodeAt(place), other.charCodeAt(place)];
    if (Number.isNaN(first) || Number.isNaN(second)) return one.length - other.length;
    if (first !== second) return byteOrder(first) - byteOrder(second);
  }
}

/** UTF-16 has letters beyond 16 bits (as surrogates) before the last ones below. */
const byteOrder = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** A stretch of an order, in the direction in which it is gone through; both ends stay outside. */
export interface Stretch {
  readonly order: Order;
  readonly from: SearchPlace | null;
  readonly to: SearchPlace | null;
  readonly backwards: boolean;
}

export const isWithin = (place: SearchPlace, { order, from, to, backwards }: Stretch): boolean => {
  const [after, before] = backwards ? [to, from] : [from, to];
  return (!after || compare(place, after, order) > 0) && (!before || compare(place, before, order) < 0);
};

/** The statements that give the stretch's customers in its direction: those with a value, and those without. */
export function slices({ order: { column, descending }, from, to, backwards }: Stretch, limit: number): Statement[] {
  const up = backwards === descending;
  const [beyond, short, way] = up ? ['>', '<', 'ASC'] : ['<', '>', 'DESC'];
  const without = (): Statement => {
    const [start, end] = [from?.[0] === null || !column ? from : null, to?.[0] === null || !column ? to : null];
    return [
      `SELECT id, NULL AS value FROM customer WHERE ${column ? `${column} IS NULL` : 'id IS NOT NULL'}
        ${start ? `AND id ${beyond} ?` : ''} ${end ? `AND id ${short} ?` : ''}
        ORDER BY ${column ? `${column} ${way}, ` : ''}id ${way} LIMIT ?`,
      ...[start, end].flatMap((place) => (place ? [place[1]] : [])),
      limit,
    ];
  };
  const having = (): Statement => {
    const [start, end] = [from?.[0] === null ? null : from, to?.[0] === null ? null : to];
    return [
      `SELECT id, ${column} AS value FROM customer WHERE ${column} IS NOT NULL
        ${start ? `AND (${column}, id) ${beyond} (?, ?)` : ''} ${end ? `AND (${column}, id) ${short} (?, ?)` : ''}
        ORDER BY ${column} ${way}, id ${way} LIMIT ?`,
      ...[start, end].flatMap((place) => place ?? []),
      limit,
    ];
  };
  if (!column) return [without()];
  const parts = [
    { isNull: false, statement: having },
    { isNull: true, statement: without },
  ];
  if (backwards) parts.reverse();
  const first = from ? parts.findIndex(({ isNull }) => isNull === (from[0] === null)) : 0;
  const last = to ? parts.findIndex(({ isNull }) => isNull === (to[0] === null)) : 1;
  return parts.slice(first, last + 1).map(({ statement }) => statement());
}

/**
 * What follows the conditions of a statement so that it gives the stretch in its direction.
 * @param column as the statement calls it; null: everybody's value is null
 */
export function within({ order: { descending }, from, to, backwards }: Stretch, column: string | null): Statement {
  const [after, before] = backwards ? [to, from] : [from, to];
  const [beyond, short] = descending ? ['<', '>'] : ['>', '<'];
  const clauses: Statement[] = [];
  if (after && (after[0] === null || !column))
    clauses.push([`AND ${column ? `${column} IS NULL AND` : ''} record.customer ${beyond} ?`, after[1]]);
  else if (after) clauses.push([`AND (${column} IS NULL OR (${column}, record.customer) ${beyond} (?, ?))`, ...after]);
  if (before && !column) clauses.push([`AND record.customer ${short} ?`, before[1]]);
  else if (before?.[0] === null) clauses.push([`AND (${column} IS NOT NULL OR record.customer ${short} ?)`, before[1]]);
  else if (before) clauses.push([`AND (${column}, record.customer) ${short} (?, ?)`, ...before]);
  const way = backwards === descending ? 'ASC' : 'DESC';
  const nulls = column ? `${column} IS NULL ${backwards ? 'DESC' : 'ASC'}, ${column} ${way}, ` : '';
  return [
    `${clauses.map(([sql]) => sql).join(' ')} ORDER BY ${nulls}record.customer ${way}`,
    ...clauses.flatMap(([, ...values]) => values),
  ];
}
