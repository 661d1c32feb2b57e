/** Local times in IANA zones, by the zone data that Node brings (ICU). Times in milliseconds since 1970 in UTC. */

const DAY = 86_400_000;
/** 0001-01-01 and the last millisecond of 9999: RFC 3339 and SQL have no other years. */
export const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Offsets kept for each zone, one a day: eleven years. */
const DAYS_KEPT = 4096;
/** More than all names and links of the IANA list; only odd upper and lower case could pass it. */
const ZONES_KEPT = 1024;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** The offset at the start of a UTC day, by that day's number since 1970. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** Whether this is the name of an IANA time zone that Node knows; a bare offset ("+01:00") has no daylight saving. */
export function isTimeZone(value: string): boolean {
  return zoneOf(value) !== null;
}

/**
 * The instant at which the zone's clocks show `local`, which is that reading taken as if it were UTC. A reading that a
 * forward change skips moves on by the gap, one that a backward change repeats is the earlier instant (RFC 5545
 * 3.3.5). Null for an unknown zone.
 */
export function fromLocal(local: number, zoneName: string): number | null {
  const zone = zoneOf(zoneName);
  if (zone === null) return null;
  // Local clocks are less than a day off UTC, so the instant lies between these two; no zone has changed its clocks
  // and changed them back within such a span since 1970.
  const day = Math.floor(local / DAY);
  const before = offsetAtDay(zone, day - 1);
  const after = offsetAtDay(zone, day + 2);
  const early = local - before;
  if (before === after || offsetAt(zone, early) === before) return early;
  const late = local - after;
  return offsetAt(zone, late) === after ? late : early;
}

/** What the zone's clocks show at an instant, as if that were UTC. Null for an unknown zone. */
export function toLocal(instant: number, zoneName: string): number | null {
  const zone = zoneOf(zoneName);
  return zone === null ? null : instant + offsetAt(zone, instant);
}

function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    if (zones.size >= ZONES_KEPT) zones.clear();
    const zone = { format, offsets: new Map<number, number>() };
    zones.set(name, zone);
    return zone;
  } catch {
    return null;
  }
}

function offsetAtDay(zone: Zone, day: number): number {
  const kept = zone.offsets.get(day);
  if (kept !== undefined) return kept;
  const offset = offsetAt(zone, day * DAY);
  if (zone.offsets.size >= DAYS_KEPT) zone.offsets.clear();
  zone.offsets.set(day, offset);
  return offset;
}

/** Milliseconds by which the zone's clocks are ahead of UTC. */
function offsetAt(zone: Zone, instant: number): number {
  // A few days inside the first and last year, so that the local year is never written "1 BC" or with five digits.
  const inside = Math.min(Math.max(instant, FIRST_INSTANT + 2 * DAY), LAST_INSTANT - 2 * DAY);
  const whole = Math.floor(inside / 1000) * 1000;
  // "2023-01-03, 12:30:44"; years before 1000 come without their zeros.
  const [date = '', time = ''] = zone.format.format(whole).split(', ');
  return Date.parse(`${date.padStart(10, '0')}T${time}Z`) - whole;
}
