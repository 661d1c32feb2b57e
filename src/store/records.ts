import { keyText, type RecordKey } from '../ids/ids.ts';
import { forKeys, forValues } from './batch.ts';
import type { Row, Script, Statement, Value } from './script.ts';
import type { KnownRecord, RecordToKeep } from './store.ts';

/** The table `record`: what is known of records, and which of them are one customer, named by one of them. */

/** All but `facts` and `marks`, which only searches look at; they are longer than the rest. */
const COLUMNS = [
  ...['sequence', 'provider', 'provider_id', 'customer', 'remembered', 'remembered_at', 'code_sent_at', 'absorbed_at'],
  ...['hash', 'fetched_at', 'changed_at', 'missing_since', 'erased_at', 'outdated'],
]
  .map((column) => `record.${column}`)
  .join(', ');

const KNOWN = `SELECT ${COLUMNS}, named.provider AS customer_provider, named.provider_id AS customer_provider_id
   FROM record JOIN record AS named ON named.sequence = record.customer`;

export const byKey = ({ provider, providerId }: RecordKey): Statement => [
  `${KNOWN} WHERE record.provider = ? AND record.provider_id = ?`,
  ...[provider, providerId],
];

/** Of the customer that has this record: the one that names it is among them. Every read of a customer begins with this. */
export const ofCustomer = ({ provider, providerId }: RecordKey): Statement => [
  `SELECT ${COLUMNS} FROM record
   WHERE customer = (SELECT customer FROM record WHERE provider = ? AND provider_id = ?) ORDER BY sequence`,
  ...[provider, providerId],
];

/** The same of the customers that have these records, by `keyText` of any record of theirs. */
export function* ofCustomers(keys: readonly RecordKey[]): Script<ReadonlyMap<string, readonly KnownRecord[]>> {
  const rows = yield* forKeys(
    (list) => `SELECT ${COLUMNS} FROM record
      WHERE customer IN (SELECT customer FROM record WHERE (provider, provider_id) IN ${list}) ORDER BY sequence`,
    keys,
  );
  // A customer that has several of them may have come several times.
  const distinct = new Map(rows.map((row) => [row.sequence, row])).values();
  const customers = [...Map.groupBy(distinct, ({ customer }) => customer).values()].map(toRecords);
  return new Map(customers.flatMap((records) => records.map((record) => [keyText(record), records])));
}

export function toRecords(rows: readonly Row[]): readonly KnownRecord[] {
  const named = rows.find(({ sequence, customer }) => sequence === customer);
  if (!named) return [];
  const customer = { provider: String(named.provider), providerId: String(named.provider_id) };
  return rows.map((row) => recordOf(row, customer));
}

export const erasedBehind = (provider: string, sequence: number): Statement => [
  'SELECT sequence FROM record WHERE provider = ? AND sequence > ? AND erased_at IS NOT NULL LIMIT 1',
  ...[provider, sequence],
];

export const ofProvider = (provider: string, afterSequence: number, limit: number): Statement => [
  `${KNOWN} WHERE record.provider = ? AND record.sequence > ? ORDER BY record.sequence LIMIT ?`,
  ...[provider, afterSequence, limit],
];

export const counted = (provider: string): Statement => [
  'SELECT count(*) AS records FROM record WHERE provider = ?',
  provider,
];

/** Where a record stands, by its key. */
export interface Place {
  readonly sequence: number;
  readonly customer: number;
}

export function* placeOf({ provider, providerId }: RecordKey): Script<Place | null> {
  const [row] = yield [
    'SELECT sequence, customer FROM record WHERE provider = ? AND provider_id = ?',
    ...[provider, providerId],
  ];
  return row ? { sequence: Number(row.sequence), customer: Number(row.customer) } : null;
}

/** The records of a customer, by their places. */
export function* recordsIn(customer: number): Script<readonly number[]> {
  const rows = yield ['SELECT sequence FROM record WHERE customer = ? ORDER BY sequence', customer];
  return rows.map(({ sequence }) => Number(sequence));
}

/** Only one transaction writes at a time, so that a number is given out once. No record's row is ever deleted. */
export function* nextSequence(): Script<number> {
  const [row] = yield ['SELECT max(sequence) AS last FROM record'];
  return Number(row?.last ?? 0) + 1;
}

/** Where a record stands; one that is not known becomes a customer by itself. */
export function* known(key: RecordKey): Script<Place> {
  const place = yield* placeOf(key);
  if (place) return place;
  const sequence = yield* nextSequence();
  yield [
    'INSERT INTO record (sequence, provider, provider_id, customer) VALUES (?, ?, ?, ?)',
    ...[sequence, key.provider, key.providerId, sequence],
  ];
  return { sequence, customer: sequence };
}

/** What a write to a record left behind. */
export const noted = (sequence: number, { remembered, codeSentAt, outdated }: RecordToKeep): Statement => [
  `UPDATE record SET remembered = coalesce(?, remembered), remembered_at = coalesce(?, remembered_at),
     code_sent_at = coalesce(?, code_sent_at), outdated = coalesce(?, outdated)
   WHERE sequence = ?`,
  remembered ? JSON.stringify(remembered.wire) : null,
  remembered?.at.getTime() ?? null,
  codeSentAt?.getTime() ?? null,
  outdated?.getTime() ?? null,
  sequence,
];

/** The key in a row. */
export const keyIn = (row: Row): RecordKey => ({
  provider: String(row.provider),
  providerId: String(row.provider_id),
});

/** The keys of records, by their places. */
export function* keysOf(sequences: readonly number[]): Script<ReadonlyMap<number, RecordKey>> {
  const rows = yield* forValues(
    (list) => `SELECT sequence, provider, provider_id FROM record WHERE sequence IN ${list}`,
    sequences,
  );
  return new Map(rows.map((row) => [Number(row.sequence), keyIn(row)]));
}

export const toRecord = (row: Row): KnownRecord =>
  recordOf(row, { provider: String(row.customer_provider), providerId: String(row.customer_provider_id) });

const recordOf = (row: Row, customer: RecordKey): KnownRecord => ({
  provider: String(row.provider),
  providerId: String(row.provider_id),
  customer,
  sequence: Number(row.sequence),
  remembered: typeof row.remembered === 'string' ? JSON.parse(row.remembered) : null,
  rememberedAt: toDate(row.remembered_at),
  codeSentAt: toDate(row.code_sent_at),
  absorbedAt: toDate(row.absorbed_at),
  hash: typeof row.hash === 'string' ? row.hash : null,
  fetchedAt: toDate(row.fetched_at),
  changedSeenAt: toDate(row.changed_at),
  missingSince: toDate(row.missing_since),
  erasedAt: toDate(row.erased_at),
  isOutdated: row.outdated !== 0,
});

const toDate = (ms: Value | undefined): Date | null => (typeof ms === 'number' ? new Date(ms) : null);
