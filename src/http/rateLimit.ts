/** A window of calls that the provider grants, as an answer told. */
export interface RateLimit {
  /** "minute", "hour" or "day". */
  readonly window: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: Date | null;
}

const DAY_MS = 86_400_000;

const LENGTHS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY_MS };

export const WINDOWS: readonly string[] = Object.keys(LENGTHS);

/** In milliseconds. A window of a name that is not known is taken for the longest. */
export const lengthOf = (window: string): number => LENGTHS[window] ?? DAY_MS;
