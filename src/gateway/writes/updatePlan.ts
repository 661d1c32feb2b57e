import type { Draft, InputProblem, UpdateIntent } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { country } from '../../model/country.ts';
import { type Customer, type CustomerRecords, readCustomer } from '../customer.ts';
import type { Member } from '../gateway.ts';
import { mergedField } from '../merge.ts';
import type { Operation } from '../operation.ts';
import type { ProviderRecord } from '../record.ts';
import type { Target } from './chooseTargets.ts';
import { isNational, normalise, type UnifiedInput } from './input.ts';
import { notWritten, toWriteError, type WriteOutcome, writeError } from './outcome.ts';
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
}

/** Reads every target now, whatever this operation has read before: an update builds on what the provider has. */
export async function readTargets(
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
      outcomes.push(notWritten(target.member, target.record, 'FAILED', error));
    } else if (!(reading instanceof GatewayError)) found.push({ target, current: reading });
  }
  return { found, unread, outcomes };
}

/** A provider that can't be read takes a customer of whom nothing is remembered as one that it has no record of here. */
const isToldAnew = ({ connection }: Member): boolean => !connection?.read && connection?.update?.adopts === true;

export const notFound = (member: Member) =>
  writeError('NOT_FOUND', `${member.provider.title} has no such customer any more.`, { member });

export async function plan(
  operation: Operation,
  decidedAt: Date,
  customer: CustomerRecords,
  request: UpdateCustomer,
  found: readonly Found[],
  owns: ReadonlyMap<string, unknown>,
): Promise<{ plans: Plan[]; problems: InputProblem[]; sought: (member: Member) => Sought }> {
  const currents = found.map(({ current }) => current).filter((current) => current !== null);
  const merged = needsMergedName(request.unified, found) ? await wholeCustomer(operation, customer) : null;
  const region = regionSaid(request.unified) ?? mergedField(currents, 'address')?.country ?? null;
  const { patch, named, problems } = normalise(request.unified, region);
  const mergedName = merged && { firstName: merged.field('firstName'), lastName: merged.field('lastName') };
  const sought = ({ id }: Member): Sought => ({ patch, own: owns.get(id), mergedName });
  const plans = found.flatMap(({ target, current }): Plan[] => {
    const intent: UpdateIntent<unknown, unknown> = {
      ...sought(target.member),
      decidedAt,
      current: current && { providerId: current.key.providerId, wire: current.wire },
    };
    const draft = target.member.connection?.update?.draft(intent);
    return draft ? [{ target, current, draft, ignoredFields: ignoredBy(draft, named) }] : [];
  });
  const taken = await takenIds(operation, plans);
  return {
    plans,
    sought,
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
