import { forRows } from './batch.ts';
import type { Row, Script, Statement } from './script.ts';

/**
 * The table `turn`: who is at what, and who waits for it, in the order in which they came, whatever process they are in. Whoever
 * was too long at it is put out, and has no right to send anything from then on: see `takeToSend`.
 */

export interface TurnLog {
  /** Stands in line for all of these at once. */
  enterLine(names: readonly string[], holder: string, until: Date): Promise<void>;
  /** Who has come before, the longest waiting first; null: it is the holder's turn. */
  lineBefore(holder: string): Promise<InLine | null>;
  /** Puts whoever is at this place out of every line: nothing of theirs may be sent any more. */
  putOut(place: number): Promise<void>;
  /** Everybody who stands in any line, the longest waiting first, each at the first of their places. */
  everybodyInLine(most: number): Promise<readonly InLine[]>;
  leaveLine(holder: string): Promise<void>;
}

/** Somebody's place in a line. */
export interface InLine {
  readonly place: number;
  /** Until when they have a right to be at it. */
  readonly until: Date;
}

/** Only one transaction writes at a time, so who stands in several lines stands in the same place in all: nobody waits in a circle. */
export function* lineEntered(names: readonly string[], holder: string, until: Date): Script<void> {
  const rows = [...new Set(names)].map((name) => [name, holder, until.getTime()]);
  yield* forRows(3, (places) => `INSERT INTO turn (name, holder, held_until) VALUES ${places}`, rows);
}

export const beforeIn = (holder: string): Statement => [
  `SELECT before.place, before.held_until FROM turn AS mine
     JOIN turn AS before ON before.name = mine.name AND before.place < mine.place
   WHERE mine.holder = ? ORDER BY before.place LIMIT 1`,
  holder,
];

export const putOut = (place: number): Statement => [
  'DELETE FROM turn WHERE holder = (SELECT holder FROM turn WHERE place = ?)',
  place,
];

export const everybodyIn = (most: number): Statement => [
  'SELECT min(place) AS place, max(held_until) AS held_until FROM turn GROUP BY holder ORDER BY 1 LIMIT ?',
  most,
];

export const toInLine = (row: Row): InLine => ({ place: Number(row.place), until: new Date(Number(row.held_until)) });

export const lineLeft = (holder: string): Statement => ['DELETE FROM turn WHERE holder = ?', holder];
