import { solid } from '../model/fold.ts';
import { oneEditApart } from '../model/oneEdit.ts';
import type { Field } from './comparable.ts';
import { jaroWinkler } from './jaroWinkler.ts';
import type { Level } from './parameters.ts';
import { isShortForm } from './shortForms.ts';

/** Above it, texts are spellings of one another more often than not. Winkler's own tables take 0.88 to 0.92. */
const ALIKE = 0.9;

type Closeness = (one: string, other: string) => boolean;

const CLOSE: Readonly<Record<Field, Closeness>> = {
  taxId: (one, other) => one.endsWith(other) || other.endsWith(one) || oneEditApart(one, other),
  email: closeEmails,
  phone: oneEditApart,
  companyName: (one, other) => alike(one, other) || partOf(one, other),
  firstName: (one, other) =>
    alike(one, other) || initialsOf(one, other) || partOf(one, other) || isShortForm(one, other),
  lastName: (one, other) => alike(one, other) || partOf(one, other),
  street: alike,
  houseNumber: (one, other) => parseInt(one, 10) === parseInt(other, 10),
  building: alike,
  postalCode: (one, other) => oneEditApart(one, other) || one.startsWith(other) || other.startsWith(one),
  city: (one, other) => alike(one, other) || partOf(one, other),
  country: () => false,
};

const APART: Readonly<Partial<Record<Field, Closeness>>> = { email: isNumberedApart, phone: areNeighbours };

/** Blanks tell nothing apart: "pridham street" is "pridhamstreet". */
export function levelOf(field: Field, one: string, other: string): Level {
  if (one === other) return 'exact';
  const [first, second] = [solid(one), solid(other)];
  if (first === second) return 'exact';
  if (APART[field]?.(one, other) === true) return 'apart';
  return CLOSE[field](one, other) ? 'close' : 'different';
}

function alike(one: string, other: string): boolean {
  const [first, second] = [solid(one), solid(other)];
  if (jaroWinkler(first, second) >= ALIKE) return true;
  // Short texts have so little in common that one slip is much of it; of three letters, it is another name.
  return Math.min(first.length, second.length) > 3 && oneEditApart(first, second);
}

/** "jansen" of "jansen de vries", "jan" of "jan willem": all words of the shorter, in any order. */
function partOf(one: string, other: string): boolean {
  if (!one.includes(' ') && !other.includes(' ')) return false;
  const [words, others] = [one.split(' '), other.split(' ')];
  const [fewer, more] = words.length <= others.length ? [words, others] : [others, words];
  return fewer.every((word) => more.includes(word)) && fewer.some((word) => word.length > 2);
}

/** "j" of "jan", "jm" of "jose maria". */
const initialsOf = (one: string, other: string): boolean =>
  (isInitials(one) || isInitials(other)) && one.charAt(0) === other.charAt(0);

/** Whether a first name is so short that many have it in common. */
export const isInitials = (firstName: string): boolean => firstName.length <= 2;

/** A slip of the keys, or the same name at another house: jan.jansen@…. Other digits are meant: jan.jansen2@…. */
function closeEmails(one: string, other: string): boolean {
  const name = mailbox(one);
  const isElsewhere = name.length > 7 && name === mailbox(other);
  return (isElsewhere || oneEditApart(one, other)) && digits(one) === digits(other);
}

/** jan.jansen.1@… and jan.jansen.2@…: the name was taken, so that the second got a number of its own. */
function isNumberedApart(one: string, other: string): boolean {
  if (one.charAt(0) !== other.charAt(0)) return false;
  const [name, otherName] = [mailbox(one), mailbox(other)];
  const [number, otherNumber] = [digits(name), digits(otherName)];
  if (number === '' || otherNumber === '' || number === otherNumber) return false;
  const letters = name.replace(/\d/g, '');
  return letters.length > 2 && letters === otherName.replace(/\d/g, '');
}

/** +31612345670 and +31612345671: numbers given out together, to two. */
function areNeighbours(one: string, other: string): boolean {
  return one.length === other.length && one.slice(0, -1) === other.slice(0, -1);
}

const digits = (text: string): string => text.replace(/\D/g, '');
const mailbox = (email: string): string => email.slice(0, email.indexOf('@'));
