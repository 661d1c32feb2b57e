import { listedCustomer } from '../gateway/customer.ts';
import type { CustomerOrderField, CustomerPage, ListedCustomer } from '../gateway/customers.ts';
import type { Builder } from './builder.ts';
import type { Customers } from './customer.ts';
import { customerAsks } from './selection.ts';
import { typeName, type Vocabulary } from './vocabulary.ts';

/** A page of customers, and the filter and order that it can be asked with. */
export function defineSearchTypes(builder: Builder, words: Vocabulary, { customer, extensions }: Customers) {
  const extent = builder.enumType('SearchExtent', {
    values: ['COMPLETE', 'PARTIAL', 'KNOWN_ONLY', 'FAILED', 'NOT_CONFIGURED'] as const,
  });
  const coverage = builder.objectRef<CustomerPage['coverage'][number]>('ProviderCoverage').implement({
    description: 'Empty is not the same as not searched.',
    fields: (t) => ({
      provider: t.field({ type: words.providerName, nullable: false, resolve: ({ member }) => member.id }),
      extent: t.expose('extent', { type: extent, nullable: false }),
      records: t.int({ resolve: ({ records }) => records() }),
      asOf: t.expose('asOf', { type: 'DateTime' }),
      reason: t.exposeString('reason'),
    }),
  });
  const edge = builder.objectRef<ListedCustomer>('CustomerEdge').implement({
    fields: (t) => ({
      cursor: t.string({ nullable: false, resolve: ({ cursor }) => cursor() }),
      node: t.field({
        type: customer,
        nullable: false,
        resolve: (item, _args, operation, info) =>
          listedCustomer(operation, item.customer, customerAsks(operation, info)),
      }),
    }),
  });
  const connection = builder.objectRef<CustomerPage>('CustomerConnection').implement({
    fields: (t) => ({
      edges: t.field({ type: [edge], nullable: false, resolve: ({ items }) => items }),
      nodes: t.field({
        type: [customer],
        nullable: false,
        resolve: ({ items }, _args, operation, info) => {
          const asks = customerAsks(operation, info);
          return Promise.all(items.map((item) => listedCustomer(operation, item.customer, asks)));
        },
      }),
      pageInfo: t.field({ type: words.pageInfo, nullable: false, resolve: (page) => page }),
      totalCount: t.int({
        description: 'null where nobody can know: a provider was not searched in full.',
        resolve: ({ totalCount }) => totalCount(),
      }),
      coverage: t.field({ type: [coverage], nullable: false, resolve: (page) => page.coverage }),
    }),
  });

  const ownFilters = extensions.flatMap(({ member, schema }) =>
    schema.filterInput
      ? [{ member, type: builder.inputType(`${typeName(member)}Filter`, { fields: schema.filterInput }) }]
      : [],
  );
  const filter = builder.inputType('CustomerFilter', {
    description: 'A customer matches when any one of its records does.',
    fields: (t) => ({
      providers: t.field({ type: [words.providerName] }),
      text: t.string({
        description: 'Words of a name, company, email, city or reference; forgives case, accents and a typo.',
      }),
      email: t.string(),
      phone: t.string({
        description:
          'In any spelling; a national number needs phoneCountry. Matches equal E.164 or, where a record has none, equal national digits.',
      }),
      phoneCountry: t.string(),
      country: t.string({ description: 'Of the address: a code or a name.' }),
      postalCode: t.string(),
      taxId: t.string(),
      kind: t.field({ type: words.customerKind }),
      status: t.field({ type: words.customerStatus }),
      changedSince: t.field({ type: 'DateTime', description: 'Seen to change since.' }),
      ...Object.fromEntries(
        ownFilters.map(({ member, type }) => [
          member.field,
          t.field({ type, description: `Asks ${member.provider.title}’s own find.` }),
        ]),
      ),
    }),
  });
  const orderField = builder.enumType('CustomerOrderField', {
    values: ['DISPLAY_NAME', 'CREATED_AT', 'CHANGED_SEEN_AT', 'RELEVANCE'] satisfies CustomerOrderField[],
  });
  const direction = builder.enumType('OrderDirection', { values: ['ASC', 'DESC'] as const });
  const order = builder.inputType('CustomerOrder', {
    description: 'null sorts last. RELEVANCE: best first whatever the direction, with text only.',
    fields: (t) => ({
      field: t.field({ type: orderField, required: true }),
      direction: t.field({ type: direction, required: true, defaultValue: 'ASC' }),
    }),
  });
  return { connection, filter, order };
}
