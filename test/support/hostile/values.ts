import fc from 'fast-check';

/** JSON that somebody, or something, has spoilt. */

/** What is done to one value of a JSON, counted round over all that it holds: what stands there instead, or becomes of it. */
export interface Edit {
  readonly at: number;
  readonly value: unknown | ((was: unknown) => unknown);
}

const GONE = Symbol('gone');
const NONSENSE: readonly unknown[] = [
  ...[GONE, null, '', ' ', '\u0000', '\ud800', 'x'.repeat(5_000), 'null', 'true', 'NaN', '[object Object]'],
  ...[
    '<script>hunter2</script>',
    '\u001b[31mhunter2\r\nX-Evil: 1',
    'javascript:hunter2',
    'https://evil.example/hunter2',
  ],
  ...['2023-13-45 99:99:99', '0000-00-00 00:00:00', '9999-12-31T23:59:60Z', '99999999999999999999', '-0', '1e3'],
  ...[0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31) - 1, 8.64e15 + 1, true, false],
  ...[[], {}, [null], [[]], [{}], { hunter2: { deep: [1] } }, ['hunter2'], { constructor: { prototype: 1 } }],
];

/** As deep and as many as a request can have them, and what code trips over. */
const WILD: readonly unknown[] = [
  ...[
    '__proto__',
    'toString',
    '../..',
    '%2e%2e',
    '\u202e',
    '\ufeff',
    '2024-02-30',
    'https://[::',
    'Ⅷ',
    '٣',
    'İ',
    'x@y',
  ],
  ...[
    '9'.repeat(400),
    'x'.repeat(70_000),
    'e\u0301'.repeat(2_000),
    '{"a":1}',
    '"',
    '\\',
    '+',
    '275760-09-13T00:00:00Z',
  ],
  ...[{ toString: 'x', valueOf: 1, length: -1, toJSON: 1 }, Array.from({ length: 600 }, (_, place) => place)],
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`),
  JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`),
  ...[
    (was: unknown) => [was],
    (was: unknown) => ({ value: was }),
    (was: unknown) => JSON.stringify(was),
    (was: unknown) => Number(typeof was === 'object' ? 0 : was),
    (was: unknown) => Array.from({ length: 4 }, () => was),
    (was: unknown) => ({ ...Object(was), added: was }),
    (was: unknown) => Object.fromEntries(Object.entries(Object(was)).map(([key, value]) => [`${key}s`, value])),
    (was: unknown) => JSON.parse(String(JSON.stringify({ was })).replace('was', '__proto__')),
  ],
];

const among = (values: readonly unknown[], places: number, most: number) =>
  fc.array(fc.record({ at: fc.nat(places), value: fc.constantFrom(...values) }), { minLength: 1, maxLength: most });

export const someEdits = among(NONSENSE, 500, 3);

export const wildEdits = (most: number): fc.Arbitrary<readonly Edit[]> =>
  among([...NONSENSE, ...WILD], 1_000_000, most);

/** The same JSON with one value replaced, or taken away. */
export function edited(json: unknown, { at, value }: Edit): unknown {
  const places = placesOf(json);
  const place = places[at % places.length];
  const become = (was: unknown): unknown => (typeof value === 'function' ? value(was) : value);
  if (!place) return value === GONE ? {} : become(json);
  const copy = structuredClone(json);
  let holder = copy as Record<string, unknown>;
  for (const step of place.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
  const key = place.at(-1) ?? '';
  if (value !== GONE) holder[key] = become(holder[key]);
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return copy;
}

/** The way to everything that a JSON holds. */
export function placesOf(json: unknown): string[][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [[key], ...placesOf(value).map((place) => [key, ...place])]);
}

/** From 0 to 1, for `pick`; even, as a double that is generated is not. */
export const fraction = fc.nat({ max: 2 ** 20 - 1 }).map((part) => part / 2 ** 20);

/** Takes one of a list by a number from 0 to 1. */
export const pick = <Item>(items: readonly Item[], where: number): Item =>
  items[Math.floor(where * items.length)] as Item;
