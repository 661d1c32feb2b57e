import { keyText, type RecordKey } from '../ids/ids.ts';
import { forKeys, forRows, forValues, padded } from './batch.ts';
import { keyIn } from './records.ts';
import type { Script } from './script.ts';
import { documentOf, isCommon, termOf, wordTerm } from './terms.ts';

/**
 * The tables `copy`, `document`, `term` and `word`: what records say, and what they are found by. A record's terms are a
 * document, which is cheap to add to a large directory; words, and terms that many have, stand in `term` besides.
 */

/** What a record is found by, as it is kept with its copy, so that it can be taken out again. */
export interface Terms {
  readonly terms: readonly string[];
  readonly words: readonly string[];
}

/** A copy's payload, by the places of its record and of the customer. */
export interface PlacedCopy extends Terms {
  readonly sequence: number;
  readonly customer: number;
  readonly profile: string;
  readonly raw: string;
}

/** A copy as it was before: what it was found by, and its profile. */
export interface FormerCopy extends Terms {
  readonly profile: string;
}

/** By the places of their records. */
export function* formerCopies(records: readonly number[]): Script<ReadonlyMap<number, FormerCopy>> {
  const rows = yield* forValues((list) => `SELECT record, profile, terms FROM copy WHERE record IN ${list}`, records);
  return new Map(
    rows.map(({ record, profile, terms }) => [
      Number(record),
      { profile: String(profile), ...(JSON.parse(String(terms)) as Terms) },
    ]),
  );
}

/** Writes copies over what was there, and puts what they are found by in the place of what they were found by. */
export function* putCopies(copies: readonly PlacedCopy[], former: ReadonlyMap<number, FormerCopy>): Script<void> {
  yield* forRows(
    4,
    (rows) => `INSERT INTO copy (record, profile, raw, terms) VALUES ${rows}
      ON CONFLICT (record) DO UPDATE SET profile = excluded.profile, raw = excluded.raw, terms = excluded.terms`,
    copies.map(({ sequence, profile, raw, terms, words }) => [
      ...[sequence, profile, raw, JSON.stringify({ terms, words } satisfies Terms)],
    ]),
  );
  yield* putDocuments(copies, former);
  const found = copies.map((copy) => difference(copy, former.get(copy.sequence)));
  yield* takeOut(found.flatMap(({ gone }) => gone));
  yield* putIn(found.flatMap(({ added }) => added));
  yield* forRows(
    2,
    (rows) => `INSERT INTO word (text, reversed) VALUES ${rows} ON CONFLICT (text) DO NOTHING`,
    [...new Set(copies.flatMap(({ words }) => words))].map((word) => [word, reversed(word)]),
  );
  yield* forgetWords(found.flatMap(({ unused }) => unused));
}

/** Documents are not changed: what is there goes, and comes anew. */
function* putDocuments(copies: readonly PlacedCopy[], former: ReadonlyMap<number, FormerCopy>): Script<void> {
  const written = copies.map(({ sequence, terms }) => ({ sequence, document: documentOf(terms) }));
  const before = (sequence: number): string => documentOf(former.get(sequence)?.terms ?? []);
  const news = written.filter(({ sequence, document }) => document !== before(sequence));
  for (const { sequence } of news) if (former.has(sequence)) yield ['DELETE FROM document WHERE rowid = ?', sequence];
  yield* forRows(
    2,
    (rows) => `INSERT INTO document (rowid, terms) VALUES ${rows}`,
    news.flatMap(({ sequence, document }) => (document === '' ? [] : [[sequence, document]])),
  );
}

/** A row of the table `term`: the term, the customer and the record. */
type TermRow = readonly [term: number, customer: number, record: number];

function difference(copy: PlacedCopy, before: FormerCopy | undefined) {
  const [old, now] = [new Set(before ? hashed(before) : []), new Set(hashed(copy))];
  const row = (term: number): TermRow => [term, copy.customer, copy.sequence];
  return {
    added: [...now.difference(old)].map(row),
    gone: [...old.difference(now)].map(row),
    unused: (before?.words ?? []).filter((word) => !copy.words.includes(word)),
  };
}

export const reversed = (word: string): string => [...word].reverse().join('');

const hashed = ({ terms, words }: Terms): number[] => [
  ...terms.filter(isCommon).map(termOf),
  ...words.map((word) => termOf(wordTerm(word))),
];

/** In the order of the key: the table is kept in it. */
function* putIn(rows: readonly TermRow[]): Script<void> {
  yield* forRows(
    3,
    (places) => `INSERT INTO term (term, customer, record) VALUES ${places} ON CONFLICT DO NOTHING`,
    rows.toSorted(([one], [other]) => one - other),
  );
}

function* takeOut(rows: readonly TermRow[]): Script<void> {
  yield* forTermRows((list) => `DELETE FROM term WHERE (term, customer, record) IN ${list}`, rows);
}

/** Says of what kind the values are, which one of the databases can't know by itself. */
const FIRST_ROW = '(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))';
const MOST_ROWS = 64;

function* forTermRows(statement: (list: string) => string, rows: readonly TermRow[], ...first: number[]): Script<void> {
  for (let start = 0; start < rows.length; start += MOST_ROWS) {
    const some = padded(rows.slice(start, start + MOST_ROWS));
    yield [
      statement(`(VALUES ${[FIRST_ROW, ...Array(some.length - 1).fill('(?, ?, ?)')].join(', ')})`),
      ...first,
      ...some.flat(),
    ];
  }
}

/** Words that no record has any more may be somebody's name. */
function* forgetWords(words: readonly string[]): Script<void> {
  for (const word of words)
    yield [
      'DELETE FROM word WHERE text = ? AND NOT EXISTS (SELECT 1 FROM term WHERE term = ?)',
      ...[word, termOf(wordTerm(word))],
    ];
}

/** Records that are another customer's now are found as that one's. */
export function* moveTerms(records: readonly number[], from: number, to: number): Script<void> {
  const copies = yield* formerCopies(records);
  for (const [record, copy] of copies) {
    const rows = [...new Set(hashed(copy))].map((term): TermRow => [term, from, record]);
    yield* forTermRows((list) => `UPDATE term SET customer = ? WHERE (term, customer, record) IN ${list}`, rows, to);
  }
}

/** Takes out copies and all that they are found by. @returns how many there were */
export function* dropCopies(records: readonly { sequence: number; customer: number }[]): Script<number> {
  const copies = yield* formerCopies(records.map(({ sequence }) => sequence));
  for (const { sequence, customer } of records) {
    const copy = copies.get(sequence);
    if (!copy) continue;
    yield* takeOut(hashed(copy).map((term) => [term, customer, sequence]));
    yield* forgetWords(copy.words);
    yield ['DELETE FROM document WHERE rowid = ?', sequence];
    yield ['DELETE FROM copy WHERE record = ?', sequence];
  }
  return copies.size;
}

/** The rows of records, with a copy's payload where one is held, by `keyText`. */
export function* payloads(keys: readonly RecordKey[]): Script<ReadonlyMap<string, { profile: string; raw: string }>> {
  const rows = yield* forKeys(
    (list) => `SELECT record.provider, record.provider_id, copy.profile, copy.raw
      FROM record JOIN copy ON copy.record = record.sequence WHERE (record.provider, record.provider_id) IN ${list}`,
    keys,
  );
  return new Map(rows.map((row) => [keyText(keyIn(row)), { profile: String(row.profile), raw: String(row.raw) }]));
}
