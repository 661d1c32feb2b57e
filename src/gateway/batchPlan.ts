/** Whether records of one provider that are wanted at once are asked for one by one, or come with pages of its listing. */
export type Choice = 'SINGLE_READS' | 'LIST_PAGES';

/**
 * Why. FEWER_CALLS: pages take fewer, and cost less. READS_DO_NOT_FIT: there are too few calls or too little time for single
 * reads, and pages bring more. LISTING_UNKNOWN: it was never copied as a whole, or could not be trusted a moment ago.
 * NOT_FEWER_CALLS: the listing is as many pages as there are records wanted, or more. PAGES_TOO_SLOW: they are asked for one
 * after another, and would take too long. PAGES_TOO_LARGE: so few of what they hold are wanted that single reads cost less.
 * NO_CALLS_LEFT: neither brings anything.
 */
export type Reason =
  | 'FEWER_CALLS'
  | 'READS_DO_NOT_FIT'
  | 'LISTING_UNKNOWN'
  | 'NOT_FEWER_CALLS'
  | 'PAGES_TOO_SLOW'
  | 'PAGES_TOO_LARGE'
  | 'NO_CALLS_LEFT';

/** A provider's listing, as it was when it was last copied as a whole. */
export interface ListingSize {
  readonly records: number;
  readonly pages: number;
}

/** What the choice depends on. */
export interface Situation {
  /** How many are wanted. */
  readonly records: number;
  /** null: nobody knows. */
  readonly listing: ListingSize | null;
  /** How many calls the provider still grants to whoever asks; Infinity: no bound is known. */
  readonly callsLeft: number;
  /** How much of its time the operation has left. */
  readonly leftMs: number;
  /** What a read and a page take, when nothing keeps them waiting. */
  readonly readMs: number;
  readonly pageMs: number;
}

export interface Plan {
  readonly choice: Choice;
  readonly reason: Reason;
  /** The calls that single reads would take. */
  readonly reads: number;
  /** Those that pages would take; null: nobody knows. */
  readonly pages: number | null;
}

/** So many reads are made side by side. */
export const SIDE_BY_SIDE = 16;

/** Pages may take this part of the time that is left: the rest is for the records that they turn out not to have. */
export const TIME_FOR_PAGES = 1 / 2;

/**
 * What a record in a page costs, in reads. Of this process's time a fifth, as measured at the simulated providers, but next to
 * nothing of the wait, and nothing of what the provider grants.
 */
const LISTED_RECORD = 1 / 10;

/** Chooses what takes fewer calls, within the time and the calls that are left, unless it brings far more than is wanted. */
export function batchPlan({ records, listing, callsLeft, leftMs, readMs, pageMs }: Situation): Plan {
  const plan = (choice: Choice, reason: Reason): Plan => ({
    ...{ choice, reason, reads: records, pages: listing?.pages ?? null },
  });
  if (!listing) return plan('SINGLE_READS', 'LISTING_UNKNOWN');
  const { pages } = listing;
  if (pages >= records) return plan('SINGLE_READS', 'NOT_FEWER_CALLS');
  if (pages * pageMs > leftMs * TIME_FOR_PAGES) return plan('SINGLE_READS', 'PAGES_TOO_SLOW');
  if (callsLeft < 1) return plan('SINGLE_READS', 'NO_CALLS_LEFT');
  // Pages are fewer than records, so where both are cut short, a page brings more than a read.
  const isReadInTime = Math.ceil(records / SIDE_BY_SIDE) * readMs <= leftMs;
  if (records > callsLeft || !isReadInTime) return plan('LIST_PAGES', 'READS_DO_NOT_FIT');
  if (pages + listing.records * LISTED_RECORD > records) return plan('SINGLE_READS', 'PAGES_TOO_LARGE');
  return plan('LIST_PAGES', 'FEWER_CALLS');
}
