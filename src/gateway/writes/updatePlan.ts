import type { Draft, InputProblem, Known, Patch, UpdateIntent } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { country } from '../../model/country.ts';
import type { CustomerRecords } from '../customer.ts';
import type { Member } from '../gateway.ts';
import { mergedField } from '../merge.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord, Reading } from '../record.ts';
import type { Target } from './chooseTargets.ts';
import { isNational, normalise, type UnifiedInput } from './input.ts';
import { knownOf } from './known.ts';
import { notFound, notWritten, toWriteError, type WriteOutcome } from './outcome.ts';
import type { Sought } from './recovery.ts';
import { ignoredBy, invalid, isTaken, problemsOf } from './targets.ts';
import type { UpdateCustomer } from './update.ts';

/** What an update reads, and works out from that, before anything is sent. */

/** A target that was read, and what it would be sent. */
export interface Plan {
  readonly target: Target;
  /** What it is worked out from; null: the provider has no record of the customer here. */
  readonly current: ProviderRecord | null;
  readonly draft: Draft;
  readonly ignoredFields: readonly string[];
  readonly sought: Sought;
}

export const regionSaid = (input: UnifiedInput): string | null => country(input.address?.country);

/** A national phone without a country in the input is read in the country that the records say. */
export const waitsForRegion = ({ phone, ...input }: UnifiedInput): boolean =>
  typeof phone === 'string' && isNational(phone) && regionSaid(input) === null;

/** What is wrong with the unified part of an input, as far as it can be told without reading anything. */
export const unifiedProblems = (input: UnifiedInput): InputProblem[] =>
  normalise(input, regionSaid(input)).problems.filter(({ path }) => path[0] !== 'phone' || !waitsForRegion(input));

interface Found {
  readonly target: Target;
  /** null: the provider is told of a customer that it has no record of here. */
  readonly current: ProviderRecord | null;
  /** Of the customer, where this target wants it. */
  readonly known: Known | null;
}

/** Reads every target now, whatever this operation has read before: an update builds on what the provider has. */
export async function readTargets(
  operation: Operation,
  customer: CustomerRecords,
  unified: UnifiedInput,
  targets: readonly Target[],
): Promise<{ found: Found[]; unread: Target[]; outcomes: WriteOutcome[] }> {
  const found: Found[] = [];
  const unread: Target[] = [];
  const outcomes: WriteOutcome[] = [];
  for (const { record } of targets) if (record) operation.forget(record);
  const readings = await Promise.all(targets.map(({ record }) => record && operation.read(record)));
  const { patch } = normalise(unified, null);
  for (const [index, target] of targets.entries()) {
    const current = readings[index] ?? null;
    const { known, error } = await knownFor(operation, customer, patch, target, current);
    if (error || current instanceof GatewayError) {
      unread.push(target);
      outcomes.push(notWritten(target.member, target.record, 'FAILED', error));
    } else found.push({ target, current, known });
  }
  return { found, unread, outcomes };
}

/** What a target wants to know besides its own record, and why it can't be written to where that or this can't be read. */
async function knownFor(
  operation: Operation,
  customer: CustomerRecords,
  patch: Patch,
  { member, record }: Target,
  current: Reading,
): ReturnType<typeof knownOf> {
  if (current instanceof GatewayError) return { known: null, error: toWriteError(current, member) };
  if (current === null && record && !isToldAnew(member)) return { known: null, error: notFound(member) };
  return knownOf(operation, customer, member.connection?.update?.wants?.(patch, current === null) ?? []);
}

/** A provider that can't be read takes a customer of whom nothing is remembered as one that it has no record of here. */
const isToldAnew = ({ connection }: Member): boolean => !connection?.read && connection?.update?.adopts === true;

export async function plan(
  operation: Operation,
  decidedAt: Date,
  request: UpdateCustomer,
  found: readonly Found[],
  owns: ReadonlyMap<string, unknown>,
): Promise<{ plans: Plan[]; problems: InputProblem[] }> {
  const currents = found.map(({ current }) => current).filter((current) => current !== null);
  const region = regionSaid(request.unified) ?? mergedField(currents, 'address')?.country ?? null;
  const { patch, named, problems } = normalise(request.unified, region);
  const plans = found.flatMap(({ target, current, known }): Plan[] => {
    const sought: Sought = { patch, own: owns.get(target.member.id), known };
    const intent: UpdateIntent<unknown, unknown> = {
      ...sought,
      decidedAt,
      current: current && { providerId: current.key.providerId, wire: current.wire },
    };
    const draft = target.member.connection?.update?.draft(intent);
    return draft ? [{ target, current, draft, ignoredFields: ignoredBy(draft, named), sought }] : [];
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
