import fc from 'fast-check';

/** JSON that somebody, or something, has spoilt. */

/** What no field expects. Of the texts, some are what code trips over, and none is anybody's data. */
const STRANGE: readonly (() => unknown)[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -1e308, 1e308, '', ' ', '\0', '\ud800', '\udc00x'],
  ...['__proto__', 'constructor', 'toString', '1e3', '0x10', '-1', '9'.repeat(400), 'NaN', 'null', '../..', '%2e%2e'],
  ...['\u202e', '\ufeff', '\u001b[31m', '\r\nx: y', '<script>', '{"a":1}', '2024-02-30', '0000-00-00T00:00:00Z'],
  ...['275760-09-13T00:00:00Z', 'javascript:alert(1)', 'https://[::', 'Ⅷ', '٣', 'ﬁ', 'İ', 'x@y', '+', '00', '"', '\\'],
]
  .map((value) => () => value)
  .concat(
    ...[
      () => ({}),
      () => [],
      () => [null],
      () => [[[]]],
      () => ({ id: {} }),
      () => ({ toString: 'x', valueOf: 1, length: -1, toJSON: 1 }),
      () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
      () => 'x'.repeat(70_000),
      () => 'e\u0301'.repeat(2_000),
      () => Array.from({ length: 600 }, (_, place) => place),
      () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`),
      () => JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`),
    ].map((each) => [each]),
  );

/** One thing that is done to JSON: at a place, with what. */
export interface Blow {
  readonly kind: 'replace' | (typeof OTHERS)[number];
  /** Among all places of the JSON, and among what may be put there; both from 0 to 1. */
  readonly at: number;
  readonly what: number;
}

/** From 0 to 1, for `pick`; even, as a double that is generated is not. */
export const fraction = fc.nat({ max: 2 ** 20 - 1 }).map((part) => part / 2 ** 20);

const OTHERS = ['remove', 'add', 'wrap', 'text', 'number', 'repeat', 'rename'] as const;

export const blows = (most: number): fc.Arbitrary<readonly Blow[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...Array.from({ length: 8 }, () => 'replace' as const), ...OTHERS),
      at: fraction,
      what: fraction,
    }),
    { minLength: 1, maxLength: most },
  );

/** @returns the JSON with all of that done to it, one blow after the other; what was given may be changed */
export const struck = (json: unknown, all: readonly Blow[]): unknown => all.reduce(strike, json);

/** Takes one of a list by a number from 0 to 1. */
export const pick = <Item>(items: readonly Item[], where: number): Item =>
  items[Math.floor(where * items.length)] as Item;

function strike(json: unknown, { kind, at, what }: Blow): unknown {
  const root = { json };
  // All of it is struck where there is nothing inside.
  const places = placesIn(root, 'json');
  const { parent, key } = pick(places.length > 1 ? places.slice(1) : places, at);
  const there = parent[key];
  const strange = () => pick(STRANGE, what)();
  if (kind === 'replace') parent[key] = strange();
  else if (kind === 'wrap') parent[key] = what < 0.5 ? [there] : { value: there };
  else if (kind === 'text') parent[key] = String(JSON.stringify(there));
  else if (kind === 'number') parent[key] = Number(typeof there === 'object' ? 0 : there);
  else if (kind === 'repeat') parent[key] = Array.from({ length: Math.ceil(what * 30) }, () => structuredClone(there));
  else if (kind === 'add' && typeof there === 'object' && there !== null)
    set(there, `added${Math.floor(what * 9)}`, strange());
  else if (kind === 'rename' && parent !== root) {
    delete parent[key];
    set(parent, pick(['id', 'ID', 'Id', 'email', 'data', '__proto__', `${key}s`, key.toUpperCase()], what), there);
  } else if (kind === 'remove' && parent !== root) delete parent[key];
  return root.json;
}

type Holder = Record<string, unknown>;

/** As JSON.parse does it: `__proto__` is a key like any other. */
const set = (holder: object, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

/** Every place of a JSON, its root among them, and no more than a few thousand. */
function placesIn(holder: Holder, key: string): readonly { readonly parent: Holder; readonly key: string }[] {
  const places = [{ parent: holder, key }];
  for (let next = 0; next < places.length && places.length < 3_000; next++) {
    const place = places[next];
    const value = place?.parent[place.key];
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.keys(value)) places.push({ parent: value as Holder, key: inner });
  }
  return places;
}
