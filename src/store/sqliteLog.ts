import { DatabaseSync } from 'node:sqlite';

/** The write-ahead log of an embedded store: what is written stands there until it is brought into the file, and longer. */

const LOG_MS = 2_000;
const AGAIN_MS = 500;

/**
 * Brings the log into the file every now and then, for whoever keeps it: the longer it is, the fewer pages are written
 * twice.
 */
export function bringInLog(path: string): void {
  const database = new DatabaseSync(path);
  setInterval(() => database.exec('PRAGMA wal_checkpoint(PASSIVE)'), LOG_MS).unref();
}

export interface Emptying {
  /** Now; where somebody else is reading or writing, again and again until it is done. */
  empty(): void;
  /** Tries once more what is not done yet. */
  close(): void;
}

/** Empties the log: what was erased stands there, too. Whoever opens the file does so first, so that no end of a process keeps it. */
export function emptying(database: DatabaseSync): Emptying {
  let later: NodeJS.Timeout | null = null;
  const close = (): void => {
    if (later === null) return;
    clearTimeout(later);
    later = null;
    emptied(database);
  };
  const empty = (): void => {
    if (later !== null) clearTimeout(later);
    later = emptied(database) ? null : setTimeout(empty, AGAIN_MS).unref();
  };
  return { empty, close };
}

/** Whether it is empty now: whoever reads what was before, or writes, keeps it as it is. */
function emptied(database: DatabaseSync): boolean {
  try {
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } catch {
    // A disk that fails fails whoever reads or writes next, who says so.
    return false;
  }
}
