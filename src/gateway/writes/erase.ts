import type { RecordKey } from '../../ids/ids.ts';
import { customerOf } from '../customer.ts';
import type { Operation } from '../operation.ts';
import type { WriteError } from './outcome.ts';

export interface Erasure {
  /** How many records there was anything of; null: nothing was done. */
  readonly erasedRecords: number | null;
  /** The providers that still have records of the customer, as far as is known, in the order of trust. */
  readonly stillHeldBy: readonly string[] | null;
  readonly errors: readonly WriteError[];
}

/**
 * Forgets every copy that is held of a customer. Nothing is told to a provider: none has a delete. The ids keep answering,
 * each with its own record, and whoever asks by one has a copy made again.
 */
export async function eraseCustomerCopies(operation: Operation, key: RecordKey): Promise<Erasure> {
  const { directory, store } = operation.gateway;
  // What was read before this, and waits to be kept, would come back.
  await directory.settled();
  const customer = await customerOf(operation, key);
  const known = await Promise.all(customer.records.map((record) => operation.known(record)));
  const erasedRecords = await store.erase(key, operation.deed);
  for (const record of customer.records) {
    directory.lately.delete(record);
    operation.forget(record);
  }
  const isMissing = (index: number): boolean => known[index]?.missingSince != null;
  const held = customer.records.filter((_, index) => !isMissing(index)).map(({ provider }) => provider);
  return { erasedRecords, stillHeldBy: [...new Set(held)], errors: [] };
}
