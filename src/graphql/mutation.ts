import type { InputProblem } from '../contract/write.ts';
import { GatewayError } from '../errors.ts';
import type { Operation } from '../gateway/operation.ts';
import { confirmCustomer, type RecordChoice, requestConfirmation } from '../gateway/writes/confirm.ts';
import { createCustomer } from '../gateway/writes/create.ts';
import { eraseCustomerCopies } from '../gateway/writes/erase.ts';
import { linkCustomers, unlinkRecord } from '../gateway/writes/identity.ts';
import type { UnifiedInput } from '../gateway/writes/input.ts';
import { createSelfServiceLink } from '../gateway/writes/link.ts';
import { refused } from '../gateway/writes/outcome.ts';
import { updateCustomer } from '../gateway/writes/update.ts';
import { unifiedProblems } from '../gateway/writes/updatePlan.ts';
import type { NodeKind, RecordKey } from '../ids/ids.ts';
import type { Builder } from './builder.ts';
import { type defineInputs, ownInputsOf } from './inputs.ts';
import { MAX_IDS } from './query.ts';
import type { definePayloads } from './writes.ts';

export function defineMutation(
  builder: Builder,
  inputs: ReturnType<typeof defineInputs>,
  payloads: ReturnType<typeof definePayloads>,
): void {
  builder.mutationType({
    fields: (t) => ({
      createCustomer: t.field({
        description:
          'Creates the customer at every provider named, as one linked customer. No provider has a delete: nothing is rolled back.',
        type: payloads.create,
        args: { input: t.arg({ type: inputs.create, required: true }) },
        resolve: (_root, { input }, operation) => {
          const ids = new IdReader(operation);
          const join = typeof input.joinCustomer === 'string' ? input.joinCustomer : null;
          return createCustomer(operation, {
            unified: input as UnifiedInput,
            providers: input.providers,
            own: ownInputsOf(operation.gateway.members, input),
            join: join === null ? null : ids.read('customer', join, ['joinCustomer']),
            dryRun: input.dryRun ?? false,
            problems: ids.problems,
            key: input.idempotencyKey ?? null,
          });
        },
      }),
      updateCustomer: t.field({
        description:
          'Absent = leave as it is, null = clear. Written to every record whose provider can update, unless providers or records says which.',
        type: payloads.update,
        args: { input: t.arg({ type: inputs.update, required: true }) },
        resolve: (_root, { input }, operation) => {
          const ids = new IdReader(operation);
          const customer = ids.read('customer', input.id, ['id']);
          const records = input.records?.map((id, index) => ids.read('record', id, ['records', String(index)])) ?? null;
          if (!customer || ids.problems.length > 0) {
            return refused([...ids.problems, ...unifiedProblems(input as UnifiedInput)]);
          }
          return updateCustomer(operation, {
            customer,
            unified: input as UnifiedInput,
            providers: input.providers ?? null,
            records: records?.filter((record) => record !== null) ?? null,
            own: ownInputsOf(operation.gateway.members, input),
            ifRevision: input.ifRevision ?? null,
            dryRun: input.dryRun ?? false,
            key: input.idempotencyKey ?? null,
          });
        },
      }),
      confirmCustomer: t.field({
        description: 'Confirms the phone number with the token that its owner received. At most one in an operation.',
        type: payloads.confirm,
        args: { input: t.arg({ type: inputs.confirm, required: true }) },
        resolve: (_root, { input }, operation) =>
          onRecord(operation, input, refused, (choice) => confirmCustomer(operation, choice, input.confirmationToken)),
      }),
      requestCustomerConfirmation: t.field({
        description: 'Has a new token sent to the unconfirmed phone number. Each call messages a real person.',
        type: payloads.request,
        args: { input: t.arg({ type: inputs.request, required: true }) },
        resolve: (_root, { input }, operation) =>
          onRecord(operation, input, refused, (choice) => requestConfirmation(operation, choice)),
      }),
      createSelfServiceLink: t.field({
        description:
          'A link with which the customer edits their own data: a secret. Scope: links:create; every call is audited.',
        type: payloads.link,
        args: { input: t.arg({ type: inputs.link, required: true }) },
        resolve: (_root, { input }, operation) =>
          onRecord(
            operation,
            input,
            (problems) => ({ url: null, expiresAt: null, errors: refused(problems).errors }),
            (choice) => createSelfServiceLink(operation, choice, input.kind),
          ),
      }),
      linkCustomers: t.field({
        description: 'The customer of the first id absorbs the others.',
        type: payloads.linkCustomers,
        args: { input: t.arg({ type: inputs.linkCustomers, required: true }) },
        resolve: (_root, { input }, operation) => {
          const ids = new IdReader(operation);
          if (input.ids.length > MAX_IDS) ids.refuse(['ids'], `At most ${MAX_IDS} customers can be linked at once.`);
          const customers = input.ids
            .slice(0, MAX_IDS)
            .map((id, index) => ids.read('customer', id, ['ids', String(index)]));
          if (ids.problems.length > 0) return refused(ids.problems);
          return linkCustomers(
            operation,
            customers.filter((each) => each !== null),
            input.evidence ?? null,
          );
        },
      }),
      unlinkRecord: t.field({
        description: 'Takes one record out of its customer, which becomes two.',
        type: payloads.unlinkRecord,
        args: { input: t.arg({ type: inputs.unlinkRecord, required: true }) },
        resolve: (_root, { input }, operation) => {
          const ids = new IdReader(operation);
          const record = ids.read('record', input.recordId, ['recordId']);
          return record ? unlinkRecord(operation, record) : { ...refused(ids.problems), separated: null };
        },
      }),
      eraseCustomerCopies: t.field({
        description:
          'Forgets every copy the gateway holds. The providers’ own records stay: none has a delete; the answer lists them.',
        type: payloads.eraseCustomerCopies,
        args: { input: t.arg({ type: inputs.eraseCustomerCopies, required: true }) },
        resolve: (_root, { input }, operation) => {
          const ids = new IdReader(operation);
          const customer = ids.read('customer', input.id, ['id']);
          if (customer) return eraseCustomerCopies(operation, customer);
          return { erasedRecords: null, stillHeldBy: null, errors: refused(ids.problems).errors };
        },
      }),
    }),
  });
}

/** Opens the ids of an input; what can't be opened is a problem of the input, at its path. */
class IdReader {
  readonly problems: InputProblem[] = [];
  readonly #operation: Operation;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  refuse(path: readonly string[], message: string): void {
    this.problems.push({ path, code: 'INVALID_INPUT', message });
  }

  read(kind: NodeKind, id: string, path: readonly string[]): RecordKey | null {
    try {
      const key = this.#operation.gateway.ids.openAs(kind, id);
      this.#operation.member(key.provider);
      return { provider: key.provider, providerId: key.providerId };
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      this.refuse(path, thrown.message);
      return null;
    }
  }
}

/** What acts on one record of a customer: `recordId` names it where several would do. */
function onRecord<Result>(
  operation: Operation,
  input: {
    readonly id: string;
    readonly recordId?: string | null | undefined;
    readonly idempotencyKey?: string | null | undefined;
  },
  refuse: (problems: readonly InputProblem[]) => Result,
  act: (choice: RecordChoice) => Promise<Result>,
): Result | Promise<Result> {
  const ids = new IdReader(operation);
  const customer = ids.read('customer', input.id, ['id']);
  const record = typeof input.recordId === 'string' ? ids.read('record', input.recordId, ['recordId']) : null;
  if (!customer || ids.problems.length > 0) return refuse(ids.problems);
  return act({ customer, record, key: input.idempotencyKey ?? null });
}
