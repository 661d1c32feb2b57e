import type { GatewayError } from '../../errors.ts';
import type { Operation } from '../operation.ts';
import type { Content, Write } from './journal.ts';
import { failureOf, type WriteOutcome } from './outcome.ts';

/** What of a record providers may want nobody else to have. */
const UNIQUE: readonly string[] = ['phone', 'email'];

/** Of more whose answer was lost, nobody looks at each. */
const MOST = 500;

/**
 * What the failure of a create means. Where its provider has such a customer already, and an earlier create of the caller is
 * unknown that said the same, that one has probably made it: a provider without a search can tell in no other way.
 */
export async function whyNotMade(
  operation: Operation,
  problem: GatewayError,
  write: Write,
): Promise<Pick<WriteOutcome, 'status' | 'error'>> {
  const failure = failureOf(problem, write.member);
  const untold = (thrown: unknown): null => {
    operation.gateway.unforeseen(thrown, operation.requestId);
    return null;
  };
  const earlier = problem.duplicate && failure.error ? await unknownAlike(operation, write).catch(untold) : null;
  if (!failure.error || earlier === null) return failure;
  const message = `${failure.error.message} An earlier create of yours, whose answer was lost, said the same and has probably made it: it is write ${earlier}.`;
  return { ...failure, error: { ...failure.error, message } };
}

/** @returns the id of the newest, as callers have it */
async function unknownAlike(
  { gateway: { store, ids }, caller }: Operation,
  { id, member, changes }: Write,
): Promise<string | null> {
  const said = ({ changes: some = [] }: Partial<Content>): readonly string[] =>
    some.filter(({ field }) => UNIQUE.includes(field)).map(({ field, after }) => `${field} ${after}`);
  const own = said({ changes });
  const creates = (await store.openCreates(member.id, MOST)).filter(
    (each) => each.id !== id && each.caller === caller.name,
  );
  const earlier = creates.find(({ content }) => said(JSON.parse(content)).some((each) => own.includes(each)));
  return earlier ? ids.seal({ kind: 'write', provider: earlier.provider, providerId: String(earlier.id) }) : null;
}
