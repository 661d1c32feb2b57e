import type { Database } from './script.ts';

/** How much is looked at in one piece, and when another way is taken: by what was measured with a million records. */
export interface Effort {
  /** So many that match are looked at, each of them, rather than going through customers in the order asked for. */
  readonly few: number;
  /** So many customers are gone through before it is asked whether gathering those that match is the shorter way. */
  readonly firstLook: number;
  /** More that match are not counted. */
  readonly longest: number;
  /** Customers that are looked at in one statement. */
  readonly least: number;
  readonly most: number;
  /** Where many match: records that are gathered from in one statement. */
  readonly listed: number;
  /** Where very many do: places among which those that match are looked for in one statement. */
  readonly span: number;
}

export const EFFORT: Effort = {
  ...{ few: 10_000, firstLook: 2_048, longest: 131_072 },
  ...{ least: 16, most: 1_024, listed: 2_048, span: 131_072 },
};

/** A database to search in. */
export interface Reader extends Pick<Database, 'read'> {
  readonly effort: Effort;
}
