import { areNone, type Conditions, conditionsOf } from './conditions.ts';
import { customersOf, rarest } from './drivers.ts';
import type { Reader } from './effort.ts';
import { along, among, type Match, type Question } from './matching.ts';
import type { Criteria } from './search.ts';

const KNOWN = { column: null, descending: false };
const ALL = { order: KNOWN, from: null, to: null, backwards: false };

/** How many customers meet the criteria. */
export async function countFound(reader: Reader, criteria: Criteria): Promise<number> {
  const conditions = await conditionsOf(reader, criteria);
  if (!conditions) return 0;
  if (areNone(conditions)) return countAll(reader);
  let found = 0;
  for await (const matches of matching(reader, conditions)) found += matches.length;
  return found;
}

async function* matching(reader: Reader, conditions: Conditions): AsyncGenerator<readonly Match[]> {
  const driver = await rarest(reader, conditions);
  const question: Question = { conditions, order: KNOWN, counting: false };
  if (driver) {
    const everybody = { from: null, to: null, descending: false };
    yield* among(reader, question, customersOf(reader, driver, everybody), reader.effort.most);
  } else for await (const { matches } of along(reader, question, ALL, reader.effort.most)) yield matches;
}

/** Ids counted in one statement. */
const SPAN = 250_000;

async function countAll(reader: Reader): Promise<number> {
  const [row] = await reader.read('SELECT max(id) AS last FROM customer');
  let found = 0;
  for (let after = 0; after < Number(row?.last ?? 0); after += SPAN) {
    const [some] = await reader.read(
      'SELECT count(*) AS customers FROM customer WHERE id > ? AND id <= ?',
      ...[after, after + SPAN],
    );
    found += Number(some?.customers);
  }
  return found;
}
