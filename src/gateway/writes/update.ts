import { INPUT_FIELDS, type InputField } from '../../contract/capabilities.ts';
import type { Draft, InputProblem, UpdateIntent } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { country } from '../../model/country.ts';
import type { RecordToKeep } from '../../store/store.ts';
import { type Customer, type CustomerRecords, customerOf, readCustomer } from '../customer.ts';
import type { Member } from '../gateway.ts';
import { mergedField } from '../merge.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import { chooseTargets, type Target } from './chooseTargets.ts';
import { isNational, normalise, type UnifiedInput } from './input.ts';
import { keepDone, keepInDoubt, type Why } from './keep.ts';
import {
  drafted,
  failureOf,
  refused,
  resultOf,
  shown,
  toWriteError,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
import { ignoredBy, invalid, isTaken, type OwnInputs, parseOwn, problemsOf, strayInputs, unheld } from './targets.ts';

export interface UpdateCustomer {
  /** Any record of the customer. */
  readonly customer: RecordKey;
  readonly unified: UnifiedInput;
  /** Provider ids; null: every record whose provider can update. */
  readonly providers: readonly string[] | null;
  /** Records of this customer. */
  readonly records: readonly RecordKey[] | null;
  readonly own: OwnInputs;
  readonly dryRun: boolean;
}

/** A target that was read, and what it would be sent. */
interface Plan {
  readonly target: Target;
  readonly draft: Draft;
  readonly ignoredFields: readonly string[];
}

/**
 * Updates a customer's records. First what needs no call is checked, then every target is read afresh, what would be sent
 * is drafted and checked against what is there, and only then anything is written.
 */
export async function updateCustomer(operation: Operation, request: UpdateCustomer): Promise<WriteResult> {
  const result = await update(operation, request);
  const place = (member: Member): number => operation.gateway.members.indexOf(member);
  const outcomes = result.outcomes.toSorted((one, other) => place(one.member) - place(other.member));
  return result.outcomes.length === 0 ? result : resultOf(result.customer, outcomes);
}

/** What is wrong with the unified part of an input, as far as it can be told without reading anything. */
export const unifiedProblems = (input: UnifiedInput): InputProblem[] =>
  normalise(input, regionSaid(input)).problems.filter(({ path }) => path[0] !== 'phone' || !waitsForRegion(input));

async function update(operation: Operation, request: UpdateCustomer): Promise<WriteResult> {
  const customer = await customerOf(operation, request.customer);
  const problems: InputProblem[] = [];
  const { targets, outcomes: unable } = chooseTargets(operation, customer, request, problems);
  const owns = new Map(
    targets.map(({ member }) => [member.id, parseOwn(member, member.provider.inputs.update, request.own, problems)]),
  );
  problems.push(...strayInputs(operation, request.own, new Set(targets.map(({ member }) => member.id))));
  problems.push(...unifiedProblems(request.unified));
  const { named } = normalise(request.unified, null);
  if (targets.length > 0)
    problems.push(...named.filter((field) => !targets.some(({ member }) => canHold(member, field))).map(unheld));
  if (problems.length > 0) return refused(problems);

  // An update is worked out from what is there, so those of one record go one after the other.
  const keys = targets.map(({ member, record }) => `${member.id}:${record?.providerId ?? ''}`);
  return operation.gateway.turns.take(keys, () => readAndWrite(operation, customer, request, targets, owns, unable));
}

async function readAndWrite(
  operation: Operation,
  customer: CustomerRecords,
  request: UpdateCustomer,
  targets: readonly Target[],
  owns: ReadonlyMap<string, unknown>,
  unable: readonly WriteOutcome[],
): Promise<WriteResult> {
  const read = await readTargets(operation, targets);
  const gone = [...unable, ...read.outcomes];
  if (read.found.length === 0) return resultOf(null, gone);
  const { plans, problems } = await plan(operation, customer, request, read.found, owns);
  // A target that could not be read might have held what the others can't.
  const late = problems.filter(
    ({ code, path }) => !(code === 'CAPABILITY_UNSUPPORTED' && couldHold(read.unread, path)),
  );
  if (late.length > 0) return refused(late);
  if (request.dryRun) return resultOf(null, [...gone, ...plans.map(preview)]);
  const outcomes = await Promise.all(plans.map((each) => send(operation, customer, each)));
  const wrote = outcomes.some(({ status }) => status === 'SUCCEEDED');
  return resultOf(wrote ? customer.key : null, [...gone, ...outcomes]);
}

const regionSaid = (input: UnifiedInput): string | null => country(input.address?.country);

/** A national phone without a country in the input is read in the country that the records say. */
const waitsForRegion = ({ phone, ...input }: UnifiedInput): boolean =>
  typeof phone === 'string' && isNational(phone) && regionSaid(input) === null;

const couldHold = (unread: readonly Target[], path: readonly string[]): boolean =>
  unread.some(({ member }) => INPUT_FIELDS.some((field) => field === path.join('.') && canHold(member, field)));

const canHold = (member: Member, field: InputField): boolean =>
  member.provider.capabilities.UPDATE.fields?.includes(field) ?? false;

interface Found {
  readonly target: Target;
  /** null: the provider is told of a customer that it has no record of here. */
  readonly current: ProviderRecord | null;
}

/** Reads every target now, whatever this operation has read before: an update builds on what the provider has. */
async function readTargets(
  operation: Operation,
  targets: readonly Target[],
): Promise<{ found: Found[]; unread: Target[]; outcomes: WriteOutcome[] }> {
  const found: Found[] = [];
  const unread: Target[] = [];
  const outcomes: WriteOutcome[] = [];
  for (const { record } of targets) if (record) operation.forget(record);
  const readings = await Promise.all(targets.map(({ record }) => record && operation.read(record)));
  for (const [index, target] of targets.entries()) {
    const reading = readings[index] ?? null;
    const error =
      reading instanceof GatewayError
        ? toWriteError(reading, target.member)
        : reading === null && target.record && !isToldAnew(target.member)
          ? notFound(target.member)
          : null;
    if (error) {
      unread.push(target);
      outcomes.push(notRead(target, error));
    } else if (!(reading instanceof GatewayError)) found.push({ target, current: reading });
  }
  return { found, unread, outcomes };
}

/** A provider that can't be read takes a customer of whom nothing is remembered as one that it has no record of here. */
const isToldAnew = ({ connection }: Member): boolean => !connection?.read && connection?.update?.adopts === true;

const notFound = (member: Member) =>
  writeError('NOT_FOUND', `${member.provider.title} has no such customer any more.`, { member });

const notRead = ({ member, record }: Target, error: WriteOutcome['error']): WriteOutcome => ({
  ...{ member, record, status: 'FAILED', changes: [], ignoredFields: [], request: null, error },
});

async function plan(
  operation: Operation,
  customer: CustomerRecords,
  request: UpdateCustomer,
  found: readonly Found[],
  owns: ReadonlyMap<string, unknown>,
): Promise<{ plans: Plan[]; problems: InputProblem[] }> {
  const currents = found.map(({ current }) => current).filter((current) => current !== null);
  const merged = needsMergedName(request.unified, found) ? await wholeCustomer(operation, customer) : null;
  const region = regionSaid(request.unified) ?? mergedField(currents, 'address')?.country ?? null;
  const { patch, named, problems } = normalise(request.unified, region);
  const decidedAt = new Date(operation.gateway.clock.now());
  const mergedName = merged && { firstName: merged.field('firstName'), lastName: merged.field('lastName') };
  const plans = found.flatMap(({ target, current }): Plan[] => {
    const intent: UpdateIntent<unknown, unknown> = {
      patch,
      own: owns.get(target.member.id),
      decidedAt,
      current: current && { providerId: current.key.providerId, wire: current.wire },
      mergedName,
    };
    const draft = target.member.connection?.update?.draft(intent);
    return draft ? [{ target, draft, ignoredFields: ignoredBy(draft, named) }] : [];
  });
  const taken = await takenIds(operation, plans);
  return {
    plans,
    problems: [
      ...problems,
      ...taken,
      ...problemsOf(
        operation,
        plans.map(({ draft }) => draft),
        named,
      ),
    ],
  };
}

/** One part of a name given, where a provider keeps the name in one piece: the other part is the merged customer's. */
function needsMergedName({ firstName, lastName }: UnifiedInput, found: readonly Found[]): boolean {
  return (
    (firstName === undefined) !== (lastName === undefined) &&
    found.some(({ target }) => target.member.connection?.update?.wantsMergedName)
  );
}

const wholeCustomer = (operation: Operation, customer: CustomerRecords): Promise<Customer | null> =>
  readCustomer(operation, customer, { all: true, verification: false, providers: new Set(), weight: 0 });

/** A record that is to join this customer must not be another one's. */
async function takenIds(operation: Operation, plans: readonly Plan[]): Promise<InputProblem[]> {
  const problems: InputProblem[] = [];
  for (const { target, draft } of plans) {
    if (target.record || draft.providerId === undefined) continue;
    if (await isTaken(operation, target.member, draft.providerId)) {
      problems.push(
        invalid([target.member.field], `${target.member.provider.title} knows this id as another customer’s.`),
      );
    }
  }
  return problems;
}

const preview = ({ target, draft, ignoredFields }: Plan): WriteOutcome => ({
  ...drafted(target.member, target.record, draft, ignoredFields),
  status: draft.request ? 'PREVIEWED' : 'UNCHANGED',
  request: draft.request && shown(draft.request),
});

async function send(
  operation: Operation,
  customer: CustomerRecords,
  { target, draft, ignoredFields }: Plan,
): Promise<WriteOutcome> {
  const { member, record } = target;
  const nothing = drafted(member, record, draft, ignoredFields);
  const providerId = record?.providerId ?? draft.providerId;
  if (!draft.request || providerId === undefined) return { ...nothing, status: 'UNCHANGED' };
  const key: RecordKey = { provider: member.id, providerId };
  const begunAt = new Date(operation.gateway.clock.now());
  try {
    const written = await member.connection?.update?.send(draft.request, providerId, operation.limits);
    const outcome: WriteOutcome = { ...nothing, status: 'SUCCEEDED', record: key };
    const at = new Date(operation.gateway.clock.now());
    const keep: RecordToKeep = {
      ...{ key, customer: customer.key },
      ...(!record && { made: true }),
      ...(written?.remembered !== undefined && { remembered: { wire: written.remembered, at } }),
    };
    const fields = draft.changes.map(({ field }) => field);
    const change = { kind: record ? 'UPDATED' : 'CREATED', fields, begunAt } as const;
    const others = record ? [] : customer.records.map((each) => ({ key: each, customer: customer.key }));
    const why: Why | null = record ? null : ['SAME_CREATE', 'Made by an update of the customer.'];
    const [kept] = await keepDone(operation, [{ outcome, keep, change }], others, why);
    return kept ?? outcome;
  } catch (thrown) {
    const problem = operation.problemOf(thrown);
    if (record && problem.delivery === 'unknown') await keepInDoubt(operation, key, customer.key);
    operation.forget(key);
    if (problem.status === 404) return { ...nothing, status: 'FAILED', error: notFound(member) };
    return { ...nothing, ...failureOf(problem, member) };
  }
}
