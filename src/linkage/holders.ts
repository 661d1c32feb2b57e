import type { Comparable } from './comparable.ts';
import { levelOf } from './level.ts';

/** Whoever has so many holders is everybody's; counting more of them says nothing. */
const MOST_HOLDERS = 12;

/**
 * How many different customers state one value, by their names. Five records with one phone number are one person at five
 * providers, until their names differ; a firm's record without a person's name may be any of theirs.
 */
export function countHolders(records: readonly Comparable[]): number {
  const people: Comparable[] = [];
  const firms: Comparable[] = [];
  for (const record of records) {
    const isPerson = record.firstName !== null || record.lastName !== null;
    const known = isPerson ? people : firms;
    if (known.length >= MOST_HOLDERS) break;
    if (!isPerson && record.companyName === null) continue;
    if (!known.some((other) => (isPerson ? maySharePerson(record, other) : maySpell('companyName', record, other))))
      known.push(record);
  }
  return Math.max(people.length, firms.length, 1);
}

function maySharePerson(one: Comparable, other: Comparable): boolean {
  const straight = maySpell('firstName', one, other) && maySpell('lastName', one, other);
  // Half a name may be anybody's, the other way round.
  const isWhole = [one, other].every(({ firstName, lastName }) => firstName !== null && lastName !== null);
  if (straight || !isWhole) return straight;
  const turned = { ...other, firstName: other.lastName, lastName: other.firstName };
  return maySpell('firstName', one, turned) && maySpell('lastName', one, turned);
}

function maySpell(field: 'firstName' | 'lastName' | 'companyName', one: Comparable, other: Comparable): boolean {
  const [value, otherValue] = [one[field], other[field]];
  return value === null || otherValue === null || levelOf(field, value, otherValue) !== 'different';
}
