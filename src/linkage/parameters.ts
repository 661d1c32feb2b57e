import type { Field } from './comparable.ts';

/**
 * What two records say of one field: the same, nearly the same, or something else; `apart` is something else that is
 * there to tell two from one another. Nothing is said where one of them is silent.
 */
export type Level = 'exact' | 'close' | 'different' | 'apart';

/** The chances of one field. Those of "different" are what is left. */
export interface FieldParameters {
  /** Of two records of one customer, how many write it the same, nearly the same, and as if to tell two apart ("m"). */
  readonly same: { readonly exact: number; readonly close: number; readonly apart?: number };
  /** Of all, how many hold a value that nobody is known to hold ("u"). */
  readonly rare: number;
  /** Of two strangers in a directory that nothing is known of, how many hold the same value. */
  readonly common: number;
  /** Of two strangers, how many have nearly the same ("u" of close). */
  readonly near: number;
  /** Of two relatives or colleagues who share a home or a firm, how many share this, too. */
  readonly shared: number;
}

/**
 * Where the numbers come from:
 * - `same` is where learning starts, and what a directory too small to learn from goes by. Judged by hand: clerks err in
 *   5 to 15 of 100 names and addresses, and people move and change their numbers more often than their names.
 * - `rare` is judged from how many different values there are: some 10⁵ last names, 10⁸ phone numbers in a country.
 * - `common` is judged from lists of names and towns; a directory is soon believed more than this.
 * - `near` was measured among the 2000 people of Febrl's third set (0.002 of first names, 0.0004 of last names, 0.013 of
 *   postal codes, 0.0003 of streets and cities), and rounded up generously: lists of names are more even than people's.
 * - `shared` is judged: of those who share a home or a firm half share a last name or a phone, few an email address, and
 *   some are named after one another.
 *
 * All of them are held to what `npm run linkage` prints, of Febrl's sets and of the sandbox's people alike.
 */
export const PARAMETERS: Readonly<Record<Field, FieldParameters>> = {
  taxId: { same: { exact: 0.9, close: 0.06 }, rare: 1e-7, common: 1e-7, near: 1e-5, shared: 0 },
  email: { same: { exact: 0.75, close: 0.1, apart: 0.002 }, rare: 1e-7, common: 1e-7, near: 2e-4, shared: 0.1 },
  phone: { same: { exact: 0.85, close: 0.04, apart: 0.01 }, rare: 1e-7, common: 1e-7, near: 1e-5, shared: 0.5 },
  companyName: { same: { exact: 0.8, close: 0.12 }, rare: 1e-5, common: 0.001, near: 0.003, shared: 0.3 },
  firstName: { same: { exact: 0.82, close: 0.14 }, rare: 5e-5, common: 0.01, near: 0.005, shared: 0.08 },
  lastName: { same: { exact: 0.82, close: 0.12 }, rare: 1e-5, common: 0.003, near: 0.002, shared: 0.5 },
  street: { same: { exact: 0.75, close: 0.12 }, rare: 2e-5, common: 0.005, near: 0.002, shared: 0.9 },
  houseNumber: { same: { exact: 0.8, close: 0.05, apart: 0.05 }, rare: 0.001, common: 0.012, near: 0.01, shared: 0.98 },
  building: { same: { exact: 0.6, close: 0.15 }, rare: 5e-5, common: 0.005, near: 0.002, shared: 0.9 },
  postalCode: { same: { exact: 0.8, close: 0.06 }, rare: 2e-5, common: 0.002, near: 0.015, shared: 0.98 },
  city: { same: { exact: 0.85, close: 0.08 }, rare: 1e-4, common: 0.03, near: 0.002, shared: 0.98 },
  country: { same: { exact: 0.97, close: 0 }, rare: 0.05, common: 0.3, near: 0, shared: 1 },
};

/**
 * Places lie in one another: once one is the same, the next says little more. The chance that two strangers agree on the
 * second who already agree on the first. Judged.
 */
export const IMPLIED: Readonly<Partial<Record<Field, { readonly by: Field; readonly chance: number }>>> = {
  postalCode: { by: 'street', chance: 0.1 },
  city: { by: 'postalCode', chance: 0.5 },
};

/** The chance that two strangers' first names begin alike, which is all that initials can tell. Judged. */
export const SAME_INITIAL = 0.08;

/** Of two records of one customer, how many have two neighbouring fields in each other's place. Judged. */
export const SWAPPED = 0.02;

/** How many records of the same customer a record has in a directory that nothing is known of; judged. */
export const SAME_A_RECORD = 0.2;
/** And of relatives or colleagues who are customers, too. */
export const RELATED_A_RECORD = 0.05;

/** As many records' worth is what is judged above beside what is counted in a directory. */
export const RECORDS_JUDGED = 200;
/** As many people's worth it is that a value which somebody holds is as common as others are. */
export const TYPICAL_JUDGED = 10;
/** As many pairs' worth is how common values are, as judged. */
export const COINCIDENCE_JUDGED = 50;
/** As many pairs' worth is `same` beside what is learnt. */
export const PAIRS_JUDGED = 50;
/** At most as many times the judged share of differences is believed of what is learnt. */
export const MOST_ERROR = 3;
