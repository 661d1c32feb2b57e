import type { RecordKey } from '../ids/ids.ts';
import type { AuditLog, Deed } from './audit.ts';
import type { ChangeLog } from './changes.ts';
import type { CodeLog } from './codes.ts';
import type { MaybeKnown } from './copies.ts';
import type { Held } from './held.ts';
import type { KeyUses } from './keyUses.ts';
import type { Search } from './search.ts';
import type { SyncStates } from './syncStates.ts';
import type { TurnLog } from './turns.ts';
import type { WriteLog } from './writes.ts';

/** A record that this gateway has made, written to, linked or seen, and the customer that holds it. */
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
  /** Of the content as last seen; null: no copy is held. */
  readonly hash: string | null;
  /** When the provider said what the copy says. It may have said so again since: unchanged content is not written. */
  readonly fetchedAt: Date | null;
  /** When this gateway last saw the content change. */
  readonly changedSeenAt: Date | null;
  /** Since when the provider says that it has no such record. */
  readonly missingSince: Date | null;
  /** When every copy of it was erased; nothing but its key is known then, and a listing does not bring it back. */
  readonly erasedAt: Date | null;
  /** It was written to since it was last read. */
  readonly isOutdated: boolean;
}

/** What a write leaves to remember; absent leaves what is there. */
export interface RecordToKeep {
  readonly key: RecordKey;
  readonly customer: RecordKey;
  readonly remembered?: { readonly wire: unknown; readonly at: Date };
  readonly codeSentAt?: Date;
  /** When it was written to: what was asked for before then is out of date. */
  readonly outdated?: Date;
  /** The provider has just made it: where it is known by itself alone, a listing was faster, and it joins the customer. */
  readonly made?: true;
}

/** Enough of a copy to tell whether it is held already. */
export interface WeighedCopy {
  readonly key: RecordKey;
  /** Of all that is kept; equal content has an equal hash. */
  readonly hash: string;
  /** When the provider was asked: what is known since then is newer. */
  readonly fetchedAt: Date;
}

/** A record as a provider gave it, ready to be kept. */
export interface CopyToKeep extends WeighedCopy {
  /** JSON of what the profile says: see `StoredProfile`. */
  readonly profile: string;
  /** JSON of the provider's own record without secrets and links, as its provider wants it back. */
  readonly raw: string;
  /** What the record is found by, each in full: `email jan@example.com`. */
  readonly terms: readonly string[];
  /** Words of text that it is found by, forgiving a typo. */
  readonly words: readonly string[];
  /** An id that only one customer has: records that share it are one customer, from when they are first seen. */
  readonly shared?: string;
}

/** The payloads of a copy. */
export interface Copy {
  readonly profile: string;
  readonly raw: string;
}

/** What became of a copy that was to be kept. */
export interface KeptCopy {
  /** ERASED: it was erased, and nobody has asked for it by id since, so that nothing is kept. */
  readonly became: 'ADDED' | 'CHANGED' | 'UNCHANGED' | 'ERASED';
  readonly sequence: number;
}

/** Who hands a copy in, and what is to be told of it. */
export interface CopySource {
  /** Somebody asked for it by its id: what was erased may be kept again. */
  readonly asked: boolean;
  /** Whether what changed is told to whoever listens: a first listing is no change. */
  readonly told: boolean;
  /** What is new to the directory may have been at the provider for long: it is not told as created. */
  readonly mayBeOld?: true;
}

/** What of a customer's records a list of customers is sorted by. */
export interface CustomerSummary {
  /** Folded: case and accents don't count. */
  readonly name: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
}

/** Merges the stored profiles of one customer's records. */
export type Summarise = (
  records: readonly { readonly provider: string; readonly profile: string }[],
) => CustomerSummary;

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

/** What came of making customers one: unless LINKED, nothing was changed. */
export type Linking = 'LINKED' | 'ALREADY_ONE' | 'TOO_MANY_RECORDS' | 'ERASED';

/** What the gateway remembers by itself. Everything else is asked of the providers. */
export interface Store extends Search, SyncStates, ChangeLog, WriteLog, TurnLog, CodeLog, AuditLog, KeyUses {
  record(key: RecordKey): Promise<KnownRecord | null>;
  /** Every record of the customer that has this record, in the order in which they became known. */
  recordsOf(record: RecordKey): Promise<readonly KnownRecord[]>;
  /** The same of the customers that have these records, by `keyText` of any record of theirs. */
  recordsOfAll(records: readonly RecordKey[]): Promise<ReadonlyMap<string, readonly KnownRecord[]>>;
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
   * @param request by which it was asked for
   */
  link(customers: readonly RecordKey[], link: LinkToKeep, most: number, request: string): Promise<Linking>;
  /**
   * Takes a record out of its customer: it is a customer by itself then. Where the customer was named by it, the rest is
   * named by the record of it that was known first.
   * @returns the rest's name; null where there is no rest
   */
  unlink(record: RecordKey, deed: Deed): Promise<RecordKey | null>;
  /** In the order in which they were made. */
  linksOf(customer: RecordKey): Promise<readonly Link[]>;

  /** What would become of copies with these hashes; null: they are news, and want to be kept. */
  weigh(copies: readonly WeighedCopy[], source: CopySource): Promise<readonly (KeptCopy | null)[]>;
  /** Keeps copies, each of a different record, some at a time; content that is held already is not written. In the order given. */
  keepCopies(copies: readonly CopyToKeep[], source: CopySource): Promise<readonly KeptCopy[]>;
  /** By `keyText`; without those that no copy is held of. */
  copies(records: readonly MaybeKnown[]): Promise<ReadonlyMap<string, Copy>>;
  /** Records that their provider has no more: a copy that is held stays. */
  markMissing(keys: readonly RecordKey[], at: Date): Promise<void>;
  /** All that is held on the customer that has this record. */
  heldOn(record: RecordKey): Promise<Held>;
  /**
   * Forgets all that is held on a customer but the keys of its records.
   * @returns how many records had anything
   */
  erase(customer: RecordKey, deed: Deed): Promise<number>;

  close(): Promise<void>;
}
