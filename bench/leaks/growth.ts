import type { Heap } from './heap.ts';

/** Objects of a class that there were more of behind each round. */
export interface Growth {
  readonly name: string;
  /** Behind each round, the first too, in which caches fill. */
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
}

/** What a process breathes, over all rounds that are compared. */
const BREATH = { part: 0.01, objects: 100, bytes: 100_000 };

/** The classes that grow in every round behind the first one, the largest growth first. */
export function growthOf(heaps: readonly Heap[]): readonly Growth[] {
  const names = new Set(heaps.flatMap((heap) => [...heap.keys()]));
  const all = [...names].map((name): Growth => {
    const held = heaps.map((heap) => heap.get(name) ?? { count: 0, bytes: 0 });
    return { name, counts: held.map(({ count }) => count), bytes: held.map(({ bytes }) => bytes) };
  });
  return all
    .filter(({ counts, bytes }) => grows(counts, BREATH.objects) || grows(bytes, BREATH.bytes))
    .toSorted((one, other) => gain(other.bytes) - gain(one.bytes));
}

function grows(values: readonly number[], breath: number): boolean {
  const [, ...compared] = values;
  const isMore = compared.every((value, round) => round === 0 || value > (compared[round - 1] ?? 0));
  return isMore && gain(values) > Math.max(breath, (compared[0] ?? 0) * BREATH.part);
}

/** From the second round to the last. */
const gain = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[1] ?? 0);
