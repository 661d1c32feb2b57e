import type { Database } from './script.ts';

/** How much is looked at in one piece, and when another way is taken: by what was measured with a million records. */
export interface Effort {
  /** So many are looked at, each of them, rather than going through customers in the order that was asked for. */
  readonly few: number;
  /** So many customers are gone through before it is asked whether a condition's own list is the shorter way. */
  readonly firstLook: number;
  /** A longer list is not counted. */
  readonly longest: number;
  /** Customers whose ids are read in one statement. */
  readonly slice: number;
  /** Customers that are looked at in one statement. */
  readonly least: number;
  readonly most: number;
}

export const EFFORT: Effort = {
  ...{ few: 5_000, firstLook: 16_384, longest: 131_072 },
  ...{ slice: 1_024, least: 16, most: 256 },
};

/** A database to search in. */
export interface Reader extends Pick<Database, 'read'> {
  readonly effort: Effort;
}
