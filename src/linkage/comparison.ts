import { type Comparable, FIELDS, type Field } from './comparable.ts';
import {
  type Counts,
  type CountsByField,
  chanceOf,
  chanceOfName,
  chanceOfPersonal,
  coincidenceOf,
  type Frequencies,
  frequenciesFor,
  type Held,
  PERSONAL,
  wholeName,
} from './frequencies.ts';
import { isInitials, levelOf } from './level.ts';
import { IMPLIED, type Level, PARAMETERS, SAME_INITIAL } from './parameters.ts';
import { mayBothBeOnes } from './phoneKind.ts';

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

export const RANK: Readonly<Record<Level, number>> = { exact: 2, close: 1.5, different: 0, apart: 0 };

/**
 * Compares what both state. Fields that one record has the other way round are compared crosswise.
 * @param held who else holds an address or a number, where that is known beyond the frequencies
 */
export function compare(
  frequencies: Frequencies,
  one: Comparable,
  other: Comparable,
  held: Held = () => 1,
): Comparison {
  const counts = frequenciesFor(frequencies, one, other);
  const { left, right, swapped } = turned(counts, asFirm(one, other), asFirm(other, one));
  const agreements: Agreement[] = [];
  for (const field of FIELDS) {
    const [value, otherValue] = [left[field], right[field]];
    if (value === null || otherValue === null) continue;
    const level = levelOf(field, value, otherValue);
    if (field === 'phone' && level === 'different' && mayBothBeOnes(value, otherValue)) continue;
    const counted = field === 'country' ? frequencies.everywhere.country : counts[field];
    const common = (stated: string): number =>
      PERSONAL.has(field)
        ? chanceOfPersonal(counted, frequencies.scale, field, stated, held)
        : chanceOf(counted, field, stated);
    agreements.push({ field, level, chance: chanceOfLevel(counted, field, level, value, otherValue, common) });
  }
  const levels = new Map(agreements.map(({ field, level }) => [field, level]));
  const isWholeName = levels.get('firstName') === 'exact' && levels.get('lastName') === 'exact';
  const name = isWholeName ? wholeName(left) : null;
  const namesakes = name === null ? 0 : chanceOfName(counts, name);
  return { agreements: [...dependent(agreements, levels, namesakes), ...ofOwner(counts, left, right)], swapped };
}

interface Turned {
  readonly left: Comparable;
  readonly right: Comparable;
  readonly swapped: readonly Swap[];
}

function turned(counts: CountsByField, one: Comparable, other: Comparable): Turned {
  const swapped: Swap[] = [];
  let [left, right] = [one, other];
  for (const swap of SWAPS) {
    // Two records that agree on nothing either way are not swapped, nor are those that agree on as much straight.
    const straight = Math.max(1, rank(left, right, swap));
    if (crosswise(left, right, swap) <= straight) continue;
    const turnsLeft = standsWrong(counts, left, right, swap);
    const [turnedLeft, turnedRight] = turnsLeft ? [turn(left, swap), right] : [left, turn(right, swap)];
    if (rank(turnedLeft, turnedRight, swap) <= straight) continue;
    swapped.push(swap);
    [left, right] = [turnedLeft, turnedRight];
  }
  return { left, right, swapped };
}

/** A name that nobody says is a person's or a firm's is the firm's that it is compared with. */
function asFirm(record: Comparable, other: Comparable): Comparable {
  const { firmPerhaps } = record;
  if (firmPerhaps === null || other.companyName === null) return record;
  const level = levelOf('companyName', firmPerhaps, other.companyName);
  // One word of a name is as likely its bearer's: Maria Cruz may own Cruz S.L.
  const isOneWord = !firmPerhaps.includes(' ') || !other.companyName.includes(' ');
  if (level === 'different' || (level === 'close' && isOneWord)) return record;
  return { ...record, firstName: null, lastName: null, companyName: firmPerhaps };
}

/** A firm that nobody is named of, and a person of whom no firm is known: it may carry the name of its owner. */
function ofOwner(counts: CountsByField, one: Comparable, other: Comparable): readonly Agreement[] {
  const owner = ownerName(one, other) ?? ownerName(other, one);
  if (owner === null) return [];
  const chance = chanceOf(counts.lastName, 'lastName', owner) + PARAMETERS.lastName.near;
  return [{ field: 'lastName', level: 'close', chance: Math.min(1, chance) }];
}

function ownerName(firm: Comparable, person: Comparable): string | null {
  if (firm.companyName === null || firm.lastName !== null || firm.firstName !== null) return null;
  if (person.companyName !== null || person.lastName === null) return null;
  const words = firm.companyName.split(' ');
  return person.lastName.split(' ').every((word) => words.includes(word)) ? person.lastName : null;
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

function chanceOfLevel(
  counts: Counts,
  field: Field,
  level: Level,
  value: string,
  other: string,
  chanceHeld: (value: string) => number,
): number {
  const { near } = PARAMETERS[field];
  // Two are told apart because the rest is the same: how often strangers are says nothing.
  if (level === 'apart') return 1;
  if (level === 'different') return Math.max(LEAST_DIFFERENT, 1 - coincidenceOf(counts, field) - near);
  const common = Math.max(chanceHeld(value), chanceHeld(other));
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
    // People move to another street, not to another door of their own.
    if (field === 'houseNumber' && level === 'different' && levels.get('street') === 'exact')
      return { field, level: 'apart', chance: 1 };
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
function rank(one: Comparable, other: Comparable, [first, second]: Swap): number {
  return rankOf(first, one[first], other[first]) + rankOf(second, one[second], other[second]);
}

/** How much they agree at most when either of them is turned round. */
function crosswise(one: Comparable, other: Comparable, [first, second]: Swap): number {
  const most = (value: string | null, otherValue: string | null): number =>
    Math.max(rankOf(first, value, otherValue), rankOf(second, value, otherValue));
  return most(one[first], other[second]) + most(one[second], other[first]);
}

function rankOf(field: Field, value: string | null, other: string | null): number {
  return value === null || other === null ? 0 : RANK[levelOf(field, value, other)];
}

const turn = (record: Comparable, [first, second]: Swap): Comparable => ({
  ...record,
  [first]: record[second],
  [second]: record[first],
});
