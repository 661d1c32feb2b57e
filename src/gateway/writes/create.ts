import type { Draft, InputProblem } from '../../contract/write.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { country } from '../../model/country.ts';
import type { CountryCode } from '../../model/customer.ts';
import { MOST_RECORDS } from '../../model/customer.ts';
import type { RecordToKeep } from '../../store/store.ts';
import { type CustomerRecords, customerOf } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { normalise, type UnifiedInput, withoutNulls } from './input.ts';
import { type Done, keepDone } from './keep.ts';
import {
  drafted,
  failureOf,
  refused,
  resultOf,
  shown,
  type WriteError,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
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
  const { plans, problems } = plan(operation, request);
  const joined = request.join && (await customerOf(operation, request.join));
  if (joined && joined.records.length + plans.length > MOST_RECORDS)
    problems.push(invalid(['joinCustomer'], `One customer may have at most ${MOST_RECORDS} records.`));
  if (problems.length > 0) return refused(problems);
  if (request.dryRun) return resultOf(null, await Promise.all(plans.map((each) => preview(operation, each))));
  return linked(operation, await Promise.all(plans.map((each) => send(operation, each))), joined);
}

function plan(operation: Operation, request: CreateCustomer): { plans: Plan[]; problems: InputProblem[] } {
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

  const decidedAt = new Date(operation.gateway.clock.now());
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
  return { plans, problems };
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

interface Sent {
  readonly outcome: WriteOutcome;
  /** null: nothing was made, or nobody knows. */
  readonly keep: Omit<RecordToKeep, 'customer'> | null;
}

async function send(operation: Operation, plan: Plan): Promise<Sent> {
  const { member, draft, ignoredFields } = plan;
  const nothing = drafted(member, null, draft, ignoredFields);
  try {
    const duplicate = await duplicateOf(operation, plan);
    if (duplicate) return { outcome: { ...nothing, status: 'FAILED', error: duplicate }, keep: null };
    const create = member.connection?.create;
    if (!create || !draft.request) throw new Error(`${member.id} drafted a create without a request`);
    const written = await create.send(draft.request, operation.limits);
    const key: RecordKey = { provider: member.id, providerId: written.providerId };
    const at = new Date(operation.gateway.clock.now());
    return {
      outcome: { ...nothing, status: 'SUCCEEDED', record: key },
      keep: {
        key,
        ...(written.remembered !== undefined && { remembered: { wire: written.remembered, at } }),
        ...(written.codeSent && { codeSentAt: at }),
        made: true,
      },
    };
  } catch (thrown) {
    return { outcome: { ...nothing, ...failureOf(operation.problemOf(thrown), member) }, keep: null };
  }
}

/** However long ago it was begun: there was nothing before. */
const CREATED = { kind: 'CREATED', fields: null, begunAt: new Date(0) } as const;

/** Links all that succeeded to one customer: the one they join, else a new one, named by the first in the order of trust. */
async function linked(
  operation: Operation,
  sent: readonly Sent[],
  joined: CustomerRecords | null,
): Promise<WriteResult> {
  const { members } = operation.gateway;
  const made = members.flatMap(({ id }) => sent.filter(({ keep }) => keep?.key.provider === id));
  const customer = made[0]?.keep && (joined?.key ?? made[0].keep.key);
  if (!customer)
    return resultOf(
      null,
      sent.map(({ outcome }) => outcome),
    );
  const done = made.flatMap(({ outcome, keep }): Done[] =>
    keep ? [{ outcome, keep: { ...keep, customer }, change: CREATED }] : [],
  );
  const others = joined?.records.map((key) => ({ key, customer }));
  const kept = await keepDone(
    operation,
    done,
    others,
    joined ? ['MANUAL', 'Created for this customer.'] : ['SAME_CREATE', 'Created together, by one request.'],
  );
  const outcomes = sent.map(({ outcome }) => kept.find(({ member }) => member === outcome.member) ?? outcome);
  const isThere = kept.some(({ status }) => status === 'SUCCEEDED');
  return resultOf(isThere ? customer : null, outcomes);
}
