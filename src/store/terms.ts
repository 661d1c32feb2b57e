import { hash } from 'node:crypto';

/** What a record is found by, as it is kept with its copy, so that it can be taken out again. */
export interface Terms {
  readonly terms: readonly string[];
  readonly words: readonly string[];
}

/** Of a hash. */
const DIGITS = 13;
/** What very many records say is hashed once. */
const MOST_KNOWN = 20_000;

/** A word of text as a term: other kinds of terms never are one. */
export const wordTerm = (word: string): string => `word ${word}`;

/** Many records have the same. */
const COMMON = /^(?:country|kind|status) /;

export const isCommon = (term: string): boolean => COMMON.test(term);

/**
 * A term as a word that both databases' search of documents takes as it is: the first 52 bits of a hash of its text. Two
 * texts of a directory have the same one by chance about once in a hundred directories of a million records, and nobody can
 * choose a text that does.
 */
const token = (term: string): string => hash('sha256', term).slice(0, DIGITS);

const known = new Map<string, string>();

/** The same for what comes again and again. */
function wordToken(word: string): string {
  const found = known.get(word);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const made = token(wordTerm(word));
  known.set(word, made);
  return made;
}

/** What a record is found by as a document. */
export const documentOf = ({ terms, words }: Terms): string =>
  [...new Set([...terms.map(token), ...words.map(wordToken)])].join(' ');

/** Matches documents that have one term of each list. */
export const matching = (lists: readonly (readonly string[])[]): string =>
  lists.map((list) => `(${[...new Set(list.map(token))].join(' OR ')})`).join(' AND ');

/**
 * What customers are asked for one by one when they are gone through in some order: words, and terms that many have. It
 * stands in the record's own row.
 */
export const marksOf = ({ terms, words }: Terms): string => [...terms.filter(isCommon), ...words].map(mark).join('');

/** As it stands in a row: no other one begins or ends within it. */
export const mark = (text: string): string => `\n${text.replaceAll('\n', ' ')}\n`;
