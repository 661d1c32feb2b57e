import { countries } from './countries.ts';
import { type KnownPerson, knownPeople } from './known-people.ts';
import { createDice, type Dice, mix, textHash } from './random.ts';
import { spell } from './spelling.ts';

/** Somebody who is a customer, with the company they buy for where there is one. */
export interface Person {
  /** Where they stand in the population; the same number is the same person at every provider. */
  readonly number: number;
  readonly companyName: string | null;
  readonly firstName: string;
  readonly insertion: string | null;
  readonly lastName: string;
  readonly email: string | null;
  readonly mobile: string | null;
  readonly landline: string | null;
  readonly street: string;
  readonly houseNumber: string;
  readonly houseNumberPostfix: string | null;
  readonly postalCode: string;
  readonly city: string;
  readonly region: string | null;
  /** Two capital letters. */
  readonly country: string;
  readonly vatNumber: string | null;
}

/** Everyone there is. People are made when they are asked for, so a hundred thousand cost next to nothing. */
export interface Population {
  readonly size: number;
  /** As they really are. */
  person(number: number): Person;
  /** As that provider's clerk wrote them down. */
  spelled(number: number, provider: string): Person;
  /** The numbers of those for whom this provider has a record of its own making, in order. */
  heldBy(provider: string): Uint32Array;
  /** The examples of the provider's document that are this person. */
  documented(number: number, provider: string): readonly string[];
  /** When the person became a customer and when a record of theirs last changed, in milliseconds. */
  times(number: number): { readonly createdAt: number; readonly modifiedAt: number };
  /** Those who may have this phone or e-mail address; to be compared by whoever asks. */
  candidates(contact: string): readonly number[];
}

const firstDay = Date.UTC(2019, 5, 1);
const days = 2000;
const dayMs = 86_400_000;

// Seven digits that tell one mobile phone from another, first digit 2–9, and back: 7919 × 4017679 ≡ 1 (mod 8,000,000).
const mobiles = 8_000_000;
const mobileOf = (number: number): number => 2_000_000 + ((number * 7919 + 1_234_567) % mobiles);
const numberOfMobile = (digits: number): number =>
  (((digits - 2_000_000 - 1_234_567 + 2 * mobiles) % mobiles) * 4_017_679) % mobiles;
// The same for the six digits of a household's landline: 7919 × 17679 ≡ 1 (mod 800,000).
const landlines = 800_000;
const landlineOf = (household: number): number => 200_000 + ((household * 7919) % landlines);
const householdOfLandline = (digits: number): number => ((digits - 200_000) * 17_679) % landlines;

/** The first of them are known people with a story (see `known-people.ts`), the others are generated. */
export function createPopulation(size: number, seed: number): Population {
  const known = knownPeople.slice(0, size);
  const person = (number: number): Person => known[number]?.person(number) ?? generate(number, seed);
  return {
    size,
    person,
    spelled(number, provider) {
      const told = known[number]?.spellings[provider];
      if (told !== undefined) return { ...person(number), ...told };
      return spell(person(number), mix(seed, number, textHash(provider)));
    },
    heldBy(provider) {
      const hash = textHash(provider);
      const numbers: number[] = [];
      for (let number = 0; number < size; number++)
        if (holds(known[number], provider, mix(seed, number, hash))) numbers.push(number);
      return Uint32Array.from(numbers);
    },
    documented: (number, provider) => known[number]?.documented[provider] ?? [],
    times(number) {
      const createdAt = firstDay + (mix(seed, number, 1) % days) * dayMs + (mix(seed, number, 2) % dayMs);
      return { createdAt, modifiedAt: createdAt + (mix(seed, number, 3) % (200 * dayMs)) };
    },
    candidates: (contact) => [...known.keys(), ...likely(contact).filter((number) => number < size)],
  };
}

function holds(known: KnownPerson | undefined, provider: string, chance: number): boolean {
  if (known === undefined) return chance % 100 < 78;
  return known.documented[provider] === undefined && !known.notAt.includes(provider);
}

/** Numbers stand in generated phones and addresses, so that a search needs no index. */
function likely(contact: string): readonly number[] {
  const address = /(\d+)@example\./i.exec(contact);
  if (address !== null) return [Number(address[1])];
  const digits = contact.replace(/\D/g, '');
  const household = householdOfLandline(Number(digits.slice(-6)));
  return [numberOfMobile(Number(digits.slice(-7))), household * 2, household * 2 + 1].filter((number) => number >= 0);
}

function generate(number: number, seed: number): Person {
  // Two neighbours in the population may be one household: the same door, landline and name, but two people.
  const second = number % 2 === 1 && mix(seed, number >> 1, 4) % 5 === 0;
  const home = createDice(mix(seed, second ? number - 1 : number, 5));
  const own = createDice(mix(seed, number, 6));
  const country = home.pick(countries);
  const [lastName, insertion = null] = home.pick(country.lastNames);
  const [city, region, postalCode] = home.pick(country.cities);
  const firstName = own.pick(country.firstNames);
  const company = !second && own.percent(22);
  return {
    number,
    companyName: company ? `${lastName} ${own.pick(country.companyForms)}` : null,
    firstName,
    insertion,
    lastName,
    email: `${mailbox(`${firstName}.${lastName}`)}.${number}@example.${own.pick(['com', 'org', 'net'])}`,
    mobile: `+${country.callingCode}${country.mobile}${mobileOf(number)}`,
    landline:
      second || number % 2 === 0 ? `+${country.callingCode}${country.landline}${landlineOf(number >> 1)}` : null,
    street: home.pick(country.streets),
    houseNumber: `${1 + home.roll(180)}${home.percent(15) ? home.pick(['A', 'B', 'c', '-2']) : ''}`,
    houseNumberPostfix: null,
    postalCode: fill(postalCode, home),
    city,
    region,
    country: country.code,
    vatNumber: company ? fill(country.taxNumber, own) : null,
  };
}

function mailbox(name: string): string {
  const plain = name.normalize('NFD').toLowerCase();
  return plain
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replace(/[^a-z.]/g, '')
    .replace(/\.+/g, '.');
}

function fill(pattern: string, dice: Dice): string {
  return pattern
    .replace(/#/g, () => String(dice.roll(10)))
    .replace(/@/g, () => 'ABCDEGHJKLMNPRSTVWXZ'.charAt(dice.roll(20)));
}
