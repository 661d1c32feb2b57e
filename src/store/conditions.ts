import { padded, places } from './batch.ts';
import type { Reader } from './effort.ts';
import { spellings } from './misspellings.ts';
import type { Statement } from './script.ts';
import type { Criteria } from './search.ts';
import { isCommon, mark, matching, wordTerm } from './terms.ts';

/** What one record of a customer must all be, as the tables say it. */
export interface Conditions {
  readonly providers: readonly string[] | null;
  readonly changedSince: number | null;
  /** One term of each of these lists. */
  readonly terms: readonly (readonly string[])[];
  /** And one word of each of these: first the word as it is, then its misspellings. */
  readonly words: readonly (readonly string[])[];
}

/** @returns null where no record can be that */
export async function conditionsOf(
  reader: Reader,
  { providers, terms, words, changedSince }: Criteria,
): Promise<Conditions | null> {
  if (providers?.length === 0 || terms.some(({ length }) => length === 0)) return null;
  const spelt: string[][] = [];
  for (const word of new Set(words)) spelt.push([word, ...(await spellings(reader, word))]);
  return {
    providers: providers && [...new Set(providers)],
    changedSince: changedSince?.getTime() ?? null,
    terms,
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
export const areNone = ({ providers, changedSince, terms, words }: Conditions): boolean =>
  !providers && changedSince === null && terms.length === 0 && words.length === 0;

/** What the record's document must match; null: it may be any. */
export const documentOf = ({ terms, words }: Conditions): string | null =>
  terms.length + words.length === 0 ? null : matching([...terms, ...words.map((list) => list.map(wordTerm))]);

/** Whether a record tells by its own row that it meets them: else only its document does. */
export const areMarked = ({ terms }: Conditions): boolean => terms.every((list) => list.every(isCommon));

/**
 * What a row of `record` must be besides having a document that matches; each begins with AND. The provider is asked for so
 * that no database goes through all records of it for each customer.
 */
export function clausesOf({ providers, changedSince }: Conditions): Statement {
  const values = providers && padded(providers);
  return [
    `AND record.missing_since IS NULL AND record.erased_at IS NULL
      ${values ? `AND (record.provider || '') IN ${places(values.length)}` : ''}
      ${changedSince === null ? '' : 'AND record.changed_at >= ?'}`,
    ...(values ?? []),
    ...(changedSince === null ? [] : [changedSince]),
  ];
}

/** How many words a row of `record` that meets the conditions has misspelt. */
export function typosOf({ words }: Conditions): Statement {
  const misspelt = words.filter(({ length }) => length > 1);
  return [
    misspelt.map(() => `CASE WHEN ${HAS} THEN 0 ELSE 1 END`).join(' + ') || '0',
    ...misspelt.map(([exact = '']) => mark(exact)),
  ];
}

/**
 * How many words are misspelt in the record of the customer `found` that has fewest of those that meet the conditions, as
 * their rows tell; null where none does.
 * @param counting whether it matters how many
 */
export function typosOfBest(conditions: Conditions, counting: boolean): Statement {
  // Whoever has a row in the table `customer` has a record that can be listed.
  if (areNone(conditions)) return ['0'];
  const [typos, ...exact] = counting ? typosOf(conditions) : (['0'] as const);
  const [clauses, ...values] = clausesOf(conditions);
  const lists = [...conditions.terms, ...conditions.words].map((list) => padded(list));
  return [
    `(SELECT min(${typos}) FROM record WHERE record.customer = found.id ${clauses}
      ${lists.map((list) => `AND (${list.map(() => HAS).join(' OR ')})`).join(' ')})`,
    ...[...exact, ...values, ...lists.flat().map(mark)],
  ];
}

const HAS = 'instr(record.marks, ?) > 0';
