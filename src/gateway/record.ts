import type { Connection } from '../contract/provider.ts';
import { GatewayError } from '../errors.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { Profile, ProfileField } from '../model/customer.ts';

/**
 * LIVE: read from the provider for this operation. CACHE: read a moment ago, within the allowed age. DIRECTORY: the copy that
 * is kept. LAST_SENT: the provider has no read, and this is what was last sent.
 */
export type ServedFrom = 'LIVE' | 'CACHE' | 'DIRECTORY' | 'LAST_SENT';

/** A provider's record of a customer, read. */
export interface ProviderRecord {
  readonly key: RecordKey;
  readonly connection: Connection;
  /** The provider's own JSON; only its own functions look into it. */
  readonly wire: unknown;
  readonly servedFrom: ServedFrom;
  readonly fetchedAt: Date;
  /** When this gateway last saw the content change; null: it does not know yet. */
  readonly changedSeenAt: Date | null;
  /** Why it is a copy, where the provider was asked. */
  readonly problem: GatewayError | null;
  /** Since when the provider says that it has no such record: this is the last copy, and says nothing of the customer. */
  readonly missingSince: Date | null;
}

/** What came of asking for a record: the record, null where there is none, or why it could not be asked. */
export type Reading = ProviderRecord | GatewayError | null;

/** A record as the provider has just given it. */
export const liveRecord = (
  key: RecordKey,
  connection: Connection,
  wire: unknown,
  fetchedAt: Date,
  changedSeenAt: Date | null = null,
): ProviderRecord => ({
  ...{ key, connection, wire, servedFrom: 'LIVE', fetchedAt, changedSeenAt, problem: null, missingSince: null },
});

/** Whether the provider says that it has no such record (any more). */
export const isGone = (reading: Reading): reading is (ProviderRecord & { missingSince: Date }) | null =>
  reading === null || (!(reading instanceof GatewayError) && reading.missingSince !== null);

/** Why the provider did not say it now; null where it did. */
export function problemOf(reading: Reading): GatewayError | null {
  if (reading instanceof GatewayError) return reading;
  return reading?.problem ?? null;
}

export const profileField = <F extends ProfileField>(record: ProviderRecord, field: F): Profile[F] | null =>
  record.connection.profile[field]?.(record.wire) ?? null;
