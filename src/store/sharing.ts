import type { RecordKey } from '../ids/ids.ts';
import { keysOf } from './records.ts';
import { type Database, reading, type Statement } from './script.ts';
import { matching } from './terms.ts';

/** Records to compare: those that have something in common, and any. */

/** @param most a term that more records have is no reason to compare them */
export async function sharing(
  database: Database,
  terms: readonly string[],
  most: number,
): Promise<readonly RecordKey[]> {
  const records = new Set<number>();
  const all = [...new Set(terms)];
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const rows = await database.read(...holders(all.slice(start, start + AT_ONCE), most + 1));
    for (const same of Map.groupBy(rows, ({ place }) => place).values())
      if (same.length <= most) for (const { record } of same) records.add(Number(record));
  }
  return keysIn(database, [...records]);
}

/** Terms that are looked up in one statement. */
const AT_ONCE = 8;

/** Always as many: no record has the term of nothing. */
const holders = (terms: readonly string[], most: number): Statement => [
  Array.from(
    { length: AT_ONCE },
    (_, place) => `SELECT ${place} AS place, record
      FROM (SELECT rowid AS record FROM document WHERE document MATCH ? LIMIT ?) AS holders_${place}`,
  ).join(' UNION ALL '),
  ...Array.from({ length: AT_ONCE }, (_, place) => [matching([[terms[place] ?? '']]), most]).flat(),
];

async function keysIn(database: Database, sequences: readonly number[]): Promise<readonly RecordKey[]> {
  return [...(await reading(database, keysOf(sequences))).values()];
}

/** Draws, for each record that is wanted, before everything is read instead. */
const DRAWS = 8;
/** Records drawn, and looked through, in one statement. */
const SLICE = 1_024;
const SPAN = 10_000;

/** Records that a copy is held of, by chance: all, where there are no more than wanted. */
export async function sample(database: Database, wanted: number): Promise<readonly RecordKey[]> {
  const [row] = await database.read('SELECT max(sequence) AS last FROM record');
  const last = Number(row?.last ?? 0);
  const drawn = last > 2 * wanted ? await draw(database, wanted, last) : [];
  return keysIn(database, drawn.length < wanted ? shuffled(await everything(database, last)).slice(0, wanted) : drawn);
}

async function draw(database: Database, wanted: number, last: number): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let draws = 0; draws < DRAWS * wanted && found.size < wanted; draws += SLICE) {
    const some = Array.from({ length: SLICE }, () => 1 + Math.floor(Math.random() * last));
    const places = some.map(() => '?').join(', ');
    const rows = await database.read(
      `SELECT sequence FROM record WHERE hash IS NOT NULL AND sequence IN (${places})`,
      ...some,
    );
    for (const { sequence } of rows) found.add(Number(sequence));
  }
  return shuffled([...found]).slice(0, wanted);
}

async function everything(database: Database, last: number): Promise<number[]> {
  const found: number[] = [];
  for (let after = 0; after < last; after += SPAN) {
    const rows = await database.read(
      'SELECT sequence FROM record WHERE sequence > ? AND sequence <= ? AND hash IS NOT NULL',
      ...[after, after + SPAN],
    );
    for (const { sequence } of rows) found.push(Number(sequence));
  }
  return found;
}

function shuffled(numbers: number[]): readonly number[] {
  for (let place = numbers.length - 1; place > 0; place -= 1) {
    const other = Math.floor(Math.random() * (place + 1));
    [numbers[place], numbers[other]] = [numbers[other] as number, numbers[place] as number];
  }
  return numbers;
}
