import { isDeepStrictEqual } from 'node:util';
import type { UpdateIntent } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import type { KeptWrite } from '../../store/writes.ts';
import type { Gateway } from '../gateway.ts';
import { Operation } from '../operation.ts';
import { isConfirmed } from '../verification.ts';
import {
  type Acknowledged,
  endOfHold,
  hasLeft,
  notedOf,
  outcomeOf,
  type Tried,
  toWrite,
  type Write,
} from './journal.ts';
import { failureOf, writeError } from './outcome.ts';
import { settled, type Why } from './settle.ts';

/**
 * Settles writes that nobody is at any more: what was not sent has failed, and what may have been is looked for. Nothing is
 * ever sent here.
 */

/** So long after a write its provider may be away before nobody can know. */
const PATIENCE_MS = 45_000;

/** How often it is looked whether a process has left anything behind. */
const INTERVAL_MS = 15_000;

/** What other processes have left behind, and this one before it was started again. @returns ends it */
export function keepRecovering(gateway: Gateway): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = recoverLeft(gateway).catch((thrown: unknown) => gateway.unforeseen(thrown, RECOVERY));
  };
  run();
  const timer = setInterval(run, INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** No caller's request has a space in its id. */
const RECOVERY = 'clientele recovery';

async function recoverLeft(gateway: Gateway): Promise<void> {
  const { store, clock } = gateway;
  for (;;) {
    const operation = new Operation(gateway, { name: 'clientele', scopes: new Set() }, RECOVERY);
    const heldUntil = endOfHold(operation);
    // One at a time: each has an operation's time.
    const [mutation] = await store.takeLeftMutations(new Date(clock.now()), heldUntil, 1);
    if (mutation === undefined) return;
    try {
      const writes = await recovered(operation, mutation, await store.writesOf(mutation), false);
      // What can't be told yet is looked at again when this hold is over, and not at once.
      if (!writes.some(({ state }) => state === 'SENT')) await store.letGo(mutation, heldUntil);
    } catch (thrown) {
      // The same; the others are not kept waiting by it.
      gateway.unforeseen(thrown, RECOVERY);
    }
  }
}

/**
 * @param isRepeated its caller is about to go on with it: its key stays its own
 * @returns the mutation's writes, as they are known now
 */
export async function recovered(
  operation: Operation,
  mutation: number,
  writes: readonly KeptWrite[],
  isRepeated: boolean,
): Promise<readonly KeptWrite[]> {
  const open = writes.filter(({ state }) => state !== 'DONE' && state !== 'FAILED');
  const tried = (await Promise.all(open.map((kept) => lookedFor(operation, kept)))).filter((each) => each !== null);
  await settled(operation, tried, { ...belongingOf(writes), hasLeft: isRepeated || writes.some(hasLeft) });
  return operation.gateway.store.writesOf(mutation);
}

function belongingOf(writes: readonly KeptWrite[]): { readonly customer: RecordKey | null; readonly why: Why | null } {
  const { customer = null, kind } = writes[0] ?? {};
  const done = writes.find(({ state }) => state === 'DONE');
  if (kind === 'CREATE' && customer === null) {
    const made = done?.providerId ? { provider: done.provider, providerId: done.providerId } : null;
    return { customer: made, why: ['SAME_CREATE', 'Created together, by one request.'] };
  }
  return { customer, why: kind === 'CREATE' ? ['MANUAL', 'Created for this customer.'] : null };
}

/** @returns null: it can't be told now, and soon it may */
async function lookedFor(operation: Operation, kept: KeptWrite): Promise<Tried | null> {
  const write = toWrite(operation, kept);
  const from = kept.state;
  const at = new Date(operation.gateway.clock.now());
  if (from === 'INTENT') return { ...neverSent(write), from };
  const noted = notedOf(kept);
  if (noted) return { ...doneAs(write, noted), from };
  try {
    const found = await look(operation, write);
    // What is not there yet may still come.
    const isLate = at.getTime() - kept.begunAt.getTime() >= PATIENCE_MS;
    if (found === 'NOT_DONE' && !isLate) return null;
    if (found === 'NOT_DONE') return { ...notDone(write), from };
    if (found !== 'UNKNOWN') return { ...doneAs(write, { ...found, at }), from };
  } catch (thrown) {
    const problem = operation.problemOf(thrown);
    if (problem.retryable && from === 'SENT' && at.getTime() - kept.begunAt.getTime() < PATIENCE_MS) return null;
  }
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

/** Whether a write was done, as its provider tells. @throws GatewayError where that can't be asked */
async function look(operation: Operation, write: Write): Promise<Acknowledged | 'NOT_DONE' | 'UNKNOWN'> {
  const { kind, member, record, sought, begunAt } = write;
  const { connection } = member;
  if (!connection) return 'UNKNOWN';
  if (kind === 'CREATE') return 'UNKNOWN';
  if (!record || !connection.read) return 'UNKNOWN';
  operation.forget(record);
  const current = await operation.read(record);
  if (current instanceof GatewayError) throw current;
  const done = { providerId: record.providerId };
  if (kind === 'CONFIRM') return current && isConfirmed(current) ? done : 'NOT_DONE';
  if (current === null) return 'NOT_DONE';
  if (kind === 'REQUEST_CONFIRMATION') {
    const sentAt = connection.verification?.(current.wire).sentAt?.getTime() ?? 0;
    return sentAt >= begunAt.getTime() ? { ...done, codeSent: true } : 'UNKNOWN';
  }
  // Worked out once more: nothing is left to write where it was done, and all of it where it was not.
  const intent = { ...(sought as Sought), decidedAt: begunAt, current: { ...done, wire: current.wire } };
  const draft = connection.update?.draft(intent);
  if (!draft) return 'UNKNOWN';
  if (!draft.request) return done;
  return isDeepStrictEqual(draft.changes, write.changes) ? 'NOT_DONE' : 'UNKNOWN';
}

/** What an update was worked out from, beside what was there. */
export type Sought = Pick<UpdateIntent<unknown, unknown>, 'patch' | 'own' | 'known'>;
