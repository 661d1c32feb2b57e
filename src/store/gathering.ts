import { padded, places } from './batch.ts';
import { type Conditions, clausesOf, documentOf, typosOf } from './conditions.ts';
import type { Reader } from './effort.ts';
import { groupsOf } from './groups.ts';
import { firstOf, isWithin, type Stretch, within } from './places.ts';
import type { Statement, Value } from './script.ts';
import type { SearchPlace } from './search.ts';

/** Where to gather all from who meet the conditions: what is found by one of them, by an index of its own. */
export interface Source {
  readonly by: 'document' | 'facts' | 'change';
  readonly values: readonly Value[];
  /** Whether it has fewer records than that: it takes the longer, the more they are. */
  hasFewer(than: number): Promise<boolean>;
}

/** null: there is no condition to begin with. */
export async function sourceOf(reader: Reader, conditions: Conditions): Promise<Source | null> {
  const { facts, changedSince } = conditions;
  const document = documentOf(conditions);
  if (document !== null) return counted(reader, 'document', [document]);
  if (changedSince !== null) return counted(reader, 'change', [changedSince]);
  const groups = facts.length > 0 ? await groupsOf(reader, conditions) : null;
  return groups && counted(reader, 'facts', padded(groups.length > 0 ? groups : ['']));
}

function counted(reader: Reader, by: Source['by'], values: readonly Value[]): Source {
  let size = 0;
  let isAll = false;
  return {
    ...{ by, values },
    async hasFewer(than) {
      if (than === Infinity) return true;
      if (!isAll && size < than) {
        const [row] = await reader.read(
          `SELECT count(*) AS size FROM (SELECT 1 AS one FROM ${by === 'document' ? 'document' : 'listed'}
            WHERE ${conditionOf({ by, values })} LIMIT ?) AS these`,
          ...[...values, than],
        );
        size = Number(row?.size);
        isAll = size < than;
      }
      return size < than;
    },
  };
}

const conditionOf = ({ by, values }: Pick<Source, 'by' | 'values'>): string =>
  ({
    document: 'document MATCH ?',
    facts: `listed.facts IN ${places(values.length)}`,
    change: 'listed.changed_at >= ?',
  })[by];

/** SQLite joins in the order that is written here: what is looked up by its key never leads. */
const FROM = { document: 'document CROSS JOIN listed', facts: 'listed', change: 'listed' };

const JOINED = { document: 'AND listed.record = document.rowid', facts: '', change: '' };

const PLACE = { document: 'document.rowid', facts: 'listed.record', change: 'listed.record' };

/** Records from one place to another: the first end stays outside. */
type Span = readonly [after: number, last: number];

/**
 * All places at once, or where many match, some after the other: nobody else waits for all.
 * @param few so many are taken at once
 * @param width of a span
 */
async function* spansOf(reader: Reader, source: Source, few: number, width: number): AsyncGenerator<Span | null> {
  if (await source.hasFewer(few + 1)) return yield null;
  const [row] = await reader.read('SELECT max(record) AS last FROM listed');
  for (let after = 0; after < Number(row?.last); after += width) yield [after, after + width];
}

/** @param also what of its own row a record must be asked for besides */
function selected(
  source: Source,
  conditions: Conditions,
  span: Span | null,
  [columns, ...given]: Statement,
  [behind, ...values]: Statement,
  also: 'record' | null = null,
): Statement {
  const [clauses, ...wanted] = clausesOf(conditions, 'listed');
  const isJoined = also === 'record' || conditions.changedSince !== null;
  const { by, values: sought } = source;
  return [
    `SELECT ${columns} FROM ${FROM[by]} ${isJoined ? 'CROSS JOIN record' : ''}
      WHERE ${conditionOf(source)} ${JOINED[by]} ${isJoined ? 'AND record.sequence = listed.record' : ''}
      ${span ? `AND ${PLACE[by]} > ? AND ${PLACE[by]} <= ?` : ''} ${clauses} ${behind}`,
    ...[...given, ...sought, ...(span ?? []), ...wanted, ...values],
  ];
}

/** The first customers of a stretch who meet the conditions. */
export async function gathered(
  reader: Reader,
  conditions: Conditions,
  source: Source,
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[]> {
  const column = stretch.order.column ? `listed.${stretch.order.column}` : null;
  const what: Statement = [`listed.customer AS id, ${column ?? 'NULL'} AS value`];
  const [behind, ...values] = within(stretch, column);
  const found: SearchPlace[] = [];
  // Several records of one customer may be found: then there are fewer customers than rows.
  for await (const span of spansOf(reader, source, reader.effort.atOnce, reader.effort.span))
    for (let most = 2 * limit; ; most *= 4) {
      const rows = await reader.read(
        ...selected(source, conditions, span, what, [`${behind} LIMIT ?`, ...values, most]),
      );
      if (rows.length === most && new Set(rows.map(({ id }) => id)).size < limit) continue;
      for (const { id, value } of rows) found.push([value ?? null, Number(id)]);
      break;
    }
  return firstOf(found, stretch, limit);
}

/**
 * The same by typos: whoever has a record with fewer of them stands before, so that all have to be seen first.
 * @param most records; null: however many match
 * @returns null: more than that match
 */
export async function gatheredByTypos(
  reader: Reader,
  conditions: Conditions,
  source: Source,
  stretch: Stretch,
  limit: number,
  most: number | null,
): Promise<readonly SearchPlace[] | null> {
  const [typos, ...exact] = typosOf(conditions);
  const what: Statement = [`listed.customer AS id, ${typos} AS typos`, ...exact];
  const best = new Map<number, number>();
  const { fewByTypos, spanByTypos } = reader.effort;
  const bound: Statement = most === null ? [''] : ['LIMIT ?', most + 1];
  for await (const span of most === null ? spansOf(reader, source, fewByTypos, spanByTypos) : [null]) {
    const rows = await reader.read(...selected(source, conditions, span, what, bound, 'record'));
    if (most !== null && rows.length > most) return null;
    for (const row of rows) best.set(Number(row.id), Math.min(Number(row.typos), best.get(Number(row.id)) ?? Infinity));
  }
  const places = [...best].map(([id, own]): SearchPlace => [own, id]);
  return firstOf(
    places.filter((place) => isWithin(place, stretch)),
    stretch,
    limit,
  );
}

/** How many customers meet the conditions. */
export async function countGathered(reader: Reader, conditions: Conditions, source: Source): Promise<number> {
  const { atOnce, span: width } = reader.effort;
  const found = new Set<Value | undefined>();
  for await (const span of spansOf(reader, source, atOnce, width)) {
    const counting = `${span ? '' : 'count('}DISTINCT listed.customer${span ? '' : ')'} AS id`;
    const rows = await reader.read(...selected(source, conditions, span, [counting], ['']));
    if (!span) return Number(rows[0]?.id);
    // Somebody's records may lie in several spans.
    for (const { id } of rows) found.add(id);
  }
  return found.size;
}
