import { allClausesOf, areTold, type Conditions, conditionsOf, needRecord } from './conditions.ts';
import type { Reader } from './effort.ts';
import { countGathered, sourceOf } from './gathering.ts';
import type { Criteria } from './search.ts';

/** How many customers meet the criteria. */
export async function countFound(reader: Reader, criteria: Criteria): Promise<number> {
  const conditions = await conditionsOf(reader, criteria);
  if (!conditions) return 0;
  const source = await sourceOf(reader, conditions);
  const { few } = reader.effort.byIndex;
  const isTold = areTold(conditions) && !needRecord(conditions);
  const isCountedAlong = !source || (isTold && !(await source.hasFewer(few + 1)));
  return isCountedAlong ? countAlong(reader, conditions) : countGathered(reader, conditions, source);
}

/** Ids counted in one statement. */
const SPAN = 131_072;

/** By the index of all customers. */
async function countAlong(reader: Reader, conditions: Conditions): Promise<number> {
  const [row] = await reader.read('SELECT max(customer) AS last FROM listed');
  const [clauses, ...values] = allClausesOf(conditions, 'listed');
  let found = 0;
  for (let after = 0; after < Number(row?.last ?? 0); after += SPAN) {
    const [some] = await reader.read(
      `SELECT count(DISTINCT customer) AS customers FROM listed WHERE customer > ? AND customer <= ? ${clauses}`,
      ...[after, after + SPAN, ...values],
    );
    found += Number(some?.customers);
  }
  return found;
}
