import { GatewayError } from '../../errors.ts';
import { type RecordKey, sameKey } from '../../ids/ids.ts';
import type { OwnChange } from '../../store/changes.ts';
import type { LinkRule, LinkToKeep, RecordToKeep } from '../../store/store.ts';
import { contentOf } from '../directory/copy.ts';
import type { Operation } from '../operation.ts';
import type { Reading } from '../record.ts';
import { type WriteOutcome, writeError } from './outcome.ts';

/** What a provider has done, and what is to be remembered of it. */
export interface Done {
  readonly outcome: WriteOutcome;
  readonly keep: RecordToKeep;
  /** What it was, for whoever listens, and when it was begun; null: nothing of the customer has changed. */
  readonly change: (Pick<OwnChange, 'kind' | 'fields'> & { readonly begunAt: Date }) | null;
}

/**
 * Remembers what providers have done, and reads it afresh, so that whoever asks next, here or elsewhere, is told of it. What
 * can't be remembered is no success: the provider has done it, and the next call would not know.
 * @param others records that belong to the same customer, to be known with them
 * @param why all of them are one customer, where this is what makes them one
 */
export async function keepDone(
  operation: Operation,
  done: readonly Done[],
  others: readonly RecordToKeep[] = [],
  why: Why | null = null,
): Promise<readonly WriteOutcome[]> {
  if (done.length === 0) return [];
  try {
    const link = why ? linkOf(operation, why) : undefined;
    const outdated = new Date(operation.gateway.clock.now());
    // What was last sent is all that there is to know where a provider has no read.
    const kept = done.map(({ keep }): RecordToKeep => (keep.remembered ? keep : { ...keep, outdated }));
    const elsewhere = await operation.gateway.store.keep([...others, ...kept], link);
    const isElsewhere = ({ keep }: Done): boolean => elsewhere.some((key) => sameKey(key, keep.key));
    await readAfresh(
      operation,
      done.filter((each) => !isElsewhere(each)),
    );
    return done.map((each) => (isElsewhere(each) ? ofAnother(each.outcome) : each.outcome));
  } catch (thrown) {
    operation.gateway.unforeseen(thrown, operation.requestId);
    return done.map(({ outcome }) => forgotten(outcome));
  }
}

/**
 * No provider answers a write with all that a read would tell. One that can't be read now is told as such by the answer. Who
 * listens is told last: then the directory has what there is to see.
 */
async function readAfresh(operation: Operation, done: readonly Done[]): Promise<void> {
  const { directory, store, clock, unforeseen } = operation.gateway;
  // What changed beside a write that tells nothing itself is told as anything that is seen.
  for (const { keep, change } of done) change ? operation.wrote(keep.key) : operation.forget(keep.key);
  try {
    const readings = await Promise.all(done.map(({ keep }) => operation.read(keep.key)));
    await directory.settled();
    const at = new Date(clock.now());
    const changes = done.flatMap(({ keep, change }, index) =>
      change ? [ownChange(keep.key, change, readings[index] ?? null, at)] : [],
    );
    if (changes.length > 0) await store.tell(changes);
  } catch (thrown) {
    // What was written is remembered: all that is missing is that somebody hears of it.
    unforeseen(thrown, operation.requestId);
  }
}

/** An answer may have been under way for so long when a write began that it shows. */
const UNDER_WAY_MS = 30_000;

function ownChange(
  record: RecordKey,
  { kind, fields, begunAt }: NonNullable<Done['change']>,
  reading: Reading,
  at: Date,
): OwnChange {
  const isRead = reading !== null && !(reading instanceof GatewayError);
  const since = new Date(begunAt.getTime() - UNDER_WAY_MS);
  return { kind, fields, record, at, ...(isRead && { seen: { hash: contentOf(reading).hash, since } }) };
}

/** After a write of which nobody knows whether it was done, no copy of the record is trusted. */
export async function keepInDoubt(operation: Operation, key: RecordKey, customer: RecordKey): Promise<void> {
  try {
    await operation.gateway.store.keep([{ key, customer, outdated: new Date(operation.gateway.clock.now()) }]);
  } catch (thrown) {
    operation.gateway.unforeseen(thrown, operation.requestId);
  }
}

/** What makes records one customer, and how that is told. */
export type Why = readonly [rule: LinkRule, evidence: string];

const linkOf = ({ gateway, caller }: Operation, [rule, evidence]: Why): LinkToKeep => ({
  rule,
  evidence: [evidence],
  at: new Date(gateway.clock.now()),
  by: caller.name,
});

function ofAnother(outcome: WriteOutcome): WriteOutcome {
  const message = `${outcome.member.provider.title} took the write for a record that is another customer’s here.`;
  return {
    ...outcome,
    status: 'FAILED',
    record: null,
    error: writeError('CONFLICT', message, { member: outcome.member }),
  };
}

function forgotten(outcome: WriteOutcome): WriteOutcome {
  const message = `${outcome.member.provider.title} has done it, but it could not be remembered here. Look before sending it again.`;
  return {
    ...outcome,
    status: 'OUTCOME_UNKNOWN',
    error: writeError('OUTCOME_UNKNOWN', message, { member: outcome.member }),
  };
}
