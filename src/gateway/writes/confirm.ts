import { GatewayError } from '../../errors.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import { shortText } from '../../model/text.ts';
import { type CustomerRecords, customerOf, holds } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { isConfirmed } from '../verification.ts';
import { type Guarded, takeCode, takeGuess } from './guard.ts';
import { intended, type Mutation, sent, toldAgain } from './journal.ts';
import { inLine } from './line.ts';
import {
  failureOf,
  notFound,
  notWritten,
  refused,
  resultOf,
  toWriteError,
  type WriteError,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
import { once } from './repeat.ts';
import { settled } from './settle.ts';

export interface RecordChoice {
  /** Any record of the customer. */
  readonly customer: RecordKey;
  /** Needed only where the customer has several records that would do. */
  readonly record: RecordKey | null;
  /** The caller's idempotency key; null: it is not to be repeated. */
  readonly key: string | null;
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
  return onUnconfirmed(operation, choice, 'CONFIRM', {
    meaning: token,
    guard: takeGuess,
    act: async ({ member, record }) => {
      try {
        await member.connection?.confirm?.(record.providerId, token, operation.limits);
      } catch (thrown) {
        // The answer is lost: whether it worked is told by reading.
        if (!isInDoubt(thrown) || (await confirmedNow(operation, record)) !== true) throw thrown;
      }
    },
    async failure(problem, { member, record }) {
      if (problem.code !== 'PROVIDER_REJECTED') return failureOf(problem, member);
      const after = await confirmedNow(operation, record);
      if (after instanceof GatewayError) return failed(toWriteError(after, member));
      if (after === null) return failed(notFound(member));
      if (after) return failed(alreadyConfirmed(member));
      return failed(
        writeError('INVALID_CONFIRMATION_TOKEN', 'This code is wrong or has expired. Have a new one sent.', {
          field: ['confirmationToken'],
          member,
        }),
      );
    },
  });
}

const isInDoubt = (thrown: unknown): boolean => thrown instanceof GatewayError && thrown.delivery === 'unknown';

/** @returns null: there is no such record; an error: it can't be read */
async function confirmedNow(operation: Operation, record: RecordKey): Promise<boolean | null | GatewayError> {
  operation.forget(record);
  const reading = await operation.read(record);
  return reading === null || reading instanceof GatewayError ? reading : isConfirmed(reading);
}

/** Has a new code sent to the unconfirmed phone: a real person gets a message, so it is never sent twice by itself. */
export const requestConfirmation = (operation: Operation, choice: RecordChoice): Promise<WriteResult> =>
  onUnconfirmed(operation, choice, 'REQUEST_CONFIRMATION', {
    guard: takeCode,
    act: async ({ member, record }) => member.connection?.requestConfirmation?.(record.providerId, operation.limits),
    codeSent: true,
    failure: async (problem, { member }) => failureOf(problem, member),
  });

/** The record whose phone it is about. */
interface Unconfirmed {
  readonly member: Member;
  readonly record: RecordKey;
}

interface Action {
  /** Of the input, beside the record. */
  readonly meaning?: string;
  /** Counts it before it is sent. @returns why it must not be */
  guard(operation: Operation, on: Unconfirmed, reading: ProviderRecord): Promise<Guarded>;
  act(on: Unconfirmed): Promise<void>;
  /** What its success sends. */
  readonly codeSent?: true;
  failure(problem: GatewayError, on: Unconfirmed): Promise<Failure>;
}

type Failure = Pick<WriteOutcome, 'status' | 'error'>;

const failed = (error: WriteError): Failure => ({ status: 'FAILED', error });

const alreadyConfirmed = (member: Member): WriteError =>
  writeError('ALREADY_CONFIRMED', 'This phone is confirmed already.', { member });

async function onUnconfirmed(
  operation: Operation,
  choice: RecordChoice,
  kind: 'CONFIRM' | 'REQUEST_CONFIRMATION',
  action: Action,
): Promise<WriteResult> {
  const meaning = [choice.customer, choice.record, action.meaning ?? null];
  return once(operation, { kind, key: choice.key, meaning }, async (mutation, earlier) => {
    // Whatever became of the customer since.
    if (earlier.writes.length > 0)
      return resultOf(
        earlier.customer,
        earlier.writes.map((each) => toldAgain(operation, each)),
      );
    const customer = await customerOf(operation, choice.customer);
    const can = ({ provider }: Member): boolean => provider.capabilities[kind].support === 'NATIVE';
    const chosen = chooseRecord(operation, customer, choice.record, can);
    if ('outcomes' in chosen) return chosen;
    return inLine(operation, [keyText(chosen.record)], (holder) =>
      perform(operation, { mutation, holder }, customer, chosen, action),
    );
  });
}

async function perform(
  operation: Operation,
  { mutation, holder }: { readonly mutation: Mutation; readonly holder: string },
  customer: CustomerRecords,
  on: Unconfirmed,
  { guard, act, codeSent, failure }: Action,
): Promise<WriteResult> {
  const { member, record } = on;
  const refuse = (status: 'FAILED' | 'NOT_SENT', error: WriteError): WriteResult => {
    operation.forget(record);
    return resultOf(null, [notWritten(member, record, status, error)]);
  };
  operation.forget(record);
  const before = await operation.read(record);
  if (before instanceof GatewayError) return refuse('FAILED', toWriteError(before, member));
  if (before === null) return refuse('FAILED', notFound(member));
  if (isConfirmed(before)) return refuse('FAILED', alreadyConfirmed(member));
  const guarded = await guard(operation, on, before);
  if ('error' in guarded) return refuse('NOT_SENT', guarded.error);
  // Whether a code was sent, the provider tells by its own clock alone.
  const sought = before.connection.verification?.(before.wire).sentAt?.toISOString() ?? null;
  const [write] = await intended(operation, mutation, customer.key, [
    { member, record, changes: [], ignoredFields: [], isNew: false, sought },
  ]);
  if (!write) throw new Error('a write that was intended is not there');
  const tried = await sent(operation, write, {
    holder,
    act: async () => {
      await act(on);
      return { providerId: record.providerId, ...(codeSent && { codeSent }) };
    },
    refused: (problem) => failure(problem, on),
  });
  if (tried.neverLeft) await guarded.giveBack();
  if (!tried.done) operation.forget(record);
  const { outcomes, customer: written } = await settled(operation, [tried], {
    ...{ customer: customer.key, rest: [], hasLeft: mutation.hasLeft },
  });
  return resultOf(written, outcomes);
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
