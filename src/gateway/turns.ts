/** Lets those who want the same thing at the same time have it one after the other. */
export interface Turns {
  /** Runs the work when everybody who asked for any of these keys before is done. */
  take<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result>;
}

/** Within this process: what another one does is not waited for. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(keys, work) {
      const before = [...new Set(keys)].map((key) => last.get(key));
      const done = Promise.withResolvers<void>();
      for (const key of keys) last.set(key, done.promise);
      try {
        await Promise.all(before);
        return await work();
      } finally {
        done.resolve();
        for (const key of keys) if (last.get(key) === done.promise) last.delete(key);
      }
    },
  };
}
