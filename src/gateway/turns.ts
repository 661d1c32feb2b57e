import { setTimeout as wait } from 'node:timers/promises';

/** Lets those who want the same thing at the same time have it one after the other. */
export interface Turns {
  /**
   * Runs the work when everybody who asked for any of these keys before is done.
   * @param patienceMs how long that is waited for
   * @returns null: it did not come to that, and the work is never run
   */
  take<Result>(keys: readonly string[], patienceMs: number, work: () => Promise<Result>): Promise<Result | null>;
}

/** Within this process: what another one does is not waited for. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(keys, patienceMs, work) {
      const before = [...new Set(keys)].flatMap((key) => last.get(key) ?? []);
      const done = Promise.withResolvers<void>();
      for (const key of keys) last.set(key, done.promise);
      const leave = (): void => {
        done.resolve();
        for (const key of keys) if (last.get(key) === done.promise) last.delete(key);
      };
      const isTurn = Promise.all(before);
      if (!(await endsWithin(isTurn, before.length === 0 ? null : patienceMs))) {
        // Whoever came after still has to wait for whoever was before.
        isTurn.then(leave);
        return null;
      }
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

async function endsWithin(work: Promise<unknown>, ms: number | null): Promise<boolean> {
  if (ms === null) return true;
  const given = new AbortController();
  const late = wait(ms, false, { signal: given.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    given.abort();
  }
}
