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
  /** When the customer that this record named became part of the one that it is in now; null where it did not. */
  readonly absorbedAt: Date | null;
}

/** What a write leaves to remember; absent leaves what is there. */
export interface RecordToKeep {
  readonly key: RecordKey;
  readonly customer: RecordKey;
  readonly remembered?: { readonly wire: unknown; readonly at: Date };
  readonly codeSentAt?: Date;
}

/** Why records are held to be one customer: created by one request, one id that they share, or somebody's word. */
export type LinkRule = 'SAME_CREATE' | 'SHARED_ID' | 'MANUAL';

export interface LinkToKeep {
  readonly rule: LinkRule;
  /** Sentences for people. */
  readonly evidence: readonly string[];
  readonly at: Date;
  /** The caller's name. */
  readonly by: string;
}

export interface Link extends LinkToKeep {
  /** At least two, all of one customer. */
  readonly records: readonly RecordKey[];
}

/** What came of making customers one: where they were one already, or would have too many records, nothing was changed. */
export type Linking = 'LINKED' | 'ALREADY_ONE' | 'TOO_MANY_RECORDS';

/** What the gateway remembers by itself. Everything else is asked of the providers. */
export interface Store {
  record(key: RecordKey): Promise<KnownRecord | null>;
  /** Every record of the customer named by this record, in the order in which they became known. */
  recordsOf(customer: RecordKey): Promise<readonly KnownRecord[]>;
  /** Records of one provider, in the order in which they became known. */
  page(provider: string, afterSequence: number, limit: number): Promise<readonly KnownRecord[]>;
  count(provider: string): Promise<number>;
  /**
   * Keeps these records. One that is known as another customer's stays that customer's, as it was. A customer that was
   * absorbed meanwhile is the one that absorbed it.
   * @param link why those of them are one customer that are kept, where there are several
   * @returns the keys of those that are another customer's
   */
  keep(records: readonly RecordToKeep[], link?: LinkToKeep): Promise<readonly RecordKey[]>;
  /**
   * Makes these customers one, by the name of the first.
   * @param customers keys of any records of them, known or not
   * @param most records that one customer may have
   */
  link(customers: readonly RecordKey[], link: LinkToKeep, most: number): Promise<Linking>;
  /**
   * Takes a record out of its customer: it is a customer by itself then. Where the customer was named by it, the rest is
   * named by the record of it that was known first.
   * @returns the rest's name; null where there is no rest
   */
  unlink(record: RecordKey): Promise<RecordKey | null>;
  /** In the order in which they were made. */
  linksOf(customer: RecordKey): Promise<readonly Link[]>;
  close(): Promise<void>;
}
