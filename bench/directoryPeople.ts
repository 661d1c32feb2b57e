import { hash } from 'node:crypto';
import { toStored } from '../src/gateway/directory/storedProfile.ts';
import { termsOf, wordsOf } from '../src/gateway/directory/terms.ts';
import { comparable } from '../src/linkage/comparable.ts';
import type { Profile } from '../src/model/customer.ts';
import { createPopulation, type Person } from '../src/sandbox/people.ts';
import { mix } from '../src/sandbox/random.ts';
import type { CopyToKeep } from '../src/store/store.ts';

/** A directory of any size: records of people at three providers, with names as frequent and as rare as names are. */

/** The providers that they are at, and whose value wins. */
export const TRUST_ORDER = ['octobat', 'cycle-software', 'nutcache'];

const SEED = 20_260_101;
const SURNAMES = 200_000;
/** Of a hundred records, as many are of a person of their own; the rest are second and third ones. */
const PEOPLE = 60;
const SYLLABLES =
  'ba be bo da de do fa fi ga ge ha he ja jo ka ke la le li ma me mo na ne no pa pe ra re ri sa se so ta te ti va ve vi wa'.split(
    ' ',
  );

/** Few have most names (Zipf); half of the people have one of the sandbox's own. */
function surnameOf(number: number, own: string): string {
  if (mix(SEED, number, 11) % 2 === 0) return own;
  const rank = Math.floor(SURNAMES ** (mix(SEED, number, 12) / 2 ** 32));
  let rest = rank + 37;
  let name = '';
  for (; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) name += SYLLABLES[rest % SYLLABLES.length];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${['s', 'n', 'man', 'sen', 'ma'][rank % 5]}`;
}

export interface Directory {
  readonly size: number;
  /** The copy of a record, from 0. */
  copy(record: number): CopyToKeep;
  /** Who it is of. */
  person(record: number): Person & { readonly surname: string };
}

export function createDirectory(size: number): Directory {
  const people = Math.max(1, Math.floor((size * PEOPLE) / 100));
  const population = createPopulation(people, SEED);
  const numberOf = (record: number): number => (record < people ? record : mix(SEED, record, 13) % people);
  const person = (record: number) => {
    const found = population.person(numberOf(record));
    return { ...found, surname: surnameOf(numberOf(record), found.lastName) };
  };
  return {
    size,
    person,
    copy(record) {
      const provider = record < people ? 'octobat' : record % 2 === 0 ? 'cycle-software' : 'nutcache';
      const number = numberOf(record);
      const profile = profileOf(person(record), population.times(number).createdAt, mix(SEED, record, 14));
      const stored = toStored(profile);
      const raw = JSON.stringify({ ...JSON.parse(stored), notes: 'x'.repeat(mix(SEED, record, 15) % 400), id: record });
      return {
        key: { provider, providerId: `${provider}-${String(record).padStart(8, '0')}` },
        hash: hash('sha256', raw, 'base64url'),
        fetchedAt: new Date(1_760_000_000_000 + record),
        profile: stored,
        raw,
        terms: termsOf(profile, undefined, comparable(profile)),
        words: wordsOf(profile, undefined),
        // Some providers tell one another’s ids.
        ...(number % 20 === 0 && { shared: `person ${number}` }),
      };
    },
  };
}

function profileOf(person: Person & { readonly surname: string }, createdAt: number, chance: number): Profile {
  const { firstName, surname, companyName, email, mobile, street, houseNumber, postalCode, city, country } = person;
  const company = companyName && `${surname} ${companyName.split(' ').slice(1).join(' ')}`;
  return {
    kind: company ? 'BUSINESS' : 'INDIVIDUAL',
    displayName: company ?? `${firstName} ${surname}`,
    firstName,
    lastName: surname,
    companyName: company,
    email: chance % 10 === 0 ? null : email,
    phone: mobile?.replace(/\D/g, '').replace(/^/, '+') ?? null,
    address: {
      ...{ line1: `${street} ${houseNumber}`, line2: null, city, postalCode, region: person.region, country },
      rawCountry: country,
    },
    taxId: person.vatNumber,
    status: chance % 7 === 0 ? 'INACTIVE' : 'ACTIVE',
    createdAt: new Date(createdAt),
    updatedAt: null,
  };
}
