import { expect, test } from 'vitest';
import { blockingKeys, candidatePairs } from './blocking.ts';
import { comparable } from './comparable.ts';
import { type Stated, stated } from './test-records.ts';

const keys = (one: Stated): readonly string[] => blockingKeys(comparable(stated(one)));
const pairs = (...people: readonly Stated[]): readonly (readonly number[])[] =>
  candidatePairs(people.map((person) => comparable(stated(person))));

test('a record that states nothing has no key', () => {
  expect(keys({})).toEqual([]);
  expect(keys({ firstName: 'Jan' })).toEqual([]);
});

test.each<[string, Stated, Stated]>([
  ['email', { email: 'jan@example.com' }, { email: 'JAN@example.com' }],
  ['phone', { phone: '+31612345678' }, { phone: '+31612345678' }],
  ['tax number', { taxId: 'NL1' }, { taxId: 'nl-1' }],
  ['company', { companyName: 'Acme B.V.' }, { companyName: 'ACME' }],
  ['swapped names', { firstName: 'Jan', lastName: 'Smit' }, { firstName: 'Smid', lastName: 'Jan' }],
  [
    'name and street',
    { lastName: 'Smit', address: { line1: 'Kerkstraat 1' } },
    { firstName: 'Smitty', address: { line1: 'Kerkstr. 7' } },
  ],
  [
    'name and city',
    { lastName: 'Smit', address: { city: 'Utrecht' } },
    { firstName: 'Smid', address: { city: 'Utrehct' } },
  ],
  [
    'a firm’s name and city',
    { companyName: 'Acme', address: { city: 'Utrecht' } },
    { companyName: 'Akme N.V.', address: { city: 'Utrecht' } },
  ],
  [
    'house, with every name wrong',
    { lastName: 'Reid', address: { line1: '256 Coghill Close', postalCode: '5253' } },
    { lastName: 'Brain', address: { line1: 'Coghill Cl. 256', postalCode: '5253' } },
  ],
  [
    'both lines of the address',
    { lastName: 'Reid', address: { line1: '256 Coghill Close', line2: 'Bay City Plaza' } },
    { lastName: 'Brain', address: { line1: '25 Bay City Plaza', line2: 'Coghill Close' } },
  ],
])('finds each other by %s', (_, one, other) => {
  expect(pairs(one, {}, other)).toEqual([[0, 2]]);
});

test('a value that many share finds nobody', () => {
  const shared = Array.from({ length: 61 }, () => ({ email: 'info@example.com' }));
  expect(pairs(...shared)).toEqual([]);
  expect(pairs(...shared.slice(1))).toHaveLength((60 * 59) / 2);
});

test('every pair comes once, in order', () => {
  const jan = { firstName: 'Jan', lastName: 'Smit', email: 'jan@example.com', phone: '+31612345678' };
  expect(pairs(jan, jan, jan)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});

test('beside address, phone and tax number, a record has at most eight keys', () => {
  const line = { line1: '256 Coghill Close', line2: 'Bay City Plaza', city: 'Utrecht', postalCode: '5253' };
  expect(keys({ firstName: 'Jan', lastName: 'Smit', address: line })).toHaveLength(7);
  expect(keys({ firstName: 'Jan', lastName: 'Smit', companyName: 'Acme', address: line })).toHaveLength(8);
});
