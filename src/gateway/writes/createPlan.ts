import type { Draft, InputProblem, Known, KnownField } from '../../contract/write.ts';
import { country } from '../../model/country.ts';
import type { CountryCode } from '../../model/customer.ts';
import type { CustomerRecords } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import type { CreateCustomer } from './create.ts';
import { normalise, withoutNulls } from './input.ts';
import { knownOf } from './known.ts';
import { notWritten, type WriteOutcome } from './outcome.ts';
import { cannot, ignoredBy, invalid, parseOwn, problemsOf, strayInputs } from './targets.ts';

/** What a create would send, worked out without sending anything. */

/** A provider to create at, and what it would be sent. */
export interface Plan {
  readonly member: Member;
  readonly draft: Draft;
  readonly ignoredFields: readonly string[];
  /** What of the customer that the record joins stands in for what was not named. */
  readonly wanted: readonly KnownField[];
}

interface Planned {
  readonly plans: readonly Plan[];
  readonly problems: InputProblem[];
  /** Of the input, however it was spelt. */
  readonly meaning: unknown;
}

/** What is to be sent now. */
export interface ToSend extends Omit<Planned, 'meaning'> {
  /** Outcomes of those that want to know what can't be read. */
  readonly unread: readonly WriteOutcome[];
}

type KnownTo = ReadonlyMap<Member, Known>;

/** What a target lacks that the customer may be known by is no problem, as long as that was not read. */
export function plan(
  operation: Operation,
  request: CreateCustomer,
  decidedAt: Date,
  knownTo: KnownTo = new Map(),
): Planned {
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

  const plans = members.flatMap((member): Plan[] => {
    const create = member.connection?.create;
    if (!create) return [];
    const known = knownTo.get(member) ?? null;
    const draft = create.draft({ patch, own: ownInputs.get(member), decidedAt, known });
    const wanted = request.join ? (create.wants?.(patch) ?? []) : [];
    return [
      {
        member,
        draft: known ? draft : withoutProblemsOf(draft, wanted),
        ignoredFields: ignoredBy(draft, named),
        wanted,
      },
    ];
  });
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

const withoutProblemsOf = (draft: Draft, fields: readonly string[]): Draft => ({
  ...draft,
  problems: draft.problems.filter(({ path }) => !fields.includes(path.join('.'))),
});

/**
 * Plans again, as it is to be sent: with what the customer that is joined is known by.
 * @param first those that are to be sent
 */
export async function planToSend(
  operation: Operation,
  request: CreateCustomer,
  joined: CustomerRecords | null,
  first: readonly Plan[],
  decidedAt: Date,
): Promise<ToSend> {
  const knownTo = new Map<Member, Known>();
  const unread: WriteOutcome[] = [];
  if (joined)
    for (const { member, wanted } of first) {
      const { known, error } = await knownOf(operation, joined, wanted);
      if (error) unread.push(notWritten(member, null, 'FAILED', error));
      if (known) knownTo.set(member, known);
    }
  const { plans, problems } = plan(operation, request, decidedAt, knownTo);
  const isSent = ({ member }: Plan): boolean =>
    first.some((each) => each.member === member) && !unread.some((each) => each.member === member);
  return { plans: plans.filter(isSent), problems, unread };
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
    // What was asked for means the same, though its provider can't do it any more.
    if (!members.includes(member)) members.push(member);
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
