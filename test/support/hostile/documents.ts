import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fraction, pick } from './values.ts';

/** GraphQL documents that begin as those in schema/operations, and end as nobody would write them. */

const OPERATIONS = new URL('../../../schema/operations/', import.meta.url);
const SCHEMA = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8');

export interface Source {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param id of a customer that there is: the files leave its place open */
export const sources = (id: string): readonly Source[] =>
  readdirSync(OPERATIONS).map((name) => {
    const text = readFileSync(new URL(name, OPERATIONS), 'utf8');
    const variables = /^# variables: (\{.*\})$/m.exec(text)?.[1] ?? '{}';
    return {
      query: text.replaceAll(/^#.*\n/gm, ''),
      variables: JSON.parse(variables.replaceAll(/"paste the id[^"]*"/g, JSON.stringify(id))),
    };
  });

const TOKEN = /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[A-Za-z_]\w*|-?\d[\w.+-]*|\S/g;

/** Every word of the schema: types, fields, arguments, values, directives. */
const WORDS = [...new Set(SCHEMA.replaceAll(/"""[\s\S]*?"""/g, '').match(/[A-Za-z_]\w*/g))];

const times = (count: number, one: (place: number) => string): string =>
  Array.from({ length: count }, (_, place) => one(place)).join(' ');

/** What is put into a document, larger the larger the number from 0 to 1. */
const PIECES: readonly ((size: number) => string)[] = [
  (size) => pick(WORDS, size),
  (size) => `$${pick(WORDS, size)}`,
  (size) =>
    `@${pick(['include(if: true)', 'skip(if: $x)', 'deprecated', 'oneOf', 'nobody', 'include', 'skip(if: 1)'], size)}`,
  (size) => times(size * 300, () => '@include(if: true)'),
  (size) => times(size * 3_000, (place) => `a${place}: __typename`),
  (size) => times(size * 150, (place) => `a${place}: customers(first: 500) { nodes { id } }`),
  (size) => times(size * 300, () => 'id'),
  (size) => times(size * 40, (place) => `a${place}: __typename @skip(if: false)`),
  (size) => '{ a '.repeat(size * 4_000),
  (size) => `${'... { '.repeat(size * 60)} __typename ${' } '.repeat(size * 60)}`,
  (size) => '['.repeat(size * 10_000),
  (size) => `${'{ a: '.repeat(size * 500)}1${' }'.repeat(size * 500)}`,
  (size) => '9'.repeat(1 + size * 5_000),
  (size) => pick(['-', '1e999', '1e-999', '0x1', '01', '1.', '.5', '9007199254740993', '-2147483649', 'NaN'], size),
  (size) =>
    pick(
      [
        '"\\u0000"',
        '"\\ud800"',
        '"\\u{110000}"',
        '"\\u{1F600}"',
        '"\ud800"',
        '"',
        '"""',
        '"\\q"',
        '""""""',
        '"\\uZZZZ"',
      ],
      size,
    ),
  (size) => JSON.stringify('x'.repeat(size * 300_000)),
  (size) => `# ${'x'.repeat(size * 300_000)}\n`,
  (size) => times(size * 5_000, () => '#\n'),
  (size) => pick(['\ufeff', '\u202e', '\0', '\ud800', 'é', '，', '\u2028', '\u0085', '€', '｛', '\u001b', '\\'], size),
  () => '...Circle0',
  (size) =>
    pick(
      [
        '__schema { types { name fields { name type { name } } } }',
        '__type(name: "Customer") { name }',
        '_entities',
        '_service',
      ],
      size,
    ),
  (size) =>
    pick(
      ['query', 'mutation', 'subscription', 'fragment', 'on', 'extend', 'schema', 'type A { b: C }', 'null', 'true'],
      size,
    ),
];

/** Two fragments that hold each other, and forty of which each holds the next one twice. */
const FRAGMENTS: readonly string[] = [
  'fragment Circle0 on Query { ...Circle1 } fragment Circle1 on Query { ...Circle0 }',
  `fragment Circle0 on Query { ...F0 } ${times(40, (place) => `fragment F${place} on Query { ... { ...F${place + 1} } ... { ...F${place + 1} } }`)} fragment F40 on Query { __typename }`,
  `fragment Circle0 on Customer { records { customer { ...Circle0 } } }`,
  'fragment Circle0 on Node { id } fragment Circle0 on Node { id }',
  'fragment Circle0 on Query { customers(first: 500) { nodes { records { customer { records { raw } } } } } }',
];

/** What is done to the tokens of a document: where, with what, and how much, each from 0 to 1. */
type Doing = (tokens: string[], at: number, what: number, size: number) => void;

const DOINGS = {
  drop: (tokens, at, _, size) => void tokens.splice(at * tokens.length, 1 + size * 3),
  repeat(tokens, at, _, size) {
    const first = Math.floor(at * tokens.length);
    tokens.splice(first, 0, ...tokens.slice(first, first + 1 + size * 40));
  },
  swap(tokens, at, what) {
    const [one, other] = [Math.floor(at * tokens.length), Math.floor(what * tokens.length)];
    [tokens[one], tokens[other]] = [tokens[other] ?? '', tokens[one] ?? ''];
  },
  replace: (tokens, at, what, size) => void tokens.splice(at * tokens.length, 1, pick(PIECES, what)(size)),
  insert: (tokens, at, what, size) => void tokens.splice(at * tokens.length, 0, pick(PIECES, what)(size)),
  cut: (tokens, at) => void tokens.splice(at * tokens.length),
  double: (tokens) => void tokens.push(...tokens),
  fragments: (tokens, _, what) => void tokens.push(pick(FRAGMENTS, what)),
} satisfies Readonly<Record<string, Doing>>;

export interface Edit {
  readonly kind: keyof typeof DOINGS;
  readonly at: number;
  readonly what: number;
  readonly size: number;
}

const kinds = Object.keys(DOINGS) as (keyof typeof DOINGS)[];

export const edits = (most: number): fc.Arbitrary<readonly Edit[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fraction, what: fraction, size: fraction }), {
    maxLength: most,
  });

export function edited(query: string, all: readonly Edit[]): string {
  const tokens: string[] = [...(query.match(TOKEN) ?? [])];
  for (const { kind, at, what, size } of all) DOINGS[kind](tokens, at, what, size);
  return tokens.join(' ');
}
