import { text } from './text.ts';
import { FIRST_INSTANT, fromLocal, isTimeZone, LAST_INSTANT, toLocal } from './timeZone.ts';

export { isTimeZone };

/** RFC 3339, and ISO 8601's comma and offsets without a colon or without minutes, as PostgreSQL and Java write them. */
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)([.,]\d{1,9})?(?:[Zz]|([+-])(\d\d):?(\d\d)?)$/;
const NAIVE = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?$/;
/** Longer than any of them. */
const DATE_LIMIT = 64;

/** 1990 to 2100, whole years, in seconds: no customer record is older, and the two units' ranges don't touch. */
const FIRST_SECOND = Date.UTC(1990) / 1000;
const SECOND_AFTER = Date.UTC(2101) / 1000;

/**
 * An instant from RFC 3339 or ISO 8601 text with Z or an offset: "2020-05-01T12:00:00.000Z". Text that names no offset
 * is null, since nothing says whose clock it was. Digits beyond milliseconds are cut off; a leap second is the second
 * after it.
 */
export function isoDate(value: unknown): Date | null {
  const [, day, time, fraction, sign, hours, minutes = '00'] = match(INSTANT, value);
  const local = reading(day, time, fraction);
  if (local === null) return null;
  if (hours === undefined) return dateOf(local);
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return dateOf(sign === '-' ? local + offset : local - offset);
}

/**
 * An instant from a local date and time ("2023-01-03 12:30:44", as in SQL, or with T) on the clocks of an IANA zone. A
 * time that daylight saving skips moves forward, one that it repeats is the earlier. Zeros for "no date"
 * ("0000-00-00 00:00:00"), days that no month has, text with an offset, and unknown zones are null.
 */
export function naiveDate(value: unknown, zone: string): Date | null {
  const [, day, time, fraction] = match(NAIVE, value);
  const local = reading(day, time, fraction);
  return local === null ? null : dateOf(fromLocal(local, zone));
}

/**
 * What the zone's clocks show at an instant: "YYYY-MM-DD HH:mm:ss". Throws a RangeError for a zone that `isTimeZone`
 * refuses and for a date without a four-digit year: both are faults of the caller, never of a provider's data.
 */
export function toNaiveDate(date: Date, zone: string): string {
  const local = dateOf(toLocal(date.getTime(), zone));
  if (local === null) throw new RangeError('No such time zone, or no such date in it.');
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** An instant from seconds since 1970, as a number or its digits; null outside 1990 to 2100, as milliseconds are. */
export function epochSeconds(value: unknown): Date | null {
  const seconds = numberOf(value);
  return seconds === null || !plausible(seconds) ? null : dateOf(seconds * 1000);
}

/** An instant from milliseconds since 1970, as a number or its digits; null outside 1990 to 2100, as seconds are. */
export function epochMilliseconds(value: unknown): Date | null {
  const milliseconds = numberOf(value);
  return milliseconds === null || !plausible(milliseconds / 1000) ? null : dateOf(milliseconds);
}

function match(pattern: RegExp, value: unknown): (string | undefined)[] {
  if (typeof value !== 'string' || value.length > DATE_LIMIT) return [];
  return pattern.exec(text(value) ?? '') ?? [];
}

/** The date and time as if in UTC, or null when the calendar or the clock has no such reading. */
function reading(day: string | undefined, time: string | undefined, fraction: string | undefined): number | null {
  if (day === undefined || time === undefined) return null;
  const leap = time.endsWith(':60');
  const instant = Date.parse(`${day}T${leap ? `${time.slice(0, 6)}59` : time}Z`);
  // Date.parse takes 30 February for 1 March and 24:00 for the next day's start; the way back shows it.
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day)) return null;
  if (leap) return instant + 1000;
  const milliseconds = (fraction ?? '').slice(1, 4).padEnd(3, '0');
  return instant + Number(milliseconds);
}

function dateOf(instant: number | null): Date | null {
  return instant === null || !(instant >= FIRST_INSTANT && instant <= LAST_INSTANT) ? null : new Date(instant);
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{9,13}$/.test(value.trim()) ? Number(value) : null;
}

function plausible(seconds: number): boolean {
  // Said this way round, NaN is refused too.
  return seconds >= FIRST_SECOND && seconds < SECOND_AFTER;
}
