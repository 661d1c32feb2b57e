import { hash } from 'node:crypto';

/**
 * What a record is found by is kept as a number: the first 52 bits of a hash of its text. Two texts of a directory have the
 * same one by chance about once in a hundred directories of a million records, and nobody can choose a text that does.
 */
export const termOf = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 13), 16);

/** A word of text as a term: other kinds of terms never are one. */
export const wordTerm = (word: string): string => `word ${word}`;
