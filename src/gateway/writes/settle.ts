import { GatewayError } from '../../errors.ts';
import { type RecordKey, sameKey } from '../../ids/ids.ts';
import type { Settlement } from '../../store/settling.ts';
import type { LinkRule, LinkToKeep } from '../../store/store.ts';
import { contentOf } from '../directory/copy.ts';
import type { Operation } from '../operation.ts';
import type { Reading } from '../record.ts';
import { settlementOf, type Tried, type Write } from './journal.ts';
import { restToKeep, type WriteOutcome, writeError } from './outcome.ts';

/** Whose the records are that a mutation has written to. */
export interface Belonging {
  /** Any record of the customer; null: a new one, named by the first record that was made, in the order of trust. */
  readonly customer: RecordKey | null;
  /** Records that are known with them. */
  readonly others?: readonly RecordKey[];
  /** Why all of them are one customer, where this is what makes them one. */
  readonly why?: Why | null;
  /** What else the mutation's caller is told. */
  readonly rest?: readonly WriteOutcome[];
  /** Something of the mutation has left this gateway before: its key stays its own. */
  readonly hasLeft: boolean;
}

/** What makes records one customer, and how that is told. */
export type Why = readonly [rule: LinkRule, evidence: string];

export const CREATED_TOGETHER: Why = ['SAME_CREATE', 'Created together, by one request.'];
export const CREATED_FOR: Why = ['MANUAL', 'Created for this customer.'];

export interface Settled {
  readonly outcomes: readonly WriteOutcome[];
  /** Any record of the customer; null: nothing was written. */
  readonly customer: RecordKey | null;
}

/** A write that a provider has done. */
type Done = Tried & { readonly done: NonNullable<Tried['done']> };

const isDone = (tried: Tried): tried is Done => tried.done !== null;

const keyOf = ({ write, done }: Done): RecordKey => ({ provider: write.member.id, providerId: done.providerId });

/**
 * Reads afresh what providers have done, and remembers it with what is to be told of it, at once. What can't be remembered is
 * no success: the provider has done it, and the next call would not know.
 */
export async function settled(operation: Operation, tried: readonly Tried[], belonging: Belonging): Promise<Settled> {
  if (tried.length === 0) return { outcomes: [], customer: null };
  const { gateway } = operation;
  const { members, store, clock } = gateway;
  const done = members.flatMap(({ id }) => tried.filter(isDone).filter(({ write }) => write.member.id === id));
  const first = done[0] && keyOf(done[0]);
  const customer = belonging.customer ?? first ?? null;
  const customerOfDone = first ? customer : null;
  try {
    const readings = await readAfresh(operation, done);
    const at = new Date(clock.now());
    const elsewhere = await store.settle({
      ...{ at, request: operation.requestId },
      writes: tried.map((each) => ({
        ...settlementOf(each),
        ...(isDone(each) && { elsewhere: settlementOf({ ...each, outcome: ofAnother(each.outcome) }).result }),
      })),
      ...(belonging.rest && { rest: restToKeep(belonging.rest) }),
      freesKey: !belonging.hasLeft && tried.every(({ neverLeft }) => neverLeft),
      records: customer ? recordsOf(tried, done, readings, customer, belonging.others ?? [], at) : [],
      link: customerOfDone && belonging.why ? linkOf(operation, belonging.why) : undefined,
      changes: done.flatMap((each, index) => changeOf(each, readings[index] ?? null, at) ?? []),
    });
    // It is remembered: what is missing is that the directory shows it.
    await rereadLastSent(operation, done).catch((thrown: unknown) => gateway.unforeseen(thrown, operation.requestId));
    if (elsewhere.length === 0) return { outcomes: tried.map(({ outcome }) => outcome), customer: customerOfDone };
    const outcomes = tried.map((each) =>
      isDone(each) && elsewhere.some((key) => sameKey(key, keyOf(each))) ? ofAnother(each.outcome) : each.outcome,
    );
    return { outcomes, customer: outcomes.some(({ status }) => status === 'SUCCEEDED') ? customer : null };
  } catch (thrown) {
    gateway.unforeseen(thrown, operation.requestId);
    return {
      outcomes: tried.map((each) => (isDone(each) ? forgotten(each.outcome) : each.outcome)),
      customer: null,
    };
  }
}

/** No provider answers a write with all that a read would tell. One that can't be read now is told as such by the answer. */
async function readAfresh(operation: Operation, done: readonly Done[]): Promise<readonly Reading[]> {
  // What changed beside a write that tells nothing itself is told as anything that is seen.
  for (const each of done) tells(each.write) ? operation.wrote(keyOf(each)) : operation.forget(keyOf(each));
  const readings = await Promise.all(done.map((each) => (isLastSent(each) ? null : operation.read(keyOf(each)))));
  await operation.gateway.directory.settled();
  return readings;
}

/** Where the provider has no read, its record is what was last sent: there is none before that is remembered. */
const isLastSent = ({ done }: Done): boolean => done.remembered !== undefined;

async function rereadLastSent(operation: Operation, done: readonly Done[]): Promise<void> {
  for (const each of done) if (isLastSent(each)) operation.wrote(keyOf(each));
  await Promise.all(done.filter(isLastSent).map((each) => operation.read(keyOf(each))));
  await operation.gateway.directory.settled();
}

/** What is known of the records from now on. */
function recordsOf(
  tried: readonly Tried[],
  done: readonly Done[],
  readings: readonly Reading[],
  customer: RecordKey,
  others: readonly RecordKey[],
  at: Date,
): Settlement['records'] {
  return [
    ...others.map((key) => ({ key, customer })),
    ...done.map((each, index): Settlement['records'][number] => {
      const { write, done: left } = each;
      const key = keyOf(each);
      return {
        // What was there before is whose it is: it may have been taken out of the customer meanwhile.
        ...(write.isNew ? { key, customer, made: true } : { key, customer: key }),
        write: write.id,
        ...(left.codeSent && { codeSentAt: left.at, acknowledged: !each.isFound }),
        ...(isLastSent(each)
          ? { remembered: { wire: left.remembered, at: left.at } }
          : !isRead(readings[index] ?? null) && { outdated: at }),
      };
    }),
    // No copy of a record is trusted of which nobody knows whether it was written to.
    ...tried.flatMap(({ write, outcome }) =>
      outcome.status === 'OUTCOME_UNKNOWN' && write.record && !write.isNew
        ? [{ key: write.record, customer: write.record, outdated: at, write: write.id }]
        : [],
    ),
  ];
}

const isRead = (reading: Reading): boolean => reading !== null && !(reading instanceof GatewayError);

/** To have a code sent again changes nothing of the customer. */
const tells = ({ kind }: Write): boolean => kind !== 'REQUEST_CONFIRMATION';

/** An answer may have been under way for so long when a write began that it shows. */
const UNDER_WAY_MS = 30_000;

function changeOf(each: Done, reading: Reading, at: Date): Settlement['changes'][number] | null {
  const { write } = each;
  if (!tells(write)) return null;
  const hash = reading !== null && !(reading instanceof GatewayError) ? contentOf(reading).hash : null;
  // However long ago it was made: there was nothing before.
  const since = new Date(write.isNew ? 0 : write.begunAt.getTime() - UNDER_WAY_MS);
  return {
    kind: write.kind === 'CONFIRM' ? 'CONFIRMED' : write.isNew ? 'CREATED' : 'UPDATED',
    record: keyOf(each),
    write: write.id,
    fields: fieldsOf(write),
    at,
    ...(hash !== null && { seen: { hash, since } }),
  };
}

function fieldsOf({ kind, changes }: Write): readonly string[] | null {
  if (kind === 'CREATE') return null;
  return kind === 'CONFIRM' ? ['phone'] : changes.map(({ field }) => field);
}

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
