import type { Freshness } from '../gateway/operation.ts';

/** A longer age is the longest that there is. */
const LONGEST_SECONDS = 2 ** 31;

/**
 * How old an answer may be, as `Cache-Control` of the request says (RFC 9111, 5.2.1): `no-cache`, `no-store` and
 * `max-age=0` want everything read now. What can't be read, and every other directive, is left out of account.
 */
export function freshnessOf(cacheControl: string | undefined): Freshness {
  let seconds: number | null = null;
  for (const directive of cacheControl?.toLowerCase().split(',') ?? []) {
    const [name, value = ''] = directive.split('=', 2).map((part) => part.trim());
    if (name === 'no-cache' || name === 'no-store') return { maxAgeMs: 0 };
    const age = name === 'max-age' ? /^"?(\d{1,20})"?$/.exec(value)?.[1] : undefined;
    if (age !== undefined) seconds = Math.min(seconds ?? LONGEST_SECONDS, Number(age));
  }
  return { maxAgeMs: seconds === null ? null : seconds * 1_000 };
}
