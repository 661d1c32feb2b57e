import { areNone, type Conditions, conditionsOf } from './conditions.ts';
import { customersOf, rarest } from './drivers.ts';
import { along, among, type Match, type Question } from './matching.ts';
import type { Database } from './script.ts';
import type { Criteria } from './search.ts';

const KNOWN = { column: null, descending: false };
const ALL = { order: KNOWN, from: null, to: null, backwards: false };
/** Who is looked at first. */
const AT_ONCE = 256;

/** How many customers meet the criteria. */
export async function countFound(database: Database, criteria: Criteria): Promise<number> {
  const conditions = await conditionsOf(database, criteria);
  if (!conditions) return 0;
  if (areNone(conditions)) return countAll(database);
  let found = 0;
  for await (const matches of matching(database, conditions)) found += matches.length;
  return found;
}

async function* matching(database: Database, conditions: Conditions): AsyncGenerator<readonly Match[]> {
  const driver = await rarest(database, conditions);
  const question: Question = { conditions, order: KNOWN, counting: false };
  if (driver) {
    const everybody = { from: null, to: null, descending: false };
    yield* among(database, question, customersOf(database, driver, everybody), AT_ONCE);
  } else for await (const { matches } of along(database, question, ALL, AT_ONCE)) yield matches;
}

/** Ids counted in one statement. */
const SPAN = 250_000;

async function countAll(database: Database): Promise<number> {
  const [row] = await database.read('SELECT max(id) AS last FROM customer');
  let found = 0;
  for (let after = 0; after < Number(row?.last ?? 0); after += SPAN) {
    const [some] = await database.read(
      'SELECT count(*) AS customers FROM customer WHERE id > ? AND id <= ?',
      ...[after, after + SPAN],
    );
    found += Number(some?.customers);
  }
  return found;
}
