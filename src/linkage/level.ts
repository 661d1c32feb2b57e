import type { Field } from './comparable.ts';
import { solid } from './fold.ts';
import { jaroWinkler } from './jaroWinkler.ts';
import { oneEditApart } from './oneEdit.ts';
import type { Level } from './parameters.ts';

/** Above it, texts are spellings of one another more often than not. Winkler's own tables take 0.88 to 0.92. */
const ALIKE = 0.9;

type Closeness = (one: string, other: string) => boolean;

const CLOSE: Readonly<Record<Field, Closeness>> = {
  taxId: (one, other) => one.endsWith(other) || other.endsWith(one) || oneEditApart(one, other),
  email: closeEmails,
  phone: oneEditApart,
  companyName: (one, other) => alike(one, other) || partOf(one, other),
  firstName: (one, other) => alike(one, other) || initialsOf(one, other) || partOf(one, other),
  lastName: (one, other) => alike(one, other) || partOf(one, other),
  street: alike,
  houseNumber: (one, other) => parseInt(one, 10) === parseInt(other, 10),
  building: alike,
  postalCode: (one, other) => oneEditApart(one, other) || one.startsWith(other) || other.startsWith(one),
  city: (one, other) => alike(one, other) || partOf(one, other),
  country: () => false,
};

/** Blanks tell nothing apart: "pridham street" is "pridhamstreet". */
export function levelOf(field: Field, one: string, other: string): Level {
  if (one === other) return 'exact';
  const [first, second] = [solid(one), solid(other)];
  if (first === second) return 'exact';
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
  if (digits(one) !== digits(other)) return false;
  if (oneEditApart(one, other)) return true;
  const [name, otherName] = [mailbox(one), mailbox(other)];
  return name === otherName && name.length > 7;
}

const digits = (text: string): string => text.replace(/\D/g, '');
const mailbox = (email: string): string => email.slice(0, email.indexOf('@'));
