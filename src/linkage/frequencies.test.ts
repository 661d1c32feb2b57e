import { expect, test } from 'vitest';
import { type Comparable, comparable } from './comparable.ts';
import { chanceOf, chanceOfPersonal, coincidenceOf, countFrequencies, frequenciesFor } from './frequencies.ts';
import { CROWD, type Stated, stated } from './test-records.ts';

const directory = (...more: readonly Stated[]): readonly Comparable[] =>
  [...CROWD, ...more.map(stated)].map((profile) => comparable(profile));

test('a rare last name is less likely to be a stranger’s than a common one', () => {
  const jansens = Array.from({ length: 30 }, () => ({ lastName: 'Jansen' }));
  const { everywhere } = countFrequencies(directory({ lastName: 'Zwart' }, { lastName: 'Zwart' }, ...jansens));
  expect(chanceOf(everywhere.lastName, 'lastName', 'zwart')).toBeLessThan(0.001);
  expect(chanceOf(everywhere.lastName, 'lastName', 'jansen')).toBeGreaterThan(0.05);
});

test('a phone number that five records of one name state is one holder’s, and a shared one is not', () => {
  const one = Array.from({ length: 5 }, () => ({ firstName: 'Jan', lastName: 'Jansen', phone: '+31733030050' }));
  const many = ['A', 'B', 'C', 'D', 'E'].map((firstName) => ({ firstName, lastName: 'Smit', phone: '+31733030051' }));
  const { everywhere } = countFrequencies(directory(...one, ...many));
  const chance = (value: string): number => chanceOfPersonal(everywhere.phone, 1, 'phone', value, () => 1);
  expect(chance('+31733030050')).toBeLessThan(1e-6);
  expect(chance('+31733030051')).toBeGreaterThan(0.005);
});

test('a name is as common as in the country of both', () => {
  const abroad = Array.from({ length: 40 }, () => ({ lastName: 'Dupont', address: { country: 'FR' } }));
  const records = directory(...abroad);
  const frequencies = countFrequencies(records);
  const [dutch, french] = [records[0], records.at(-1)];
  if (dutch === undefined || french === undefined) throw new Error('nobody is there');
  const nowhere = { ...french, country: null };
  expect(frequenciesFor(frequencies, french, french)).toBe(frequencies.countries.get('FR'));
  expect(frequenciesFor(frequencies, nowhere, french)).toBe(frequencies.countries.get('FR'));
  expect(frequenciesFor(frequencies, dutch, french)).toBe(frequencies.everywhere);
  expect(frequenciesFor(frequencies, nowhere, nowhere)).toBe(frequencies.everywhere);
});

test('two of one city are likely where there is but one', () => {
  const { everywhere } = countFrequencies(directory());
  expect(coincidenceOf(everywhere.city, 'city')).toBeGreaterThan(0.4);
  expect(coincidenceOf(everywhere.phone, 'phone')).toBeLessThan(1e-6);
});

test('people are counted, and not how many records each has', () => {
  const records = directory(...Array.from({ length: 5 }, () => ({ lastName: 'Zwart' })));
  const shares = records.map(({ lastName }) => (lastName === 'zwart' ? 0.2 : 1));
  const byRecord = chanceOf(countFrequencies(records).everywhere.lastName, 'lastName', 'zwart');
  const byPerson = chanceOf(countFrequencies(records, 1, shares).everywhere.lastName, 'lastName', 'zwart');
  expect(byPerson).toBeLessThan(byRecord / 5);
});

test('in a directory of few names every name is common', () => {
  const few = Array.from({ length: 40 }, (_, index) =>
    comparable(stated({ lastName: ['Ek', 'Berg', 'Lund'][index % 3] ?? '' })),
  );
  const many = CROWD.slice(0, 40).map((profile) => comparable(profile));
  const chance = (records: readonly Comparable[]) =>
    chanceOf(countFrequencies(records).everywhere.lastName, 'lastName', 'zwart');
  expect(chance(few)).toBeGreaterThan(3 * chance(many));
});

test('a phone’s holders are those that a sample has, and those that whoever asks has found', () => {
  const { phone } = countFrequencies(directory(), 10).everywhere;
  const held = (holders: number) => chanceOfPersonal(phone, 10, 'phone', '+31733030051', () => holders);
  expect(held(1)).toBeLessThan(1e-7);
  expect(held(3)).toBeCloseTo(2 / 2200, 4);
});
