import { isDeepStrictEqual } from 'node:util';
import type { UpdateIntent } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import type { KeptWrite } from '../../store/writes.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { isConfirmed } from '../verification.ts';
import { isOvertaken } from './inDoubt.ts';
import { type Acknowledged, hasLeft, notedOf, outcomeOf, type Tried, toWrite, type Write } from './journal.ts';
import { madeBy } from './made.ts';
import { failureOf, writeError } from './outcome.ts';
import { type Belonging, CREATED_FOR, CREATED_TOGETHER, settled, type Why } from './settle.ts';

/**
 * Settles writes that nobody is at any more: what was not sent has failed, and what may have been is looked for. Nothing is
 * ever sent here but reads.
 */

/** Who has it looked for. */
interface Looking {
  /** Its caller is about to go on with it: its key stays its own. */
  readonly isRepeated: boolean;
  /** Told where somebody else was faster with what was found: another look tells more. */
  readonly again: () => void;
  /** Told of a provider whose listing would tell. */
  readonly list: (provider: string) => void;
}

/** @returns the mutation's writes, as they are known now */
export async function recovered(
  operation: Operation,
  mutation: number,
  writes: readonly KeptWrite[],
  { isRepeated, again, list }: Looking,
): Promise<readonly KeptWrite[]> {
  const open = writes.filter(({ state }) => state !== 'DONE' && state !== 'FAILED');
  const looks = await Promise.all(open.map((kept) => lookedFor(operation, kept, list)));
  const tried = looks.filter((each) => each !== null);
  await settled(operation, tried, { ...belongingOf(writes), hasLeft: isRepeated || writes.some(hasLeft) });
  const now = await operation.gateway.store.writesOf(mutation);
  const found = new Set(tried.filter(({ isFound }) => isFound).map(({ write }) => write.id));
  if (now.some(({ id, state }) => found.has(id) && state !== 'DONE')) again();
  return now;
}

/** Whose the records are that a mutation has made or is still to make. */
export function belongingOf(
  writes: readonly KeptWrite[],
): Pick<Belonging, 'customer'> & { readonly others: readonly RecordKey[]; readonly why: Why | null } {
  const { customer = null, kind } = writes[0] ?? {};
  const others = writes.flatMap(({ state, provider, providerId }) =>
    kind === 'CREATE' && state === 'DONE' && providerId !== null ? [{ provider, providerId }] : [],
  );
  if (kind === 'CREATE' && customer === null) return { customer: others[0] ?? null, others, why: CREATED_TOGETHER };
  return { customer, others, why: kind === 'CREATE' ? CREATED_FOR : null };
}

/** @returns null: nothing is known that was not known before */
async function lookedFor(operation: Operation, kept: KeptWrite, list: Looking['list']): Promise<Tried | null> {
  const write = toWrite(operation, kept);
  const from = [kept.state];
  const lateAt = operation.gateway.watch.lateAt(kept);
  const at = new Date(operation.gateway.clock.now());
  if (kept.state === 'INTENT') return { ...neverSent(write), from };
  const noted = notedOf(kept);
  if (noted) return { ...doneAs(write, noted), from };
  const looking = kept.kind === 'CREATE' ? madeBy(operation, write, kept.knownTo) : look(operation, write);
  const found = await looking.catch((thrown: unknown) => {
    operation.problemOf(thrown);
    return 'UNKNOWN' as const;
  });
  if (typeof found === 'object') return { ...doneAs(write, { at, ...found }), from, isFound: true };
  // What is not there yet may still come.
  const isLate = at.getTime() >= lateAt;
  if (found === 'NOT_DONE' && isLate) return { ...notDone(write), from };
  if (found === 'UNLISTED' && isLate) list(kept.provider);
  if (kept.state === 'UNKNOWN') return null;
  const unknown = new GatewayError('UNAVAILABLE', '', { delivery: 'unknown' });
  return {
    ...{ write, from, done: null, neverLeft: false },
    outcome: { ...outcomeOf(write), ...failureOf(unknown, write.member) },
  };
}

const doneAs = (write: Write, done: NonNullable<Tried['done']>): Tried => ({
  ...{ write, done, neverLeft: false },
  outcome: outcomeOf(write, 'SUCCEEDED', done.providerId),
});

function neverSent(write: Write): Tried {
  const message = 'The gateway was stopped before this was sent: nothing was. Try again.';
  const error = { ...writeError('UNAVAILABLE', message, { member: write.member }), retryable: true };
  return { write, done: null, neverLeft: true, outcome: { ...outcomeOf(write), status: 'FAILED', error } };
}

function notDone(write: Write): Tried {
  const message = `The answer was lost; ${write.member.provider.title} was asked, and has not done it. Try again.`;
  const error = { ...writeError('PROVIDER_UNAVAILABLE', message, { member: write.member }), retryable: true };
  return { write, done: null, neverLeft: false, outcome: { ...outcomeOf(write), status: 'FAILED', error } };
}

/** That it was done; when, where that matters. */
type Seen = Acknowledged & { readonly at?: Date };

/** Whether a write to a record was done, as its provider tells. @throws GatewayError where that can't be asked */
async function look(operation: Operation, write: Write): Promise<Seen | 'NOT_DONE' | 'UNKNOWN'> {
  const { kind, member, record, sought, begunAt } = write;
  const { connection } = member;
  if (!record || !connection?.read) return 'UNKNOWN';
  operation.forget(record);
  const current = await operation.read(record);
  if (current instanceof GatewayError) throw current;
  const done = { providerId: record.providerId };
  if (kind === 'CONFIRM') return current && isConfirmed(current) ? done : 'NOT_DONE';
  if (current === null) return 'NOT_DONE';
  // Its content was forgotten with its customer, or with the time.
  if (sought === undefined) return 'UNKNOWN';
  if (kind === 'REQUEST_CONFIRMATION') {
    const sentAt = connection.verification?.(current.wire).sentAt ?? null;
    const isLater = sentAt !== null && (sought === null || sentAt > new Date(sought as string));
    return isLater ? { ...done, codeSent: true, at: begunAt } : 'UNKNOWN';
  }
  return lookAtUpdate(operation, write, current);
}

/** Worked out once more: nothing is left to write where it was done, and all of it where it was not. */
async function lookAtUpdate(
  operation: Operation,
  write: Write,
  { key, wire }: ProviderRecord,
): Promise<Seen | 'NOT_DONE' | 'UNKNOWN'> {
  const done = { providerId: key.providerId };
  const intent = { ...(write.sought as Sought), decidedAt: write.begunAt, current: { ...done, wire } };
  const draft = write.member.connection?.update?.draft(intent);
  if (!draft) return 'UNKNOWN';
  if (!draft.request) return done;
  const isAsBefore = isDeepStrictEqual(draft.changes, write.changes);
  return isAsBefore && !(await isOvertaken(operation, key, write.id)) ? 'NOT_DONE' : 'UNKNOWN';
}

/** What an update was worked out from, beside what was there. */
export type Sought = Pick<UpdateIntent<unknown, unknown>, 'patch' | 'own' | 'known'>;
