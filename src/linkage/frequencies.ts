import { type Comparable, FIELDS, type Field } from './comparable.ts';
import { solid } from './fold.ts';
import { PARAMETERS, RECORDS_JUDGED } from './parameters.ts';

/** How often the values of one field occur. */
export interface Counts {
  /** How many records say anything. */
  readonly records: number;
  readonly holders: ReadonlyMap<string, number>;
  /** The chance that two records hold the same value, whichever. */
  readonly coincidence: number;
}

export type CountsByField = Readonly<Record<Field, Counts> & { readonly name: Counts }>;

/** How often values occur in a directory, and in each country: Jansen is a rare name, except in the Netherlands. */
export interface Frequencies {
  readonly everywhere: CountsByField;
  readonly countries: ReadonlyMap<string, CountsByField>;
}

/**
 * What belongs to one person or firm: five records with one phone number are one person at five providers, until their
 * names differ. So names are counted, not records.
 */
const PERSONAL: ReadonlySet<Field> = new Set(['taxId', 'email', 'phone']);

export function countFrequencies(records: readonly Comparable[]): Frequencies {
  const countries = new Map<string, CountsByField>();
  for (const [country, group] of Map.groupBy(records, (record) => record.country)) {
    if (country !== null) countries.set(country, countFields(group));
  }
  return { everywhere: countFields(records), countries };
}

/** The frequencies that two records are compared by: their country's, where they don't name two. */
export function frequenciesFor(frequencies: Frequencies, one: Comparable, other: Comparable): CountsByField {
  const country = one.country ?? other.country;
  const agreed = country !== null && (other.country ?? country) === country;
  return (agreed ? frequencies.countries.get(country) : undefined) ?? frequencies.everywhere;
}

/** The chance that a stranger holds the value that two records agree on. */
export function chanceOf({ records, holders }: Counts, field: Field, value: string): number {
  // Those who agree don't count: that they do is what is to be explained.
  const others = Math.max(0, (holders.get(solid(value)) ?? 0) - (PERSONAL.has(field) ? 1 : 2));
  return Math.min(1, (others + PARAMETERS[field].rare * RECORDS_JUDGED) / (records + RECORDS_JUDGED));
}

/** The chance that two strangers agree on a field, whatever its value. */
export function coincidenceOf({ records, coincidence }: Counts, field: Field): number {
  return (records * coincidence + RECORDS_JUDGED * PARAMETERS[field].rare) / (records + RECORDS_JUDGED);
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

function countFields(records: readonly Comparable[]): CountsByField {
  const entries = FIELDS.map((field) => {
    const holder = PERSONAL.has(field) ? initials : (_: Comparable, index: number) => String(index);
    return [field, countValues(records, (record) => record[field], holder)] as const;
  });
  return {
    ...(Object.fromEntries(entries) as Record<Field, Counts>),
    name: countValues(records, wholeName, whereabouts),
  };
}

/** @param holderOf whose records count as one */
function countValues(
  records: readonly Comparable[],
  stated: (record: Comparable) => string | null,
  holderOf: (record: Comparable, index: number) => string,
): Counts {
  const seen = new Map<string, Set<string>>();
  let said = 0;
  records.forEach((record, index) => {
    const value = stated(record);
    if (value === null) return;
    said += 1;
    const key = solid(value);
    const holders = seen.get(key);
    if (holders === undefined) seen.set(key, new Set([holderOf(record, index)]));
    else holders.add(holderOf(record, index));
  });
  const holders = new Map([...seen].map(([value, { size }]) => [value, size]));
  let pairs = 0;
  for (const count of holders.values()) pairs += count * (count - 1);
  return { records: said, holders, coincidence: said < 2 ? 0 : pairs / (said * (said - 1)) };
}

/** Namesakes rarely have the same number on their door; their streets are spelt in too many ways to count. */
function whereabouts({ houseNumber, email, phone }: Comparable): string {
  return houseNumber === null ? (email ?? phone ?? '') : String(Number.parseInt(houseNumber, 10));
}

/** Initials, in any order: typing errors and swapped names rarely change them. */
function initials({ firstName, lastName, companyName }: Comparable): string {
  return [firstName ?? companyName, lastName]
    .map((name) => name?.charAt(0) ?? '')
    .sort()
    .join('');
}
