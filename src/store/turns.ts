import { forRows } from './batch.ts';
import type { Script, Statement } from './script.ts';

/**
 * The table `turn`: who is at what, and who waits for it, in the order in which they came, whatever process they are in. Whoever
 * was too long at it is put out by the next one, and has no right to send anything from then on: see `takeToSend`.
 */

export interface TurnLog {
  /** Stands in line for all of these at once. */
  enterLine(names: readonly string[], holder: string, until: Date): Promise<void>;
  /** Until when somebody who came before has a right to be at any of it; null: it is the holder's turn. */
  lineBefore(holder: string): Promise<Date | null>;
  /** Puts out whoever had their time. */
  clearLine(now: Date): Promise<void>;
  leaveLine(holder: string): Promise<void>;
}

/** Only one transaction writes at a time, so who stands in several lines stands in the same place in all: nobody waits in a circle. */
export function* lineEntered(names: readonly string[], holder: string, until: Date): Script<void> {
  const rows = [...new Set(names)].map((name) => [name, holder, until.getTime()]);
  yield* forRows(3, (places) => `INSERT INTO turn (name, holder, held_until) VALUES ${places}`, rows);
}

export const beforeIn = (holder: string): Statement => [
  `SELECT min(before.held_until) AS until FROM turn AS mine
     JOIN turn AS before ON before.name = mine.name AND before.place < mine.place
   WHERE mine.holder = ?`,
  holder,
];

export const lineCleared = (now: Date): Statement => ['DELETE FROM turn WHERE held_until <= ?', now.getTime()];

export const lineLeft = (holder: string): Statement => ['DELETE FROM turn WHERE holder = ?', holder];
