import { solid } from '../model/fold.ts';
import { type Comparable, FIELDS, type Field } from './comparable.ts';
import { countHolders } from './holders.ts';
import { COINCIDENCE_JUDGED, PARAMETERS, RECORDS_JUDGED, TYPICAL_JUDGED } from './parameters.ts';

/** How often the values of one field occur. */
export interface Counts {
  /** How many say anything. */
  readonly records: number;
  readonly holders: ReadonlyMap<string, number>;
  /** The chance that two who say anything hold the same value, whichever. */
  readonly coincidence: number;
  /** How much of `holders` two records that agree on the value are by themselves. */
  readonly agreeing: number;
}

export type CountsByField = Readonly<Record<Field, Counts> & { readonly name: Counts }>;

/** How often values occur in a directory, and in each country: Jansen is a rare name, except in the Netherlands. */
export interface Frequencies {
  /** Of how many records each that was counted stands. */
  readonly scale: number;
  readonly everywhere: CountsByField;
  readonly countries: ReadonlyMap<string, CountsByField>;
}

/** What belongs to one person or firm: its holders are counted, whoever they are. */
export const PERSONAL: ReadonlySet<Field> = new Set(['taxId', 'email', 'phone']);

/** How many customers state a value, as far as whoever asks has come across them. */
export type Held = (field: Field, value: string) => number;

/**
 * @param scale of how many records each of these stands, where they were drawn
 * @param customers how much of a customer each record is, where that is known: of five records of one customer each is a
 *   fifth, so that people are counted, and not how many providers know them
 */
export function countFrequencies(
  records: readonly Comparable[],
  scale: number = 1,
  customers?: readonly number[],
): Frequencies {
  const all = records.map((record, index): Counted => ({ record, share: customers?.[index] ?? 1 }));
  const agreeing = customers === undefined ? 2 : 1;
  const countries = new Map<string, CountsByField>();
  for (const [country, group] of Map.groupBy(all, ({ record }) => record.country)) {
    if (country !== null) countries.set(country, countFields(group, agreeing));
  }
  return { scale, everywhere: countFields(all, agreeing), countries };
}

interface Counted {
  readonly record: Comparable;
  readonly share: number;
}

/** The frequencies that two records are compared by: their country's, where they don't name two. */
export function frequenciesFor(frequencies: Frequencies, one: Comparable, other: Comparable): CountsByField {
  const country = one.country ?? other.country;
  const agreed = country !== null && (other.country ?? country) === country;
  return (agreed ? frequencies.countries.get(country) : undefined) ?? frequencies.everywhere;
}

/**
 * The chance that a stranger holds the value that two records agree on: how many others do, and, as far as the directory is
 * too small to tell, how common a value is that somebody was found to hold.
 */
export function chanceOf(counts: Counts, field: Field, value: string): number {
  const { records, holders, agreeing } = counts;
  const others = Math.max(0, (holders.get(solid(value)) ?? 0) - agreeing);
  const typical = TYPICAL_JUDGED * coincidenceOf(counts, field);
  return Math.min(1, PARAMETERS[field].rare + (others + typical) / (records + TYPICAL_JUDGED));
}

/**
 * The chance that a stranger holds the same address or number, which is one customer's own unless others are known to hold
 * it, too. A sample holds few of those who do, so that whoever knows of more says so.
 */
export function chanceOfPersonal(
  { records, holders }: Counts,
  scale: number,
  field: Field,
  value: string,
  held: Held,
): number {
  const others = Math.max(holders.get(solid(value)) ?? 1, held(field, value), 1) - 1;
  return Math.min(1, (others + PARAMETERS[field].rare * RECORDS_JUDGED) / (records * scale + RECORDS_JUDGED));
}

/** The chance that two strangers agree on a field, whatever its value. */
export function coincidenceOf({ records, coincidence }: Counts, field: Field): number {
  const pairs = (records * (records - 1)) / 2;
  return (pairs * coincidence + COINCIDENCE_JUDGED * PARAMETERS[field].common) / (pairs + COINCIDENCE_JUDGED);
}

/** First and last name as one value, whichever way round. */
export function wholeName({ firstName, lastName }: Comparable): string | null {
  return firstName === null || lastName === null ? null : [solid(firstName), solid(lastName)].sort().join('+');
}

/**
 * The chance that a stranger has the first and the last name that two records agree on: first and last names don't go
 * together by chance, and some whole names are as common as their halves.
 */
export function chanceOfName({ name }: CountsByField, whole: string): number {
  return Math.max(0, (name.holders.get(whole) ?? 0) - 2) / (name.records + RECORDS_JUDGED);
}

function countFields(counted: readonly Counted[], agreeing: number): CountsByField {
  const entries = FIELDS.map((field) => {
    const valued = (record: Comparable): string | null => record[field];
    return [
      field,
      PERSONAL.has(field) ? countPeople(counted, valued) : countShares(counted, valued, agreeing),
    ] as const;
  });
  return { ...(Object.fromEntries(entries) as Record<Field, Counts>), name: countNames(counted) };
}

function countShares(
  counted: readonly Counted[],
  stated: (record: Comparable) => string | null,
  agreeing: number,
): Counts {
  const holders = new Map<string, number>();
  let records = 0;
  for (const { record, share } of counted) {
    const value = stated(record);
    if (value === null) continue;
    records += share;
    const key = solid(value);
    holders.set(key, (holders.get(key) ?? 0) + share);
  }
  return { records, holders, coincidence: coincidence(records, holders), agreeing };
}

function countPeople(counted: readonly Counted[], stated: (record: Comparable) => string | null): Counts {
  const byValue = new Map<string, Comparable[]>();
  for (const { record } of counted) {
    const value = stated(record);
    if (value === null) continue;
    const key = solid(value);
    const sharing = byValue.get(key);
    if (sharing === undefined) byValue.set(key, [record]);
    else sharing.push(record);
  }
  let records = 0;
  const holders = new Map<string, number>();
  for (const [value, sharing] of byValue) {
    records += sharing.length;
    // A value that one customer holds is as one that nobody is known to hold.
    const many = sharing.length < 2 ? 1 : countHolders(sharing);
    if (many > 1) holders.set(value, many);
  }
  return { records, holders, coincidence: coincidence(records, holders), agreeing: 1 };
}

/** Namesakes rarely have the same number on their door; their streets are spelt in too many ways to count. */
function countNames(counted: readonly Counted[]): Counts {
  const seen = new Map<string, Set<string>>();
  let records = 0;
  for (const { record } of counted) {
    const value = wholeName(record);
    if (value === null) continue;
    records += 1;
    const places = seen.get(value);
    if (places === undefined) seen.set(value, new Set([whereabouts(record)]));
    else places.add(whereabouts(record));
  }
  const holders = new Map([...seen].map(([value, { size }]) => [value, size]));
  return { records, holders, coincidence: coincidence(records, holders), agreeing: 2 };
}

function whereabouts({ houseNumber, email, phone }: Comparable): string {
  return houseNumber === null ? (email ?? phone ?? '') : String(Number.parseInt(houseNumber, 10));
}

function coincidence(records: number, holders: ReadonlyMap<string, number>): number {
  let pairs = 0;
  for (const count of holders.values()) pairs += Math.max(0, count * (count - 1));
  return records <= 1 ? 0 : Math.min(1, pairs / (records * (records - 1)));
}
