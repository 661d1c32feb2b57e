import { conditionsOf } from './conditions.ts';
import type { Reader } from './effort.ts';
import { countGathered, sourceOf } from './gathering.ts';
import type { Criteria } from './search.ts';

/** How many customers meet the criteria. */
export async function countFound(reader: Reader, criteria: Criteria): Promise<number> {
  const conditions = await conditionsOf(reader, criteria);
  if (!conditions) return 0;
  const source = sourceOf(conditions);
  return source ? countGathered(reader, conditions, source) : countAll(reader);
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
