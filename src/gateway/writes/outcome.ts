import { withoutKeys } from '../../contract/wire.ts';
import type { Draft, FieldChange, InputProblem, WriteErrorCode } from '../../contract/write.ts';
import type { GatewayError } from '../../errors.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import type { RecordKey } from '../../ids/ids.ts';
import type { Member } from '../gateway.ts';

export type WriteStatus = 'SUCCEEDED' | 'UNCHANGED' | 'FAILED' | 'OUTCOME_UNKNOWN' | 'NOT_SENT' | 'PREVIEWED';

/** Why something was not written, as callers see it. */
export interface WriteError {
  readonly code: WriteErrorCode;
  readonly message: string;
  /** Path into the input. */
  readonly field: readonly string[] | null;
  readonly member: Member | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

/** What came of a write to one record. */
export interface WriteOutcome {
  /** Where it is kept in the store; null: nothing was to be sent. */
  readonly writeId: number | null;
  readonly member: Member;
  readonly status: WriteStatus;
  /** null: there is no record (yet). */
  readonly record: RecordKey | null;
  readonly changes: readonly FieldChange[];
  readonly ignoredFields: readonly string[];
  /** The provider is sent the whole record, and has no versions: what others change there in that instant is lost, unseen. */
  readonly replaces: boolean;
  /** What would be sent, secrets removed; only of a dry run. */
  readonly request: Record<string, unknown> | null;
  readonly error: WriteError | null;
}

export interface WriteResult {
  /** Any record of the customer that was written; null when nothing was. */
  readonly customer: RecordKey | null;
  readonly outcomes: readonly WriteOutcome[];
  readonly errors: readonly WriteError[];
}

export const writeError = (
  code: WriteErrorCode,
  message: string,
  details: { readonly field?: readonly string[]; readonly member?: Member } = {},
): WriteError => ({
  code,
  message,
  field: details.field ?? null,
  member: details.member ?? null,
  retryable: false,
  retryAfterMs: null,
});

/** The provider says that it has none such. */
export const notFound = (member: Member): WriteError =>
  writeError('NOT_FOUND', `${member.provider.title} has no such customer.`, { member });

/** Refuses the whole input: nothing was sent. Of several problems at one place, the first is told. */
export function refused(problems: readonly InputProblem[]): WriteResult {
  const byPlace = new Map<string, InputProblem>();
  for (const problem of problems) {
    const place = problem.path.join('.');
    if (!byPlace.has(place)) byPlace.set(place, problem);
  }
  const errors = [...byPlace.values()].map(({ code, message, path }) => writeError(code, message, { field: path }));
  return { customer: null, outcomes: [], errors };
}

/** Gathers the outcomes' errors: a result has none exactly when all went as asked. */
export function resultOf(customer: RecordKey | null, outcomes: readonly WriteOutcome[]): WriteResult {
  return { customer, outcomes, errors: outcomes.map(({ error }) => error).filter((error) => error !== null) };
}

const SAME_CODE: ReadonlySet<string> = new Set<WriteErrorCode>([
  'CAPABILITY_UNSUPPORTED',
  'PROVIDER_NOT_CONFIGURED',
  'PROVIDER_REJECTED',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_AUTH_FAILED',
  'PROVIDER_BAD_RESPONSE',
  'OVERLOADED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
]);

const isSameCode = (code: string): code is WriteErrorCode => SAME_CODE.has(code);

/** Says a gateway error in a mutation's words. */
export function toWriteError(problem: GatewayError, member: Member): WriteError {
  const code = problem.duplicate ? 'DUPLICATE' : isSameCode(problem.code) ? problem.code : 'INTERNAL';
  const message = problem.duplicate
    ? `${member.provider.title} already has a customer with this value.`
    : problem.message;
  return {
    code,
    message,
    field: null,
    member,
    retryable: problem.retryable,
    retryAfterMs: problem.retryAfterMs ?? null,
  };
}

/** The outcome of a write that was tried: after sending, only a provider's own refusal says that it was not done. */
export function failureOf(problem: GatewayError, member: Member): Pick<WriteOutcome, 'status' | 'error'> {
  if (problem.delivery !== 'unknown') return { status: 'FAILED', error: toWriteError(problem, member) };
  const message = `The write was sent, and no trustworthy answer came: ${member.provider.title} may have done it. Look before sending it again.`;
  return { status: 'OUTCOME_UNKNOWN', error: writeError('OUTCOME_UNKNOWN', message, { member }) };
}

/** An outcome with nothing sent, from what a draft says. */
export const drafted = (
  member: Member,
  record: RecordKey | null,
  { changes }: Pick<Draft, 'changes'>,
  ignoredFields: readonly string[],
): WriteOutcome => ({
  ...{ writeId: null, member, status: 'NOT_SENT', record, changes, ignoredFields },
  ...{ replaces: false, request: null, error: null },
});

/** A record that nothing was sent to, and why. */
export const notWritten = (
  member: Member,
  record: RecordKey | null,
  status: 'FAILED' | 'NOT_SENT',
  error: WriteError | null,
): WriteOutcome => ({ ...drafted(member, record, { changes: [] }, []), status, error });

/** A request as a dry run shows it. */
export function shown(request: ProviderRequest): Record<string, unknown> {
  const { method, path, query, form, json } = request;
  return withoutKeys(
    { method, path, ...(query && { query }), ...(form && { form }), ...(json !== undefined && { json }) },
    [],
  );
}

/** Outcomes of what was not written, as they are kept with their mutation: without anything that was said of the customer. */
export const restToKeep = (outcomes: readonly WriteOutcome[]): string =>
  JSON.stringify(
    outcomes.map(({ member, error, ...outcome }) => ({
      ...{ ...outcome, changes: [], member: member.id },
      error: error && { ...error, member: error.member?.id ?? null },
    })),
  );

/** @param kept null: none were kept */
export function keptRest(kept: string | null, member: (id: string) => Member): readonly WriteOutcome[] | null {
  if (kept === null) return null;
  type Named<Of> = Omit<Of, 'member'> & { readonly member: string | null };
  type Kept = Named<WriteOutcome> & { readonly error: Named<WriteError> | null };
  return (JSON.parse(kept) as readonly Kept[]).map((each) => ({
    ...each,
    member: member(each.member ?? ''),
    error: each.error && { ...each.error, member: each.error.member === null ? null : member(each.error.member) },
  }));
}
