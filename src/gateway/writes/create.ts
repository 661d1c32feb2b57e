import type { InputProblem } from '../../contract/write.ts';
import { keyText, type RecordKey } from '../../ids/ids.ts';
import { MOST_RECORDS } from '../../model/customer.ts';
import type { KeptWrite } from '../../store/writes.ts';
import { type CustomerRecords, customerOf } from '../customer.ts';
import type { Operation } from '../operation.ts';
import { type Plan, plan, planToSend, type ToSend } from './createPlan.ts';
import { whyNotMade } from './duplicate.ts';
import type { UnifiedInput } from './input.ts';
import { allEnded, intended, type Mutation, sent, type Tried, toldAgain, type Write } from './journal.ts';
import { inLine } from './line.ts';
import { canBeSought } from './made.ts';
import {
  drafted,
  refused,
  resultOf,
  shown,
  type WriteError,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
import { type Earlier, once } from './repeat.ts';
import { CREATED_FOR, CREATED_TOGETHER, settled } from './settle.ts';
import { invalid, isTaken, type OwnInputs } from './targets.ts';
import { withWayOn } from './wayOn.ts';

export interface CreateCustomer {
  readonly unified: UnifiedInput;
  /** Provider ids, as named by the caller. */
  readonly providers: readonly string[];
  readonly own: OwnInputs;
  /** Any record of the customer that the new records belong to; null makes a new customer. */
  readonly join: RecordKey | null;
  readonly dryRun: boolean;
  /** What was found wrong with the input already. */
  readonly problems: readonly InputProblem[];
  /** The caller's idempotency key; null: it is not to be repeated. */
  readonly key: string | null;
}

/**
 * Creates a customer at every provider named, side by side, as one customer. The input is checked whole before anything
 * is sent. No provider has a delete: what one has made stays when another fails, and every outcome is told.
 */
export async function createCustomer(operation: Operation, request: CreateCustomer): Promise<WriteResult> {
  const now = new Date(operation.gateway.clock.now());
  const { plans, problems, meaning } = plan(operation, request, now);
  const joined = request.join && (await customerOf(operation, request.join));
  // A repetition is answered though its customer is full by now: what is left to be made is counted again.
  const full = whyFull(joined, plans);
  const isRefused = problems.length > 0 && (request.dryRun || !mayBeDone(problems));
  if (isRefused || (request.dryRun && full.length > 0)) return refused([...problems, ...full]);
  if (request.dryRun) return preview(operation, request, await planToSend(operation, request, joined, plans, now));
  const { key } = request;
  const result = await once(
    operation,
    { kind: 'CREATE', key, meaning: [meaning, request.join] },
    async (mutation, earlier) => {
      const left = plans.filter(({ member }) => !earlier.writes.some(({ provider }) => provider === member.id));
      const due =
        problems.length > 0
          ? { plans: [], problems, unread: [] }
          : await planToSend(operation, request, joined, left, mutation.decidedAt);
      const make = (holder: string | null) =>
        create(operation, { mutation, holder }, earlier, due, { providers: request.providers, joined });
      // Where the caller chooses the record's id, another one may be choosing the same.
      const chosen = due.plans.flatMap((each) => chosenKey(each) ?? []);
      return chosen.length > 0 ? inLine(operation, chosen.map(keyText), make) : make(null);
    },
  );
  return withWayOn(result, key);
}

/** Whether all that is wrong may come of a provider's being taken out of the settings: then a repetition is answered still. */
const mayBeDone = (problems: readonly InputProblem[]): boolean =>
  problems.some(({ code }) => code === 'PROVIDER_NOT_CONFIGURED') &&
  problems.every(({ code }) => code === 'PROVIDER_NOT_CONFIGURED' || code === 'CAPABILITY_UNSUPPORTED');

/** One customer has so many records at the most, these with them. */
const whyFull = (joined: CustomerRecords | null, plans: readonly Plan[]): InputProblem[] =>
  joined && joined.records.length + plans.length > MOST_RECORDS
    ? [invalid(['joinCustomer'], `One customer may have at most ${MOST_RECORDS} records.`)]
    : [];

async function preview(
  operation: Operation,
  { providers }: CreateCustomer,
  { plans, problems, unread }: ToSend,
): Promise<WriteResult> {
  if (problems.length > 0) return refused(problems);
  const outcomes = plans.map(async (each): Promise<WriteOutcome> => {
    const nothing = drafted(each.member, null, each.draft, each.ignoredFields);
    const duplicate = await duplicateOf(operation, each);
    if (duplicate) return { ...nothing, status: 'FAILED', error: duplicate };
    return { ...nothing, status: 'PREVIEWED', request: each.draft.request && shown(each.draft.request) };
  });
  return resultOf(null, inOrder(providers, [...(await Promise.all(outcomes)), ...unread]));
}

/** The record's key, where the caller chooses it. */
const chosenKey = ({ member, draft: { providerId } }: Plan): RecordKey | null =>
  providerId === undefined ? null : { provider: member.id, providerId };

/** One that the caller chooses and that is known here is known there. */
async function duplicateOf(operation: Operation, plan: Plan): Promise<WriteError | null> {
  const { member } = plan;
  const key = chosenKey(plan);
  if (!key || !(await isTaken(operation, member, key.providerId))) return null;
  const message = `${member.provider.title} was already told of a customer with this id. Use updateCustomer.`;
  return writeError('DUPLICATE', message, { member });
}

async function create(
  operation: Operation,
  { mutation, holder }: { readonly mutation: Mutation; readonly holder: string | null },
  earlier: Earlier,
  { plans, problems, unread }: ToSend,
  { providers, joined }: { readonly providers: readonly string[]; readonly joined: CustomerRecords | null },
): Promise<WriteResult> {
  const before = earlier.writes.map((each) => toldAgain(operation, each));
  const late = [...problems, ...(plans.length > 0 ? whyFull(joined, plans) : [])];
  if (late.length > 0) {
    const done = resultOf(earlier.customer, before);
    return { ...done, errors: [...done.errors, ...refused(late).errors] };
  }
  const duplicates = await Promise.all(plans.map((each) => duplicateOf(operation, each)));
  const fresh = plans.filter((_, index) => !duplicates[index]);
  const duplicated = plans.flatMap(({ member, draft, ignoredFields }, index): WriteOutcome[] => {
    const error = duplicates[index];
    return error ? [{ ...drafted(member, null, draft, ignoredFields), status: 'FAILED', error }] : [];
  });
  const rest = [...unread, ...duplicated];
  const into = joined?.key ?? earlier.customer;
  const sought = await Promise.all(fresh.map(({ member }) => canBeSought(operation, member)));
  const writes = await intended(
    operation,
    mutation,
    into,
    fresh.map((each, index) => ({
      ...{ member: each.member, changes: each.draft.changes, ignoredFields: each.ignoredFields, isNew: true },
      ...(sought[index] && { sought: each.draft.request }),
      record: chosenKey(each),
    })),
  );
  const tried = await allEnded(fresh.map((each, index) => send(operation, each, writes[index] as Write, holder)));
  const { outcomes, customer } = await settled(operation, tried, {
    customer: into,
    others: joined?.records ?? earlier.writes.flatMap(madeEarlier),
    why: joined ? CREATED_FOR : CREATED_TOGETHER,
    rest,
    hasLeft: mutation.hasLeft,
  });
  return resultOf(customer ?? earlier.customer, inOrder(providers, [...before, ...outcomes, ...rest]));
}

/** The record that an earlier call has made. */
const madeEarlier = ({ state, provider, providerId }: KeptWrite): RecordKey[] =>
  state === 'DONE' && providerId !== null ? [{ provider, providerId }] : [];

/** As the providers were named. */
const inOrder = (providers: readonly string[], outcomes: readonly WriteOutcome[]): readonly WriteOutcome[] =>
  providers.flatMap((id) => outcomes.find(({ member }) => member.id === id) ?? []);

const send = (operation: Operation, { member, draft }: Plan, write: Write, holder: string | null): Promise<Tried> =>
  sent(operation, write, {
    holder,
    act: async () => {
      const create = member.connection?.create;
      if (!create || !draft.request) throw new Error(`${member.id} drafted a create without a request`);
      return create.send(draft.request, operation.limits);
    },
    refused: (problem) => whyNotMade(operation, problem, write),
  });
