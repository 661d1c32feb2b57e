import type { RecordKey } from '../ids/ids.ts';
import { dropMutation } from './forgetWrites.ts';
import type { Due } from './leftMutations.ts';
import type { Row, Script, Statement } from './script.ts';
import type { Settlement } from './settling.ts';

/**
 * The tables `mutation` and `write`: what callers have asked for, and each provider's part of it. A write is kept before it is
 * sent, so that it is neither lost nor sent twice, whatever happens to this process.
 */

export type WriteKind = 'CREATE' | 'UPDATE' | 'CONFIRM' | 'REQUEST_CONFIRMATION';

/**
 * INTENT: nothing was sent. SENT: something may have been; it is never sent again, but looked for. DONE, FAILED: that is known.
 * UNKNOWN: nobody can tell by looking; a person may, see `resolveWrite`.
 */
export type WriteState = 'INTENT' | 'SENT' | 'DONE' | 'FAILED' | 'UNKNOWN';

/** A mutation as a caller has made it. */
export interface MutationToKeep {
  /** The caller's name. */
  readonly caller: string;
  readonly kind: WriteKind;
  /** A hash of the caller's idempotency key; null: it has none. */
  readonly key: string | null;
  /** A hash of the input: the same for the same meaning. */
  readonly input: string;
  readonly at: Date;
  /** Until then, whoever began it is at it. */
  readonly heldUntil: Date;
  /** No hold can end later by now: one that does was taken before the machine's clock was set back, and is none. */
  readonly latestHold: Date;
}

/** What came of beginning a mutation. */
export type Begun =
  | { readonly state: 'NEW'; readonly mutation: number; readonly begunAt: Date; readonly heldUntil: Date }
  /** The same key was used for another input or another kind of mutation. */
  | { readonly state: 'OTHER_INPUT' }
  /** Somebody is at it. */
  | { readonly state: 'HELD'; readonly until: Date }
  /** It was begun before, and nobody is at it: it is the caller's to go on with, until the time that they gave. */
  | { readonly state: 'LEFT'; readonly mutation: number; readonly begunAt: Date; readonly heldUntil: Date };

/** A mutation as it was begun. */
export interface KeptMutation {
  readonly mutation: number;
  readonly kind: WriteKind;
  readonly input: string;
  readonly begunAt: Date;
  readonly heldUntil: Date;
}

/** A provider's part of a mutation, before it is sent. */
export interface WriteToKeep {
  readonly provider: string;
  /** null: the provider is to make the record. */
  readonly providerId: string | null;
  /** Any record of the customer that it is for; null: a new one. */
  readonly customer: RecordKey | null;
  /** Names of the input's fields, for whoever looks later. */
  readonly fields: readonly string[];
  /** JSON of what is needed to tell the caller of it, and to look whether it was done. */
  readonly content: string;
}

export interface KeptWrite extends WriteToKeep {
  /** Grows with every write. */
  readonly id: number;
  readonly mutation: number;
  readonly caller: string;
  readonly kind: WriteKind;
  readonly state: WriteState;
  /** JSON of what its provider has answered; null: nothing yet, or it is settled. */
  readonly noted: string | null;
  /** JSON of what came of it; null: nothing is known. */
  readonly result: string | null;
  /** The `sequence` of the last record that was known when it was kept. */
  readonly knownTo: number;
  /** When it was kept. */
  readonly begunAt: Date;
  readonly settledAt: Date | null;
}

/** A write of which nobody knows yet what comes of it. */
export type OpenWrite = Pick<KeptWrite, 'id' | 'begunAt'>;

export interface WriteLog {
  /** null: there is none of this caller’s with this key. */
  mutationBy(caller: string, key: string): Promise<KeptMutation | null>;
  beginMutation(mutation: MutationToKeep): Promise<Begun>;
  /**
   * Lets go of a mutation, unless somebody else has it by now. One that nothing was sent of, and nothing is kept of, was never
   * there: its key is free again.
   * @param lookAt when to look again for what came of it, where that is not known
   */
  letGo(mutation: number, heldUntil: Date, lookAt?: Date): Promise<void>;
  /**
   * Keeps writes before they are sent.
   * @returns their ids, in the order given; null: somebody else has the mutation by now, and nothing is kept
   */
  intend(
    mutation: number,
    heldUntil: Date,
    writes: readonly WriteToKeep[],
    at: Date,
  ): Promise<readonly number[] | null>;
  /**
   * Takes the right to send a write.
   * @param holder whose turn it must be still; null: it is not about what others write to
   * @returns false where it was sent, or settled, before, or somebody else has the turn: it must not be sent
   */
  takeToSend(write: number, holder: string | null): Promise<boolean>;
  /** Notes what a provider has answered, until all of the mutation is settled. */
  noteAnswer(write: number, noted: string): Promise<void>;
  /** @returns the keys of those records that are another customer's: nothing is told of them */
  settle(settlement: Settlement): Promise<readonly RecordKey[]>;
  /** In the order in which they were kept. */
  writesOf(mutation: number): Promise<readonly KeptWrite[]>;
  /** Keeps what else a mutation's caller was told, where nothing was to be sent. */
  keepRest(mutation: number, rest: string): Promise<void>;
  /** As it was settled with; null: it has none. */
  restOf(mutation: number): Promise<string | null>;
  write(id: number): Promise<KeptWrite | null>;
  /** Whether a provider's record that became known behind that place was erased. */
  hasErased(provider: string, afterSequence: number): Promise<boolean>;
  /** Whether a create is known to have made this record. */
  isMade(record: RecordKey): Promise<boolean>;
  /**
   * Mutations that nobody is at any more, whose writes are to be looked for: those that are not settled, and those that nobody
   * knows. In the order in which they were begun.
   */
  leftMutations(due: Due, most: number): Promise<readonly number[]>;
  /**
   * Takes one of them, until then.
   * @returns false where somebody else was faster
   */
  takeLeft(mutation: number, due: Due, until: Date): Promise<boolean>;
  /** Writes behind that one that may still be sent, that are being sent, and of which nobody knows what came: the oldest first. */
  openWrites(after: number, most: number): Promise<readonly OpenWrite[]>;
  /** The updates of a record that were done, or may have been, or still may be. */
  updatesOf(record: RecordKey): Promise<readonly (OpenWrite & Pick<KeptWrite, 'state'>)[]>;
  /** Creates at a provider of which nobody knows yet what came, newest first. */
  openCreates(provider: string, most: number): Promise<readonly KeptWrite[]>;
  /** In states, newest first. */
  writesIn(states: readonly WriteState[], most: number): Promise<readonly KeptWrite[]>;
  countWrites(state: WriteState): Promise<number>;
  /**
   * Of mutations that were begun before then and are settled, some are forgotten, their keys with them. What nobody knows stays,
   * without what was to be written.
   * @returns how many
   */
  forgetWritesBefore(at: Date): Promise<number>;
}

export function* beginMutation({ caller, kind, key, input, at, heldUntil, latestHold }: MutationToKeep): Script<Begun> {
  const values = [caller, kind, key, input, at.getTime(), heldUntil.getTime()];
  const [made] = yield [
    `INSERT INTO mutation (caller, kind, idempotency_key, input, begun_at, held_until) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (caller, idempotency_key) DO NOTHING RETURNING id`,
    ...values,
  ];
  if (made) return { state: 'NEW', mutation: Number(made.id), begunAt: at, heldUntil };
  const [row] = yield mutationBy(caller, key ?? '');
  if (!row) throw new Error('a mutation is there and is not');
  const found = toMutation(row);
  if (found.kind !== kind || found.input !== input) return { state: 'OTHER_INPUT' };
  if (found.heldUntil > at && found.heldUntil <= latestHold) return { state: 'HELD', until: found.heldUntil };
  yield ['UPDATE mutation SET held_until = ? WHERE id = ?', heldUntil.getTime(), found.mutation];
  return { state: 'LEFT', mutation: found.mutation, begunAt: found.begunAt, heldUntil };
}

export const mutationBy = (caller: string, key: string): Statement => [
  'SELECT * FROM mutation WHERE caller = ? AND idempotency_key = ?',
  ...[caller, key],
];

export const toMutation = (row: Row): KeptMutation => ({
  mutation: Number(row.id),
  kind: String(row.kind) as WriteKind,
  input: String(row.input),
  begunAt: new Date(Number(row.begun_at)),
  heldUntil: new Date(Number(row.held_until)),
});

export function* letGo(mutation: number, heldUntil: Date, lookAt?: Date): Script<void> {
  if (!(yield* isHeld(mutation, heldUntil))) return;
  const [sent] = yield [
    `SELECT id FROM write WHERE mutation = ? AND state <> 'INTENT'
     UNION ALL SELECT id FROM mutation WHERE id = ? AND rest IS NOT NULL LIMIT 1`,
    ...[mutation, mutation],
  ];
  if (sent)
    yield [
      'UPDATE mutation SET held_until = 0, look_at = coalesce(?, look_at) WHERE id = ?',
      ...[lookAt?.getTime() ?? null, mutation],
    ];
  else yield* dropMutation(mutation);
}

function* isHeld(mutation: number, until: Date): Script<boolean> {
  return (yield ['SELECT id FROM mutation WHERE id = ? AND held_until = ?', mutation, until.getTime()]).length > 0;
}

export function* intend(
  mutation: number,
  heldUntil: Date,
  writes: readonly WriteToKeep[],
  at: Date,
): Script<readonly number[] | null> {
  if (!(yield* isHeld(mutation, heldUntil))) return null;
  const ids: number[] = [];
  for (const { provider, providerId, customer, fields, content } of writes) {
    const [made] = yield [
      `INSERT INTO write (mutation, provider, provider_id, customer_provider, customer_id, fields, state, begun_at, known_to)
       VALUES (?, ?, ?, ?, ?, ?, 'INTENT', ?, (SELECT coalesce(max(sequence), 0) FROM record)) RETURNING id`,
      ...[mutation, provider, providerId, customer?.provider ?? null, customer?.providerId ?? null],
      ...[JSON.stringify(fields), at.getTime()],
    ];
    const id = Number(made?.id);
    yield ['INSERT INTO write_content (write, content) VALUES (?, ?)', id, content];
    ids.push(id);
  }
  return ids;
}

export function takenToSend(write: number, holder: string | null): Statement {
  const hasTurn = holder === null ? '' : 'AND EXISTS (SELECT 1 FROM turn WHERE holder = ?)';
  const values = holder === null ? [write] : [write, holder];
  return [`UPDATE write SET state = 'SENT' WHERE id = ? AND state = 'INTENT' ${hasTurn} RETURNING id`, ...values];
}

export const notedAnswer = (write: number, noted: string): Statement => [
  "INSERT INTO write_noted (write, noted) SELECT id, ? FROM write WHERE id = ? AND state = 'SENT'",
  ...[noted, write],
];
