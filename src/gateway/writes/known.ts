import { KNOWN_FIELDS, type Known, type KnownField } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { type CustomerRecords, readCustomer } from '../customer.ts';
import type { Operation } from '../operation.ts';
import { toWriteError, type WriteError } from './outcome.ts';

/**
 * What the merged customer is known by, where a provider wants it for what an input does not name. Nothing is read where
 * nothing is wanted.
 * @returns an error: it can't be read, and nothing else may stand in for it
 */
export async function knownOf(
  operation: Operation,
  customer: CustomerRecords,
  wanted: readonly KnownField[],
): Promise<{ readonly known: Known | null; readonly error: WriteError | null }> {
  if (wanted.length === 0) return { known: null, error: null };
  try {
    const asks = { all: true, verification: false, providers: new Set<string>(), weight: 0 };
    const whole = await readCustomer(operation, customer, asks);
    const known = Object.fromEntries(KNOWN_FIELDS.map((field) => [field, whole?.field(field) ?? null])) as Known;
    // What can't be read may say it.
    if (whole?.problem && wanted.some((field) => known[field] === null)) throw whole.problem;
    return { known, error: null };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.provider === undefined) throw thrown;
    return { known: null, error: toWriteError(thrown, operation.member(thrown.provider)) };
  }
}
