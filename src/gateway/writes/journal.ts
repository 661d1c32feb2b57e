import type { FieldChange } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import type { SettledWrite } from '../../store/settling.ts';
import type { KeptWrite, WriteKind, WriteState } from '../../store/writes.ts';
import type { Gateway, Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { failureOf, type WriteError, type WriteOutcome, type WriteStatus } from './outcome.ts';
import { holdMs } from './watch.ts';

/**
 * The write journal: every write is kept in the store before it is sent, and settled there when it is known what came of it.
 * Whatever happens to this process between, nobody sends it again: see recovery.ts.
 */

/** What is kept of a write to tell its caller of it, and to look whether it was done. */
export interface Content {
  readonly changes: readonly FieldChange[];
  readonly ignoredFields: readonly string[];
  /** What an update was worked out from, what a create sent, or when the last code had been sent: it tells whether it was done. */
  readonly sought?: unknown;
  /** The record is new to its customer: the provider makes it, or is told of a customer that it has no record of here. */
  readonly isNew: boolean;
}

/** A write that is about to be made. */
export interface Intent extends Content {
  readonly member: Member;
  /** null: the provider is to make it, and names it. */
  readonly record: RecordKey | null;
}

/** The same, kept. */
export interface Write extends Intent {
  readonly id: number;
  readonly kind: WriteKind;
  readonly begunAt: Date;
}

/** What a provider's yes leaves to remember. */
export interface Acknowledged {
  readonly providerId: string;
  /** Where the provider has no read: what is remembered as its record. */
  readonly remembered?: unknown;
  /** It messaged a confirmation code. */
  readonly codeSent?: boolean;
}

/** What came of a write. */
export interface Tried {
  readonly write: Write;
  readonly outcome: WriteOutcome;
  /** null: it was not done, or nobody knows. */
  readonly done: (Acknowledged & { readonly at: Date }) | null;
  /** Nothing of it has left this process. */
  readonly neverLeft: boolean;
  /** What it must still be when it is settled; absent: what its sender knows more than, see `lessThan`. */
  readonly from?: readonly WriteState[];
  /** Nobody has said so: it was found by looking. */
  readonly isFound?: true;
}

/** A mutation on its way. */
export interface Mutation {
  readonly kind: WriteKind;
  /** Where it stands in the store, and until when it is ours; null: it is to stand there as soon as anything is to be sent. */
  readonly kept: { readonly id: number; readonly heldUntil: Date } | null;
  /** The same for every repetition of it. */
  readonly decidedAt: Date;
  /** Something of it was sent before. */
  readonly hasLeft: boolean;
}

/** Until when an operation may be at its writes. */
export const endOfHold = ({ gateway: { clock, deadlineMs } }: Operation): Date =>
  new Date(clock.now() + holdMs(deadlineMs));

/**
 * The latest that a hold can end by now: twice as late as one of ours, for the clocks of machines differ. Whoever has one that
 * ends later may be at it still: they can't send what somebody else has sent or settled.
 */
export const latestHold = ({ clock, deadlineMs }: Gateway): Date => new Date(clock.now() + 2 * holdMs(deadlineMs));

/** Whether a hold that ends then is one still. */
export const isHeld = (gateway: Gateway, until: Date): boolean =>
  until.getTime() > gateway.clock.now() && until <= latestHold(gateway);

/** Keeps what is about to be sent. Where it can't be kept, nothing may be sent. */
export async function intended(
  operation: Operation,
  mutation: Mutation,
  customer: RecordKey | null,
  intents: readonly Intent[],
): Promise<readonly Write[]> {
  const { store, clock } = operation.gateway;
  if (intents.length === 0) return [];
  operation.carryThrough();
  const begunAt = new Date(clock.now());
  const { id, heldUntil } = mutation.kept ?? (await begun(operation, mutation.kind));
  const ids = await store.intend(
    id,
    heldUntil,
    intents.map(({ member, record, changes, ignoredFields, isNew, sought }) => ({
      ...{ provider: member.id, providerId: record?.providerId ?? null, customer },
      fields: changes.map(({ field }) => field),
      content: JSON.stringify({ changes, ignoredFields, isNew, sought } satisfies Content),
    })),
    begunAt,
  );
  if (!ids) throw notOurs();
  return intents.map((intent, index) => ({ ...intent, id: ids[index] as number, kind: mutation.kind, begunAt }));
}

/** One that is not to be repeated. */
async function begun(operation: Operation, kind: WriteKind): Promise<NonNullable<Mutation['kept']>> {
  const { store, clock } = operation.gateway;
  const at = new Date(clock.now());
  const what = await store.beginMutation({
    ...{ caller: operation.caller.name, kind, key: null, input: '', at },
    ...{ heldUntil: endOfHold(operation), latestHold: latestHold(operation.gateway) },
  });
  if (what.state !== 'NEW') throw new Error('a mutation without a key was there before');
  return { id: what.mutation, heldUntil: what.heldUntil };
}

/** This process stood still for longer than anybody waits: another one may be at it. */
const notOurs = (): GatewayError =>
  new GatewayError('UNAVAILABLE', 'The gateway took too long, and sent nothing. Try again.', { retryable: true });

/** How a write is sent. */
export interface Sending {
  /** Whose turn it must be, where others may write to the same record: see line.ts. */
  readonly holder: string | null;
  act(): Promise<Acknowledged>;
  /** What a failure means, where it is more than that. */
  refused?(problem: GatewayError): Promise<Pick<WriteOutcome, 'status' | 'error'>>;
}

/**
 * Sends a write, if nobody has. What the provider answers is noted at once: the other writes of the mutation may take longer
 * than this process lives.
 */
export async function sent(operation: Operation, write: Write, { holder, act, refused }: Sending): Promise<Tried> {
  const { store, clock } = operation.gateway;
  let isTaken = false;
  try {
    if (!(await store.takeToSend(write.id, holder))) throw notOurs();
    isTaken = true;
    const acknowledged = await act();
    const done = { ...acknowledged, at: new Date(clock.now()) };
    // What can't be noted now can't be settled either, as a rule: then that is told.
    const noted = store.noteAnswer(write.id, JSON.stringify({ done } satisfies Noted));
    await noted.catch((thrown: unknown) => operation.gateway.unforeseen(thrown, operation.requestId));
    return { write, outcome: outcomeOf(write, 'SUCCEEDED', acknowledged.providerId), done, neverLeft: false };
  } catch (thrown) {
    const problem = operation.problemOf(thrown);
    const failure = refused ? await refused(problem) : failureOf(problem, write.member);
    const outcome = { ...outcomeOf(write), ...failure };
    const neverLeft = problem.delivery === 'not-sent';
    // Who could not even take it, leaves what somebody else knows of it.
    return { write, outcome, done: null, neverLeft, ...(!isTaken && { from: ['INTENT'] as const }) };
  }
}

/** Where one of them throws, the others are waited for: nothing of theirs may come when it is somebody else's turn. */
export async function allEnded<Result>(writes: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(writes);
  return Promise.all(writes);
}

/** What is noted before a mutation is settled. */
interface Noted {
  readonly done: Acknowledged & { readonly at: Date };
}

/** A write of which something keeps this process from sending it. */
export const unsent = (write: Write, error: WriteError): Tried => ({
  ...{ write, done: null, neverLeft: true, from: ['INTENT'] as const },
  outcome: { ...outcomeOf(write), error },
});

/** Of a write that is kept; NOT_SENT until something else is known. */
export function outcomeOf(
  { id, kind, member, record, changes, ignoredFields, isNew }: Write,
  status: WriteStatus = 'NOT_SENT',
  providerId: string | null = null,
): WriteOutcome {
  const there = providerId === null ? (isNew ? null : record) : { provider: member.id, providerId };
  const replaces = kind === 'UPDATE' && member.connection?.update?.replaces === true;
  return { writeId: id, member, status, record: there, changes, ignoredFields, replaces, request: null, error: null };
}

/** What of an outcome is kept: the rest stands with the write. */
export interface KeptResult {
  /** Nothing of it has left a process. */
  readonly neverLeft: boolean;
  readonly status: WriteStatus;
  readonly error: Omit<WriteError, 'member'> | null;
}

const STATES = {
  ...{ SUCCEEDED: 'DONE', FAILED: 'FAILED', OUTCOME_UNKNOWN: 'UNKNOWN', NOT_SENT: 'FAILED' },
  ...{ UNCHANGED: 'DONE', PREVIEWED: 'FAILED' },
} as const satisfies Record<WriteStatus, SettledWrite['state']>;

/** As it is settled in the store. */
export function settlementOf(tried: Tried): SettledWrite {
  const { write, outcome, neverLeft, from = lessThan(tried), isFound } = tried;
  const { status, error, record } = outcome;
  const said = error && withoutMember(error);
  const made = write.record ? null : record;
  const state = STATES[status];
  return {
    ...{ id: write.id, state, from, providerId: made?.providerId ?? null },
    ...(isFound && made && { found: made }),
    ...(error && state === 'FAILED' && { errorCode: error.code }),
    result: JSON.stringify({ neverLeft, status, error: said } satisfies KeptResult),
  };
}

/**
 * Whoever has sent a write may have stood still for so long that somebody else has settled it by looking. A provider's own
 * answer is more than a look that found nothing; no answer is not.
 */
function lessThan({ done, outcome }: Tried): readonly WriteState[] {
  if (done) return ['SENT', 'UNKNOWN', 'FAILED'];
  return outcome.status === 'OUTCOME_UNKNOWN' ? ['SENT'] : ['SENT', 'UNKNOWN'];
}

const SAID = { DONE: 'SUCCEEDED', FAILED: 'FAILED', UNKNOWN: 'OUTCOME_UNKNOWN' } as const;

function withoutMember({ member: _, ...error }: WriteError): Omit<WriteError, 'member'> {
  return error;
}

/** Whether a repetition of the mutation leaves it as it is: else it may be tried again. */
export function isFinished(kept: KeptWrite): boolean {
  const { error } = resultOf(kept);
  return kept.state !== 'FAILED' || (hasLeft(kept) && !error?.retryable);
}

export const hasLeft = (kept: KeptWrite): boolean => kept.state !== 'INTENT' && !resultOf(kept).neverLeft;

const resultOf = ({ result }: KeptWrite): Partial<KeptResult> => JSON.parse(result ?? '{}') as Partial<KeptResult>;

/** What was kept of a write, as its caller is told of it again. */
export function toldAgain(operation: Operation, kept: KeptWrite): WriteOutcome {
  const write = toWrite(operation, kept);
  if (kept.state === 'INTENT' || kept.state === 'SENT') {
    const problem = new GatewayError('INTERNAL_SERVER_ERROR', '', { delivery: 'unknown' });
    return { ...outcomeOf(write), ...failureOf(problem, write.member) };
  }
  const { status, error } = resultOf(kept);
  const isDone = kept.state === 'DONE';
  return {
    ...outcomeOf(write, status ?? SAID[kept.state], isDone ? kept.providerId : null),
    error: error ? { ...error, member: write.member } : null,
  };
}

/** @returns null: there is no such write, or it is another caller's */
export async function writeOfCaller(operation: Operation, id: number): Promise<WriteOutcome | null> {
  const kept = await operation.gateway.store.write(id);
  return kept?.caller === operation.caller.name ? toldAgain(operation, kept) : null;
}

/** A write as it was kept. What was said of an erased customer is gone. */
export function toWrite(operation: Operation, kept: KeptWrite): Write {
  const { changes = [], ignoredFields = [], isNew = false, sought } = JSON.parse(kept.content) as Partial<Content>;
  const { provider, providerId } = kept;
  return {
    ...{ id: kept.id, kind: kept.kind, begunAt: kept.begunAt, member: operation.member(provider) },
    ...{ record: providerId === null ? null : { provider, providerId }, changes, ignoredFields, isNew, sought },
  };
}

/** What a provider was noted to have answered; null: nothing was. */
export function notedOf({ noted }: KeptWrite): Tried['done'] {
  if (noted === null) return null;
  const { done } = JSON.parse(noted) as { done: Omit<Noted['done'], 'at'> & { at: string } };
  return { ...done, at: new Date(done.at) };
}
