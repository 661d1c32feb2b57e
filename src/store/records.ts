import type { RecordKey } from '../ids/ids.ts';
import { keepLink } from './links.ts';
import type { Row, Script, Statement, Value } from './script.ts';
import type { KnownRecord, LinkToKeep, RecordToKeep } from './store.ts';

/** The table `record`: what is known of records, and which of them are one customer. */

export const byKey = ({ provider, providerId }: RecordKey): Statement => [
  'SELECT * FROM record WHERE provider = ? AND provider_id = ?',
  ...[provider, providerId],
];

export const ofCustomer = ({ provider, providerId }: RecordKey): Statement => [
  'SELECT * FROM record WHERE customer_provider = ? AND customer_provider_id = ? ORDER BY sequence',
  ...[provider, providerId],
];

export const ofProvider = (provider: string, afterSequence: number, limit: number): Statement => [
  'SELECT * FROM record WHERE provider = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  ...[provider, afterSequence, limit],
];

export const counted = (provider: string): Statement => [
  'SELECT count(*) AS records FROM record WHERE provider = ?',
  provider,
];

/** Changes nothing, and gives no row, where the record is known as another customer's. */
const UPSERT = `
  INSERT INTO record (provider, provider_id, customer_provider, customer_provider_id, remembered, remembered_at, code_sent_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (provider, provider_id) DO UPDATE SET
    remembered = coalesce(excluded.remembered, record.remembered),
    remembered_at = coalesce(excluded.remembered_at, record.remembered_at),
    code_sent_at = coalesce(excluded.code_sent_at, record.code_sent_at)
  WHERE record.customer_provider = excluded.customer_provider
    AND record.customer_provider_id = excluded.customer_provider_id
  RETURNING sequence
`;

/** @returns the keys that are another customer's */
export function* keepRecords(records: readonly RecordToKeep[], link?: LinkToKeep): Script<readonly RecordKey[]> {
  const elsewhere: RecordKey[] = [];
  const together: RecordKey[] = [];
  for (const { key, customer, remembered, codeSentAt } of records) {
    const name = yield* nameOf(customer);
    const kept = yield [
      UPSERT,
      ...[key.provider, key.providerId, name.provider, name.providerId],
      remembered ? JSON.stringify(remembered.wire) : null,
      remembered?.at.getTime() ?? null,
      codeSentAt?.getTime() ?? null,
    ];
    (kept.length === 0 ? elsewhere : together).push(key);
  }
  if (link && together.length > 1) yield* keepLink(together, link);
  return elsewhere;
}

/** What the customer is named by now that has this record: of a record that is not known, the record itself. */
export function* nameOf(record: RecordKey): Script<RecordKey> {
  const [row] = yield byKey(record);
  return row ? toRecord(row).customer : record;
}

export const toRecord = (row: Row): KnownRecord => ({
  provider: String(row.provider),
  providerId: String(row.provider_id),
  customer: { provider: String(row.customer_provider), providerId: String(row.customer_provider_id) },
  sequence: Number(row.sequence),
  remembered: typeof row.remembered === 'string' ? JSON.parse(row.remembered) : null,
  rememberedAt: toDate(row.remembered_at),
  codeSentAt: toDate(row.code_sent_at),
  absorbedAt: toDate(row.absorbed_at),
});

const toDate = (ms: Value | undefined): Date | null => (typeof ms === 'number' ? new Date(ms) : null);
