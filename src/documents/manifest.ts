import { hash } from 'node:crypto';
import {
  type DefinitionNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getLocation,
  Kind,
  type Location,
  type OperationDefinitionNode,
  parse,
  print,
  type Source,
  specifiedRules,
  validate,
} from 'graphql';
import { bounded, MOST_TOKENS, oneConfirmation } from '../server/rules.ts';
import { alone } from '../server/said.ts';
import { PUT_IN } from './sources.ts';

/** What is made of a frontend's GraphQL. */
export interface Extracted {
  /** The texts of operations with the fragments that they use, by the SHA-256 of each, in the order of the operations' names. */
  readonly manifest: Readonly<Record<string, string>>;
  /** What keeps it from being used: `file:line:column message`. */
  readonly problems: readonly string[];
}

type Executable = OperationDefinitionNode | FragmentDefinitionNode;

/** Each operation is checked as the gateway checks it when it is asked for. Definitions of types are left out. */
export function extract(sources: readonly Source[], schema: GraphQLSchema): Extracted {
  const problems = new Set<string>();
  const definitions = sources.flatMap((source) => definitionsIn(source, problems));
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION).sort(byName);
  for (const each of [operations, fragments]) tellTwins(each, problems);
  const entries = operations.sort(byName).map((operation) => {
    const document = alone({ kind: Kind.DOCUMENT, definitions: fragments }, operation);
    const text = print(document);
    for (const error of validate(schema, document, [...specifiedRules, bounded, oneConfirmation]))
      problems.add(`${placeOf(error.nodes?.[0]?.loc ?? operation.loc)} ${error.message}`);
    if (isTooLong(text)) problems.add(`${placeOf(operation.loc)} The operation is too large.`);
    return [`sha256:${hash('sha256', text)}`, text] as const;
  });
  return { manifest: Object.fromEntries(entries), problems: [...problems] };
}

function definitionsIn(source: Source, problems: Set<string>): Executable[] {
  try {
    const definitions = parse(source).definitions.filter(isExecutable);
    for (const { loc } of definitions) {
      if (loc && source.body.slice(loc.start, loc.end).includes(PUT_IN))
        problems.add(
          `${placeOf(loc)} What is put in here is not known before the program runs: use a fragment or a variable.`,
        );
    }
    return definitions;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    problems.add(`${at(source, error.positions?.[0] ?? 0)} ${error.message}`);
    return [];
  }
}

const isExecutable = (node: DefinitionNode): node is Executable =>
  node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION;

const nameOf = ({ name }: Executable): string => name?.value ?? '';

function byName(one: Executable, other: Executable): number {
  const [first, second] = [one, other].map(nameOf) as [string, string];
  if (first === second) return print(one) < print(other) ? -1 : 1;
  return first < second ? -1 : 1;
}

/** A name leads to one definition: which of two was meant, nobody knows. */
function tellTwins(definitions: readonly Executable[], problems: Set<string>): void {
  const seen = new Map<string, Executable>();
  for (const each of definitions) {
    const name = nameOf(each);
    const first = seen.get(name);
    if (first && name !== '') problems.add(`${placeOf(each.loc)} ${name} is defined at ${placeOf(first.loc)}, too.`);
    seen.set(name, first ?? each);
  }
}

function isTooLong(text: string): boolean {
  try {
    parse(text, { maxTokens: MOST_TOKENS });
    return false;
  } catch {
    return true;
  }
}

const placeOf = (loc: Location | undefined): string => (loc ? at(loc.source, loc.start) : '');

/** A place in a file of which the source is a part. */
function at(source: Source, position: number): string {
  const { line, column } = getLocation(source, position);
  const { locationOffset: offset } = source;
  return `${source.name}:${line + offset.line - 1}:${line === 1 ? column + offset.column - 1 : column}`;
}
