import { areNone, type Conditions, typosOfBest } from './conditions.ts';
import type { Effort, Reader } from './effort.ts';
import { compare, type Stretch, slices } from './places.ts';
import type { Row, Statement } from './script.ts';
import type { SearchPlace } from './search.ts';

/** Customers that were looked at, and those of them that meet the conditions. */

/** A customer that does. */
export interface Match {
  readonly place: SearchPlace;
  /** How many words its best record has misspelt, where that is counted. */
  readonly typos: number;
}

/** What somebody else may have to wait for, in one piece. */
const LONG_MS = 8;

/** How many to look at in the next statement: twice as many as long as that is fast. */
class Pace {
  size: number;
  readonly #effort: Effort;
  constructor(size: number, effort: Effort) {
    this.size = Math.min(Math.max(size, effort.least), effort.most);
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

/** @param counting whether it matters how many words are misspelt */
export interface Question {
  readonly conditions: Conditions;
  readonly counting: boolean;
}

/** A part of a walk: how many were looked at, and who of them meets the conditions. */
interface Steps {
  readonly looked: number;
  readonly matches: readonly Match[];
}

/** Goes through a stretch of all customers. */
export async function* along(
  reader: Reader,
  { conditions, counting }: Question,
  stretch: Stretch,
  first: number,
): AsyncGenerator<Steps> {
  const [typos, ...values] = typosOfBest(conditions, counting);
  const pace = new Pace(2 * first, reader.effort);
  let { from } = stretch;
  for (;;) {
    const rows: Row[] = [];
    const size = areNone(conditions) ? first : pace.size;
    for (const [sql, ...ends] of slices({ ...stretch, from }, size)) {
      if (rows.length >= size) break;
      const statement: Statement = [
        `SELECT id, value, ${typos} AS typos FROM (${sql}) AS found`,
        ...[...values, ...ends],
      ];
      rows.push(...(await pace.timed(() => reader.read(...statement))));
    }
    // A database need not keep the order of what it selects from.
    const sign = stretch.backwards ? -1 : 1;
    rows.sort((one, other) => sign * compare(placeOf(one), placeOf(other), stretch.order));
    yield { looked: rows.length, matches: rows.flatMap(toMatch) };
    const last = rows.at(-1);
    if (rows.length < size || !last) return;
    from = placeOf(last);
  }
}

const placeOf = ({ id, value }: Row): SearchPlace => [value ?? null, Number(id)];

const toMatch = (row: Row | undefined): Match[] =>
  row === undefined || row.typos === null ? [] : [{ place: placeOf(row), typos: Number(row.typos) }];
