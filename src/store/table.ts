import type { RecordKey } from '../ids/ids.ts';
import type { KnownRecord, RecordToKeep } from './store.ts';

/** The table `record`, in the words that both databases understand. Parameters are `?`. */

export const SCHEMA_VERSION = 1;

/** Whoever comes with an older version of the program must not write into what it can't know. */
export const NEWER_VERSION = 'the database was written by a newer version of Clientele';

export const READ = {
  byKey: 'SELECT * FROM record WHERE provider = ? AND provider_id = ?',
  byCustomer: 'SELECT * FROM record WHERE customer_provider = ? AND customer_provider_id = ? ORDER BY sequence',
  byProvider: 'SELECT * FROM record WHERE provider = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  counted: 'SELECT count(*) AS records FROM record WHERE provider = ?',
} as const;

/** Changes nothing where the record is known as another customer's. */
export const UPSERT = `
  INSERT INTO record (provider, provider_id, customer_provider, customer_provider_id, remembered, remembered_at, code_sent_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (provider, provider_id) DO UPDATE SET
    remembered = coalesce(excluded.remembered, record.remembered),
    remembered_at = coalesce(excluded.remembered_at, record.remembered_at),
    code_sent_at = coalesce(excluded.code_sent_at, record.code_sent_at)
  WHERE record.customer_provider = excluded.customer_provider
    AND record.customer_provider_id = excluded.customer_provider_id
`;

export const toParameters = ({ key, customer, remembered, codeSentAt }: RecordToKeep): (string | number | null)[] => [
  ...[key.provider, key.providerId, customer.provider, customer.providerId],
  remembered ? JSON.stringify(remembered.wire) : null,
  remembered?.at.getTime() ?? null,
  codeSentAt?.getTime() ?? null,
];

export interface Row {
  readonly sequence: number;
  readonly provider: string;
  readonly provider_id: string;
  readonly customer_provider: string;
  readonly customer_provider_id: string;
  readonly remembered: string | null;
  readonly remembered_at: number | null;
  readonly code_sent_at: number | null;
}

export function toRecord(row: Row): KnownRecord {
  const key: RecordKey = { provider: row.provider, providerId: row.provider_id };
  return {
    ...key,
    customer: { provider: row.customer_provider, providerId: row.customer_provider_id },
    sequence: row.sequence,
    remembered: row.remembered === null ? null : JSON.parse(row.remembered),
    rememberedAt: toDate(row.remembered_at),
    codeSentAt: toDate(row.code_sent_at),
  };
}

const toDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
