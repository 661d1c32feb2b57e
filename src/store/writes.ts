import { type RecordKey, sameKey } from '../ids/ids.ts';
import { auditedWrite } from './audit.ts';
import { type OwnChange, tellOwn } from './changes.ts';
import { keepRecords } from './customers.ts';
import { dropMutation } from './forgetWrites.ts';
import { makerOf } from './keptWrites.ts';
import type { Script, Statement } from './script.ts';
import type { LinkToKeep, RecordToKeep, Summarise } from './store.ts';

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
  /** When it was decided; the same for every repetition of it. */
  readonly begunAt: Date;
  readonly settledAt: Date | null;
}

/** What became of a write. */
export interface SettledWrite {
  readonly id: number;
  readonly state: 'DONE' | 'FAILED' | 'UNKNOWN';
  /** What it must be until then; absent: whatever it is. */
  readonly from?: readonly WriteState[];
  /** null leaves what is there. */
  readonly providerId: string | null;
  readonly result: string;
  /** Why it has failed, for the audit log. */
  readonly errorCode?: string;
  /** What came of it instead, where its record turns out to be another customer's: it has failed then. */
  readonly elsewhere?: string;
  /** The record that it has made was found by looking: where it is another create's, nothing is settled. */
  readonly found?: RecordKey;
}

/** What is left only where this write is settled by it; without one, in any case. */
type Left<What> = What & { readonly write?: number };

/** All that a mutation leaves behind, in one transaction. */
export interface Settlement {
  readonly writes: readonly SettledWrite[];
  readonly at: Date;
  /** What settles them, as the audit log has it. */
  readonly request: string;
  /** The person by whose word they are settled; absent: it is known. */
  readonly resolvedBy?: string;
  readonly records: readonly Left<RecordToKeep>[];
  /** Why those records are one customer. */
  readonly link?: LinkToKeep | undefined;
  readonly changes: readonly Left<OwnChange>[];
  /** Nothing has left this process: the caller's key may be used again, for whatever it is. */
  readonly freesKey?: boolean;
  /** JSON of what else its caller was told. */
  readonly rest?: string;
}

export interface WriteLog {
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
  /** As it was settled with; null: it has none. */
  restOf(mutation: number): Promise<string | null>;
  write(id: number): Promise<KeptWrite | null>;
  /** Whether a create is known to have made this record. */
  isMade(record: RecordKey): Promise<boolean>;
  /**
   * Mutations that nobody is at any more, whose writes are to be looked for by now: those that are not settled, and those since
   * then that nobody knows. Held from now on until then.
   */
  takeLeftMutations(now: Date, until: Date, unknownSince: Date, most: number): Promise<readonly number[]>;
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

export function* beginMutation({ caller, kind, key, input, at, heldUntil }: MutationToKeep): Script<Begun> {
  const values = [caller, kind, key, input, at.getTime(), heldUntil.getTime()];
  const [made] = yield [
    `INSERT INTO mutation (caller, kind, idempotency_key, input, begun_at, held_until) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (caller, idempotency_key) DO NOTHING RETURNING id`,
    ...values,
  ];
  if (made) return { state: 'NEW', mutation: Number(made.id), begunAt: at, heldUntil };
  const [found] = yield ['SELECT * FROM mutation WHERE caller = ? AND idempotency_key = ?', caller, key];
  if (!found) throw new Error('a mutation is there and is not');
  if (found.kind !== kind || found.input !== input) return { state: 'OTHER_INPUT' };
  const mutation = Number(found.id);
  if (Number(found.held_until) > at.getTime()) return { state: 'HELD', until: new Date(Number(found.held_until)) };
  yield ['UPDATE mutation SET held_until = ? WHERE id = ?', heldUntil.getTime(), mutation];
  return { state: 'LEFT', mutation, begunAt: new Date(Number(found.begun_at)), heldUntil };
}

export function* letGo(mutation: number, heldUntil: Date, lookAt?: Date): Script<void> {
  if (!(yield* isHeld(mutation, heldUntil))) return;
  const [sent] = yield ["SELECT id FROM write WHERE mutation = ? AND state <> 'INTENT' LIMIT 1", mutation];
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

const ANY: readonly WriteState[] = ['INTENT', 'SENT', 'DONE', 'FAILED', 'UNKNOWN'];

/** What is settled now, by its id, and of which mutations. */
interface Now {
  readonly writes: Map<number, SettledWrite>;
  readonly mutations: Set<number>;
}

function* settledNow({ writes, at }: Settlement): Script<Now> {
  const now: Now = { writes: new Map(), mutations: new Set() };
  for (const { found } of writes) if (found && (yield makerOf(found)).length > 0) return now;
  for (const write of writes) {
    const { id, state, from = ANY, providerId, result } = write;
    const [row] = yield [
      `UPDATE write SET state = ?, provider_id = coalesce(?, provider_id), result = ?, settled_at = ?
       WHERE id = ? AND state IN (${from.map(() => '?').join(', ')}) RETURNING mutation`,
      ...[state, providerId, result, at.getTime(), id, ...from],
    ];
    if (!row) continue;
    yield ['DELETE FROM write_noted WHERE write = ?', id];
    now.mutations.add(Number(row.mutation));
    now.writes.set(id, write);
  }
  return now;
}

export function* settle(settlement: Settlement, merge: Summarise): Script<readonly RecordKey[]> {
  const { records, link, changes, freesKey = false, rest } = settlement;
  const { writes: now, mutations } = yield* settledNow(settlement);
  // Somebody else has settled them meanwhile.
  if (settlement.writes.length > 0 && mutations.size === 0) return [];
  const isLeft = ({ write }: Left<unknown>): boolean => write === undefined || now.has(write);
  const kept = records.filter(isLeft);
  const elsewhere = kept.length > 0 ? yield* keepRecords(kept, link, merge) : [];
  const isElsewhere = (record: RecordKey): boolean => elsewhere.some((key) => sameKey(key, record));
  for (const { write: id = 0 } of kept.filter(({ key }) => isElsewhere(key))) {
    const write = now.get(id);
    if (write) now.set(id, yield* failedElsewhere(write));
  }
  for (const write of now.values()) yield auditedWrite(write, settlement);
  yield* tellOwn(changes.filter(isLeft).filter(({ record }) => !isElsewhere(record)));
  for (const mutation of mutations) {
    if (rest !== undefined) yield ['UPDATE mutation SET rest = ? WHERE id = ?', rest, mutation];
    if (freesKey)
      yield [
        `UPDATE mutation SET idempotency_key = NULL WHERE id = ?
           AND NOT EXISTS (SELECT 1 FROM write WHERE mutation = ? AND state IN ('SENT', 'DONE', 'UNKNOWN'))`,
        ...[mutation, mutation],
      ];
  }
  return elsewhere;
}

/** @returns what came of it then */
function* failedElsewhere(write: SettledWrite): Script<SettledWrite> {
  const { id, elsewhere = null } = write;
  yield ["UPDATE write SET state = 'FAILED', result = coalesce(?, result) WHERE id = ?", elsewhere, id];
  return { ...write, state: 'FAILED', errorCode: 'CONFLICT' };
}

export function* takeLeftMutations(
  now: Date,
  until: Date,
  unknownSince: Date,
  most: number,
): Script<readonly number[]> {
  const rows = yield [
    `SELECT DISTINCT mutation.id FROM write JOIN mutation ON mutation.id = write.mutation
     WHERE (write.state IN ('INTENT', 'SENT') OR (write.state = 'UNKNOWN' AND write.begun_at >= ?))
       AND mutation.held_until <= ? AND mutation.look_at <= ? ORDER BY mutation.id LIMIT ?`,
    ...[unknownSince.getTime(), now.getTime(), now.getTime(), most],
  ];
  const mutations = rows.map(({ id }) => Number(id));
  for (const mutation of mutations)
    yield ['UPDATE mutation SET held_until = ? WHERE id = ?', until.getTime(), mutation];
  return mutations;
}
