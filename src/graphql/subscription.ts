import { badUserInput } from '../errors.ts';
import { changeFilter, type ToldChange } from '../gateway/changes/told.ts';
import { openCustomer } from '../gateway/customer.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { Builder } from './builder.ts';
import type { Customers } from './customer.ts';
import { MAX_IDS } from './query.ts';
import { customerAsks } from './selection.ts';
import type { Vocabulary } from './vocabulary.ts';

const KINDS = ['CREATED', 'UPDATED', 'CONFIRMED', 'LINKED', 'UNLINKED', 'ERASED'] as const;

/** What a subscription is begun with, as its root value. */
interface Beginning {
  /** The cursor of the last event that the subscriber has seen. */
  readonly lastEventId: string | null;
}

export function defineSubscription(builder: Builder, words: Vocabulary, { customer }: Customers): void {
  const kind = builder.enumType('ChangeKind', { values: KINDS });
  const change = builder.objectRef<ToldChange>('CustomerChange').implement({
    description: 'customer: from the directory, without asking a provider; null when ERASED.',
    fields: (t) => ({
      kind: t.field({ type: kind, nullable: false, resolve: (told) => told.change.kind }),
      customerId: t.id({
        nullable: false,
        resolve: (told, _args, { gateway }) => gateway.ids.seal(customerRef(told.change.customer)),
      }),
      formerIds: t.idList({
        description: 'Other ids that led to this customer before the change; caches may drop them.',
        nullable: false,
        resolve: (told, _args, { gateway }) => told.change.former.map((key) => gateway.ids.seal(customerRef(key))),
      }),
      customer: t.field({
        type: customer,
        resolve: (told, _args, operation, info) =>
          told.change.kind === 'ERASED'
            ? null
            : openCustomer(operation, told.change.customer, customerAsks(operation, info)),
      }),
      provider: t.field({
        description: 'Where it was made or seen; null where no provider was part of it.',
        type: words.providerName,
        resolve: ({ change: { provider } }, _args, { gateway }) =>
          provider !== null && gateway.member.has(provider) ? provider : null,
      }),
      fields: t.stringList({
        description: 'Of the profile or the input; empty where nobody compared.',
        nullable: false,
        resolve: ({ change }) => change.fields ?? [],
      }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (told) => told.change.at }),
    }),
  });

  builder.subscriptionType({
    fields: (t) => ({
      customerChanged: t.field({
        description:
          'Changes made through this gateway at once, and changes seen in a provider when they are seen. Served as server-sent events (Accept: text/event-stream); who comes back with Last-Event-ID within a day misses none.',
        type: change,
        args: {
          ids: t.arg.idList({ description: 'Of customers, former ones too. At most 500.' }),
          providers: t.arg({ type: [words.providerName] }),
        },
        subscribe: (root, { ids, providers }, { gateway, caller }) => {
          if (ids && ids.length > MAX_IDS) throw badUserInput(`At most ${MAX_IDS} ids can be subscribed to at once.`);
          const customers = ids?.map((id) => gateway.ids.openAs('customer', id)) ?? null;
          const { lastEventId } = root as Beginning;
          return gateway.changes.subscribe(caller.name, changeFilter(customers, providers ?? null), lastEventId);
        },
        resolve: (told) => told,
      }),
    }),
  });
}

const customerRef = (key: RecordKey) => ({ ...key, kind: 'customer' as const });
