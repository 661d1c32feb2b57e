import type { Statement } from './script.ts';
import type { SearchOrder, SearchPlace } from './search.ts';

/** Orders of customers: by a column of the table `listed`, null last, then by id; KNOWN is an order in which all are null. */
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
function compare([one, first]: SearchPlace, [other, second]: SearchPlace, { descending }: Order): number {
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

/** Each once, in the stretch's direction. */
export const firstOf = (places: Iterable<SearchPlace>, { order, backwards }: Stretch, limit: number): SearchPlace[] => {
  const sign = backwards ? -1 : 1;
  const each = new Map([...places].map((place) => [place[1], place]));
  return [...each.values()].sort((one, other) => sign * compare(one, other, order)).slice(0, limit);
};

export const isWithin = (place: SearchPlace, { order, from, to, backwards }: Stretch): boolean => {
  const [after, before] = backwards ? [to, from] : [from, to];
  return (!after || compare(place, after, order) > 0) && (!before || compare(place, before, order) < 0);
};

/** A part of an order: those with a value, or those without. */
export interface Slice {
  readonly column: Order['column'];
  readonly isNull: boolean;
  readonly up: boolean;
  /** Both ends stay outside. */
  readonly from: SearchPlace | null;
  readonly to: SearchPlace | null;
  /** The last place that is still inside. */
  readonly until: SearchPlace | null;
}

/** The parts of a stretch, in its direction. */
export function slicesOf({ order: { column, descending }, from, to, backwards }: Stretch): readonly Slice[] {
  const parts = column ? [false, true] : [true];
  if (backwards) parts.reverse();
  const isIn = (place: SearchPlace | null, isNull: boolean): boolean =>
    place !== null && (!column || (place[0] === null) === isNull);
  const first = from ? parts.findIndex((isNull) => isIn(from, isNull)) : 0;
  const last = to ? parts.findIndex((isNull) => isIn(to, isNull)) : parts.length - 1;
  return parts.slice(first, last + 1).map((isNull) => ({
    ...{ column, isNull, up: backwards === descending },
    ...{ from: isIn(from, isNull) ? from : null, to: isIn(to, isNull) ? to : null, until: null },
  }));
}

/** The rows of `listed`, called `walked`, that are in a slice. */
export function inSlice({ column, isNull, up, from, to, until }: Slice): Statement {
  const [beyond, short] = up ? ['>', '<'] : ['<', '>'];
  const isOne = isNull || !column;
  const [keys, given] = isOne ? ['walked.customer', '?'] : [`(walked.${column}, walked.customer)`, '(?, ?)'];
  const ends = [
    { place: from, how: beyond },
    { place: to, how: short },
    { place: until, how: `${short}=` },
  ].flatMap(({ place, how }) => (place ? [{ place, how }] : []));
  return [
    [
      column ? `walked.${column} IS ${isNull ? '' : 'NOT '}NULL` : 'walked.customer IS NOT NULL',
      ...ends.map(({ how }) => `${keys} ${how} ${given}`),
    ].join(' AND '),
    ...ends.flatMap(({ place }) => (isOne ? [place[1]] : place)),
  ];
}

/** What an index is sorted by, and a customer's rows are next to one another. */
export const keysOfSlice = ({ column }: Slice): readonly string[] =>
  column ? [`walked.${column}`, 'walked.customer'] : ['walked.customer'];

/**
 * What follows the conditions of a statement so that it gives the stretch in its direction.
 * @param column as the statement calls it; null: everybody's value is null
 */
export function within({ order: { descending }, from, to, backwards }: Stretch, column: string | null): Statement {
  const [after, before] = backwards ? [to, from] : [from, to];
  const [beyond, short] = descending ? ['<', '>'] : ['>', '<'];
  const clauses: Statement[] = [];
  if (after && (after[0] === null || !column))
    clauses.push([`AND ${column ? `${column} IS NULL AND` : ''} listed.customer ${beyond} ?`, after[1]]);
  else if (after) clauses.push([`AND (${column} IS NULL OR (${column}, listed.customer) ${beyond} (?, ?))`, ...after]);
  if (before && !column) clauses.push([`AND listed.customer ${short} ?`, before[1]]);
  else if (before?.[0] === null) clauses.push([`AND (${column} IS NOT NULL OR listed.customer ${short} ?)`, before[1]]);
  else if (before) clauses.push([`AND (${column}, listed.customer) ${short} (?, ?)`, ...before]);
  const way = backwards === descending ? 'ASC' : 'DESC';
  const nulls = column ? `${column} IS NULL ${backwards ? 'DESC' : 'ASC'}, ${column} ${way}, ` : '';
  return [
    `${clauses.map(([sql]) => sql).join(' ')} ORDER BY ${nulls}listed.customer ${way}`,
    ...clauses.flatMap(([, ...values]) => values),
  ];
}
