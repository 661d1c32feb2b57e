import type { z } from 'zod';
import type { InputField } from '../../contract/capabilities.ts';
import type { Draft, InputProblem } from '../../contract/write.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import type { OwnInput } from './input.ts';

/** The providers' own parts of an input, by provider id. */
export type OwnInputs = ReadonlyMap<string, OwnInput>;

export const invalid = (path: readonly string[], message: string): InputProblem => ({
  path,
  code: 'INVALID_INPUT',
  message,
});

/** Why a provider that the caller named can't do this, if it can't. */
export function cannot(member: Member, operation: 'CREATE' | 'UPDATE', path: readonly string[]): InputProblem | null {
  const capability = member.provider.capabilities[operation];
  if (capability.support === 'UNSUPPORTED') {
    return {
      path,
      code: 'CAPABILITY_UNSUPPORTED',
      message: capability.note ?? `${member.provider.title} can’t do this.`,
    };
  }
  if (member.connection) return null;
  return { path, code: 'PROVIDER_NOT_CONFIGURED', message: `${member.provider.title} is not configured here.` };
}

/** Whether a record with an id that the caller chose is known: where there is no read, that something was sent of it. */
export async function isTaken(operation: Operation, member: Member, providerId: string): Promise<boolean> {
  const known = await operation.gateway.store.record({ provider: member.id, providerId });
  return known !== null && (member.connection?.read !== undefined || known.rememberedAt !== null);
}

/**
 * A provider's own input, parsed by its schema; undefined where there is none. What is wrong in it is told, and left out of
 * what is given back, so that everything else can still be checked.
 */
export function parseOwn(
  member: Member,
  schema: z.ZodType | undefined,
  own: OwnInputs,
  problems: InputProblem[],
): unknown {
  const input = own.get(member.id);
  if (input === undefined || !schema) return undefined;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const wrong = new Set<PropertyKey | undefined>();
  for (const { path, message } of parsed.error.issues) {
    problems.push(invalid([member.field, ...path.map(String)], message));
    wrong.add(path[0]);
  }
  return schema.safeParse(Object.fromEntries(Object.entries(input).filter(([name]) => !wrong.has(name)))).data;
}

/** Own inputs of providers that are no target would be dropped in silence: they are refused instead. */
export function strayInputs(operation: Operation, own: OwnInputs, targets: ReadonlySet<string>): InputProblem[] {
  return operation.gateway.members
    .filter((member) => own.has(member.id) && !targets.has(member.id))
    .map((member) => ({
      path: [member.field],
      code: 'CAPABILITY_UNSUPPORTED',
      message: `${member.provider.title} is not among the providers written to, so its own fields can’t be stored.`,
    }));
}

/** The problems of a set of drafts taken together: what each lacks, what takes a scope, and what none of them can hold. */
export function problemsOf(
  operation: Operation,
  drafts: readonly Draft[],
  named: readonly InputField[],
): InputProblem[] {
  const problems = drafts.flatMap((draft) => draft.problems);
  for (const { requires } of drafts) {
    if (requires && !operation.may(requires.scope)) {
      problems.push({ path: requires.path, code: 'FORBIDDEN', message: `This takes the scope ${requires.scope}.` });
    }
  }
  const held = new Set(drafts.flatMap(({ held, overridden = [] }) => [...held, ...overridden]));
  for (const field of named) if (!held.has(field)) problems.push(unheld(field));
  return problems;
}

export const unheld = (field: InputField): InputProblem => ({
  path: field.split('.'),
  code: 'CAPABILITY_UNSUPPORTED',
  message: 'None of the providers written to can store this.',
});

export const ignoredBy = (draft: Draft, named: readonly InputField[]): string[] =>
  named.filter((field) => !draft.held.includes(field));
