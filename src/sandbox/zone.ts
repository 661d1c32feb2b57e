/** Naive times of a provider that writes its own wall clock without saying where that clock hangs. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2023-01-03 12:30:44`, as the clock on a wall in that zone shows it. */
export function localTime(instant: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    const two = '2-digit';
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    formats.set(zone, format);
  }
  return format.format(instant);
}

/** The instant at which that clock shows this time; the earlier where it shows it twice; undefined for no time at all. */
export function instantIn(local: string, zone: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(local)) return undefined;
  const asUtc = Date.parse(`${local.replace(' ', 'T')}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const offsetAt = (instant: number): number => Date.parse(`${localTime(instant, zone).replace(' ', 'T')}Z`) - instant;
  // A day before and a day after: the two offsets between which a change of the clock can lie.
  const instants = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - offsetAt(near));
  const shown = instants.filter((instant) => localTime(instant, zone) === local);
  return Math.min(...(shown.length > 0 ? shown : instants));
}

/** The next midnight on that clock. */
export function nextMidnight(instant: number, zone: string): number {
  const [day = ''] = localTime(instant, zone).split(' ');
  const tomorrow = new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return instantIn(`${tomorrow} 00:00:00`, zone) ?? instant;
}
