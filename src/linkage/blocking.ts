import type { Comparable } from './comparable.ts';
import { solid } from './fold.ts';
import { soundex } from './soundex.ts';

/** Two records, by their places in the directory, the lower one first. */
export type Pair = readonly [number, number];

/** A value that more records share finds nobody: an info@ address, a switchboard, a common name. */
const LARGEST_BLOCK = 60;

/**
 * Texts that records of one customer are likely to share at least one of. Names are taken in either order, and next to
 * places, so that no single typing error loses all of them.
 */
export function blockingKeys(record: Comparable): readonly string[] {
  const { firstName, lastName, companyName, postalCode, street, building, houseNumber, city } = record;
  const names = [firstName, lastName, companyName].filter((name) => name !== null);
  const starts = names.map((name) => solid(name).slice(0, 3));
  const lines = [street, building].filter((line) => line !== null).map((line) => solid(line).slice(0, 5));
  const keys = [
    ...whole('email', record.email),
    ...whole('phone', record.phone),
    ...whole('tax', record.taxId),
    ...whole('company', companyName),
    ...starts.flatMap((start) => [
      ...joined('name, code', start, postalCode),
      ...lines.flatMap((line) => joined('name, line', start, line)),
    ]),
    ...names.flatMap((name) => joined('sound, city', soundex(name), city === null ? null : soundex(city))),
    ...lines.flatMap((line) => [
      ...joined('line, number', line, houseNumber),
      ...joined('line, code', line, postalCode),
    ]),
    ...joined('code, number', postalCode, houseNumber),
    ...joined('lines', ...lines.sort()),
    ...joined('names', ...[firstName, lastName].map((name) => (name === null ? null : soundex(name))).sort()),
  ];
  return [...new Set(keys)];
}

/** Every pair of records that share a key few others have, in order. */
export function candidatePairs(records: readonly Comparable[], largestBlock: number = LARGEST_BLOCK): readonly Pair[] {
  const blocks = new Map<string, number[]>();
  records.forEach((record, index) => {
    for (const key of blockingKeys(record)) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [index]);
      else block.push(index);
    }
  });
  const seconds = records.map(() => new Set<number>());
  for (const block of blocks.values()) {
    if (block.length > largestBlock) continue;
    block.forEach((first, place) => {
      for (const second of block.slice(place + 1)) seconds[first]?.add(second);
    });
  }
  return seconds.flatMap((others, first) =>
    [...others].sort((one, other) => one - other).map((second): Pair => [first, second]),
  );
}

const whole = (kind: string, value: string | null): string[] => (value === null ? [] : [`${kind}: ${solid(value)}`]);

/** All or nothing: half a key would be another, coarser one. */
function joined(kind: string, ...values: readonly (string | null)[]): string[] {
  return values.length < 2 || values.some((value) => value === null || value === '')
    ? []
    : [`${kind}: ${values.join(' ')}`];
}
