import { INPUT_FIELDS, type InputField } from '../../contract/capabilities.ts';
import type { InputProblem } from '../../contract/write.ts';
import { keyText, type RecordKey, sameKey } from '../../ids/ids.ts';
import { type CustomerRecords, customerOf } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { chooseTargets, type Target } from './chooseTargets.ts';
import { whyNotReplaced } from './inDoubt.ts';
import { normalise, type UnifiedInput } from './input.ts';
import { allEnded, intended, type Mutation, sent, type Tried, toldAgain, unsent, type Write } from './journal.ts';
import { inLine } from './line.ts';
import {
  drafted,
  failureOf,
  notFound,
  notWritten,
  refused,
  restToKeep,
  resultOf,
  shown,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
import { once } from './repeat.ts';
import { settled } from './settle.ts';
import { changedSince } from './strangers.ts';
import { type OwnInputs, parseOwn, strayInputs, unheld } from './targets.ts';
import { type Plan, plan, readTargets, regionSaid, unifiedProblems, waitsForRegion } from './updatePlan.ts';

export interface UpdateCustomer {
  /** Any record of the customer. */
  readonly customer: RecordKey;
  readonly unified: UnifiedInput;
  /** Provider ids; null: every record whose provider can update. */
  readonly providers: readonly string[] | null;
  /** Records of this customer. */
  readonly records: readonly RecordKey[] | null;
  readonly own: OwnInputs;
  /** What `Customer.revision` must be still; null: whatever it is. */
  readonly ifRevision: string | null;
  readonly dryRun: boolean;
  /** The caller's idempotency key; null: it is not to be repeated. */
  readonly key: string | null;
}

/**
 * Updates a customer's records. First what needs no call is checked, then every target is read afresh, what would be sent
 * is drafted and checked against what is there, and only then anything is written.
 */
export async function updateCustomer(operation: Operation, request: UpdateCustomer): Promise<WriteResult> {
  const result = await update(operation, request);
  const place = (member: Member): number => operation.gateway.members.indexOf(member);
  const outcomes = result.outcomes.toSorted((one, other) => place(one.member) - place(other.member));
  return { ...result, outcomes };
}

async function update(operation: Operation, request: UpdateCustomer): Promise<WriteResult> {
  const customer = await customerOf(operation, request.customer);
  const problems: InputProblem[] = [];
  const { targets, outcomes: unable } = chooseTargets(operation, customer, request, problems);
  const owns = new Map(
    targets.map(({ member }) => [member.id, parseOwn(member, member.provider.inputs.update, request.own, problems)]),
  );
  problems.push(...strayInputs(operation, request.own, new Set(targets.map(({ member }) => member.id))));
  const unfit = unifiedProblems(request.unified);
  problems.push(...unfit);
  const { named } = normalise(request.unified, null);
  if (targets.length > 0)
    problems.push(...named.filter((field) => !targets.some(({ member }) => canHold(member, field))).map(unheld));
  // What is wrong with the targets may have come of what became of the customer since: a repetition is answered still.
  if (problems.length > 0 && (request.dryRun || unfit.length > 0)) return refused(problems);

  const all = { customer, request, owns, unable };
  if (request.dryRun) return readAndWrite(operation, null, all, { left: targets, done: [] });
  const meaning = [request.customer, meaningOf(request), [...request.own].sort()];
  return once(operation, { kind: 'UPDATE', key: request.key, meaning }, async (mutation, earlier) => {
    const told = [...earlier.writes.map((each) => toldAgain(operation, each)), ...earlier.unchanged];
    if (problems.length > 0) return beside(resultOf(earlier.customer, told), refused(problems));
    // A provider is told of a customer that it has no record of once a mutation.
    const isDone = ({ member, record }: Target): boolean =>
      earlier.writes.some(
        (each) => each.provider === member.id && (!record || each.providerId === record.providerId),
      ) || earlier.unchanged.some((each) => record && each.record && sameKey(each.record, record));
    const left = targets.filter((each) => !isDone(each));
    const hasWritten = earlier.writes.some(({ state }) => state !== 'FAILED');
    return inLine(operation, lines(customer, request, left, owns), async (holder) => {
      const by = { mutation, holder, hasWritten, unchanged: earlier.unchanged };
      const now = await readAndWrite(operation, by, all, { left, done: targets.filter(isDone) });
      const whole = resultOf(now.customer ?? earlier.customer, [...told, ...now.outcomes]);
      return now.outcomes.length > 0 ? whole : beside(whole, now);
    });
  });
}

/** What is refused now, is told beside what was done. */
const beside = (done: WriteResult, { errors }: WriteResult): WriteResult => ({
  ...done,
  errors: [...done.errors, ...errors],
});

/** An update is worked out from what is there, so those of one record go one after the other. */
function lines(
  customer: CustomerRecords,
  { ifRevision }: UpdateCustomer,
  targets: readonly Target[],
  owns: ReadonlyMap<string, unknown>,
): string[] {
  const names = targets.flatMap(({ member, record }) => {
    if (record) return [keyText(record)];
    // Before it has a record there, the customer stands for it; and others may be choosing the same id.
    const chosen = chosenId(member, owns.get(member.id));
    const customers = `${member.id} of ${keyText(customer.key)}`;
    return chosen === null ? [customers] : [customers, keyText({ provider: member.id, providerId: chosen })];
  });
  return ifRevision === null ? names : [...names, ...customer.records.map(keyText)];
}

/** The id that a record of the provider will have, where the caller's own input chooses it. */
function chosenId({ connection }: Member, own: unknown): string | null {
  const nothing = { patch: {}, current: null, known: null, decidedAt: new Date(0) };
  return connection?.update?.draft({ ...nothing, own }).providerId ?? null;
}

/** Of an update, however it was spelt. */
function meaningOf({ unified, providers, records, ifRevision }: UpdateCustomer): unknown {
  const { patch } = normalise(unified, regionSaid(unified));
  // Which number it is, the records will say.
  const phone = waitsForRegion(unified) ? unified.phone?.replace(/\D/g, '') : undefined;
  return [patch, phone ?? null, providers?.toSorted() ?? null, records?.map(keyText).sort() ?? null, ifRevision];
}

/** What an update is about. */
interface Whole {
  readonly customer: CustomerRecords;
  readonly request: UpdateCustomer;
  readonly owns: ReadonlyMap<string, unknown>;
  /** Outcomes of records that can't be written to. */
  readonly unable: readonly WriteOutcome[];
}

/** By whom it is written. */
interface By {
  readonly mutation: Mutation;
  readonly holder: string;
  /** Some of it was done before, or may have been. */
  readonly hasWritten: boolean;
  /** What had it all already when it was asked for before. */
  readonly unchanged: readonly WriteOutcome[];
}

/** @param by null: nothing is sent */
async function readAndWrite(
  operation: Operation,
  by: By | null,
  { customer, request, owns, unable }: Whole,
  { left, done }: { readonly left: readonly Target[]; readonly done: readonly Target[] },
): Promise<WriteResult> {
  if (by?.hasWritten && request.ifRevision !== null)
    return resultOf(null, [...unable, ...left.map(({ member, record }) => revisionIsOver(member, record))]);
  const read = await readTargets(operation, customer, request.unified, left);
  const changed = await changedSince(operation, request.customer, left, request.ifRevision);
  if (changed) return { customer: null, outcomes: [], errors: [changed] };
  const gone = [...unable, ...read.outcomes];
  if (read.found.length === 0) return resultOf(null, gone);
  const decidedAt = by?.mutation.decidedAt ?? new Date(operation.gateway.clock.now());
  const { plans, problems } = await plan(operation, decidedAt, request, read.found, owns);
  // A target that could not be read might have held what the others can't.
  const late = problems.filter(
    ({ code, path }) => !(code === 'CAPABILITY_UNSUPPORTED' && couldHold([...read.unread, ...done], path)),
  );
  if (late.length > 0) return refused(late);
  if (!by) return resultOf(null, [...gone, ...plans.map(preview)]);
  const written = await write(operation, by, customer, { plans, gone });
  return resultOf(written.customer, [...gone, ...written.outcomes]);
}

/** What is left of an update that was done in part, and so has changed the customer itself. */
function revisionIsOver(member: Member, record: RecordKey | null): WriteOutcome {
  const message =
    'Some of this update was done, so that its revision tells nothing of the rest. Read the customer again, and update the rest anew.';
  return notWritten(member, record, 'NOT_SENT', writeError('CONFLICT', message, { field: ['ifRevision'], member }));
}

const couldHold = (unread: readonly Target[], path: readonly string[]): boolean =>
  unread.some(({ member }) => INPUT_FIELDS.some((field) => field === path.join('.') && canHold(member, field)));

const canHold = (member: Member, field: InputField): boolean =>
  member.provider.capabilities.UPDATE.fields?.includes(field) ?? false;

const preview = ({ target, draft, ignoredFields }: Plan): WriteOutcome => ({
  ...drafted(target.member, target.record, draft, ignoredFields),
  status: draft.request ? 'PREVIEWED' : 'UNCHANGED',
  request: draft.request && shown(draft.request),
});

interface Planned {
  readonly plans: readonly Plan[];
  /** Outcomes of records that could not be read, or not be written to. */
  readonly gone: readonly WriteOutcome[];
}

/** What is to be sent, and for which record. */
type Due = Plan & { readonly key: RecordKey };

async function write(
  operation: Operation,
  { mutation, holder, unchanged: before }: By,
  customer: CustomerRecords,
  { plans, gone }: Planned,
): Promise<{ readonly customer: RecordKey | null; readonly outcomes: readonly WriteOutcome[] }> {
  const due = plans.flatMap((each): Due[] => {
    const { target, draft } = each;
    const providerId = target.record?.providerId ?? draft.providerId;
    return draft.request && providerId !== undefined
      ? [{ ...each, key: { provider: target.member.id, providerId } }]
      : [];
  });
  const writes = await intended(
    operation,
    mutation,
    customer.key,
    due.map(({ target: { member, record }, draft: { changes }, ignoredFields, sought, key }) => ({
      ...{ member, record: key, changes, ignoredFields, isNew: record === null, sought },
    })),
  );
  const unchanged = plans
    .filter((each) => !due.some(({ draft }) => draft === each.draft))
    .map(
      ({ target: { member, record }, draft, ignoredFields }): WriteOutcome => ({
        ...drafted(member, record, draft, ignoredFields),
        status: 'UNCHANGED',
      }),
    );
  // Where there is nothing to write, that is the answer, whenever it is asked for again.
  if (due.length === 0 && gone.length === 0 && mutation.kept)
    await operation.gateway.store.keepRest(mutation.kept.id, restToKeep([...before, ...unchanged]));
  const tried = await allEnded(due.map((each, index) => send(operation, each, writes[index] as Write, holder)));
  const isAdopting = tried.some(({ write: { isNew }, done }) => isNew && done);
  const { outcomes, customer: written } = await settled(operation, tried, {
    customer: customer.key,
    others: isAdopting ? customer.records : [],
    why: isAdopting ? ['SAME_CREATE', 'Made by an update of the customer.'] : null,
    rest: [...gone, ...before, ...unchanged],
    hasLeft: mutation.hasLeft,
  });
  return { customer: written, outcomes: [...outcomes, ...unchanged] };
}

async function send(
  operation: Operation,
  { target, draft, current, key }: Due,
  own: Write,
  holder: string,
): Promise<Tried> {
  const { member } = target;
  const update = member.connection?.update;
  if (!update || !draft.request) throw new Error(`${member.id} drafted an update without a request`);
  const { request } = draft;
  const against = update.replaces ? await whyNotReplaced(operation, key, current, own.id) : null;
  if (against) return unsent(own, against);
  const tried = await sent(operation, own, {
    holder,
    act: async () => ({
      ...(await update.send(request, key.providerId, operation.limits)),
      providerId: key.providerId,
    }),
    refused: async (problem) =>
      problem.status === 404 ? { status: 'FAILED', error: notFound(member) } : failureOf(problem, member),
  });
  if (!tried.done) operation.forget(key);
  return tried;
}
