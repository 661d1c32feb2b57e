import type { InputProblem } from '../../contract/write.ts';
import { type RecordKey, sameKey } from '../../ids/ids.ts';
import { type CustomerRecords, holds } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { notWritten, type WriteOutcome, writeError } from './outcome.ts';
import { cannot, invalid } from './targets.ts';
import type { UpdateCustomer } from './update.ts';

/** A record to update; without one, a provider that takes a customer which it has no record of here. */
export interface Target {
  readonly member: Member;
  readonly record: RecordKey | null;
}

/** What an update writes to, and the outcomes of held records whose provider can't take it though nobody named it. */
export interface Chosen {
  readonly targets: readonly Target[];
  readonly outcomes: readonly WriteOutcome[];
}

/** The records named, or those of the providers named, or all: then those that can't be updated are told, not refused. */
export function chooseTargets(
  operation: Operation,
  customer: CustomerRecords,
  request: Pick<UpdateCustomer, 'providers' | 'records' | 'own'>,
  problems: InputProblem[],
): Chosen {
  if (request.records && request.providers) {
    problems.push(invalid(['records'], 'Give records or providers, not both: which is to be written to?'));
    return { targets: [], outcomes: [] };
  }
  if (request.records) return { targets: ofRecords(operation, customer, request.records, problems), outcomes: [] };
  if (request.providers)
    return { targets: ofProviders(operation, customer, request.providers, problems), outcomes: [] };
  return ofAll(operation, customer, request);
}

function ofRecords(
  operation: Operation,
  customer: CustomerRecords,
  records: readonly RecordKey[],
  problems: InputProblem[],
): Target[] {
  if (records.length === 0) problems.push(invalid(['records'], 'Name at least one record, or leave records out.'));
  return records.flatMap((record, index) => {
    const path = ['records', String(index)];
    const member = operation.member(record.provider);
    const problem =
      records.findIndex((each) => sameKey(each, record)) < index
        ? invalid(path, 'This record is named twice.')
        : holds(customer, record)
          ? cannot(member, 'UPDATE', path)
          : invalid(path, 'This is not a record of this customer.');
    if (problem) problems.push(problem);
    return problem ? [] : [{ member, record }];
  });
}

function ofProviders(
  operation: Operation,
  customer: CustomerRecords,
  providers: readonly string[],
  problems: InputProblem[],
): Target[] {
  if (providers.length === 0)
    problems.push(invalid(['providers'], 'Name at least one provider, or leave providers out.'));
  return providers.flatMap((id, index): Target[] => {
    const path = ['providers', String(index)];
    const member = operation.member(id);
    const records = customer.records.filter(({ provider }) => provider === id);
    const missing = records.length === 0 && !member.connection?.update?.adopts;
    const again = providers.indexOf(id) < index ? invalid(path, 'This provider is named twice.') : null;
    const problem = again ?? cannot(member, 'UPDATE', path) ?? (missing ? noRecord(member, path) : null);
    if (problem) problems.push(problem);
    if (problem) return [];
    return records.length === 0 ? [{ member, record: null }] : records.map((record) => ({ member, record }));
  });
}

const noRecord = (member: Member, path: readonly string[]): InputProblem => ({
  path,
  code: 'NOT_FOUND',
  message: `This customer has no record at ${member.provider.title}.`,
});

function ofAll(operation: Operation, customer: CustomerRecords, request: Pick<UpdateCustomer, 'own'>): Chosen {
  const targets: Target[] = [];
  const outcomes: WriteOutcome[] = [];
  for (const record of customer.records) {
    const member = operation.member(record.provider);
    const problem = cannot(member, 'UPDATE', []);
    if (problem) {
      const error = writeError(problem.code, problem.message, { member });
      outcomes.push(notWritten(member, record, 'FAILED', error));
    } else targets.push({ member, record });
  }
  for (const member of operation.gateway.members) {
    const hasNone = customer.records.every(({ provider }) => provider !== member.id);
    if (hasNone && request.own.has(member.id) && member.connection?.update?.adopts)
      targets.push({ member, record: null });
  }
  return { targets, outcomes };
}
