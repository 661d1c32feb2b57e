import { fullName } from '../model/name.ts';
import type { Comparing, Field } from './comparable.ts';
import type { Comparison } from './comparison.ts';
import type { Level } from './parameters.ts';

/** How a person calls a field. */
const WORDS: Readonly<Record<Field, string>> = {
  taxId: 'tax number',
  email: 'email address',
  phone: 'phone number',
  companyName: 'company',
  firstName: 'first name',
  lastName: 'last name',
  street: 'street',
  houseNumber: 'house number',
  building: 'second address line',
  postalCode: 'postal code',
  city: 'city',
  country: 'country',
};

/** Where somebody lives: told where it agrees. People move, so that another place says little. */
const PLACE: readonly Field[] = ['street', 'houseNumber', 'building', 'postalCode', 'city'];

/**
 * What speaks for and against two records being one customer, for a person to read: "Same phone number", "Names
 * alike: Jon Smyth, John Smith", "Other first name: Jon, Mary". Only names and places are quoted: whoever reads it may not be
 * allowed to see the rest.
 * @param one as the provider's record states it, and in the same order as it was compared
 */
export function evidence({ agreements, swapped }: Comparison, one: Comparing, other: Comparing): readonly string[] {
  const levels = new Map(agreements.map(({ field, level }) => [field, level]));
  const together = [wholeName(levels, one, other), wholeAddress(levels)].filter((told) => told !== null);
  const toldAlready = new Set(together.flatMap(({ fields }) => fields));
  return [
    ...together.map(({ sentence }) => sentence),
    ...swapped.map(([first, second]) => capital(`${WORDS[first]} and ${WORDS[second]} in each other’s place`)),
    ...agreements.flatMap(({ field, level }) => (toldAlready.has(field) ? [] : tell(field, level, one, other))),
  ];
}

/** Several fields told in one sentence. */
interface Together {
  readonly fields: readonly Field[];
  readonly sentence: string;
}

function wholeName(levels: ReadonlyMap<Field, Level>, one: Comparing, other: Comparing): Together | null {
  const fields = ['firstName', 'lastName'] as const;
  const found = fields.map((field) => levels.get(field) ?? 'different');
  if (found.includes('different')) return null;
  if (!found.includes('close')) return { fields, sentence: 'Same name' };
  return { fields, sentence: `Names alike: ${nameOf(one)}, ${nameOf(other)}` };
}

const nameOf = ({ firstName, lastName, displayName }: Comparing): string =>
  fullName({ firstName, lastName }) ?? displayName ?? '';

function wholeAddress(levels: ReadonlyMap<Field, Level>): Together | null {
  const isSame = (field: Field): boolean => levels.get(field) === 'exact';
  if (!isSame('street') || !isSame('houseNumber') || !(isSame('postalCode') || isSame('city'))) return null;
  return { fields: PLACE.filter(isSame), sentence: 'Same address' };
}

function tell(field: Field, level: Level, one: Comparing, other: Comparing): readonly string[] {
  // Half of all strangers live in the same country.
  if (field === 'country') return [];
  if (level === 'exact') return [`Same ${WORDS[field]}`];
  if (level === 'different' && PLACE.includes(field)) return [];
  const quoted = quote(field, one, other);
  return [level === 'close' ? `${capital(plural(WORDS[field]))} alike${quoted}` : `Other ${WORDS[field]}${quoted}`];
}

function quote(field: Field, one: Comparing, other: Comparing): string {
  const [value, otherValue] = [written(field, one), written(field, other)];
  return value === null || otherValue === null ? '' : `: ${value}, ${otherValue}`;
}

function written(field: Field, profile: Comparing): string | null {
  switch (field) {
    case 'firstName':
    case 'lastName':
      // Half of a name that stands in one field is quoted as the whole, and a firm's where it carries its owner's.
      return profile[field] ?? profile.firstName ?? profile.lastName ?? profile.displayName ?? profile.companyName;
    case 'companyName':
      return profile.companyName ?? profile.displayName;
    case 'street':
      return profile.address?.line1 ?? null;
    case 'building':
      return profile.address?.line2 ?? null;
    case 'city':
      return profile.address?.city ?? null;
    default:
      return null;
  }
}

const plural = (words: string): string =>
  words.endsWith('ss') ? `${words}es` : words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`;
const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
