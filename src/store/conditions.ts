import { padded } from './batch.ts';
import type { Reader } from './effort.ts';
import { spellings } from './misspellings.ts';
import type { Statement } from './script.ts';
import type { Criteria } from './search.ts';
import { fact, isCommon, mark, matching, providerTerm, wordTerm } from './terms.ts';

/** What one record of a customer must all be, as the tables say it. */
export interface Conditions {
  /** Its facts have one of each of these lists. */
  readonly facts: readonly (readonly string[])[];
  readonly changedSince: number | null;
  /** Its document has one term of each of these lists. */
  readonly terms: readonly (readonly string[])[];
  /** And one word of each of these: first the word as it is, then its misspellings. */
  readonly words: readonly (readonly string[])[];
}

/** @returns null where no record can be that */
export async function conditionsOf(
  reader: Reader,
  { providers, terms, words, changedSince }: Criteria,
): Promise<Conditions | null> {
  const lists = providers ? [...terms, providers.map(providerTerm)] : terms;
  if (lists.some(({ length }) => length === 0)) return null;
  const spelt: string[][] = [];
  for (const word of new Set(words)) spelt.push([word, ...(await spellings(reader, word))]);
  return {
    facts: lists.filter((list) => list.every(isCommon)).map((list) => list.map(fact)),
    changedSince: changedSince?.getTime() ?? null,
    terms: lists.filter((list) => !list.every(isCommon)),
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
export const areNone = ({ facts, changedSince, terms, words }: Conditions): boolean =>
  changedSince === null && facts.length === 0 && terms.length === 0 && words.length === 0;

/** What the record's document must match; null: it may be any. */
export const documentOf = ({ terms, words }: Conditions): string | null =>
  terms.length + words.length === 0 ? null : matching([...terms, ...words.map((list) => list.map(wordTerm))]);

/** Whether rows tell that a record meets them: else only its document does. */
export const areTold = ({ terms }: Conditions): boolean => terms.length === 0;

/** Whether the row of `record` has to be looked at for that, which is much wider than that of `listed`. */
export const needRecord = ({ words, changedSince }: Conditions): boolean => words.length > 0 || changedSince !== null;

/** What the statement calls the table. */
type ListedAs = 'listed' | 'walked';

/**
 * What rows of `listed`, and of `record` where that is needed, must be besides having a document that matches; each begins
 * with AND.
 */
export function clausesOf({ facts, changedSince }: Conditions, listed: ListedAs): Statement {
  return all([
    ...facts.map((list) => among(`${listed}.facts`, list)),
    ...(changedSince === null ? [] : [['AND record.changed_at >= ?', changedSince] as const]),
  ]);
}

/** What they must be where no document is asked. */
export const allClausesOf = (conditions: Conditions, listed: ListedAs): Statement =>
  all([clausesOf(conditions, listed), ...conditions.words.map((list) => among('record.marks', list.map(mark)))]);

/** @returns AND, and that one of the texts stands in the column */
function among(column: string, texts: readonly string[]): Statement {
  const these = padded(texts);
  return [`AND (${these.map(() => `instr(${column}, ?) > 0`).join(' OR ')})`, ...these];
}

const all = (clauses: readonly Statement[]): Statement => [
  clauses.map(([clause]) => clause).join(' '),
  ...clauses.flatMap(([, ...values]) => values),
];

/** How many words a row of `record` that meets the conditions has misspelt. */
export function typosOf({ words }: Conditions): Statement {
  const misspelt = words.filter(({ length }) => length > 1);
  return [
    misspelt.map(() => 'CASE WHEN instr(record.marks, ?) > 0 THEN 0 ELSE 1 END').join(' + ') || '0',
    ...misspelt.map(([exact = '']) => mark(exact)),
  ];
}

/** How many words are misspelt in that record of the customer `walked` which has fewest, of those that meet the conditions. */
export function typosOfBest(conditions: Conditions): Statement {
  const [typos, ...exact] = typosOf(conditions);
  const [clauses, ...values] = allClausesOf(conditions, 'listed');
  return [
    `(SELECT min(${typos}) FROM listed CROSS JOIN record
      WHERE listed.customer = walked.customer AND record.sequence = listed.record ${clauses})`,
    ...[...exact, ...values],
  ];
}
