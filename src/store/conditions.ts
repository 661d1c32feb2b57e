import { padded, places } from './batch.ts';
import type { Reader } from './effort.ts';
import { spellings } from './misspellings.ts';
import type { Statement } from './script.ts';
import type { Criteria } from './search.ts';
import { isCommon, matching, termOf, wordTerm } from './terms.ts';

/** What one record of a customer must all be, as the tables say it. */
export interface Conditions {
  readonly providers: readonly string[] | null;
  readonly changedSince: number | null;
  /** Its document matches this: where any of the terms is one that few have, all of them are in it. */
  readonly document: string | null;
  /** Else it has one of each of these. */
  readonly terms: readonly (readonly number[])[];
  /** And of these: first the word as it is, then its misspellings. */
  readonly words: readonly (readonly number[])[];
}

/** @returns null where no record can be that */
export async function conditionsOf(
  reader: Reader,
  { providers, terms, words, changedSince }: Criteria,
): Promise<Conditions | null> {
  if (providers?.length === 0 || terms.some(({ length }) => length === 0)) return null;
  const spelt: number[][] = [];
  for (const word of new Set(words)) {
    const all = [word, ...(await spellings(reader, word))];
    spelt.push(all.map((each) => termOf(wordTerm(each))));
  }
  const areCommon = terms.every((list) => list.every(isCommon));
  return {
    providers: providers && [...new Set(providers)],
    changedSince: changedSince?.getTime() ?? null,
    document: areCommon ? null : matching(terms),
    terms: areCommon ? terms.map((list) => [...new Set(list.map(termOf))]) : [],
    words: spelt,
  };
}

/** The same with every word as it is. */
export const speltExactly = (conditions: Conditions): Conditions => ({
  ...conditions,
  words: conditions.words.map((list) => list.slice(0, 1)),
});

/** How many words can be misspelt. */
export const mostTypos = ({ words }: Conditions): number => words.filter(({ length }) => length > 1).length;

/** Whether every customer that can be listed meets them. */
export const areNone = ({ providers, changedSince, document, terms, words }: Conditions): boolean =>
  !providers && changedSince === null && document === null && terms.length === 0 && words.length === 0;

/**
 * How many words are misspelt in the record of the customer `found` that has fewest of those that meet the conditions; null
 * where none does.
 * @param counting whether it matters how many
 * @param records those whose documents match, where that is a condition
 */
export function typosOfBest(conditions: Conditions, counting: boolean, records?: readonly number[]): Statement {
  // Whoever has a row in the table `customer` has a record that can be listed.
  if (areNone(conditions)) return ['0'];
  const { providers, changedSince, terms, words } = conditions;
  const misspelt = counting ? words.filter(({ length }) => length > 1) : [];
  const typos = misspelt.map(([exact = 0]): Statement => [`CASE WHEN ${has(1)} THEN 0 ELSE 1 END`, exact]);
  const clauses: Statement[] = [];
  if (providers) {
    const values = padded(providers);
    clauses.push([`record.provider IN ${places(values.length)}`, ...values]);
  }
  if (records) {
    const values = padded(records);
    clauses.push([`record.sequence IN ${places(values.length)}`, ...values]);
  }
  if (changedSince !== null) clauses.push(['record.changed_at >= ?', changedSince]);
  for (const list of [...terms, ...words]) {
    const values = padded(list);
    clauses.push([has(values.length), ...values]);
  }
  return [
    `(SELECT min(${typos.map(([sql]) => sql).join(' + ') || '0'}) FROM record
      WHERE record.customer = found.id AND record.missing_since IS NULL AND record.erased_at IS NULL
      ${clauses.map(([sql]) => `AND ${sql}`).join(' ')})`,
    ...[...typos, ...clauses].flatMap(([, ...values]) => values),
  ];
}

const has = (terms: number): string =>
  `EXISTS (SELECT 1 FROM term
    WHERE term.term IN ${places(terms)} AND term.customer = record.customer AND term.record = record.sequence)`;
