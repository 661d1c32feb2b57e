import type { RecordKey } from '../../ids/ids.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { toWriteError, type WriteError, writeError } from './outcome.ts';
import { changedMeanwhile } from './strangers.ts';

/**
 * What stands against replacing a record as a whole right now: a late update of ours, or a stranger.
 * @param current what the update was worked out from; null: the provider has no record yet
 * @param write the one that is about to be sent
 * @returns null: nothing does
 */
export async function whyNotReplaced(
  operation: Operation,
  record: RecordKey,
  current: ProviderRecord | null,
  write: number,
): Promise<WriteError | null> {
  try {
    return (await inDoubt(operation, record, write)) ?? (current && (await changedMeanwhile(operation, current)));
  } catch (thrown) {
    return toWriteError(operation.problemOf(thrown), operation.member(record.provider));
  }
}

/** An earlier update that may still come would take back what is written now. */
async function inDoubt(operation: Operation, record: RecordKey, write: number): Promise<WriteError | null> {
  const { store, watch, clock } = operation.gateway;
  const earlier = (await store.updatesOf(record)).filter(({ id, state }) => state !== 'DONE' && id !== write);
  const retryAfterMs = Math.ceil(Math.max(0, ...earlier.map((each) => watch.lateAt(each) - clock.now())));
  if (retryAfterMs === 0) return null;
  const member = operation.member(record.provider);
  const message = `Nobody knows yet what came of an earlier update of this customer at ${member.provider.title}, which might still undo this one. Nothing was sent there: try again in a moment.`;
  return { ...writeError('UNAVAILABLE', message, { member }), retryable: true, retryAfterMs };
}

/** Whether others have updated a record after this write, or may have: what is there now does not tell what became of it. */
export async function isOvertaken(
  { gateway: { store } }: Operation,
  record: RecordKey,
  write: number,
): Promise<boolean> {
  return (await store.updatesOf(record)).some(({ id }) => id > write);
}
