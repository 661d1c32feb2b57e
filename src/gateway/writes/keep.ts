import { sameKey } from '../../ids/ids.ts';
import type { LinkRule, LinkToKeep, RecordToKeep } from '../../store/store.ts';
import type { Operation } from '../operation.ts';
import { type WriteOutcome, writeError } from './outcome.ts';

/** What a provider has done, and what is to be remembered of it. */
export interface Done {
  readonly outcome: WriteOutcome;
  readonly keep: RecordToKeep;
}

/**
 * Remembers what providers have done. What can't be remembered is no success: the provider has done it, and the next call
 * would not know.
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
    const elsewhere = await operation.gateway.store.keep([...others, ...done.map(({ keep }) => keep)], link);
    return done.map(({ outcome, keep }) =>
      elsewhere.some((key) => sameKey(key, keep.key)) ? ofAnother(outcome) : outcome,
    );
  } catch (thrown) {
    operation.gateway.unforeseen(thrown, operation.requestId);
    return done.map(({ outcome }) => forgotten(outcome));
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
