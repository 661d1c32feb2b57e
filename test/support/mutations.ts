import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Lexer, Source, TokenKind } from 'graphql';

/** Requests that are nearly as they should be: made of our own operations and of the schema's own names. */

const read = (path: string): string => readFileSync(new URL(`../../schema/${path}`, import.meta.url), 'utf8');
const OPERATIONS = readdirSync(new URL('../../schema/operations', import.meta.url)).map((name) =>
  read(`operations/${name}`),
);
const NAMES = [...new Set(read('schema.graphql').match(/\b[A-Za-z_]\w*\b/g))];

/** The words of a document, as they are spelt. */
function tokensOf(text: string): readonly string[] {
  const lexer = new Lexer(new Source(text));
  const tokens: string[] = [];
  while (lexer.advance().kind !== TokenKind.EOF) {
    const { kind, start, end } = lexer.token;
    if (kind !== TokenKind.COMMENT) tokens.push(text.slice(start, end));
  }
  return tokens;
}

const DOCUMENTS = OPERATIONS.map(tokensOf);

const HOSTILE = [
  ...['{', '}', '(', ')', '[', ']', '...', '!', '$', '@', ':', '=', '|', '&'],
  ...[
    '"',
    '"""',
    '"\\u0000"',
    '"\\ud800"',
    `"${'x'.repeat(5_000)}"`,
    '"""\n"""',
    '"\\',
    '# \n',
    `#${'x'.repeat(2_000)}\n`,
  ],
  ...['1e999', '-0', '9007199254740993', '9'.repeat(400), '0x10', '1.', '.5', '00', 'null', 'true', 'NaN', '-1'],
  ...[
    '__proto__',
    'constructor',
    '__schema',
    '__type',
    '__typename',
    'on',
    'fragment',
    'query',
    'mutation',
    'subscription',
  ],
  ...[
    '@include(if: false)',
    '@skip(if: $x)',
    '@deprecated',
    '@a '.repeat(300),
    '{__typename}',
    '\u202e',
    '\ufeff',
    '\0',
    'é',
    '\ud83d',
  ],
  ...['...A', 'fragment A on Customer { ...A }', 'fragment A on Query { ...B } fragment B on Query { ...A }'],
  ...[
    'a: customers { nodes { id } }',
    '(first: 1e9)',
    '(first: -1)',
    '(ids: ["x"])',
    '(after: "forged")',
    '(id: ["x"])',
  ],
] as const;

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

type Change = (words: readonly string[]) => readonly string[];

/** @param at from 0 to 1, where in the document */
const placed = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const span = fc.tuple(placed, fc.integer({ min: 1, max: 12 }));
const place = (words: readonly string[], at: number): number => Math.floor(words.length * at);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(placed, word).map(
    ([at, other]): Change =>
      (words) =>
        words.with(Math.min(place(words, at), words.length - 1), other),
  ),
  fc.tuple(placed, word).map(
    ([at, other]): Change =>
      (words) =>
        words.toSpliced(place(words, at), 0, other),
  ),
  span.map(
    ([at, length]): Change =>
      (words) =>
        words.toSpliced(place(words, at), length),
  ),
  fc.tuple(span, fc.integer({ min: 1, max: 60 })).map(
    ([[at, length], times]): Change =>
      (words) => {
        const from = place(words, at);
        return words.toSpliced(
          from,
          0,
          ...Array(times)
            .fill(words.slice(from, from + length))
            .flat(),
        );
      },
  ),
  fc.tuple(placed, span).map(
    ([to, [at, length]]): Change =>
      (words) => {
        const moved = words.slice(place(words, at), place(words, at) + length);
        return words.toSpliced(place(words, to), 0, ...moved);
      },
  ),
  fc.tuple(placed, fc.constantFrom(...DOCUMENTS)).map(
    ([at, other]): Change =>
      (words) =>
        words.slice(0, place(words, at)).concat(other),
  ),
  fc.integer({ min: 2, max: 2_000 }).map(
    (times): Change =>
      (words) => [...Array(times).fill('{ customer'), ...words, ...Array(times).fill('}')],
  ),
  fc.integer({ min: 2, max: 300 }).map(
    (times): Change =>
      (words) => ['{', ...Array.from({ length: times }, (_, at) => `a${at}: providers { name }`), '}', ...words],
  ),
);

const changes = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Change[]>([]) },
  { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 1 }) },
  { weight: 4, arbitrary: fc.array(change, { minLength: 2, maxLength: 6 }) },
);

/** A document that was changed in up to six places; never empty of words, but not always one of GraphQL. */
export const mutatedDocument: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...DOCUMENTS), changes, fc.constantFrom(' ', '\n', ' , '))
  .map(([words, changes, between]) => {
    const changed = changes.reduce<readonly string[]>(
      (now, each) => (now.length === 0 || now.length > 20_000 ? now : each(now)),
      words,
    );
    return changed.join(between);
  });

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e9,
    1e308,
    2 ** 53 + 2,
    '',
    ' ',
    '..',
    '\0',
    '\ud800',
    'x'.repeat(10_000),
  ),
  fc.constantFrom<unknown>(
    'ada@example.com',
    '+31612345678',
    'NL',
    'OCTOBAT',
    '2026-05-01T00:00:00Z',
    '1006',
    'oc_cu_1421878635hksc26e4de79',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const NAMED = [
  'id',
  'ids',
  'input',
  'filter',
  'provider',
  'providerId',
  'providers',
  'first',
  'after',
  'email',
  'phone',
  'address',
  'idempotencyKey',
];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(...NAMED, '__proto__', 'constructor', 'lastName', 'octobat', 'cycleSoftware'),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
}));

/** What the operations say of themselves, as GraphiQL’s tabs have it. */
const OWN_VARIABLES: object[] = OPERATIONS.map((text) => JSON.parse(/^# variables: (.*)$/m.exec(text)?.[1] ?? '{}'));

/** Variables of any shape, by the names that operations have. */
export const mutatedVariables: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(Object.assign({}, ...OWN_VARIABLES)) },
  { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...NAMED), value, { maxKeys: 6 }) },
  { weight: 1, arbitrary: value },
);

const TOKEN = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IlJTMjU2In0.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

/** Headers that a client may send, each as it should be or not. @param key that lets in */
export const mutatedHeaders = (key: string): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    {
      accept: fc.oneof(
        fc.constantFrom(
          'application/json',
          'application/graphql-response+json;q=0',
          'text/event-stream',
          '*/*',
          ';;,q=,',
          'application/json;charset=x',
        ),
        headerText,
      ),
      'content-type': fc.oneof(
        { weight: 6, arbitrary: fc.constant('application/json') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('text/plain', 'multipart/form-data', 'application/json; charset=utf-16', ''),
        },
      ),
      authorization: fc.oneof(
        { weight: 5, arbitrary: fc.constant(`Bearer ${key}`) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'Bearer',
            'Basic eA==',
            `Bearer ${TOKEN}`,
            `Bearer ${TOKEN}x`,
            `Bearer ${key}x`,
            'Bearer ..',
            `bearer  ${key}`,
          ),
        },
        { weight: 1, arbitrary: headerText.map((text) => `Bearer ${text}`) },
      ),
      'cache-control': fc.oneof(
        fc.constantFrom('no-cache', 'max-age=0', 'max-age=99999999999999999999', 'max-age=-1', 'max-age=x'),
        headerText,
      ),
      'x-request-id': fc.oneof(fc.constantFrom('a', 'x'.repeat(129), '"; drop'), headerText),
      'last-event-id': headerText,
      traceparent: fc.oneof(fc.constantFrom('00-0-0-0', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`), headerText),
      origin: fc.constantFrom('https://evil.example', 'null', 'http://127.0.0.1'),
    },
    { requiredKeys: ['content-type', 'authorization'] },
  );

/** A body that was cut, doubled, or has a byte more. */
export const mutatedBody = (body: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: body },
    { weight: 1, arbitrary: fc.tuple(body, placed).map(([text, at]) => text.slice(0, Math.floor(text.length * at))) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(body, placed, fc.string({ unit: 'binary', maxLength: 3 }))
        .map(
          ([text, at, more]) =>
            text.slice(0, Math.floor(text.length * at)) + more + text.slice(Math.floor(text.length * at)),
        ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '[]',
        '[{"query":"{__typename}"}]',
        'null',
        '7',
        '"x"',
        '{"query":7}',
        `${'['.repeat(50_000)}`,
        '{"variables":{"a":'.repeat(2_000),
      ),
    },
  );
