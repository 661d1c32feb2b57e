import { lengthOf, type RateLimit, WINDOWS } from '../../http/rateLimit.ts';
import type { State } from './state.ts';

/**
 * The part of a provider's rate limits that sync may use, so that callers always have the rest. Of every window that the
 * provider tells of:
 * - in any span as long as the window, at most a quarter of its calls are sync's;
 * - while less than half of the window's calls is left, whoever used them, sync waits until it begins anew, or where the
 *   provider does not say when that is, for as long as the window is.
 */
export interface Share {
  /** How long to wait before the next call; 0: not at all. */
  waitMs(limits: readonly RateLimit[], now: number): number;
  /** A call is made. */
  spend(now: number): void;
  /** As it is kept, so that another process goes on counting. */
  readonly calls: State['calls'];
}

/** Calls are counted by pieces of a window: a day's are kept as few numbers. */
const PIECES = 24;

const OWN_PART = 4;
const LEFT_PART = 2;

export function createShare(kept: State['calls']): Share {
  const calls = new Map(WINDOWS.map((window) => [window, [...(kept[window] ?? [])]]));

  /** Those pieces of which any part is less than a window ago. */
  function recent(window: string, now: number): [number, number][] {
    const length = lengthOf(window);
    const pieces = calls.get(window) ?? calls.get('day') ?? [];
    // A clock that was set back must not leave calls in the future for ever.
    return pieces.filter(([from]) => from + length + length / PIECES > now && from <= now);
  }

  function waitFor({ window, limit, remaining, resetsAt }: RateLimit, now: number): number {
    const length = lengthOf(window);
    const pieces = recent(window, now);
    const own = Math.max(1, Math.floor(limit / OWN_PART));
    const used = pieces.reduce((sum, [, count]) => sum + count, 0);
    const oldest = pieces[0]?.[0] ?? now;
    const untilOwn = used < own ? 0 : oldest + length + length / PIECES - now;
    if (remaining >= limit / LEFT_PART) return untilOwn;
    const latest = pieces.at(-1)?.[0];
    // What is left was told by an answer: where the window is over since, it says nothing any more.
    const anew = resetsAt?.getTime() ?? (latest === undefined ? now : latest + length + length / PIECES);
    return Math.max(untilOwn, Math.min(anew - now, length + length / PIECES));
  }

  return {
    waitMs: (limits, now) => Math.ceil(Math.max(0, ...limits.map((limit) => waitFor(limit, now)))),
    spend(now) {
      for (const window of calls.keys()) {
        const length = lengthOf(window) / PIECES;
        const piece = Math.floor(now / length) * length;
        const fresh = recent(window, now);
        const last = fresh.at(-1);
        if (last?.[0] === piece) last[1] += 1;
        else fresh.push([piece, 1]);
        calls.set(window, fresh);
      }
    },
    get calls() {
      const copied = [...calls].map(([window, pieces]): [string, [number, number][]] => [
        window,
        pieces.map(([at, count]) => [at, count]),
      ]);
      return Object.fromEntries(copied);
    },
  };
}
