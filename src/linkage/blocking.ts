import { solid } from '../model/fold.ts';
import type { Comparable } from './comparable.ts';
import { soundex } from './soundex.ts';

/** Two records, by their places in the directory, the lower one first. */
export type Pair = readonly [number, number];

/** A key that more records share finds nobody: an info@ address, a switchboard, a common name. */
export const LARGEST_BLOCK = 60;

/**
 * Texts that records of one customer are likely to share at least one of: email, phone and tax number, and at most eight
 * more. Names are taken in either order, and next to places, so that no single typing error loses all of them.
 *
 * Each was kept for what it alone finds. Among the sandbox's people the house is what finds those who share no number, and
 * names find who states nothing else; Febrl's sets, with neither email nor phone, need the rest, the names next to the street
 * most of all.
 */
export function blockingKeys(record: Comparable): readonly string[] {
  const { firstName, lastName, companyName, postalCode, street, building, houseNumber, city } = record;
  const people = [firstName, lastName].filter((name) => name !== null);
  const names = people.length > 0 || companyName === null ? people : [companyName];
  const keys = [
    ...whole('email', record.email),
    ...whole('phone', record.phone),
    ...whole('tax', record.taxId),
    ...whole('company', companyName),
    ...joined('house', postalCode, houseNumber === null ? null : String(Number.parseInt(houseNumber, 10))),
    ...joined('names', ...inOrder(sound(firstName), sound(lastName))),
    ...names.flatMap((name) => joined('name, street', start(name, 3), start(street, 5))),
    ...names.flatMap((name) => joined('name, city', sound(name), sound(city))),
    ...joined('lines', ...inOrder(start(street, 5), start(building, 5))),
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

const sound = (name: string | null): string | null => (name === null ? null : soundex(name));

const start = (text: string | null, length: number): string | null =>
  text === null ? null : solid(text).slice(0, length);

const inOrder = (...values: readonly (string | null)[]): readonly (string | null)[] => [...values].sort();

const whole = (kind: string, value: string | null): string[] => (value === null ? [] : [`${kind}: ${solid(value)}`]);

/** All or nothing: half a key would be another, coarser one. */
function joined(kind: string, ...values: readonly (string | null)[]): string[] {
  return values.length < 2 || values.some((value) => value === null || value === '')
    ? []
    : [`${kind}: ${values.join(' ')}`];
}
