import { type RecordKey, sameKey } from '../../ids/ids.ts';
import { MOST_RECORDS } from '../../model/customer.ts';
import { text } from '../../model/text.ts';
import type { LinkToKeep } from '../../store/store.ts';
import type { Operation } from '../operation.ts';
import { type WriteError, writeError } from './outcome.ts';

/** Which records are one customer, said by somebody who knows. Nothing of it is told to a provider. */

export interface LinkResult {
  /** null: nothing was changed. */
  readonly customer: RecordKey | null;
  readonly errors: readonly WriteError[];
}

export interface UnlinkResult extends LinkResult {
  readonly separated: RecordKey | null;
}

const LONGEST_EVIDENCE = 1_000;

/** Makes customers one, the first of which absorbs the others. Those that are one already stay so. */
export async function linkCustomers(
  operation: Operation,
  customers: readonly RecordKey[],
  said: string | null,
): Promise<LinkResult> {
  const evidence = text(said);
  if (evidence !== null && evidence.length > LONGEST_EVIDENCE)
    return refusal(['evidence'], `Evidence may have at most ${LONGEST_EVIDENCE} characters.`);
  const [first] = customers;
  if (!first || customers.every((each) => sameKey(each, first)))
    return refusal(['ids'], 'Name at least two customers.');
  const { caller, request, at } = operation.deed;
  const link: LinkToKeep = {
    rule: 'MANUAL',
    evidence: evidence === null ? [] : [evidence],
    at,
    by: caller,
  };
  const linking = await operation.gateway.store.link(customers, link, MOST_RECORDS, request);
  if (linking === 'TOO_MANY_RECORDS') return refusal(['ids'], `One customer may have at most ${MOST_RECORDS} records.`);
  if (linking === 'ERASED')
    return refusal(['ids'], 'The copies of one of these were erased. Ask for each customer by its id, then link them.');
  return { customer: first, errors: [] };
}

/** Takes one record out of its customer, which becomes two. */
export async function unlinkRecord(operation: Operation, record: RecordKey): Promise<UnlinkResult> {
  const customer = await operation.gateway.store.unlink(record, operation.deed);
  if (customer) return { customer, separated: record, errors: [] };
  return { ...refusal(['recordId'], 'This record is a customer by itself.'), separated: null };
}

const refusal = (field: readonly string[], message: string): LinkResult => ({
  customer: null,
  errors: [writeError('INVALID_INPUT', message, { field })],
});
