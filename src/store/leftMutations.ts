import type { Statement, Value } from './script.ts';

/** Mutations that were left behind: nobody is at them any more, and what came of their writes is to be looked for. */

/** What is to be looked for. */
export interface Due {
  readonly now: Date;
  /** No hold can end later by now, and no look be later: what says so was written before the machine's clock was set back. */
  readonly latestHold: Date;
  readonly latestLook: Date;
  /** Writes of which nobody knows what came are looked for where they were begun since then. */
  readonly unknownSince: Date;
}

/** Spelt so that it goes by the index `write_open`, which has those alone. */
const IS_OPEN = `write.mutation > 0 AND write.state NOT IN ('DONE', 'FAILED') AND (write.state <> 'UNKNOWN' OR write.begun_at >= ?)`;
const IS_DUE = `(mutation.held_until <= ? OR mutation.held_until > ?)
  AND (mutation.look_at <= ? OR mutation.look_at > ?)`;

const valuesOf = ({ now, latestHold, latestLook, unknownSince }: Due): readonly Value[] =>
  [unknownSince, now, latestHold, now, latestLook].map((each) => each.getTime());

export const leftMutations = (due: Due, most: number): Statement => [
  // Each is looked up by itself: joined, PostgreSQL goes through all mutations until it has looked at the tables.
  `SELECT DISTINCT mutation FROM write WHERE ${IS_OPEN}
     AND (SELECT ${IS_DUE} FROM mutation WHERE mutation.id = write.mutation) ORDER BY mutation LIMIT ?`,
  ...[...valuesOf(due), most],
];

export const takenLeft = (mutation: number, due: Due, until: Date): Statement => [
  `UPDATE mutation SET held_until = ? WHERE id = ?
     AND EXISTS (SELECT 1 FROM write WHERE write.mutation = mutation.id AND ${IS_OPEN}) AND ${IS_DUE} RETURNING id`,
  ...[until.getTime(), mutation, ...valuesOf(due)],
];
