import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { shortText } from '../../model/text.ts';
import type { RecordToKeep } from '../../store/store.ts';
import { type CustomerRecords, customerOf, holds } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { verificationOf } from '../verification.ts';
import { type Done, keepDone } from './keep.ts';
import {
  failureOf,
  refused,
  resultOf,
  toWriteError,
  type WriteError,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';

export interface RecordChoice {
  /** Any record of the customer. */
  readonly customer: RecordKey;
  /** Needed only where the customer has several records that would do. */
  readonly record: RecordKey | null;
}

/**
 * Confirms a phone with the code that its owner received. Whether it is confirmed already is told by reading, before and
 * after: the provider answers a wrong, an expired and a late code alike (DL-10), and so do we.
 */
export async function confirmCustomer(operation: Operation, choice: RecordChoice, given: string): Promise<WriteResult> {
  const token = shortText(given);
  if (token === null) {
    return refused([
      { path: ['confirmationToken'], code: 'INVALID_INPUT', message: 'This is no code: give it as it was received.' },
    ]);
  }
  return onUnconfirmed(operation, choice, 'CONFIRM', async (member, record, customer) => {
    const begunAt = new Date(operation.gateway.clock.now());
    try {
      await member.connection?.confirm?.(record.providerId, token, operation.limits);
      const change = { kind: 'CONFIRMED', fields: ['phone'], begunAt } as const;
      return await done(operation, member, { key: record, customer: customer.key }, change);
    } catch (thrown) {
      const problem = operation.problemOf(thrown);
      if (problem.code !== 'PROVIDER_REJECTED') return failureOf(problem, member);
      if (problem.status === 404) return failed(notFound(member));
      operation.forget(record);
      const after = await operation.read(record);
      if (after instanceof GatewayError) return failed(toWriteError(after, member));
      if (after === null) return failed(notFound(member));
      if (isConfirmed(after)) return failed(alreadyConfirmed(member));
      return failed(
        writeError('INVALID_CONFIRMATION_TOKEN', 'This code is wrong or has expired. Have a new one sent.', {
          field: ['confirmationToken'],
          member,
        }),
      );
    }
  });
}

/** Has a new code sent to the unconfirmed phone: a real person gets a message, so it is never sent twice by itself. */
export async function requestConfirmation(operation: Operation, choice: RecordChoice): Promise<WriteResult> {
  return onUnconfirmed(operation, choice, 'REQUEST_CONFIRMATION', async (member, record, customer) => {
    try {
      await member.connection?.requestConfirmation?.(record.providerId, operation.limits);
      const codeSentAt = new Date(operation.gateway.clock.now());
      return await done(operation, member, { key: record, customer: customer.key, codeSentAt }, null);
    } catch (thrown) {
      return failureOf(operation.problemOf(thrown), member);
    }
  });
}

const untried = (member: Member, record: RecordKey) => ({
  member,
  record,
  changes: [],
  ignoredFields: [],
  request: null,
});

type Tried = Pick<WriteOutcome, 'status' | 'error'>;

/** The provider has done it, and it is to be remembered. */
async function done(operation: Operation, member: Member, keep: RecordToKeep, change: Done['change']): Promise<Tried> {
  const outcome: WriteOutcome = { ...untried(member, keep.key), status: 'SUCCEEDED', error: null };
  const [kept] = await keepDone(operation, [{ outcome, keep, change }]);
  return kept ?? outcome;
}

const failed = (error: WriteError): Tried => ({ status: 'FAILED', error });

const alreadyConfirmed = (member: Member): WriteError =>
  writeError('ALREADY_CONFIRMED', 'This phone is confirmed already.', { member });

const notFound = (member: Member): WriteError =>
  writeError('NOT_FOUND', `${member.provider.title} has no such customer.`, { member });

async function onUnconfirmed(
  operation: Operation,
  choice: RecordChoice,
  action: 'CONFIRM' | 'REQUEST_CONFIRMATION',
  act: (member: Member, record: RecordKey, customer: CustomerRecords) => Promise<Tried>,
): Promise<WriteResult> {
  const customer = await customerOf(operation, choice.customer);
  const chosen = chooseRecord(
    operation,
    customer,
    choice.record,
    (member) => member.provider.capabilities[action].support === 'NATIVE',
  );
  if ('outcomes' in chosen) return chosen;
  const { member, record } = chosen;
  operation.forget(record);
  const before = await operation.read(record);
  const tried =
    before instanceof GatewayError
      ? failed(toWriteError(before, member))
      : before === null
        ? failed(notFound(member))
        : isConfirmed(before)
          ? failed(alreadyConfirmed(member))
          : await act(member, record, customer);
  if (tried.status !== 'SUCCEEDED') operation.forget(record);
  const outcome: WriteOutcome = { ...untried(member, record), ...tried };
  return resultOf(tried.status === 'SUCCEEDED' ? customer.key : null, [outcome]);
}

/** The record that an action is for: the one named, or the only one that would do. */
export function chooseRecord(
  operation: Operation,
  customer: CustomerRecords,
  named: RecordKey | null,
  can: (member: Member) => boolean,
): { readonly member: Member; readonly record: RecordKey } | WriteResult {
  if (named && !holds(customer, named)) {
    return refused([{ path: ['recordId'], code: 'INVALID_INPUT', message: 'This is not a record of this customer.' }]);
  }
  const candidates = (named ? [named] : customer.records)
    .map((record) => ({ record, member: operation.member(record.provider) }))
    .filter(({ member }) => can(member));
  const [only, second] = candidates;
  if (!only) {
    return refused([
      {
        path: [named ? 'recordId' : 'id'],
        code: 'CAPABILITY_UNSUPPORTED',
        message: 'No provider that holds this customer can do this.',
      },
    ]);
  }
  if (second) {
    return refused([
      {
        path: ['recordId'],
        code: 'INVALID_INPUT',
        message: 'Several records of this customer would do: name one by its recordId.',
      },
    ]);
  }
  if (!only.member.connection) {
    const message = `${only.member.provider.title} is not configured here.`;
    return refused([{ path: [named ? 'recordId' : 'id'], code: 'PROVIDER_NOT_CONFIGURED', message }]);
  }
  return only;
}

function isConfirmed(record: ProviderRecord): boolean {
  const facts = record.connection.verification?.(record.wire);
  return facts !== undefined && verificationOf(facts, null, 0).state === 'VERIFIED';
}
