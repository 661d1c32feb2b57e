import type { Draft, InputProblem } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { country } from '../../model/country.ts';
import type { RecordToKeep } from '../../store/store.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { normalise, type UnifiedInput, withoutNulls } from './input.ts';
import {
  drafted,
  failureOf,
  refused,
  resultOf,
  shown,
  type WriteOutcome,
  type WriteResult,
  writeError,
} from './outcome.ts';
import { cannot, honest, ignoredBy, invalid, type OwnInputs, parseOwn, problemsOf, strayInputs } from './targets.ts';

export interface CreateCustomer {
  readonly unified: UnifiedInput;
  /** Provider ids, as named by the caller. */
  readonly providers: readonly string[];
  readonly own: OwnInputs;
  readonly dryRun: boolean;
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
  if (problems.length > 0) return refused(problems);
  if (request.dryRun) return resultOf(null, plans.map(preview));
  const sent = await Promise.all(plans.map((each) => send(operation, each)));
  const customer = await keep(operation, sent);
  return resultOf(
    customer,
    sent.map(({ outcome }) => outcome),
  );
}

function plan(operation: Operation, request: CreateCustomer): { plans: Plan[]; problems: InputProblem[] } {
  const problems: InputProblem[] = [];
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
  } = normalise(unified, phoneCountry(request.own) ?? country(unified.address?.country));
  problems.push(...wrong);

  const decidedAt = new Date(operation.gateway.clock.now());
  const plans: Plan[] = [];
  for (const member of members) {
    const own = ownInputs.get(member);
    const draft = member.connection?.create?.draft({ patch, own: own?.value, decidedAt });
    if (draft) plans.push({ member, draft: honest(member, own, draft), ignoredFields: ignoredBy(draft, named) });
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

/** A provider's own `phoneCountry` says more of the phone than the address does. */
function phoneCountry(own: OwnInputs): string | null {
  return country([...own.values()].map((input) => input.phoneCountry).find((value) => typeof value === 'string'));
}

const preview = ({ member, draft, ignoredFields }: Plan): WriteOutcome => ({
  ...drafted(member, null, draft, ignoredFields),
  status: 'PREVIEWED',
  request: draft.request && shown(draft.request),
});

interface Sent {
  readonly outcome: WriteOutcome;
  readonly keep: Omit<RecordToKeep, 'customer'> | null;
}

async function send(operation: Operation, { member, draft, ignoredFields }: Plan): Promise<Sent> {
  const nothing = drafted(member, null, draft, ignoredFields);
  if (draft.providerId !== undefined) {
    const key = { provider: member.id, providerId: draft.providerId };
    if (await operation.gateway.store.record(key)) {
      const message = `${member.provider.title} was already told of a customer with this id. Use updateCustomer.`;
      return {
        outcome: { ...nothing, status: 'FAILED', error: writeError('DUPLICATE', message, { member }) },
        keep: null,
      };
    }
  }
  try {
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
      },
    };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return { outcome: { ...nothing, ...failureOf(thrown, member) }, keep: null };
  }
}

/** One customer of all that succeeded, named by the first of them in the order of trust. */
async function keep(operation: Operation, sent: readonly Sent[]): Promise<RecordKey | null> {
  const made = sent.map((each) => each.keep).filter((each) => each !== null);
  const { members, store } = operation.gateway;
  const customer = members.flatMap(({ id }) => made.filter(({ key }) => key.provider === id))[0]?.key ?? null;
  if (customer) await store.keep(made.map((each) => ({ ...each, customer })));
  return customer;
}
