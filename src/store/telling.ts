import type { Database, Script, Statement } from './script.ts';

/** Who wants to know that changes were told; what they are, is read from the table. */
export interface Telling {
  readonly database: Database;
  /** Calls after each commit of this process that told something. @returns ends it */
  onChange(listener: () => void): () => void;
}

/** Watches what is committed: the one place that knows all of it. */
export function createTelling(database: Database): Telling {
  const listeners = new Set<() => void>();
  return {
    database: {
      ...database,
      async transaction(script, durable) {
        let hasTold = false;
        const result = await database.transaction(() => {
          // A script may be begun again.
          hasTold = false;
          return watched(script(), database.announcement, () => {
            hasTold = true;
          });
        }, durable);
        if (hasTold) for (const listener of listeners) listener();
        return result;
      },
    },
    onChange(listener) {
      // Wrapped: the same function may listen twice.
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

/** The same script, and at its end, where it has told something, what other processes hear it by. */
function* watched<Result>(
  script: Script<Result>,
  announcement: Statement | undefined,
  told: () => void,
): Script<Result> {
  let isTelling = false;
  let step = script.next();
  while (!step.done) {
    isTelling ||= step.value[0].startsWith(TELLING);
    step = script.next(yield step.value);
  }
  if (isTelling) {
    if (announcement) yield announcement;
    told();
  }
  return step.value;
}

/** What `keepChanges` begins with. */
export const TELLING = 'INSERT INTO change ';
