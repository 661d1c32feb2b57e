import { keyText, type RecordKey } from '../ids/ids.ts';
import { MOST_RECORDS } from '../model/customer.ts';
import { forKeys, forRows, forValues } from './batch.ts';
import { type ChangeToKeep, keepChanges } from './changes.ts';
import { type FormerCopy, forgetWords, formerCopies, foundBy, putCopies } from './copies.ts';
import { join } from './customers.ts';
import { keyIn, nextSequence } from './records.ts';
import type { Row, Script } from './script.ts';
import type { CopySource, CopyToKeep, CustomerSummary, KeptCopy, Summarise, WeighedCopy } from './store.ts';
import { keepListed, summarise } from './summaries.ts';
import { documentOf, factsOf, marksOf } from './terms.ts';

/** A known record's place and what decides whether a copy of it is news. */
interface Seen {
  readonly sequence: number;
  readonly customer: number;
  readonly hash: string | null;
  readonly isErased: boolean;
  /** What is held is what the provider has, as far as anybody knows. */
  readonly isCurrent: boolean;
  /** When what is known became known: what was asked for before then is older. */
  readonly newest: number;
}

/** By `keyText`. */
export function* seenRecords(keys: readonly RecordKey[]): Script<ReadonlyMap<string, Seen>> {
  const rows = yield* forKeys(
    (list) => `SELECT sequence, provider, provider_id, customer, hash, changed_at, missing_since, erased_at, outdated
      FROM record WHERE (provider, provider_id) IN ${list}`,
    keys,
  );
  return new Map(rows.map((row) => [keyText(keyIn(row)), toSeen(row)]));
}

const toSeen = (row: Row): Seen => ({
  sequence: Number(row.sequence),
  customer: Number(row.customer),
  hash: typeof row.hash === 'string' ? row.hash : null,
  isErased: row.erased_at !== null,
  isCurrent: row.missing_since === null && row.erased_at === null && row.outdated === 0,
  newest: Math.max(...[row.changed_at, row.missing_since, row.erased_at, row.outdated].map((at) => Number(at ?? 0))),
});

/** Nobody keeps what was asked for so long ago: what is known has been told by a clock that was ahead. */
const CLOCK_ERROR_MS = 10 * 60_000;

/** What becomes of a copy of a record that is known; null: it is to be written. */
export function settled(seen: Seen | undefined, copy: WeighedCopy, { asked }: CopySource): KeptCopy | null {
  if (!seen) return null;
  const late = seen.newest - copy.fetchedAt.getTime();
  const isOld = late > 0 && late < CLOCK_ERROR_MS;
  if (seen.isErased && (!asked || isOld)) return { became: 'ERASED', sequence: seen.sequence };
  if (isOld) return { became: 'UNCHANGED', sequence: seen.sequence };
  return seen.isCurrent && seen.hash === copy.hash ? { became: 'UNCHANGED', sequence: seen.sequence } : null;
}

/** A copy with all that is written of it, which is worked out before anybody has to wait for the transaction. */
export interface ReadyCopy extends CopyToKeep {
  /** JSON of what it is found by. */
  readonly found: string;
  readonly document: string;
  readonly facts: string;
  readonly marks: string;
  /** What a customer of this record alone is sorted by. */
  readonly summary: CustomerSummary;
}

export const ready = (copy: CopyToKeep, merge: Summarise): ReadyCopy => ({
  ...copy,
  found: foundBy(copy),
  document: documentOf(copy),
  facts: factsOf(copy.terms),
  marks: marksOf(copy),
  summary: merge([{ ...copy.key, ...copy }]),
});

/** A copy that is written, in its place. */
interface Placed {
  readonly copy: ReadyCopy;
  readonly sequence: number;
  readonly customer: number;
  readonly seen: Seen | undefined;
}

export function* keepCopies(
  copies: readonly ReadyCopy[],
  source: CopySource,
  merge: Summarise,
): Script<readonly KeptCopy[]> {
  const seen = yield* seenRecords(copies.map(({ key }) => key));
  let next = yield* nextSequence();
  const placed: Placed[] = [];
  const kept = copies.map((copy): KeptCopy => {
    const known = seen.get(keyText(copy.key));
    const done = settled(known, copy, source);
    if (done) return done;
    const sequence = known?.sequence ?? next++;
    placed.push({ copy, sequence, customer: known?.customer ?? sequence, seen: known });
    return { became: known ? 'CHANGED' : 'ADDED', sequence };
  });
  const former = yield* formerCopies(placed.flatMap(({ seen: known }) => (known ? [known.sequence] : [])));
  yield* putRecords(placed);
  const left = yield* putCopies(
    placed.map(({ copy: { profile, raw, words, found, document }, sequence }) => ({
      ...{ sequence, profile, raw, words, found, document },
    })),
    former,
  );
  yield* keepListed(
    placed
      .filter(({ seen: known }) => !known)
      .map(({ copy, sequence, customer }) => ({
        ...{ record: sequence, customer, provider: copy.key.provider, facts: copy.facts },
        ...{ ...copy.summary, changedAt: copy.fetchedAt.getTime() },
      })),
  );
  yield* summarise([...new Set(placed.flatMap(({ seen: known }) => (known ? [known.customer] : [])))], merge);
  yield* forgetWords(left);
  for (const each of yield* sharing(placed)) yield* joinShared(each, merge);
  if (source.told) {
    const told = source.mayBeOld ? placed.filter(({ seen: known }) => known) : placed;
    yield* keepChanges(told.flatMap((each) => toChange(each, former.get(each.sequence)) ?? []));
  }
  return kept;
}

function* putRecords(placed: readonly Placed[]): Script<void> {
  yield* forRows(
    10,
    (rows) => `INSERT INTO record
        (sequence, provider, provider_id, customer, hash, shared, fetched_at, changed_at, facts, marks)
      VALUES ${rows}
      ON CONFLICT (sequence) DO UPDATE SET hash = excluded.hash, shared = excluded.shared,
        fetched_at = excluded.fetched_at, changed_at = CASE WHEN record.hash = excluded.hash THEN record.changed_at ELSE excluded.changed_at END,
        facts = excluded.facts, marks = excluded.marks, missing_since = NULL, erased_at = NULL, outdated = 0`,
    placed.map(({ copy, sequence, customer }) => [
      ...[sequence, copy.key.provider, copy.key.providerId, customer, copy.hash, copy.shared ?? null],
      ...[copy.fetchedAt.getTime(), copy.fetchedAt.getTime(), copy.facts, copy.marks],
    ]),
  );
}

/** Those that are seen for the first time with an id that another record has, too: as a rule none, as one look tells. */
function* sharing(placed: readonly Placed[]): Script<readonly Placed[]> {
  const news = placed.filter(({ copy, seen }) => copy.shared !== undefined && !seen?.hash);
  const rows = yield* forValues(
    (list) => `SELECT shared FROM record WHERE shared IN ${list} GROUP BY shared HAVING count(*) > 1`,
    [...new Set(news.map(({ copy }) => copy.shared ?? null))],
  );
  const several = new Set(rows.map(({ shared }) => shared));
  return news.filter(({ copy }) => several.has(copy.shared ?? null));
}

/** A record that is seen for the first time, and has an id which only one customer has: one that very many have is none. */
function* joinShared({ copy: { shared, fetchedAt }, sequence }: Placed, merge: Summarise): Script<void> {
  const [own] = yield ['SELECT customer FROM record WHERE sequence = ?', sequence];
  const others = yield [
    'SELECT customer FROM record WHERE shared = ? AND missing_since IS NULL AND customer <> ? LIMIT ?',
    ...[shared ?? null, Number(own?.customer), MOST_RECORDS + 1],
  ];
  if (others.length === 0 || others.length > MOST_RECORDS) return;
  const [into = sequence, ...rest] = [
    ...new Set([...others.map(({ customer }) => Number(customer)), Number(own?.customer)]),
  ].sort((one, other) => one - other);
  const held = yield* forValues(
    (list) => `SELECT count(*) AS records FROM record WHERE customer IN ${list}`,
    [into, ...rest],
  );
  if (held.reduce((sum, { records }) => sum + Number(records), 0) > MOST_RECORDS) return;
  yield* join(
    into,
    rest,
    {
      rule: 'SHARED_ID',
      evidence: ['One provider’s record has the id of the other’s.'],
      at: fetchedAt,
      by: 'clientele',
    },
    merge,
  );
}

function toChange({ copy, sequence, customer, seen }: Placed, former: FormerCopy | undefined): ChangeToKeep | null {
  const about = { customer, provider: copy.key.provider, at: copy.fetchedAt.getTime() };
  if (!seen) return { kind: 'CREATED', ...about, customer: sequence };
  if (seen.hash === copy.hash || !former) return null;
  return { kind: 'UPDATED', ...about, fields: changedFields(former.profile, copy.profile) };
}

/** The fields of the profile that say something else. */
function changedFields(before: string, after: string): string[] {
  const [old, now] = [JSON.parse(before), JSON.parse(after)] as Record<string, unknown>[];
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...names].filter((name) => JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]));
}
