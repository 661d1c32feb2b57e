import type { Database } from './script.ts';

/** How much is looked at in one piece, and when another way is taken: by what was measured with a million records. */
export interface Effort {
  /** Where an index tells whether somebody matches. */
  readonly byIndex: Pace;
  /** Where the record's own row has to be looked at. */
  readonly byRecord: Pace;
  /** So many that match are all looked at, where typos are to be counted. */
  readonly fewByTypos: number;
  /** Customers that are gone through in one statement. */
  readonly least: number;
  readonly most: number;
  /** So many that match are gathered in one statement. */
  readonly atOnce: number;
  /** Where more do: places among which they are gathered in one statement. */
  readonly span: number;
  readonly spanByTypos: number;
}

/** Those that match are either gathered and sorted, or customers are gone through in the order asked for. */
export interface Pace {
  /** So many are gathered; 0: how many they are, is not asked before customers are gone through. */
  readonly few: number;
  /** Else, so many customers are gone through before it is asked whether gathering is the shorter way. */
  readonly firstLook: number;
  /** To look at one takes as long as to gather so many. */
  readonly gatheredPerLook: number;
  /** Whether they are counted for that: else, there are taken to be as many everywhere as among those looked at. */
  readonly counts: boolean;
}

export const SQLITE_EFFORT: Effort = {
  byIndex: { few: 8_192, firstLook: 16_384, gatheredPerLook: 0.5, counts: true },
  byRecord: { few: 65_536, firstLook: 2_048, gatheredPerLook: 16, counts: true },
  ...{ fewByTypos: 8_192, least: 256, most: 65_536 },
  ...{ atOnce: 65_536, span: 131_072, spanByTypos: 16_384 },
};

/** Nobody waits for PostgreSQL meanwhile, and it takes as long to count who matches as to gather them. */
export const POSTGRES_EFFORT: Effort = {
  byIndex: { few: 1_024, firstLook: 16_384, gatheredPerLook: 0.3, counts: true },
  byRecord: { few: 0, firstLook: 256, gatheredPerLook: 1.5, counts: false },
  ...{ fewByTypos: 4_096, least: 256, most: 65_536 },
  ...{ atOnce: Infinity, span: 524_288, spanByTypos: 262_144 },
};

/** A database to search in. */
export interface Reader extends Pick<Database, 'read'> {
  readonly effort: Effort;
}
