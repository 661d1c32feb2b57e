import { keyText, type RecordKey } from '../ids/ids.ts';
import { forKeys, forRows, forValues } from './batch.ts';
import { keyIn } from './records.ts';
import type { Script } from './script.ts';
import { documentOf, matching, type Terms, wordTerm } from './terms.ts';

/**
 * The tables `copy`, `document` and `word`: what records say, and what they are found by. A record's terms and words are a
 * document, which is cheap to add to a large directory.
 */

/** A copy's payload, by the place of its record. */
export interface PlacedCopy {
  readonly sequence: number;
  readonly profile: string;
  readonly raw: string;
  /** JSON of its terms and words. */
  readonly found: string;
  readonly document: string;
  readonly words: readonly string[];
}

export const foundBy = ({ terms, words }: Terms): string => JSON.stringify({ terms, words } satisfies Terms);

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

/**
 * Writes copies over what was there, and puts what they are found by in the place of what they were found by.
 * @returns the words that are to be forgotten when the records are listed anew
 */
export function* putCopies(
  copies: readonly PlacedCopy[],
  former: ReadonlyMap<number, FormerCopy>,
): Script<readonly string[]> {
  yield* forRows(
    4,
    (rows) => `INSERT INTO copy (record, profile, raw, terms) VALUES ${rows}
      ON CONFLICT (record) DO UPDATE SET profile = excluded.profile, raw = excluded.raw, terms = excluded.terms`,
    copies.map(({ sequence, profile, raw, found }) => [sequence, profile, raw, found]),
  );
  yield* putDocuments(copies, former);
  yield* forRows(
    3,
    (rows) => `INSERT INTO word (length, text, reversed) VALUES ${rows} ON CONFLICT (length, text) DO NOTHING`,
    [...new Set(copies.flatMap(({ words }) => words))].map((word) => [word.length, word, reversed(word)]),
  );
  return copies.flatMap(
    ({ sequence, words }) => former.get(sequence)?.words.filter((word) => !words.includes(word)) ?? [],
  );
}

const NOTHING: Terms = { terms: [], words: [] };

/** Documents are not changed: what is there goes, and comes anew. */
function* putDocuments(copies: readonly PlacedCopy[], former: ReadonlyMap<number, FormerCopy>): Script<void> {
  const before = (sequence: number): string => documentOf(former.get(sequence) ?? NOTHING);
  const news = copies.filter(({ sequence, document }) => document !== before(sequence));
  for (const { sequence } of news) if (former.has(sequence)) yield ['DELETE FROM document WHERE rowid = ?', sequence];
  yield* forRows(
    2,
    (rows) => `INSERT INTO document (rowid, terms) VALUES ${rows}`,
    news.flatMap(({ sequence, document }) => (document === '' ? [] : [[sequence, document]])),
  );
}

export const reversed = (word: string): string => [...word].reverse().join('');

/** Words that nobody is found by any more may be somebody's name. */
export function* forgetWords(words: readonly string[]): Script<void> {
  for (const word of words)
    yield [
      `DELETE FROM word WHERE length = ? AND text = ?
        AND NOT EXISTS (SELECT 1 FROM document WHERE document MATCH ?)`,
      ...[word.length, word, matching([[wordTerm(word)]])],
    ];
}

/**
 * Takes out copies and all that they are found by.
 * @returns the words that are to be forgotten when the records are listed no more
 */
export function* dropCopies(records: readonly number[]): Script<readonly string[]> {
  const copies = yield* formerCopies(records);
  for (const sequence of records) {
    const copy = copies.get(sequence);
    if (!copy) continue;
    yield ['DELETE FROM document WHERE rowid = ?', sequence];
    yield ['DELETE FROM copy WHERE record = ?', sequence];
  }
  return [...new Set([...copies.values()].flatMap(({ words }) => words))];
}

/** What records' copies say, by `keyText`; without those that no copy is held of. */
export function* payloads(records: readonly MaybeKnown[]): Script<ReadonlyMap<string, Payload>> {
  const known = new Map(records.flatMap((each) => (each.sequence === undefined ? [] : [[each.sequence, each]])));
  const byPlace = yield* forValues(
    (list) => `SELECT record, profile, raw FROM copy WHERE record IN ${list}`,
    [...known.keys()],
  );
  const byKey = yield* forKeys(
    (list) => `SELECT record.provider, record.provider_id, copy.profile, copy.raw
      FROM record JOIN copy ON copy.record = record.sequence WHERE (record.provider, record.provider_id) IN ${list}`,
    records.filter(({ sequence }) => sequence === undefined),
  );
  const found = [
    ...byPlace.map((row) => [known.get(Number(row.record)) as RecordKey, row] as const),
    ...byKey.map((row) => [keyIn(row), row] as const),
  ];
  return new Map(
    found.map(([key, { profile, raw }]) => [keyText(key), { profile: String(profile), raw: String(raw) }]),
  );
}

/** A record whose place is known is found by it at once. */
export type MaybeKnown = RecordKey & { readonly sequence?: number };

interface Payload {
  readonly profile: string;
  readonly raw: string;
}
