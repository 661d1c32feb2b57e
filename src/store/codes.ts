import type { RecordKey } from '../ids/ids.ts';
import { known } from './records.ts';
import type { Script } from './script.ts';

/** The table `code`: how often a record's confirmation codes were guessed at, and how often one was asked for. */

/** How often a code was had sent, and when the last one was. */
export interface CodesAsked {
  /** null: never. */
  readonly at: Date | null;
  readonly count: number;
}

export interface CodeLog {
  /**
   * Counts a guess before it is sent.
   * @param code which code is guessed at: a later one has a higher number
   * @returns false where there were so many of it already, or of a later one: it must not be sent
   */
  takeGuess(record: RecordKey, code: number, most: number): Promise<boolean>;
  /** Of a guess that never left. */
  giveGuessBack(record: RecordKey): Promise<void>;
  codesAsked(record: RecordKey): Promise<CodesAsked>;
  noteCodesAsked(record: RecordKey, asked: CodesAsked): Promise<void>;
}

export function* takeGuess(record: RecordKey, code: number, most: number): Script<boolean> {
  const { sequence } = yield* known(record);
  const [taken] = yield [
    `INSERT INTO code (record, guessed_of, guesses) VALUES (?, ?, 1) ON CONFLICT (record) DO UPDATE
       SET guesses = CASE WHEN excluded.guessed_of > code.guessed_of THEN 1 ELSE code.guesses + 1 END,
         guessed_of = CASE WHEN excluded.guessed_of > code.guessed_of THEN excluded.guessed_of ELSE code.guessed_of END
       WHERE excluded.guessed_of > code.guessed_of OR code.guesses < ? RETURNING guesses`,
    ...[sequence, code, most],
  ];
  return taken !== undefined;
}

export function* giveGuessBack(record: RecordKey): Script<void> {
  const { sequence } = yield* known(record);
  yield ['UPDATE code SET guesses = guesses - 1 WHERE record = ? AND guesses > 0', sequence];
}

export function* codesAsked(record: RecordKey): Script<CodesAsked> {
  const [row] = yield [
    `SELECT asked_at, asks FROM code JOIN record ON record.sequence = code.record
     WHERE record.provider = ? AND record.provider_id = ?`,
    ...[record.provider, record.providerId],
  ];
  const at = Number(row?.asked_at ?? 0);
  return { at: at === 0 ? null : new Date(at), count: Number(row?.asks ?? 0) };
}

export function* noteCodesAsked(record: RecordKey, { at, count }: CodesAsked): Script<void> {
  const { sequence } = yield* known(record);
  yield [
    `INSERT INTO code (record, asked_at, asks) VALUES (?, ?, ?)
     ON CONFLICT (record) DO UPDATE SET asked_at = excluded.asked_at, asks = excluded.asks`,
    ...[sequence, at?.getTime() ?? 0, count],
  ];
}
