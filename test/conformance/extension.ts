import { execute, type GraphQLOutputType, getNamedType, isObjectType, parse } from 'graphql';
import { type Provider, providerNames } from '../../src/contract/provider.ts';
import { createBuilder, type ExtensionSource } from '../../src/graphql/builder.ts';
import { addScalars } from '../../src/graphql/scalars.ts';

/** A provider's own fields, resolved from nothing but a wire value. */
export interface Extension {
  /** Those that take a scope of their own. */
  readonly scoped: ReadonlySet<string>;
  /** Every field but `id` and `record`, which the gateway adds. @throws what a resolver or a scalar threw */
  resolve(wire: unknown): Promise<Readonly<Record<string, unknown>>>;
}

/** Its types alone, put together as simply as can be. */
export function extensionOf(provider: Provider): Extension {
  const builder = createBuilder();
  addScalars(builder);
  const { fields, access } = provider.schema(builder);
  const name = `${providerNames(provider.id).type}Customer`;
  const type = builder.objectRef<ExtensionSource<unknown>>(name).implement({ fields });
  builder.queryType({ fields: (t) => ({ own: t.field({ type, resolve: (source) => source as never }) }) });
  const schema = builder.toSchema();
  const document = parse(`{ own ${selectionOf(schema.getType(name) as GraphQLOutputType)} }`);
  const { parent = [], ...scoped } = access[name] ?? {};
  return {
    scoped: new Set(Object.values(scoped).flat()),
    async resolve(wire) {
      const { data, errors = [] } = await execute({ schema, document, rootValue: { wire } });
      for (const error of errors) throw error;
      return data?.own as Record<string, unknown>;
    },
  };
}

function selectionOf(output: GraphQLOutputType): string {
  const type = getNamedType(output);
  if (!isObjectType(type)) return '';
  return `{ ${Object.values(type.getFields())
    .map((field) => `${field.name} ${selectionOf(field.type)}`)
    .join(' ')} }`;
}
