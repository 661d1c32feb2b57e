import { resultOf, type WriteOutcome, type WriteResult } from './outcome.ts';

/**
 * Tells with each error of a create that was done in part what stays, since nothing can be rolled back, and how to go on
 * without making anything twice.
 * @param key the caller's idempotency key; null: there is none
 */
export function withWayOn(result: WriteResult, key: string | null): WriteResult {
  const told = result.outcomes.map((outcome): WriteOutcome => {
    const { error } = outcome;
    if (!error) return outcome;
    const others = result.outcomes.filter((other) => other !== outcome);
    const message = [error.message, stays(others), wayOn(outcome, others, key)]
      .filter((part) => part !== null)
      .join(' ');
    return { ...outcome, error: { ...error, message } };
  });
  // What was refused beside them stands behind their errors.
  const refusals = result.errors.slice(resultOf(null, result.outcomes).errors.length);
  return { ...result, outcomes: told, errors: [...resultOf(null, told).errors, ...refusals] };
}

function stays(others: readonly WriteOutcome[]): string | null {
  const titles = titlesOf(others, 'SUCCEEDED');
  return titles === null ? null : `The customer was made at ${titles}, and that stays: no provider has a delete.`;
}

function wayOn(
  { status, error, member }: WriteOutcome,
  others: readonly WriteOutcome[],
  key: string | null,
): string | null {
  if (status === 'OUTCOME_UNKNOWN') return 'Ask write(id), by its writeId, what came of it, and never create it again.';
  const made = titlesOf(others, 'SUCCEEDED');
  const unknown = titlesOf(others, 'OUTCOME_UNKNOWN');
  if (made === null && unknown === null) return null;
  if (key !== null && error?.retryable)
    return 'Send the same input with the same key again: only what is unfinished is done.';
  if (made === null) return `First look what came of it at ${unknown}: a new create would make it there once more.`;
  const anew = error?.retryable ? '' : ' once that is mended';
  return `To make it at ${member.provider.title}${anew}, create with joinCustomer, this customer’s id, and that provider alone; a new create would make it once more at ${made}.`;
}

/** @returns null: there are none */
function titlesOf(outcomes: readonly WriteOutcome[], status: WriteOutcome['status']): string | null {
  const titles = outcomes.filter((each) => each.status === status).map(({ member }) => member.provider.title);
  const last = titles.pop();
  if (last === undefined) return null;
  return titles.length === 0 ? last : `${titles.join(', ')} and ${last}`;
}
