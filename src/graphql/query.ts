import type { GraphQLResolveInfo } from 'graphql';
import { badUserInput } from '../errors.ts';
import { openCustomer } from '../gateway/customer.ts';
import { listCustomers } from '../gateway/customers.ts';
import type { Operation } from '../gateway/operation.ts';
import { assertProviderId } from '../gateway/reading.ts';
import { isGone } from '../gateway/record.ts';
import { writeOfCaller } from '../gateway/writes/journal.ts';
import type { NodeRef } from '../ids/ids.ts';
import type { Builder } from './builder.ts';
import type { Customers } from './customer.ts';
import type { defineProviderTypes } from './provider.ts';
import type { defineSearchTypes } from './search.ts';
import { customerAsks, weightOf } from './selection.ts';
import { extensionOf, ProviderSource, RecordSource } from './sources.ts';
import type { NodeSource, Vocabulary } from './vocabulary.ts';
import type { definePayloads } from './writes.ts';

/** The contract's bound for every list of ids. */
export const MAX_IDS = 500;

export function defineQuery(
  builder: Builder,
  words: Vocabulary,
  { customer }: Customers,
  { provider }: ReturnType<typeof defineProviderTypes>,
  search: ReturnType<typeof defineSearchTypes>,
  { outcome }: ReturnType<typeof definePayloads>,
): void {
  builder.queryType({
    fields: (t) => ({
      node: t.field({
        description: 'A Customer, CustomerRecord, Provider or provider extension.',
        type: words.node,
        args: { id: t.arg.id({ required: true }) },
        resolve: (_root, { id }, operation, info) => openNode(operation, operation.gateway.ids.open(id), info),
      }),
      nodes: t.field({
        description:
          'In the order asked; null where there is none. Each provider is asked once for each distinct record. At most 500.',
        type: [words.node],
        nullable: { list: true, items: true },
        args: { ids: t.arg.idList({ required: true }) },
        resolve: (_root, { ids }, operation, info) => {
          if (ids.length > MAX_IDS) throw badUserInput(`At most ${MAX_IDS} ids can be asked for at once.`);
          operation.spend(ids.length * weightOf(info));
          return ids.map((id) => nodeOrError(operation, id, info));
        },
      }),
      customer: t.field({
        description: 'Takes a Customer’s id, former ones too.',
        type: customer,
        args: { id: t.arg.id({ required: true }) },
        resolve: (_root, { id }, operation, info) =>
          openCustomer(operation, operation.gateway.ids.openAs('customer', id), customerAsks(operation, info)),
      }),
      customerByProviderId: t.field({
        description: 'The customer that holds this record of a provider, by the provider’s own id.',
        type: customer,
        args: {
          provider: t.arg({ type: words.providerName, required: true }),
          providerId: t.arg.string({ required: true }),
        },
        resolve: (_root, { provider: id, providerId }, operation, info) => {
          assertProviderId(operation.member(id), providerId);
          return openCustomer(operation, { provider: id, providerId }, customerAsks(operation, info));
        },
      }),
      customers: t.field({
        description: 'Every customer the gateway knows or can list; coverage says how far each provider was searched.',
        type: search.connection,
        args: {
          first: t.arg.int({ description: 'Default 50, at most 500.' }),
          after: t.arg.string(),
          last: t.arg.int(),
          before: t.arg.string(),
          filter: t.arg({ type: search.filter }),
          orderBy: t.arg({ type: search.order }),
        },
        resolve: (_root, args, operation) => listCustomers(operation, args),
      }),
      providers: t.field({
        description: 'Every provider there is, in the order of trust.',
        type: [provider],
        nullable: { list: true, items: false },
        resolve: (_root, _args, operation) => operation.gateway.members.map((member) => new ProviderSource(member)),
      }),
      provider: t.field({
        type: provider,
        args: { name: t.arg({ type: words.providerName, required: true }) },
        resolve: (_root, { name }, operation) => new ProviderSource(operation.member(name)),
      }),
      write: t.field({
        description: 'A write of the caller’s own, by the id that its outcome or error carried.',
        type: outcome,
        args: { id: t.arg.id({ required: true }) },
        resolve: (_root, { id }, operation) =>
          writeOfCaller(operation, Number(operation.gateway.ids.openAs('write', id).providerId)),
      }),
    }),
  });
}

/** Of several ids, one that can't be opened spoils its own place alone. */
async function nodeOrError(operation: Operation, id: string, info: GraphQLResolveInfo): Promise<NodeSource | null> {
  return openNode(operation, operation.gateway.ids.open(id), info);
}

async function openNode(operation: Operation, ref: NodeRef, info: GraphQLResolveInfo): Promise<NodeSource | null> {
  const { kind, ...key } = ref;
  if (kind === 'write') throw badUserInput('This is the id of a write: ask for it with write(id).');
  const member = operation.member(key.provider);
  if (kind === 'provider') return new ProviderSource(member);
  if (kind === 'customer') return openCustomer(operation, key, customerAsks(operation, info));
  const reading = await operation.read(key);
  if (kind === 'extension') return extensionOf(member, reading);
  return isGone(reading) ? null : new RecordSource(member, key, reading);
}
