import type { Capability, ProviderOperation } from '../contract/capabilities.ts';
import type { Member } from '../gateway/gateway.ts';
import { listRecords, type RecordPage } from '../gateway/listing.ts';
import { countable } from '../gateway/pages.ts';
import type { Coverage } from '../gateway/sync/coverage.ts';
import type { Health } from '../http/health.ts';
import type { RateLimit } from '../http/rateLimit.ts';
import type { Builder } from './builder.ts';
import type { Customers } from './customer.ts';
import { weightOf } from './selection.ts';
import { type ProviderSource, RecordSource } from './sources.ts';
import type { Vocabulary } from './vocabulary.ts';

interface CapabilitySource extends Capability {
  readonly operation: ProviderOperation;
}

interface HealthSource extends Health {
  readonly member: Member;
}

interface SyncSource extends Coverage {
  readonly member: Member;
}

interface RecordPageSource extends RecordPage {
  readonly member: Member;
}

/** A provider as callers see it: what it can do, how it is, and its records page by page. */
export function defineProviderTypes(builder: Builder, words: Vocabulary, { record }: Customers) {
  const operation = builder.enumType('ProviderOperation', {
    values: [
      ...(['READ', 'LIST', 'SEARCH', 'CHANGED_SINCE', 'CREATE', 'UPDATE', 'CONFIRM'] as const),
      ...(['REQUEST_CONFIRMATION', 'SELF_SERVICE_LINK'] as const),
    ],
  });
  const support = builder.enumType('Support', { values: ['NATIVE', 'EMULATED', 'UNSUPPORTED'] as const });
  const linkKind = builder.enumType('SelfServiceLinkKind', {
    values: ['CARD', 'BILLING_ADDRESS', 'SHIPPING_ADDRESS', 'BILLING_PAGE'] as const,
  });
  const capability = builder.objectRef<CapabilitySource>('Capability').implement({
    description:
      'note: why not, or how. fields: the unified input fields it can store, for CREATE and UPDATE. linkKinds: for SELF_SERVICE_LINK.',
    fields: (t) => ({
      operation: t.expose('operation', { type: operation, nullable: false }),
      support: t.expose('support', { type: support, nullable: false }),
      note: t.string({ resolve: (source) => source.note ?? null }),
      fields: t.stringList({ nullable: { list: true, items: false }, resolve: (source) => source.fields ?? null }),
      linkKinds: t.field({
        type: [linkKind],
        nullable: { list: true, items: false },
        resolve: (source) => source.linkKinds ?? null,
      }),
    }),
  });

  const healthState = builder.enumType('HealthState', { values: ['UP', 'DEGRADED', 'DOWN', 'UNKNOWN'] as const });
  const health = builder.objectRef<HealthSource>('ProviderHealth').implement({
    description: 'Told from the last calls; nothing is asked in order to know it.',
    fields: (t) => ({
      state: t.expose('state', { type: healthState, nullable: false }),
      since: t.field({ type: 'DateTime', nullable: false, resolve: ({ since }) => new Date(since) }),
      lastProblem: t.field({
        type: words.problem,
        resolve: ({ member, lastProblem }) => lastProblem && { member, problem: lastProblem },
      }),
    }),
  });
  const rateLimit = builder.objectRef<RateLimit>('RateLimit').implement({
    description: 'A window of calls that the provider grants, as its last answer told.',
    fields: (t) => ({
      window: t.exposeString('window', { nullable: false }),
      limit: t.exposeInt('limit', { nullable: false }),
      remaining: t.exposeInt('remaining', { nullable: false }),
      resetsAt: t.expose('resetsAt', { type: 'DateTime' }),
    }),
  });

  const syncState = builder.enumType('SyncState', {
    values: {
      IDLE: { description: 'It never ran.' },
      RUNNING: {},
      COMPLETE: {},
      FAILED: { description: 'Or it was interrupted. The next run goes on where that can be.' },
    },
  });
  const sync = builder.objectRef<SyncSource>('ProviderSync').implement({
    description:
      'How the last copy of the provider’s listing went, whichever gateway made it. records: how many of its records are known.',
    fields: (t) => ({
      state: t.expose('state', { type: syncState, nullable: false }),
      records: t.int({ nullable: false, resolve: (source) => source.records() }),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime' }),
      problem: t.field({
        type: words.problem,
        resolve: ({ member, problem }) => problem && { member, problem },
      }),
    }),
  });

  const edge = builder.objectRef<RecordPage['items'][number] & { member: Member }>('ProviderRecordEdge').implement({
    fields: (t) => ({
      cursor: t.string({ nullable: false, resolve: ({ cursor }) => cursor() }),
      node: t.field({ type: record, nullable: false, resolve: (source) => toSource(source.member, source) }),
    }),
  });
  const connection = builder.objectRef<RecordPageSource>('ProviderRecordConnection').implement({
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        resolve: ({ items, member }, _args, current, info) => {
          current.spend(items.length * weightOf(info));
          return items.map((item) => ({ ...item, member }));
        },
      }),
      nodes: t.field({
        type: [record],
        nullable: false,
        resolve: ({ items, member }, _args, current, info) => {
          current.spend(items.length * weightOf(info));
          return items.map((item) => toSource(member, item));
        },
      }),
      pageInfo: t.field({ type: words.pageInfo, nullable: false, resolve: (page) => page }),
      totalCount: t.int({ resolve: ({ totalCount }) => totalCount }),
    }),
  });

  const provider = builder.objectRef<ProviderSource>('Provider').implement({
    interfaces: [words.node],
    fields: (t) => ({
      name: t.field({ type: words.providerName, nullable: false, resolve: ({ member }) => member.id }),
      title: t.string({ nullable: false, resolve: ({ member }) => member.provider.title }),
      configured: t.boolean({ nullable: false, resolve: ({ member }) => member.connection !== null }),
      capabilities: t.field({
        type: [capability],
        nullable: false,
        resolve: ({ member }) => capabilitiesOf(member),
      }),
      health: t.field({
        description: 'null: it is not configured. Scope: providers:read.',
        type: health,
        resolve: ({ member }) => member.connection && { ...member.connection.health(), member },
      }),
      rateLimits: t.field({
        description: 'As its last answers told. Scope: providers:read.',
        type: [rateLimit],
        nullable: { list: true, items: false },
        resolve: ({ member }) => member.connection?.rateLimits().filter(isTellable) ?? null,
      }),
      sync: t.field({
        description: 'null: it is not configured, or can’t be listed. Scope: providers:read.',
        type: sync,
        resolve: async ({ member }, _args, { gateway }) => {
          const coverage = await gateway.sync.coverageOf(member.id);
          return coverage && { ...coverage, member };
        },
      }),
      records: t.field({
        description:
          'Live from the provider, page by page, in its own order. changedSince: CAPABILITY_UNSUPPORTED where the provider has none.',
        type: connection,
        args: {
          first: t.arg.int({ defaultValue: 50 }),
          after: t.arg.string(),
          changedSince: t.arg({ type: 'DateTime' }),
        },
        resolve: async ({ member }, { first, after, changedSince }, current) => ({
          ...(await listRecords(current, member, {
            first: first ?? null,
            after: after ?? null,
            changedSince: changedSince ?? null,
          })),
          member,
        }),
      }),
    }),
  });
  return { provider, linkKind };
}

/** A provider that says more than an Int can hold has no limit that anyone could use. */
const isTellable = ({ limit, remaining }: RateLimit): boolean =>
  countable(limit) !== null && countable(remaining) !== null;

const toSource = (member: Member, { record }: Pick<RecordPage['items'][number], 'record'>): RecordSource =>
  new RecordSource(member, record.key, record);

const capabilitiesOf = (member: Member): CapabilitySource[] =>
  (Object.entries(member.provider.capabilities) as [ProviderOperation, Capability][]).map(([name, capability]) => ({
    ...capability,
    operation: name,
  }));
