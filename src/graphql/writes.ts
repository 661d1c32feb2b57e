import type { GraphQLResolveInfo } from 'graphql';
import type { FieldChange } from '../contract/write.ts';
import { openCustomer } from '../gateway/customer.ts';
import type { Operation } from '../gateway/operation.ts';
import type { Erasure } from '../gateway/writes/erase.ts';
import type { LinkResult, UnlinkResult } from '../gateway/writes/identity.ts';
import type { SelfServiceLink } from '../gateway/writes/link.ts';
import type { WriteError, WriteOutcome, WriteResult } from '../gateway/writes/outcome.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { Builder } from './builder.ts';
import type { Customers } from './customer.ts';
import { customerAsks, recordAsked } from './selection.ts';
import { RecordSource } from './sources.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A payload's customer, freshly read. */
const opened = (key: RecordKey | null, operation: Operation, info: GraphQLResolveInfo) =>
  key && openCustomer(operation, key, customerAsks(operation, info));

/** What mutations answer with. */
export function definePayloads(builder: Builder, words: Vocabulary, { customer, record }: Customers) {
  const errorCode = builder.enumType('WriteErrorCode', {
    values: [
      ...([
        'INVALID_INPUT',
        'NOT_FOUND',
        'CONFLICT',
        'DUPLICATE',
        'ALREADY_CONFIRMED',
        'INVALID_CONFIRMATION_TOKEN',
      ] as const),
      ...(['TOO_MANY_ATTEMPTS', 'CAPABILITY_UNSUPPORTED', 'PROVIDER_NOT_CONFIGURED', 'PROVIDER_REJECTED'] as const),
      ...(['PROVIDER_UNAVAILABLE', 'PROVIDER_TIMEOUT', 'PROVIDER_RATE_LIMITED', 'PROVIDER_AUTH_FAILED'] as const),
      ...(['PROVIDER_BAD_RESPONSE', 'OUTCOME_UNKNOWN', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'] as const),
      ...(['FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL'] as const),
    ],
  });
  const status = builder.enumType('WriteStatus', {
    values: {
      SUCCEEDED: {},
      UNCHANGED: { description: 'Nothing of it to write here.' },
      FAILED: {},
      OUTCOME_UNKNOWN: {
        description:
          'Sent, and no trustworthy answer came. It is not sent again by itself; the same idempotencyKey settles it.',
      },
      NOT_SENT: { description: 'Not sent, because a conflict or another failure stopped it.' },
      PREVIEWED: {},
    },
  });

  const error = builder.objectRef<WriteError>('WriteError').implement({
    description: 'field: path into the input.',
    fields: (t) => ({
      code: t.expose('code', { type: errorCode, nullable: false }),
      message: t.exposeString('message', { nullable: false }),
      field: t.stringList({ nullable: { list: true, items: false }, resolve: ({ field }) => field }),
      provider: t.field({ type: words.providerName, resolve: ({ member }) => member?.id ?? null }),
      retryable: t.exposeBoolean('retryable', { nullable: false }),
      retryAfterMs: t.exposeInt('retryAfterMs'),
    }),
  });
  const change = builder.objectRef<FieldChange>('FieldChange').implement({
    description: 'before and after need customers:read.',
    fields: (t) => ({
      field: t.exposeString('field', { description: 'Path into the input that holds this value.', nullable: false }),
      before: t.exposeString('before'),
      after: t.exposeString('after'),
    }),
  });
  const outcome = builder.objectRef<WriteOutcome>('WriteOutcome').implement({
    fields: (t) => ({
      writeId: t.id({
        description: 'Where the write is kept: query write(id). null when nothing was to be sent.',
        resolve: ({ writeId, member }, _args, { gateway: { ids } }) =>
          writeId === null ? null : ids.seal({ kind: 'write', provider: member.id, providerId: String(writeId) }),
      }),
      provider: t.field({ type: words.providerName, nullable: false, resolve: ({ member }) => member.id }),
      status: t.expose('status', { type: status, nullable: false }),
      record: t.field({
        type: record,
        resolve: async ({ member, record: key }, _args, operation, info) =>
          key && new RecordSource(member, key, recordAsked(info) ? await operation.read(key) : undefined),
      }),
      changes: t.field({ type: [change], nullable: false, resolve: ({ changes }) => changes }),
      ignoredFields: t.stringList({
        description: 'Input fields that this provider can’t hold and another target can.',
        nullable: false,
        resolve: ({ ignoredFields }) => ignoredFields,
      }),
      mayHaveOverwritten: t.boolean({
        description:
          'The provider takes whole records and has no versions: what somebody else changed there that could not be read before this write is lost, and nobody can see whether there was anything. What was seen in time is a CONFLICT instead.',
        nullable: false,
        resolve: ({ replaces, status }) => replaces && (status === 'SUCCEEDED' || status === 'OUTCOME_UNKNOWN'),
      }),
      request: t.field({
        description: 'dryRun: the request that would be sent, secrets removed. Scope: records:raw.',
        type: 'JSONObject',
        resolve: ({ request }) => request,
      }),
      error: t.field({ type: error, resolve: (source) => source.error }),
    }),
  });

  const payload = builder.interfaceRef<{ readonly errors: readonly WriteError[] }>('WritePayload').implement({
    description: 'errors holds every error, those of the outcomes too; it is empty exactly when all went as asked.',
    // Callers are given a payload only by the mutation that has its type.
    resolveType: () => {
      throw new Error('no field answers with a WritePayload');
    },
    fields: (t) => ({ errors: t.field({ type: [error], nullable: false, resolve: ({ errors }) => errors }) }),
  });

  const result = (name: string) =>
    builder.objectRef<WriteResult>(name).implement({
      description:
        'customer: as it now stands, freshly read; null when nothing was written, or without customers:read. outcomes: one a record.',
      interfaces: [payload],
      fields: (t) => ({
        customer: t.field({
          type: customer,
          resolve: (source, _args, operation, info) => opened(source.customer, operation, info),
        }),
        outcomes: t.field({ type: [outcome], nullable: false, resolve: ({ outcomes }) => outcomes }),
      }),
    });

  return {
    outcome,
    create: result('CreateCustomerPayload'),
    update: result('UpdateCustomerPayload'),
    confirm: result('ConfirmCustomerPayload'),
    request: result('RequestCustomerConfirmationPayload'),
    linkCustomers: builder.objectRef<LinkResult>('LinkCustomersPayload').implement({
      interfaces: [payload],
      fields: (t) => ({
        customer: t.field({
          type: customer,
          resolve: (source, _args, operation, info) => opened(source.customer, operation, info),
        }),
      }),
    }),
    unlinkRecord: builder.objectRef<UnlinkResult>('UnlinkRecordPayload').implement({
      description: 'customer: what is left of it. separated: the record’s own.',
      interfaces: [payload],
      fields: (t) => ({
        customer: t.field({
          type: customer,
          resolve: (source, _args, operation, info) => opened(source.customer, operation, info),
        }),
        separated: t.field({
          type: customer,
          resolve: (source, _args, operation, info) => opened(source.separated, operation, info),
        }),
      }),
    }),
    eraseCustomerCopies: builder.objectRef<Erasure>('EraseCustomerCopiesPayload').implement({
      description:
        'erasedRecords: of how many records there was anything. stillHeldBy: providers that still have theirs; none has a delete.',
      interfaces: [payload],
      fields: (t) => ({
        erasedRecords: t.exposeInt('erasedRecords'),
        stillHeldBy: t.field({
          type: [words.providerName],
          nullable: { list: true, items: false },
          resolve: ({ stillHeldBy }) => stillHeldBy,
        }),
      }),
    }),
    link: builder.objectRef<SelfServiceLink>('CreateSelfServiceLinkPayload').implement({
      description: 'expiresAt null: it does not expire.',
      interfaces: [payload],
      fields: (t) => ({
        url: t.field({ type: 'URL', resolve: ({ url }) => url }),
        expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
      }),
    }),
  };
}
