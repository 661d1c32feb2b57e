import type { Draft, InputProblem } from '../../contract/write.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { country } from '../../model/country.ts';
import type { CountryCode } from '../../model/customer.ts';
import { MOST_RECORDS } from '../../model/customer.ts';
import { type CustomerRecords, customerOf } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { whyNotMade } from './duplicate.ts';
import { normalise, type UnifiedInput, withoutNulls } from './input.ts';
import { intended, type Mutation, sent, type Tried, toldAgain, type Write } from './journal.ts';
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
import { settled } from './settle.ts';
import { cannot, ignoredBy, invalid, isTaken, type OwnInputs, parseOwn, problemsOf, strayInputs } from './targets.ts';

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

/** A provider to create at, and what it would be sent. */
interface Plan {
  readonly member: Member;
  readonly draft: Draft;
  readonly ignoredFields: readonly string[];
}

/**
 * Creates a customer at every provider named, side by side, as one customer. The input is checked whole before anything
 * is sent. No provider has a delete: what one has made stays when another fails, and every outcome is told.
 */
export async function createCustomer(operation: Operation, request: CreateCustomer): Promise<WriteResult> {
  const { plans, problems, meaning } = plan(operation, request, new Date(operation.gateway.clock.now()));
  const joined = request.join && (await customerOf(operation, request.join));
  // A repetition is answered though its customer is full by now: what is left to be made is counted again.
  const full = whyFull(joined, plans);
  if (problems.length > 0) return refused([...problems, ...full]);
  if (request.dryRun && full.length > 0) return refused(full);
  if (request.dryRun) return resultOf(null, await Promise.all(plans.map((each) => preview(operation, each))));
  const { key } = request;
  return once(operation, { kind: 'CREATE', key, meaning: [meaning, request.join] }, (mutation, earlier) =>
    create(operation, mutation, earlier, plan(operation, request, mutation.decidedAt).plans, joined),
  );
}

/** One customer has so many records at the most, these with them. */
const whyFull = (joined: CustomerRecords | null, plans: readonly Plan[]): InputProblem[] =>
  joined && joined.records.length + plans.length > MOST_RECORDS
    ? [invalid(['joinCustomer'], `One customer may have at most ${MOST_RECORDS} records.`)]
    : [];

interface Planned {
  readonly plans: readonly Plan[];
  readonly problems: InputProblem[];
  /** Of the input, however it was spelt. */
  readonly meaning: unknown;
}

function plan(operation: Operation, request: CreateCustomer, decidedAt: Date): Planned {
  const problems = [...request.problems];
  const members = targets(operation, request.providers, problems);
  const ownInputs = new Map(
    members.map((member) => [member, parseOwn(member, member.provider.inputs.create, request.own, problems)]),
  );
  problems.push(...strayInputs(operation, request.own, new Set(request.providers)));

  const unified = withoutNulls(request.unified);
  const {
    patch,
    named,
    problems: wrong,
  } = normalise(unified, phoneRegion(ownInputs) ?? country(unified.address?.country));
  problems.push(...wrong);

  const plans: Plan[] = [];
  for (const member of members) {
    const draft = member.connection?.create?.draft({ patch, own: ownInputs.get(member), decidedAt });
    if (draft) plans.push({ member, draft, ignoredFields: ignoredBy(draft, named) });
  }
  const faulty = new Set(wrong.map(({ path }) => path.join('.')));
  const checked = named.filter((field) => !faulty.has(field));
  if (plans.length > 0)
    problems.push(
      ...problemsOf(
        operation,
        plans.map(({ draft }) => draft),
        checked,
      ),
    );
  const own = members.map((member): unknown => [member.id, ownInputs.get(member) ?? null]);
  return { plans, problems, meaning: [patch, own.sort()] };
}

function targets(operation: Operation, providers: readonly string[], problems: InputProblem[]): Member[] {
  if (providers.length === 0) problems.push(invalid(['providers'], 'Name at least one provider.'));
  const members: Member[] = [];
  for (const [index, id] of providers.entries()) {
    const member = operation.member(id);
    const path = ['providers', String(index)];
    const problem = members.includes(member)
      ? invalid(path, 'This provider is named twice.')
      : cannot(member, 'CREATE', path);
    if (problem) problems.push(problem);
    else members.push(member);
  }
  return members;
}

/** What a target's own input says of the phone's country, which is more than the address does. */
function phoneRegion(owns: ReadonlyMap<Member, unknown>): CountryCode | null {
  for (const [{ provider }, own] of owns) {
    const region = own === undefined ? null : provider.inputs.phoneRegion?.(own);
    if (region) return region;
  }
  return null;
}

async function preview(operation: Operation, plan: Plan): Promise<WriteOutcome> {
  const nothing = drafted(plan.member, null, plan.draft, plan.ignoredFields);
  const duplicate = await duplicateOf(operation, plan);
  if (duplicate) return { ...nothing, status: 'FAILED', error: duplicate };
  return { ...nothing, status: 'PREVIEWED', request: plan.draft.request && shown(plan.draft.request) };
}

/** Where the caller chooses the record's id, one that is known here is known there. */
async function duplicateOf(operation: Operation, { member, draft }: Plan): Promise<WriteError | null> {
  const { providerId } = draft;
  if (providerId === undefined || !(await isTaken(operation, member, providerId))) return null;
  const message = `${member.provider.title} was already told of a customer with this id. Use updateCustomer.`;
  return writeError('DUPLICATE', message, { member });
}

async function create(
  operation: Operation,
  mutation: Mutation,
  earlier: Earlier,
  all: readonly Plan[],
  joined: CustomerRecords | null,
): Promise<WriteResult> {
  const before = new Map(earlier.writes.map((each) => [each.provider, toldAgain(operation, each)]));
  const plans = all.filter(({ member }) => !before.has(member.id));
  const full = plans.length > 0 ? whyFull(joined, plans) : [];
  if (full.length > 0) {
    const done = resultOf(earlier.customer, [...before.values()]);
    return { ...done, errors: [...done.errors, ...refused(full).errors] };
  }
  const duplicates = await Promise.all(plans.map((each) => duplicateOf(operation, each)));
  const fresh = plans.filter((_, index) => !duplicates[index]);
  const rest = plans.flatMap(({ member, draft, ignoredFields }, index): WriteOutcome[] => {
    const error = duplicates[index];
    return error ? [{ ...drafted(member, null, draft, ignoredFields), status: 'FAILED', error }] : [];
  });
  const into = joined?.key ?? earlier.customer;
  const writes = await intended(
    operation,
    mutation,
    into,
    fresh.map(({ member, draft, ignoredFields }) => ({
      ...{ member, changes: draft.changes, ignoredFields, isNew: true },
      ...(member.connection?.create?.made && { sought: draft.request }),
      record: draft.providerId === undefined ? null : { provider: member.id, providerId: draft.providerId },
    })),
  );
  const tried = await Promise.all(fresh.map((each, index) => send(operation, each, writes[index] as Write)));
  const { outcomes, customer } = await settled(operation, tried, {
    customer: into,
    others: joined?.records ?? [],
    why: joined ? ['MANUAL', 'Created for this customer.'] : ['SAME_CREATE', 'Created together, by one request.'],
    rest,
    hasLeft: mutation.hasLeft,
  });
  const told = [...before.values(), ...outcomes, ...rest];
  const inOrder = all.flatMap(({ member }) => told.find((outcome) => outcome.member === member) ?? []);
  return resultOf(customer ?? earlier.customer, inOrder);
}

const send = (operation: Operation, { member, draft }: Plan, write: Write): Promise<Tried> =>
  sent(operation, write, {
    holder: null,
    act: async () => {
      const create = member.connection?.create;
      if (!create || !draft.request) throw new Error(`${member.id} drafted a create without a request`);
      return create.send(draft.request, operation.limits);
    },
    refused: (problem) => whyNotMade(operation, problem, write),
  });
