import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may go on before whatever else waits in this process has its turn. */
const HELD_MS = 8;

/**
 * Comes when it is one's turn, one after the other. A change is an answer to each of a thousand subscribers, and answers that
 * need nobody else come without a pause: without turns, nobody who asks anything would be heard until all are written.
 */
export type Pace = () => Promise<void>;

export function createPace(): Pace {
  let since = 0;
  let last: Promise<void> = Promise.resolve();
  const next = async (): Promise<void> => {
    if (performance.now() - since < HELD_MS) return;
    await nextTurn();
    since = performance.now();
  };
  return () => {
    last = last.then(next);
    return last;
  };
}
