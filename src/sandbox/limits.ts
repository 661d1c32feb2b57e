import { nextMidnight } from './zone.ts';

/** What an account has used of its allowance. */
export interface Usage {
  /** When the calls of the last minute came. */
  minute: number[];
  /** The calls since midnight, and when the next midnight is. */
  today: number;
  midnight: number;
}

interface Allowance {
  readonly perMinute: number;
  readonly perDay: number;
  /** Where midnight strikes. */
  readonly zone: string;
}

export const unused = (): Usage => ({ minute: [], today: 0, midnight: 0 });

/** Counts a call, unless the allowance of the last sixty seconds or of the day is used up. */
export function spend(
  usage: Usage,
  { perMinute, perDay, zone }: Allowance,
  now: number,
): { allowed: boolean; minuteLeft: number; dayLeft: number } {
  if (now >= usage.midnight || usage.midnight - now > 2 * 86_400_000) {
    usage.midnight = nextMidnight(now, zone);
    usage.today = 0;
  }
  usage.minute = usage.minute.filter((at) => at > now - 60_000 && at <= now);
  const allowed = usage.minute.length < perMinute && usage.today < perDay;
  if (allowed) {
    usage.minute.push(now);
    usage.today += 1;
  }
  return { allowed, minuteLeft: perMinute - usage.minute.length, dayLeft: perDay - usage.today };
}
