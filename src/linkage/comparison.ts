import { type Comparable, FIELDS, type Field } from './comparable.ts';
import { type Counts, chanceOf, coincidenceOf, type Frequencies, frequenciesFor } from './frequencies.ts';
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
  const swapped = SWAPS.filter((swap) => isSwapped(one, other, swap));
  const turned = swapped.reduce(turn, other);
  const counts = frequenciesFor(frequencies, one, other);
  const levels = new Map<Field, Level>();
  const agreements: Agreement[] = [];
  for (const field of FIELDS) {
    const [value, otherValue] = [one[field], turned[field]];
    if (value === null || otherValue === null) continue;
    const level = levelOf(field, value, otherValue);
    levels.set(field, level);
    agreements.push({
      field,
      level,
      chance: chanceOfLevel(
        field === 'country' ? frequencies.everywhere[field] : counts[field],
        field,
        level,
        value,
        otherValue,
      ),
    });
  }
  return { agreements: agreements.map((agreement) => implied(agreement, levels)), swapped };
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

/** Where the wider place agrees already, strangers agree on this one more often than on their own. */
function implied(agreement: Agreement, levels: ReadonlyMap<Field, Level>): Agreement {
  const { field, level, chance } = agreement;
  const cause = IMPLIED[field];
  if (cause === undefined || levels.get(cause.by) !== 'exact') return agreement;
  return {
    field,
    level,
    chance: level === 'different' ? Math.min(chance, 1 - cause.chance) : Math.max(chance, cause.chance),
  };
}

function isSwapped(one: Comparable, other: Comparable, swap: Swap): boolean {
  const straight = rank(one, other, swap);
  if (straight === 2 * RANK.exact) return false;
  const crosswise = rank(one, turn(other, swap), swap);
  // Two records that agree on nothing either way are not swapped, nor are those that agree on as much straight.
  return crosswise > 1 && crosswise > straight;
}

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
