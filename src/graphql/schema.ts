import type { GraphQLSchema } from 'graphql';
import type { AccessTable } from '../contract/scopes.ts';
import type { Member } from '../gateway/gateway.ts';
import { ACCESS, guard } from './access.ts';
import { createBuilder } from './builder.ts';
import { defineCustomers } from './customer.ts';
import { defineInputs } from './inputs.ts';
import { defineMutation } from './mutation.ts';
import { defineProviderTypes } from './provider.ts';
import { defineQuery } from './query.ts';
import { addScalars } from './scalars.ts';
import { defineSearchTypes } from './search.ts';
import { defineSubscription } from './subscription.ts';
import { defineVocabulary } from './vocabulary.ts';
import { definePayloads } from './writes.ts';

/**
 * Builds the schema of these providers.
 * @throws Error naming every field whose access nobody has classified
 */
export function buildSchema(members: readonly Member[]): GraphQLSchema {
  const builder = createBuilder();
  addScalars(builder);
  const words = defineVocabulary(builder, members);
  const customers = defineCustomers(builder, members, words);
  const providers = defineProviderTypes(builder, words, customers);
  const search = defineSearchTypes(builder, words, customers);
  const payloads = definePayloads(builder, words, customers);
  defineQuery(builder, words, customers, providers, search, payloads);
  defineMutation(builder, defineInputs(builder, words, customers, providers), payloads);
  defineSubscription(builder, words, customers);
  const schema = builder.toSchema();
  guard(schema, [{ ...ACCESS, ...extensionAccess(members) }, ...customers.access]);
  return schema;
}

/** Whoever may see a customer may see that it has an extension; what is in it is the provider's own table. */
const extensionAccess = (members: readonly Member[]): AccessTable => ({
  Customer: { parent: [...(ACCESS.Customer?.parent ?? []), ...members.map(({ field }) => field)] },
});
