import type { Connection } from '../contract/provider.ts';
import type { GatewayError } from '../errors.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { Profile, ProfileField } from '../model/customer.ts';

/** LIVE: read from the provider for this operation. LAST_SENT: it has no read, and this is what was last sent. */
export type ServedFrom = 'LIVE' | 'LAST_SENT';

/** A provider's record of a customer, read. */
export interface ProviderRecord {
  readonly key: RecordKey;
  readonly connection: Connection;
  /** The provider's own JSON; only its own functions look into it. */
  readonly wire: unknown;
  readonly servedFrom: ServedFrom;
  readonly fetchedAt: Date;
}

/** What came of asking for a record: the record, null where the provider has none, or why it could not be asked. */
export type Reading = ProviderRecord | GatewayError | null;

export const profileField = <F extends ProfileField>(record: ProviderRecord, field: F): Profile[F] | null =>
  record.connection.profile[field]?.(record.wire) ?? null;
