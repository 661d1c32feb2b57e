/** A text before a function: what a test or a group is called, as in it('…', () => {}) and it.each(…)('…', …). */
const NAME = /(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,\s*(?:\{[^{}]*\}\s*,\s*)?(?:async\s*)?\(/g;

/** What a provider's README and tests say of its quirks. */
export interface Quirks {
  /** The numbers, in the README's order. */
  readonly told: readonly string[];
  /** Told, but no test is named after it. */
  readonly untested: readonly string[];
  /** A test is named after it, but it is not told. */
  readonly untold: readonly string[];
}

/**
 * A quirk is a heading of the README such as `### OC-1 Countries are words`; its tests have its number in their names.
 * @param tests the text of every test file in the provider's folder
 */
export function readQuirks(readme: string, tests: readonly string[]): Quirks {
  const told = [...readme.matchAll(/^### ([A-Z]{2}-\d+) \S/gm)].map(([, number = '']) => number);
  const names = tests.flatMap((text) => [...text.matchAll(NAME)].map(([, , name = '']) => name));
  const tested = new Set(names.flatMap((name) => name.match(/\b[A-Z]{2}-\d+\b/g) ?? []));
  return {
    told,
    untested: told.filter((number) => !tested.has(number)),
    untold: [...tested].filter((number) => !told.includes(number)),
  };
}
