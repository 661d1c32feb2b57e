import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { countries } from '../../src/sandbox/countries.ts';
import { createPopulation, type Person } from '../../src/sandbox/people.ts';
import { instantIn, localTime, nextMidnight } from '../../src/sandbox/zone.ts';
import { at, list, sandboxFor, send } from './support.ts';

const everybody = (seed: number, size = 400): Person[] => {
  const population = createPopulation(size, seed);
  return Array.from({ length: size }, (_, number) => population.person(number));
};

describe('the people', () => {
  it('are the same for the same seed and others for another', () => {
    expect(everybody(1)).toEqual(everybody(1));
    const [one, two] = [everybody(1), everybody(2)];
    expect(one.slice(0, 16)).toEqual(two.slice(0, 16));
    expect(one.slice(16).filter((person, index) => person.lastName === two[16 + index]?.lastName).length).toBeLessThan(
      120,
    );
  });

  it('stay who they are when there are more of them', () => {
    expect(everybody(1, 400)).toEqual(everybody(1, 1000).slice(0, 400));
  });

  it('have phone numbers that can exist, a mobile one each', () => {
    const people = everybody(1).slice(16);
    const wrong = people
      .flatMap((person) => [person.mobile, person.landline].flatMap((phone) => phone ?? []))
      .filter((phone) => parsePhoneNumberFromString(phone)?.isValid() !== true);
    expect(wrong).toEqual([]);
    expect(new Set(people.map((person) => person.mobile)).size).toBe(people.length);
  });

  it('live in eight countries and write from reserved domains', () => {
    const people = everybody(1).slice(16);
    expect(new Set(people.map((person) => person.country))).toEqual(new Set(countries.map((country) => country.code)));
    expect(people.every((person) => /^[a-z.]+\d+@example\.(com|org|net)$/.test(person.email ?? ''))).toBe(true);
  });

  it('are sometimes two at one door, with one landline', () => {
    const people = everybody(1).slice(16);
    const pairs = people.filter(
      (person, index) =>
        person.number % 2 === 1 && person.landline !== null && person.landline === people[index - 1]?.landline,
    );
    expect(pairs.length).toBeGreaterThan(10);
    for (const second of pairs) {
      const first = people.find((person) => person.number === second.number - 1);
      expect([first?.lastName, first?.street]).toEqual([second.lastName, second.street]);
      expect(first?.email).not.toBe(second.email);
    }
  });

  it('are found again by phone and e-mail without an index', () => {
    const population = createPopulation(100_000, 1);
    for (const number of [20, 777, 31_234, 99_999]) {
      const person = population.person(number);
      for (const contact of [person.mobile, person.landline, person.email]) {
        if (contact !== null) expect(population.candidates(contact)).toContain(number);
      }
    }
  });

  it('are spelled by each provider in its own way, and always the same', () => {
    const population = createPopulation(400, 1);
    const numbers = Array.from({ length: 384 }, (_, index) => 16 + index);
    const differing = numbers.filter((number) => {
      const [one, two] = [population.spelled(number, 'octobat'), population.spelled(number, 'nutcache')];
      return one.lastName !== two.lastName || one.firstName !== two.firstName;
    });
    expect(differing.length).toBeGreaterThan(100);
    for (const number of numbers)
      expect(population.spelled(number, 'octobat')).toEqual(population.spelled(number, 'octobat'));
  });
});

describe('who is who', () => {
  it('names records that are there, and every example of the documents once', async () => {
    const sandbox = await sandboxFor({ customers: 60 });
    const truth = sandbox.truth();
    const records = truth.flatMap((one) => one.records);
    expect(new Set(records.map(({ provider, id }) => `${provider} ${id}`)).size).toBe(records.length);
    for (const provider of sandbox.providers) {
      for (const id of provider.examples) expect(records).toContainEqual({ provider: provider.id, id });
    }
    const headers = { authorization: 'Basic VXNlcm5hbWU6UGFzc3dvcmQ=' };
    const cycle = records.filter(({ provider }) => provider === 'cycle-software');
    for (const { id } of cycle) {
      expect(
        (await send(sandbox.provider('cycle-software'), 'GET', `/api/v1/customers/${id}.json`, headers)).status,
      ).toBe(200);
    }
    const listed = await send(sandbox.provider('cycle-software'), 'GET', '/api/v1/customers/list.json', headers);
    expect(list(at(listed.json, 'customers'))).toHaveLength(cycle.length);
  });

  it('knows the person in the documents’ examples', async () => {
    const sandbox = await sandboxFor();
    const giel = sandbox.truth().find((one) => one.person?.lastName === 'Wijgergangs');
    expect(giel?.records).toContainEqual({ provider: 'cycle-software', id: '11' });
    const five = ['cycle-software', 'dirty-lemon', 'nutcache', 'octobat', 'onboard-flow'];
    expect(giel?.records.map(({ provider }) => provider)).toEqual(expect.arrayContaining(five));
  });

  it('is nobody but the documents’ examples where there are no people', async () => {
    const sandbox = await sandboxFor({ customers: 0 });
    expect(sandbox.truth().every((one) => one.person === null && one.records.length === 1)).toBe(true);
  });
});

describe('a wall clock without a zone', () => {
  it.each([
    ['2023-01-03 12:30:44', '2023-01-03T11:30:44Z'],
    ['2023-07-03 12:30:44', '2023-07-03T10:30:44Z'],
    // Shown twice that night: the first time is meant.
    ['2023-10-29 02:30:00', '2023-10-29T00:30:00Z'],
    // Never shown that night: what the clock would have meant without the change.
    ['2023-03-26 02:30:00', '2023-03-26T00:30:00Z'],
  ])('reads %s in Amsterdam as %s', (local, instant) => {
    expect(instantIn(local, 'Europe/Amsterdam')).toBe(Date.parse(instant));
  });

  it('shows an instant and refuses what is no time', () => {
    expect(localTime(Date.parse('2023-07-03T10:30:44Z'), 'Europe/Amsterdam')).toBe('2023-07-03 12:30:44');
    for (const text of ['2023-13-01 00:00:00', '2023-01-03', '2023-01-03T12:30:44Z', '']) {
      expect(instantIn(text, 'Europe/Amsterdam')).toBeUndefined();
    }
  });

  it.each([
    ['2023-03-07T12:00:00Z', '2023-03-07T23:00:00Z'],
    ['2023-03-25T23:30:00Z', '2023-03-26T22:00:00Z'],
    ['2023-10-29T12:00:00Z', '2023-10-29T23:00:00Z'],
  ])('strikes midnight after %s at %s', (instant, midnight) => {
    expect(nextMidnight(Date.parse(instant), 'Europe/Amsterdam')).toBe(Date.parse(midnight));
  });
});
