import fc from 'fast-check';

/** What no provider's id and no id of ours ever is: it means something to a path, a header, a program or a person. */
export const NEVER_AN_ID: readonly string[] = [
  ...['..', '.', '...', '%2e%2e', '%2E%2E', '..%2f..', '..%2Fadmin', '%2e%2e%2f', '..;/', '../..', './1006', '1006/..'],
  ...['', ' ', '   ', '\t', '\n', '\u00a0', '\u3000', '\u200b', '\ufeff1006'],
  ...[
    'a/../../x',
    'a/b',
    '/1006',
    '1006/',
    '//evil.example',
    'a\\b',
    'a%2fb',
    'a%5cb',
    'a%00b',
    'a%',
    '%',
    'https://x/1',
  ],
  ...[
    '1006\r\nX-Evil: 1',
    '1006\r\n\r\nGET / HTTP/1.1',
    '1006\n',
    '\r1006',
    '1006%0d%0aX: 1',
    '1006\u2028',
    '1006\u0085',
  ],
  ...[
    '1006.json?x=',
    '1006?x=1',
    '1#f',
    '1006#',
    '1006;x=1',
    '1006&a=b',
    '1006,1007',
    '1006|1007',
    '$(id)',
    '`id`',
    "1'--",
  ],
  ...['-1', ' 1006', '1006 ', '1 006', '1,006', '"1006"', '{}', '[]', '[object Object]', '<script>', '*', '%s'],
  ...[
    '\ud800',
    '1006\udfff',
    '\0',
    '1006\0',
    '\u202e6001',
    '１００６',
    '١٠٠٦',
    '1006é',
    'ⅳ',
    '\u{1F600}',
    '\x1b[31m1006',
  ],
  ...['__proto__', '__proto__.polluted', '9'.repeat(5_000), 'a'.repeat(450_000), `../${'a'.repeat(300)}`],
];

/** What is an id to nobody whose ids are numbers, or made by the provider: names and other spellings of a number. */
export const ONLY_A_NAME: readonly string[] = [
  ...['list', 'find', 'list.json', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', 'Infinity'],
  ...['1e3', '0x10', '01', '0', '00', '1.0', '1_000', '9007199254740993', '99999999999999999999'],
];

/** Hostile ids by the thousand: a listed one inside other text, and any text with a character that no id has. */
export const generatedHostileId: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.string({ maxLength: 5 }),
      fc.constantFrom('/', '\\', '%', '?', '#', '\r\n', '\0', ' ', '\ud800', '<'),
      fc.string({ maxLength: 5 }),
    )
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 20 }).map((text) => `${text}\u{202e}`),
);
