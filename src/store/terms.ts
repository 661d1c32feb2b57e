import { hash } from 'node:crypto';

/** Of a hash. */
const DIGITS = 13;

/**
 * What a record is found by is kept as a number: the first 52 bits of a hash of its text. Two texts of a directory have the
 * same one by chance about once in a hundred directories of a million records, and nobody can choose a text that does.
 */
export const termOf = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, DIGITS), 16);

/** A word of text as a term: other kinds of terms never are one. */
export const wordTerm = (word: string): string => `word ${word}`;

/** Many records have the same: such terms are looked up customer by customer, too. */
const COMMON = /^(?:country|kind|status) /;

export const isCommon = (term: string): boolean => COMMON.test(term);

/** A term as a word that both databases' search of documents takes as it is. */
const token = (term: string): string => `t${hash('sha256', term).slice(0, DIGITS)}`;

/** A record's terms as a document. */
export const documentOf = (terms: readonly string[]): string => [...new Set(terms.map(token))].join(' ');

/** Matches documents that have one term of each list. */
export const matching = (lists: readonly (readonly string[])[]): string =>
  lists.map((list) => `(${[...new Set(list.map(token))].join(' OR ')})`).join(' AND ');
