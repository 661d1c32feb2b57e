import { keyText, type RecordKey } from '../../ids/ids.ts';
import { LARGEST_BLOCK } from '../../linkage/blocking.ts';
import { type Candidate, candidate, judge } from '../../linkage/duplicates.ts';
import type { Copy } from '../../store/store.ts';
import { type CustomerRecords, customerOf } from '../customer.ts';
import { inTurn } from '../inTurn.ts';
import type { Operation } from '../operation.ts';
import { pageSize } from '../pages.ts';
import { fromStored } from './storedProfile.ts';
import { blockingTerms } from './terms.ts';

/** A customer that may be the same one as another. */
export interface PossibleDuplicate {
  readonly customer: CustomerRecords;
  /** How likely it is, from 0 to 1. */
  readonly score: number;
  /** Sentences for people. */
  readonly evidence: readonly string[];
}

/** Less likely than not is not worth a person's time. */
const LEAST_SCORE = 0.5;

/** More customers are not compared with one. */
const MOST_COMPARED = 500;

/** Customers that may be the same one, best first; from the directory's copies, without asking a provider. */
export async function possibleDuplicates(
  operation: Operation,
  customer: CustomerRecords,
  first: number | null | undefined,
): Promise<readonly PossibleDuplicate[]> {
  const most = pageSize(first);
  if (most === 0) return [];
  const all = await operation.once(`duplicates ${keyText(customer.key)}`, () =>
    inTurn(operation, () => findDuplicates(operation, customer)),
  );
  return all.slice(0, most);
}

async function findDuplicates(operation: Operation, customer: CustomerRecords): Promise<readonly PossibleDuplicate[]> {
  const { directory, store } = operation.gateway;
  await directory.settled();
  const own = await candidatesOf(operation, [customer]);
  const terms = own.flat().flatMap(({ comparable }) => blockingTerms(comparable));
  if (terms.length === 0) return [];
  const others = await customersOf(operation, customer, await store.sharing([...new Set(terms)], LARGEST_BLOCK));
  if (others.length === 0) return [];
  const model = await directory.model.current(operation.limits);
  const verdicts = judge(model, own.flat(), await candidatesOf(operation, others));
  return others
    .flatMap((other, index) => {
      const { score = 0, evidence = [] } = verdicts[index] ?? {};
      return score < LEAST_SCORE ? [] : [{ customer: other, score, evidence }];
    })
    .sort((one, other) => other.score - one.score);
}

/** The customers of these records that can be compared, without this one. */
async function customersOf(
  operation: Operation,
  customer: CustomerRecords,
  records: readonly RecordKey[],
): Promise<readonly CustomerRecords[]> {
  const own = new Set(customer.records.map(keyText));
  const found = new Map<string, CustomerRecords>();
  for (const each of await Promise.all(
    records.filter((record) => !own.has(keyText(record))).map((record) => customerOf(operation, record)),
  ))
    if (found.size < MOST_COMPARED) found.set(keyText(each.key), each);
  return [...found.values()];
}

/** What is known of each customer's records that are still there. */
async function candidatesOf(
  operation: Operation,
  customers: readonly CustomerRecords[],
): Promise<readonly (readonly Candidate[])[]> {
  const copies = await operation.gateway.store.copies(customers.flatMap(({ records }) => records));
  return Promise.all(
    customers.map(async ({ records }) => {
      const there = await Promise.all(
        records.map(async (record) =>
          (await operation.known(record))?.missingSince ? null : copies.get(keyText(record)),
        ),
      );
      return there.filter((copy): copy is Copy => !!copy).map(({ profile }) => candidate(fromStored(profile)));
    }),
  );
}
