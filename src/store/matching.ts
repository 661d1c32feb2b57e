import { allClausesOf, areNone, type Conditions, needRecord, typosOfBest } from './conditions.ts';
import type { Effort, Reader } from './effort.ts';
import { inSlice, keysOfSlice, type Slice, type Stretch, slicesOf } from './places.ts';
import type { Row, Statement } from './script.ts';
import type { SearchPlace } from './search.ts';

/** Customers in the order that is asked for, and those of them that meet the conditions. */

/** What somebody else may have to wait for, in one piece. */
const LONG_MS = 8;

/** How many to look at in the next statement: twice as many as long as that is fast. */
class Steps {
  size: number;
  readonly #effort: Effort;
  constructor(effort: Effort) {
    this.size = effort.least;
    this.#effort = effort;
  }
  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const result = await work();
    const ms = performance.now() - start;
    if (ms > LONG_MS) this.size = Math.max(this.#effort.least, this.size >> 1);
    else if (ms < LONG_MS / 4) this.size = Math.min(this.#effort.most, this.size << 1);
    return result;
  }
}

/** @param typos only those who have so many words misspelt; null: however many */
export interface Question {
  readonly conditions: Conditions;
  readonly typos: number | null;
}

/** A part of a walk: how many records were looked at, and who meets the conditions. */
interface Looked {
  readonly looked: number;
  readonly matches: readonly SearchPlace[];
}

/**
 * Goes through a stretch of all customers.
 * @param most how many of those that meet the conditions are wanted
 */
export async function* along(
  reader: Reader,
  question: Question,
  stretch: Stretch,
  most: number,
): AsyncGenerator<Looked> {
  const steps = new Steps(reader.effort);
  const wanted = wantedBy(question);
  for (const slice of slicesOf(stretch)) {
    let { from } = slice;
    for (;;) {
      const left = { ...slice, from };
      const looked = steps.size;
      const [until, matches] = await steps.timed(async () => {
        const last = areNone(question.conditions) ? null : await placeAt(reader, left, looked);
        return [last, await matchesIn(reader, { ...left, until: last }, wanted, most)] as const;
      });
      yield { looked, matches };
      if (!until) break;
      from = until;
    }
  }
}

/** The place of a row; null: there are fewer in the slice. */
async function placeAt(reader: Reader, slice: Slice, row: number): Promise<SearchPlace | null> {
  const [condition, ...ends] = inSlice(slice);
  const [found] = await reader.read(
    `SELECT walked.customer AS id, ${valueIn(slice)} AS value FROM listed AS walked WHERE ${condition}
      ORDER BY ${orderOf(slice)} LIMIT 1 OFFSET ?`,
    ...[...ends, row - 1],
  );
  return found ? placeOf(found) : null;
}

/** Which rows of `listed`, called `walked`, are wanted. */
interface Wanted {
  /** Whether those of `record` are joined to them. */
  readonly byRecord: boolean;
  /** Each begins with AND. */
  readonly clauses: Statement;
}

/** Any of a customer's records may meet the conditions; how many words are misspelt, is told by the best of them. */
function wantedBy({ conditions, typos }: Question): Wanted {
  if (typos === null) return { byRecord: needRecord(conditions), clauses: allClausesOf(conditions, 'walked') };
  const [best, ...values] = typosOfBest(conditions);
  return { byRecord: false, clauses: [`AND ${best} = ?`, ...values, typos] };
}

/** The first customers of a slice that are wanted. */
export async function matchesIn(
  reader: Reader,
  slice: Slice,
  { byRecord, clauses: [clauses, ...values] }: Wanted,
  most: number,
): Promise<readonly SearchPlace[]> {
  const [isInside, ...ends] = inSlice(slice);
  const rows = await reader.read(
    `SELECT walked.customer AS id, ${valueIn(slice)} AS value
      FROM listed AS walked ${byRecord ? 'CROSS JOIN record' : ''}
      WHERE ${isInside} ${byRecord ? 'AND record.sequence = walked.record' : ''} ${clauses}
      GROUP BY ${keysOfSlice(slice).join(', ')} ORDER BY ${orderOf(slice)} LIMIT ?`,
    ...[...ends, ...values, most],
  );
  return rows.map(placeOf);
}

const valueIn = ({ column, isNull }: Slice): string => (isNull || !column ? 'NULL' : `walked.${column}`);

const orderOf = (slice: Slice): string =>
  keysOfSlice(slice)
    .map((key) => `${key} ${slice.up ? 'ASC' : 'DESC'}`)
    .join(', ');

const placeOf = ({ id, value }: Row): SearchPlace => [value ?? null, Number(id)];
