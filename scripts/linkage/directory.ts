import { blockingKeys, LARGEST_BLOCK } from '../../src/linkage/blocking.ts';
import { comparable } from '../../src/linkage/comparable.ts';
import type { LabelledRecord } from './labelled.ts';

/** One customer of a directory: its records, by their places. */
export interface DirectoryCustomer {
  readonly records: readonly number[];
  readonly person: string;
}

/** Customers that are looked up by keys, as a database would. */
export interface Directory {
  readonly records: readonly LabelledRecord[];
  readonly customers: readonly DirectoryCustomer[];
  /** Records that share a key with this one, itself left out. */
  candidatesOf(record: number): readonly number[];
  /** The customer that has this record. */
  customerOf(record: number): number;
}

/** @param size how many records of one person are one customer already, as when somebody has linked them */
export function buildDirectory(records: readonly LabelledRecord[], size: number): Directory {
  const blocks = new Map<string, number[]>();
  const keys = records.map(({ profile }) => blockingKeys(comparable(profile)));
  keys.forEach((keysOfRecord, index) => {
    for (const key of keysOfRecord) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [index]);
      else block.push(index);
    }
  });
  const customers = [...Map.groupBy(records.keys(), (index) => records[index]?.person ?? '')].flatMap(
    ([person, places]) =>
      Array.from({ length: Math.ceil(places.length / size) }, (_, part) => ({
        person,
        records: places.slice(part * size, (part + 1) * size),
      })),
  );
  const owners = new Map(customers.flatMap((each, index) => each.records.map((record) => [record, index] as const)));
  return {
    records,
    customers,
    customerOf: (record) => owners.get(record) ?? -1,
    candidatesOf: (record) => {
      const found = (keys[record] ?? []).flatMap((key) => {
        const block = blocks.get(key) ?? [];
        return block.length > LARGEST_BLOCK ? [] : block;
      });
      return [...new Set(found)].filter((index) => index !== record);
    },
  };
}
