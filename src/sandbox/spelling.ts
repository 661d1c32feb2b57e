import { countryOf } from './countries.ts';
import type { Person } from './people.ts';
import { createDice, type Dice } from './random.ts';

/** How one provider's clerk wrote the person down: always the same for the same seed, never quite like another's. */
export function spell(person: Person, seed: number): Person {
  const dice = createDice(seed);
  const house = spellHouse(person.houseNumber, dice);
  return {
    ...person,
    // A company may have been entered under the name of whoever called.
    companyName: person.companyName === null || dice.percent(12) ? null : spellName(person.companyName, dice),
    firstName: dice.percent(5) ? `${person.firstName.slice(0, 1)}.` : spellName(person.firstName, dice),
    insertion: person.insertion === null ? null : spellInsertion(person.insertion, dice),
    lastName: spellName(person.lastName, dice),
    email: dice.percent(6) ? null : dice.percent(8) ? (person.email?.toUpperCase() ?? null) : person.email,
    mobile: person.mobile === null || dice.percent(5) ? null : spellPhone(person.mobile, person.country, dice),
    landline: person.landline === null ? null : spellPhone(person.landline, person.country, dice),
    street: spellStreet(person.street, dice),
    ...house,
    postalCode: dice.percent(40) ? person.postalCode.replace(' ', '') : person.postalCode,
    city: dice.percent(10) ? person.city.toUpperCase() : dice.percent(10) ? withoutAccents(person.city) : person.city,
    vatNumber: dice.percent(30) ? null : person.vatNumber,
  };
}

/** "Zoë Weiß" as a form that takes plain letters only has it: "Zoe Weiss". */
function withoutAccents(text: string): string {
  return text
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '');
}

function spellName(name: string, dice: Dice): string {
  const way = dice.roll(100);
  if (way < 22) return withoutAccents(name);
  if (way < 28) return name.toUpperCase();
  if (way < 32) return name.toLowerCase();
  if (way < 36) return name.normalize('NFD');
  if (way < 39) return ` ${name} `;
  return way < 47 ? misspell(name, dice) : name;
}

/** One slip of the keyboard: two letters change places, one is left out, or one is struck twice. */
function misspell(name: string, dice: Dice): string {
  if (name.length < 4) return name;
  const at = 1 + dice.roll(name.length - 2);
  const slip = dice.roll(3);
  if (slip === 0) return name.slice(0, at) + name.slice(at + 1);
  if (slip === 1) return name.slice(0, at + 1) + name.slice(at);
  return name.slice(0, at - 1) + name.charAt(at) + name.charAt(at - 1) + name.slice(at + 1);
}

function spellInsertion(insertion: string, dice: Dice): string | null {
  if (dice.percent(15)) return insertion.charAt(0).toUpperCase() + insertion.slice(1);
  return dice.percent(8) ? null : insertion;
}

/** An E.164 number the way somebody would write it on a form. */
function spellPhone(number: string, country: string, dice: Dice): string {
  const { callingCode, trunk } = countryOf(country) ?? { callingCode: '', trunk: '' };
  if (!number.startsWith(`+${callingCode}`)) return number;
  const inside = number.slice(1 + callingCode.length);
  const split = inside.length - 7;
  const area = inside.slice(0, Math.max(2, split));
  const rest = inside.slice(Math.max(2, split));
  switch (dice.roll(6)) {
    case 0:
      return number;
    case 1:
      return `${trunk}${inside}`;
    case 2:
      return `${trunk}${area}-${rest}`;
    case 3:
      return `${trunk}${area} ${rest.slice(0, 3)} ${rest.slice(3)}`;
    case 4:
      return `+${callingCode} ${area} ${rest}`;
    default:
      return `00${callingCode}${inside}`;
  }
}

function spellStreet(street: string, dice: Dice): string {
  if (dice.percent(80)) return street;
  return street
    .replace(/straat$/, 'str.')
    .replace(/straße$/, 'strasse')
    .replace(/ Street$/, ' St')
    .replace(/ Avenue$/, ' Ave.')
    .replace(/^avenue /, 'av. ');
}

/** "32" and "B", or both in one field. */
function spellHouse(houseNumber: string, dice: Dice): { houseNumber: string; houseNumberPostfix: string | null } {
  const [, digits = houseNumber, postfix = ''] = /^(\d+)\s*(.*)$/.exec(houseNumber) ?? [];
  if (postfix === '') return { houseNumber: digits, houseNumberPostfix: null };
  return dice.percent(25)
    ? { houseNumber: `${digits}${postfix}`, houseNumberPostfix: null }
    : { houseNumber: digits, houseNumberPostfix: postfix };
}
