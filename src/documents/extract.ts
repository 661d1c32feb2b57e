import { hash } from 'node:crypto';
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { bounded, MOST_TOKENS, oneConfirmation } from '../server/rules.ts';

export interface SourceText {
  readonly path: string;
  readonly text: string;
  /** JavaScript or TypeScript, in which documents are tagged; else it is one document. */
  readonly isCode: boolean;
}

export interface Extraction {
  /** By id; sorted by the operations' names. */
  readonly manifest: Readonly<Record<string, string>>;
  readonly operations: number;
  /** `file:line:column what`; where there are any, the manifest is not to be used. */
  readonly problems: readonly string[];
}

type Executable = OperationDefinitionNode | FragmentDefinitionNode;

/** Gathers operations, each with the fragments that it uses, wherever these stand, and checks them as a gateway would. */
export async function extract(sources: readonly SourceText[], schema: GraphQLSchema): Promise<Extraction> {
  const errors: GraphQLError[] = [];
  const problems: string[] = [];
  const definitions: Executable[] = [];
  for (const source of sources)
    for (const each of await plucked(source, problems)) definitions.push(...definitionsIn(each, errors));
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  errors.push(...namedTwice(operations), ...namedTwice(fragments));
  const byName = new Map(fragments.map((each) => [each.name.value, each]));
  const documents = operations.map((operation) => documentOf(operation, byName));
  for (const document of documents)
    errors.push(...validate(schema, document, [...specifiedRules, bounded, oneConfirmation]));
  const entries = documents
    .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
    .map((document) => [`sha256:${hash('sha256', print(document))}`, print(document)]);
  problems.push(...new Set(errors.map(told)));
  return { manifest: Object.fromEntries(entries), operations: operations.length, problems };
}

async function plucked({ path, text, isCode }: SourceText, problems: string[]): Promise<readonly Source[]> {
  if (!isCode) return [new Source(text, path)];
  const { gqlPluckFromCodeString } = await import('@graphql-tools/graphql-tag-pluck');
  try {
    return await gqlPluckFromCodeString(path, text, { skipIndent: true, globalGqlIdentifierName: ['gql', 'graphql'] });
  } catch (thrown) {
    // The parser's own words begin with what is wrong, and end with the place.
    problems.push(`${path} ${thrown instanceof Error ? thrown.message.split('\n')[0] : 'can’t be read as code'}`);
    return [];
  }
}

function definitionsIn(source: Source, errors: GraphQLError[]): readonly Executable[] {
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: MOST_TOKENS });
  } catch (thrown) {
    if (!(thrown instanceof GraphQLError)) throw thrown;
    errors.push(thrown);
    return [];
  }
  const others = document.definitions.filter((each) => !isExecutable(each));
  errors.push(
    ...others.map((node) => new GraphQLError('Only operations and fragments are extracted.', { nodes: node })),
  );
  return document.definitions.filter(isExecutable);
}

const isExecutable = (node: DefinitionNode): node is Executable =>
  node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION;

function namedTwice(definitions: readonly Executable[]): GraphQLError[] {
  const named = Map.groupBy(definitions, ({ name }) => name?.value);
  return [...named].flatMap(([name, [, ...others]]) =>
    name === undefined
      ? []
      : others.map(({ name: node }) => new GraphQLError(`There is another ${name}.`, { nodes: node ?? null })),
  );
}

/** A fragment that there is not is what validation will say. */
function documentOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode {
  const used = new Map<string, FragmentDefinitionNode>();
  const gather = (node: Executable): void => {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (!fragment || used.has(value)) return;
        used.set(value, fragment);
        gather(fragment);
      },
    });
  };
  gather(operation);
  const sorted = [...used.values()].toSorted((one, other) => (one.name.value < other.name.value ? -1 : 1));
  return { kind: Kind.DOCUMENT, definitions: [operation, ...sorted] };
}

const nameOf = ({ definitions: [operation] }: DocumentNode): string =>
  (operation?.kind === Kind.OPERATION_DEFINITION && operation.name?.value) || '';

/** In the file, where the document stands in one. */
function told({ message, nodes, source = nodes?.[0]?.loc?.source, locations }: GraphQLError): string {
  const [at] = locations ?? [];
  if (!source || !at) return message;
  const { line, column } = source.locationOffset;
  return `${source.name}:${at.line + line - 1}:${at.line === 1 ? at.column + column - 1 : at.column} ${message}`;
}
