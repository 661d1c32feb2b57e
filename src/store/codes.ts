import type { RecordKey } from '../ids/ids.ts';
import { known } from './records.ts';
import type { Script, Statement } from './script.ts';

/**
 * The table `code`: how often a record's confirmation codes were guessed at, and how often one was asked for. `guesses` are
 * those since one was last asked for, `guesses_before` those of the same code before: they are over when the new one was
 * sent for certain.
 */

/** How often a code was had sent, and when the last one was. */
export interface CodesAsked {
  /** null: never. */
  readonly at: Date | null;
  readonly count: number;
}

/** A guess that was counted, and of which code. */
export interface Guess {
  readonly code: number;
  /** When a code was asked for last. */
  readonly askedAt: number;
}

export interface CodeLog {
  /**
   * Counts a guess before it is sent.
   * @param code which code is guessed at: a later one has a higher number, by which guesses begin anew. The first that comes
   * after one was sent for certain is that one's own: then they have begun anew already
   * @returns null where there were so many of it already, or of a later one: it must not be sent
   */
  takeGuess(record: RecordKey, code: number, most: number): Promise<Guess | null>;
  /** Of a guess that never left; where another code is guessed at by now, nothing. */
  giveGuessBack(record: RecordKey, guess: Guess): Promise<void>;
  codesAsked(record: RecordKey): Promise<CodesAsked>;
  /** Before it is asked for. */
  noteCodesAsked(record: RecordKey, asked: CodesAsked): Promise<void>;
  /**
   * Of a code whose asking never left; where one was asked for since, nothing.
   * @param noted as it was noted for it
   * @param before as it was before
   */
  giveCodeBack(record: RecordKey, noted: CodesAsked, before: CodesAsked): Promise<void>;
}

const IS_LATER = 'excluded.guessed_of > code.guessed_of';
const IS_ANOTHER = `(${IS_LATER} AND code.sent_since = 0)`;

export function* takeGuess(record: RecordKey, code: number, most: number): Script<Guess | null> {
  const { sequence } = yield* known(record);
  const [taken] = yield [
    `INSERT INTO code (record, guessed_of, guesses) VALUES (?, ?, 1) ON CONFLICT (record) DO UPDATE
       SET guesses = CASE WHEN ${IS_ANOTHER} THEN 1 ELSE code.guesses + 1 END,
         guesses_before = CASE WHEN ${IS_ANOTHER} THEN 0 ELSE code.guesses_before END,
         guessed_of = CASE WHEN ${IS_LATER} THEN excluded.guessed_of ELSE code.guessed_of END,
         sent_since = CASE WHEN ${IS_LATER} THEN 0 ELSE code.sent_since END
       WHERE ${IS_ANOTHER} OR code.guesses + code.guesses_before < ?
     RETURNING guessed_of, asked_at`,
    ...[sequence, code, most],
  ];
  return taken ? { code: Number(taken.guessed_of), askedAt: Number(taken.asked_at) } : null;
}

export function* giveGuessBack(record: RecordKey, { code, askedAt }: Guess): Script<void> {
  const { sequence } = yield* known(record);
  yield [
    'UPDATE code SET guesses = guesses - 1 WHERE record = ? AND guessed_of = ? AND asked_at = ? AND guesses > 0',
    ...[sequence, code, askedAt],
  ];
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
     ON CONFLICT (record) DO UPDATE SET asked_at = excluded.asked_at, asks = excluded.asks,
       guesses_before = code.guesses_before + code.guesses, guesses = 0`,
    ...[sequence, toNumber(at), count],
  ];
}

export function* giveCodeBack(record: RecordKey, noted: CodesAsked, { at, count }: CodesAsked): Script<void> {
  const { sequence } = yield* known(record);
  yield [
    'UPDATE code SET asked_at = ?, asks = ? WHERE record = ? AND asked_at = ? AND asks = ?',
    ...[toNumber(at), count, sequence, toNumber(noted.at), noted.count],
  ];
}

/** Of a code that was sent for certain, unless another one was asked for since. @param at when that was known */
export const codeSent = ({ provider, providerId }: RecordKey, at: Date): Statement => [
  `UPDATE code SET guesses_before = 0, sent_since = 1
   WHERE record = (SELECT sequence FROM record WHERE provider = ? AND provider_id = ?) AND asked_at <= ?`,
  ...[provider, providerId, at.getTime()],
];

const toNumber = (at: Date | null): number => at?.getTime() ?? 0;
