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
const COMMON = /^(?:provider|country|kind|status) /;

export const providerTerm = (provider: string): string => `provider ${provider}`;

export const isCommon = (term: string): boolean => COMMON.test(term);

/**
 * A term as a word that both databases' search of documents takes as it is: the first 52 bits of a hash of its text. Two
 * texts of a directory have the same one by chance about once in a hundred directories of a million records, and nobody can
 * choose a text that does.
 */
const token = (term: string): string => hash('sha256', term).slice(0, DIGITS);

/** The same function, asked once for what comes again and again. */
function remembering(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MOST_KNOWN) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

const wordToken = remembering((word) => token(wordTerm(word)));

/** What a record is found by as a document: all but what many have. */
export const documentOf = ({ terms, words }: Terms): string =>
  [...new Set([...terms.filter((term) => !isCommon(term)).map(token), ...words.map(wordToken)])].join(' ');

/** Matches documents that have one term of each list. */
export const matching = (lists: readonly (readonly string[])[]): string =>
  lists.map((list) => `(${[...new Set(list.map(token))].join(' OR ')})`).join(' AND ');

/** The words of a record as they stand in its row: whoever is looked at one by one is asked for them there. */
export const marksOf = ({ words }: Terms): string => words.map(mark).join('');

/** As it stands in a row: no other one begins or ends within it. */
export const mark = (text: string): string => `\n${text}\n`;

/** Of a term that many have, as it stands in rows that many are gone through by. */
const FACT_DIGITS = 4;

/** The terms of a record that many have, short enough to stand in every index that lists are read from. */
export const factsOf = (terms: readonly string[]): string => terms.filter(isCommon).map(fact).join('');

/** There are some three hundred: a test tells them all apart. */
export const fact = remembering((term) => ` ${hash('sha256', term, 'base64url').slice(0, FACT_DIGITS)}`);
