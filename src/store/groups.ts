import type { Conditions } from './conditions.ts';
import type { Reader } from './effort.ts';
import { matchesIn } from './matching.ts';
import { firstOf, type Stretch, slicesOf } from './places.ts';
import type { Value } from './script.ts';
import type { SearchPlace } from './search.ts';

/**
 * Records with the same facts stand together in an index, in the order of their customers' names. Where the facts tell that a
 * record meets the conditions, the first of a few such groups are found at once, however many match, and wherever in the
 * alphabet they stand.
 */

/** So many groups that match are looked into; where it is more, whoever is gone through matches soon. */
export const MOST_GROUPS = 48;
/** So many there may be at all: as a rule it is one for each provider, country, kind and status. */
const MOST_FACTS = 512;

/** @param groups the facts of those that match */
export async function firstOfGroups(
  reader: Reader,
  groups: readonly Value[],
  stretch: Stretch,
  limit: number,
): Promise<readonly SearchPlace[]> {
  const found: SearchPlace[] = [];
  for (const slice of slicesOf(stretch))
    for (const facts of groups) {
      const wanted = { byRecord: false, clauses: ['AND walked.facts = ?', facts] } as const;
      found.push(...(await matchesIn(reader, slice, wanted, limit)));
    }
  return firstOf(found, stretch, limit);
}

/** The facts of all groups that meet the conditions; null: there are too many kinds of records to look. */
export async function groupsOf(reader: Reader, { facts: lists }: Conditions): Promise<readonly string[] | null> {
  // From one to the next by the index: none is met twice.
  const rows = await reader.read(
    `WITH RECURSIVE met (facts) AS (
        SELECT min(facts) FROM listed
        UNION ALL
        SELECT (SELECT min(facts) FROM listed WHERE listed.facts > met.facts) FROM met WHERE met.facts IS NOT NULL
      ) SELECT facts FROM met WHERE facts IS NOT NULL LIMIT ?`,
    MOST_FACTS + 1,
  );
  if (rows.length > MOST_FACTS) return null;
  return rows
    .map(({ facts }) => String(facts))
    .filter((facts) => lists.every((list) => list.some((each) => facts.includes(each))));
}
