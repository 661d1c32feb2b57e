import type { RecordKey } from '../ids/ids.ts';

/** A record that this gateway has made or written to, and the customer that holds it. */
export interface KnownRecord extends RecordKey {
  /** The record that the customer is named by: the one first known here. */
  readonly customer: RecordKey;
  /** Grows with every record that becomes known; a place to go on from. */
  readonly sequence: number;
  /** Where the provider has no read: what was last sent, as its provider wants it back; else null. */
  readonly remembered: unknown;
  /** When `remembered` was acknowledged. */
  readonly rememberedAt: Date | null;
  /** When a confirmation code was last sent by our own write. */
  readonly codeSentAt: Date | null;
}

/** What a write leaves to remember; absent leaves what is there. */
export interface RecordToKeep {
  readonly key: RecordKey;
  readonly customer: RecordKey;
  readonly remembered?: { readonly wire: unknown; readonly at: Date };
  readonly codeSentAt?: Date;
}

/** What the gateway remembers by itself. Everything else is asked of the providers. */
export interface Store {
  record(key: RecordKey): Promise<KnownRecord | null>;
  /** Every record of the customer named by this record, in the order in which they became known. */
  recordsOf(customer: RecordKey): Promise<readonly KnownRecord[]>;
  /** Records of one provider, in the order in which they became known. */
  page(provider: string, afterSequence: number, limit: number): Promise<readonly KnownRecord[]>;
  count(provider: string): Promise<number>;
  /**
   * Keeps these records. One that is known as another customer's stays that customer's, as it was.
   * @returns the keys of those
   */
  keep(records: readonly RecordToKeep[]): Promise<readonly RecordKey[]>;
  close(): Promise<void>;
}
