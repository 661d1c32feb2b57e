import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { Answer } from './world.ts';

/** Ways to every field of a schema, told by the schema itself: a new field is reached without a word about it. */

/** A root field with its arguments, where a way begins. */
export interface Start {
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  /** Spelt in GraphQL, asked for again at every use: a mutation may need a new customer each time. */
  readonly args: () => string | Promise<string>;
}

/** From a root field to an object of a type, through fields that need no arguments. */
export interface Way {
  readonly start: Start;
  /** Below the root field: the field, and the type that it is asked on. */
  readonly steps: readonly Step[];
  readonly type: GraphQLObjectType;
}

interface Step {
  readonly on: string;
  readonly field: string;
}

export const objectTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'));

/** The object types that a field can answer with. */
function answersOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

/** Every way to a type of at most so many steps, shortest first, none through a type twice. */
export function waysTo(schema: GraphQLSchema, target: GraphQLObjectType, starts: readonly Start[], most = 3): Way[] {
  let open: Way[] = starts.flatMap((start) => {
    const root = schema.getRootType(start.operation as never)?.getFields()[start.field];
    return root ? answersOf(schema, root).map((type) => ({ start, steps: [], type })) : [];
  });
  const found: Way[] = [];
  for (let length = 0; length <= most; length++) {
    found.push(...open.filter(({ type }) => type === target));
    open = open.filter(({ type }) => type !== target).flatMap((way) => longer(schema, way));
  }
  return found;
}

function longer(schema: GraphQLSchema, way: Way): Way[] {
  const passed = new Set(way.steps.map(({ on }) => on));
  const fields = Object.values(way.type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
  return fields.flatMap((field) =>
    answersOf(schema, field)
      .filter(({ name }) => !passed.has(name) && name !== way.type.name)
      .map((type) => ({ ...way, steps: [...way.steps, { on: way.type.name, field: field.name }], type })),
  );
}

/** An operation that goes a way and selects every field of the type at its end, each as little as can be. */
export async function operationOf(way: Way): Promise<string> {
  const end = Object.values(way.type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .map((field) => (isCompositeType(getNamedType(field.type)) ? `${field.name} { __typename }` : field.name));
  let selection = `... on ${way.type.name} { __typename ${end.join(' ')} }`;
  for (const { on, field } of way.steps.toReversed()) selection = `... on ${on} { ${field} { ${selection} } }`;
  const args = await way.start.args();
  return `${way.start.operation} { ${way.start.field}${args === '' ? '' : `(${args})`} { ${selection} } }`;
}

/** The objects that an answer holds at the end of a way. */
export function objectsAt(data: unknown, way: Way): Record<string, unknown>[] {
  let values: unknown[] = [data];
  for (const field of [way.start.field, ...way.steps.map((step) => step.field)]) {
    values = values
      .flatMap((value) => (isObject(value) ? [value[field]] : []))
      .flat(Number.POSITIVE_INFINITY)
      .filter((value) => value !== null && value !== undefined);
  }
  return values.filter(isObject).filter((value) => value.__typename === way.type.name);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where an answer says FORBIDDEN: `customer.octobat.paymentSources`, without places in lists; once each. */
export const forbiddenAt = ({ errors }: Pick<Answer, 'errors'>): string[] => [
  ...new Set(
    errors
      .filter(({ extensions }) => extensions.code === 'FORBIDDEN')
      .map(({ path = [] }) => path.filter((part) => typeof part === 'string').join('.')),
  ),
];

/** Values for the arguments that a field can't do without; ids are the one given. */
export const requiredArgs = (args: readonly GraphQLArgument[], id: string): string =>
  args
    .filter(isRequiredArgument)
    .map((arg) => `${arg.name}: ${sampleOf(arg.type, id)}`)
    .join(', ');

function sampleOf(type: GraphQLInputType, id: string): string {
  if (isNonNullType(type)) return sampleOf(type.ofType, id);
  if (isListType(type)) return `[${sampleOf(type.ofType, id)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${sampleOf(field.type, id)}`).join(', ')} }`;
  }
  return type.name === 'Boolean' ? 'false' : type.name === 'ID' ? JSON.stringify(id) : '"1"';
}
