import type { RecordKey } from '../ids/ids.ts';
import type { Row, Script, Value } from './script.ts';

/** Statements for many rows come in few sizes, so that each size is prepared once: pages of listings are round numbers. */
const SIZES = [250, 100, 50, 20, 10, 5, 2, 1] as const;
const [MOST] = SIZES;

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  let from = 0;
  for (const size of SIZES) for (; items.length - from >= size; from += size) yield items.slice(from, from + size);
}

export const places = (count: number): string => `(${Array(count).fill('?').join(', ')})`;

/** As long as the next size, by the last value said again: for a list after `IN`. */
export function padded<Item>(values: readonly Item[]): readonly Item[] {
  const size = SIZES.findLast((each) => each >= values.length) ?? values.length;
  return [...values, ...Array<Item>(size - values.length).fill(values.at(-1) as Item)];
}

/** Runs a statement with `VALUES` for as many rows as it is given. @param columns how many values a row has */
export function* forRows(
  columns: number,
  statement: (rows: string) => string,
  rows: readonly (readonly Value[])[],
): Script<void> {
  for (const chunk of chunks(rows))
    yield [statement(Array(chunk.length).fill(places(columns)).join(', ')), ...chunk.flat()];
}

/** The same for keys of records: `(provider, provider_id) IN (VALUES …)` goes by the key, whatever a database takes for usual. */
export function* forKeys(statement: (list: string) => string, keys: readonly RecordKey[]): Script<Row[]> {
  const found: Row[] = [];
  for (const chunk of chunks(keys)) {
    const list = `(VALUES ${Array(chunk.length).fill('(?, ?)').join(', ')})`;
    found.push(...(yield [statement(list), ...chunk.flatMap(({ provider, providerId }) => [provider, providerId])]));
  }
  return found;
}

/** Runs a statement with `IN` for as many values as it is given: each time for as few as it takes. */
export function* forValues(
  statement: (list: string) => string,
  values: readonly Value[],
  ...first: readonly Value[]
): Script<Row[]> {
  const found: Row[] = [];
  for (let start = 0; start < values.length; start += MOST) {
    const some = padded(values.slice(start, start + MOST));
    found.push(...(yield [statement(places(some.length)), ...first, ...some]));
  }
  return found;
}
