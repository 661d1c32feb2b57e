import { type Comparable, FIELDS, type Field } from './comparable.ts';
import {
  type Counts,
  type CountsByField,
  chanceOf,
  chanceOfName,
  coincidenceOf,
  type Frequencies,
  frequenciesFor,
  wholeName,
} from './frequencies.ts';
import { isInitials, levelOf } from './level.ts';
import { IMPLIED, type Level, PARAMETERS, SAME_INITIAL } from './parameters.ts';

/** What one field says of two records. */
export interface Agreement {
  readonly field: Field;
  readonly level: Level;
  /** How likely two strangers are to be at this level ("u"). */
  readonly chance: number;
}

export interface Comparison {
  /** Fields that both records state. */
  readonly agreements: readonly Agreement[];
  /** Pairs of fields that stand in each other's place. */
  readonly swapped: readonly Swap[];
}

export type Swap = readonly [Field, Field];

/** Fields that clerks write into one another. */
const SWAPS: readonly Swap[] = [
  ['firstName', 'lastName'],
  ['street', 'building'],
];

/** A directory of one country still has strangers in another. */
const LEAST_DIFFERENT = 0.01;

const RANK: Readonly<Record<Level, number>> = { exact: 2, close: 1.5, different: 0 };

/** Compares what both state. Fields that one record has the other way round are compared crosswise. */
export function compare(frequencies: Frequencies, one: Comparable, other: Comparable): Comparison {
  const counts = frequenciesFor(frequencies, one, other);
  const swapped: Swap[] = [];
  let [left, right] = [one, other];
  for (const swap of SWAPS) {
    const straight = rank(left, right, swap);
    if (straight === 2 * RANK.exact) continue;
    const turnsLeft = standsWrong(counts, left, right, swap);
    const [turnedLeft, turnedRight] = turnsLeft ? [turn(left, swap), right] : [left, turn(right, swap)];
    // Two records that agree on nothing either way are not swapped, nor are those that agree on as much straight.
    if (rank(turnedLeft, turnedRight, swap) <= Math.max(1, straight)) continue;
    swapped.push(swap);
    [left, right] = [turnedLeft, turnedRight];
  }
  const levels = new Map<Field, Level>();
  const agreements: Agreement[] = [];
  for (const field of FIELDS) {
    const [value, otherValue] = [left[field], right[field]];
    if (value === null || otherValue === null) continue;
    const level = levelOf(field, value, otherValue);
    levels.set(field, level);
    const held = field === 'country' ? frequencies.everywhere.country : counts[field];
    agreements.push({ field, level, chance: chanceOfLevel(held, field, level, value, otherValue) });
  }
  const name = levels.get('firstName') === 'exact' && levels.get('lastName') === 'exact' ? wholeName(left) : null;
  const namesakes = name === null ? 0 : chanceOfName(counts, name);
  return { agreements: dependent(agreements, levels, namesakes), swapped };
}

/** Which of two is to be turned if they stand crosswise: the same one, whoever is named first. */
function standsWrong(counts: CountsByField, one: Comparable, other: Comparable, swap: Swap): boolean {
  const more = strangeness(counts, one, swap) - strangeness(counts, other, swap);
  const spelt = (record: Comparable): string => JSON.stringify(swap.map((field) => record[field]));
  return Math.abs(more) < 1e-9 ? spelt(one) > spelt(other) : more > 0;
}

/** How much rarer the values are where they stand than in each other's place. */
function strangeness(counts: CountsByField, record: Comparable, swap: Swap): number {
  const rarity = (held: Comparable): number =>
    swap.reduce((sum, field) => sum - Math.log(chanceOf(counts[field], field, held[field] ?? '')), 0);
  return rarity(record) - rarity(turn(record, swap));
}

function chanceOfLevel(counts: Counts, field: Field, level: Level, value: string, other: string): number {
  const { near } = PARAMETERS[field];
  if (level === 'different') return Math.max(LEAST_DIFFERENT, 1 - coincidenceOf(counts, field) - near);
  const common = Math.max(chanceOf(counts, field, value), chanceOf(counts, field, other));
  const initials = field === 'firstName' && (isInitials(value) || isInitials(other));
  const exact = initials ? Math.max(common, SAME_INITIAL) : common;
  // Nearly a common name can't say more than the name itself.
  return level === 'exact' ? exact : Math.min(1, near + exact);
}

/** Fields are not independent: what agrees already makes others agree among strangers, too. */
function dependent(
  agreements: readonly Agreement[],
  levels: ReadonlyMap<Field, Level>,
  namesakes: number,
): readonly Agreement[] {
  const first = agreements.find(({ field }) => field === 'firstName')?.chance ?? 1;
  return agreements.map((agreement) => {
    const { field, level, chance } = agreement;
    if (field === 'lastName' && namesakes > 0) return { field, level, chance: clamp(namesakes / first, chance) };
    const cause = IMPLIED[field];
    if (cause === undefined || levels.get(cause.by) !== 'exact') return agreement;
    return {
      field,
      level,
      chance: level === 'different' ? Math.min(chance, 1 - cause.chance) : Math.max(chance, cause.chance),
    };
  });
}

const clamp = (chance: number, least: number): number => Math.min(1, Math.max(least, chance));

/** How much two records agree on the fields of a swap. */
function rank(one: Comparable, other: Comparable, swap: Swap): number {
  let sum = 0;
  for (const field of swap) {
    const [value, otherValue] = [one[field], other[field]];
    if (value !== null && otherValue !== null) sum += RANK[levelOf(field, value, otherValue)];
  }
  return sum;
}

const turn = (record: Comparable, [first, second]: Swap): Comparable => ({
  ...record,
  [first]: record[second],
  [second]: record[first],
});
