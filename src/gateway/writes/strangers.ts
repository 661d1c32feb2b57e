import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '../../errors.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import { customerOf } from '../customer.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { revisionOf } from '../revision.ts';
import type { Target } from './chooseTargets.ts';
import { toWriteError, type WriteError, writeError } from './outcome.ts';

/** What others have done to a customer that is about to be written to: people at a provider, other systems. */

/**
 * Whether a customer is another one than the caller has seen.
 * @param customer any record of it
 * @param targets have just been read; its other records are read now
 * @param revision as the caller has seen it; null: whatever it is
 */
export async function changedSince(
  operation: Operation,
  customer: RecordKey,
  targets: readonly Target[],
  revision: string | null,
): Promise<WriteError | null> {
  if (revision === null) return null;
  // Since they were asked for first, others may have become one with it.
  const { records } = await customerOf(operation, customer);
  const justRead = new Set(targets.map(({ record }) => record && keyText(record)));
  for (const each of records) if (!justRead.has(keyText(each))) operation.forget(each);
  const readings = await Promise.all(records.map(async (key) => [key, await operation.read(key)] as const));
  const now = revisionOf(operation.gateway.ids, readings);
  if ('problem' in now) return toWriteError(now.problem, operation.member(now.key.provider));
  // It may have been given before the secret was changed.
  if (now.includes(revision)) return null;
  const message = 'The customer has changed since this revision. Nothing was sent: read it again, and decide anew.';
  return writeError('CONFLICT', message, { field: ['ifRevision'] });
}

/** Whether a record is another one than an update of it was worked out from; asked right before it is replaced as a whole. */
export async function changedMeanwhile(
  operation: Operation,
  { key, wire }: ProviderRecord,
): Promise<WriteError | null> {
  const member = operation.member(key.provider);
  operation.forget(key);
  const now = await operation.read(key);
  if (now instanceof GatewayError) return toWriteError(now, member);
  if (now !== null && isDeepStrictEqual(now.wire, wire)) return null;
  const message = `Somebody else has changed this customer at ${member.provider.title} meanwhile. Nothing was sent there: try again.`;
  return { ...writeError('CONFLICT', message, { member }), retryable: true };
}
