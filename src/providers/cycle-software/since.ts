import { toNaiveDate } from '../../model/date.ts';

/** Clocks a little apart, fractions cut off, and a "since" that may or may not include its own second. */
const OVERLAP = 60_000;
/** No zone sets its clocks back by more. */
const LONGEST_SETBACK = 3 * 3_600_000;
/** Within these, every zone writes a year of four digits; nothing is modified outside them. */
const FIRST = Date.UTC(1970, 0, 2);
const LAST = Date.UTC(9999, 11, 30);

/**
 * CS-10: `modified_since` for an instant, on the provider's own clock. It overlaps: better a customer too many than a
 * change that nobody ever hears of. A minute always; and in the hours before the clocks go back, by as much as they go
 * back, since what is modified in the repeated hour is written with a time that is earlier than now.
 */
export function modifiedSince(instant: Date, zone: string): string {
  const from = Math.min(Math.max(instant.getTime() - OVERLAP, FIRST), LAST);
  const setback = wall(from, zone) + LONGEST_SETBACK - wall(from + LONGEST_SETBACK, zone);
  return format(wall(from, zone) - Math.max(setback, 0));
}

/** What the zone's clocks show, as if that were UTC. */
const wall = (instant: number, zone: string): number =>
  Date.parse(`${toNaiveDate(new Date(instant), zone).replace(' ', 'T')}Z`);

const format = (reading: number): string => new Date(reading).toISOString().slice(0, 19).replace('T', ' ');
