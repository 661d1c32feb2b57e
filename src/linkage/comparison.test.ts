import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { type Comparison, compare } from './comparison.ts';
import { countFrequencies } from './frequencies.ts';
import { CROWD, type Stated, stated } from './test-records.ts';

const frequencies = countFrequencies(CROWD.map((profile) => comparable(profile)));
const compared = (one: Stated, other: Stated): Comparison =>
  compare(frequencies, comparable(stated(one)), comparable(stated(other)));
const levels = ({ agreements }: Comparison): Record<string, string> =>
  Object.fromEntries(agreements.map(({ field, level }) => [field, level]));
const chance = ({ agreements }: Comparison, field: string): number =>
  agreements.find((agreement) => agreement.field === field)?.chance ?? Number.NaN;

test('what one record does not state is not compared', () => {
  expect(compared({ firstName: 'Jan', phone: '+31612345678' }, { firstName: 'Jan' }).agreements).toHaveLength(1);
  expect(compared({}, {})).toEqual({ agreements: [], swapped: [] });
});

test('first and last name are found in each other’s place, spelt wrong or right', () => {
  const swapped = compared({ firstName: 'Madeline', lastName: 'Mason' }, { firstName: 'Masno', lastName: 'Madeline' });
  expect(swapped.swapped).toEqual([['firstName', 'lastName']]);
  expect(levels(swapped)).toEqual({ firstName: 'exact', lastName: 'close' });
});

test('the two address lines are found in each other’s place', () => {
  const one = { address: { line1: '43 Blamey Crescent', line2: 'Condinup' } };
  const other = { address: { line1: '43 Condinup', line2: 'Blamey Crescent' } };
  expect(levels(compared(one, other))).toEqual({ street: 'exact', houseNumber: 'exact', building: 'exact' });
});

test('names that agree as they stand are not turned round', () => {
  const one = { firstName: 'Thomas', lastName: 'Thomas' };
  expect(compared(one, one).swapped).toEqual([]);
  expect(compared(one, { firstName: 'Jan', lastName: 'Smit' }).swapped).toEqual([]);
});

test('an initial is likely to be a stranger’s, too', () => {
  expect(chance(compared({ firstName: 'Z.' }, { firstName: 'Zoë' }), 'firstName')).toBeGreaterThan(0.05);
  expect(chance(compared({ firstName: 'Zoë' }, { firstName: 'Zoë' }), 'firstName')).toBeLessThan(0.02);
});

test('the city says little once the postal code is the same', () => {
  const rare = { address: { city: 'Nistelrode', postalCode: '5388GM' } };
  expect(chance(compared(rare, rare), 'city')).toBe(0.5);
  expect(
    chance(compared({ address: { city: 'Nistelrode' } }, { address: { city: 'Nistelrode' } }), 'city'),
  ).toBeLessThan(0.1);
});

test('a name that nobody says is a person’s is the firm’s that it is compared with', () => {
  const unsaid = { displayName: 'De Gouden Aar' };
  expect(levels(compared(unsaid, { companyName: 'Gouden Aar B.V.' }))).toEqual({ companyName: 'close' });
  expect(levels(compared(unsaid, { companyName: 'Acme', lastName: 'Jansen' }))).toEqual({ lastName: 'different' });
  expect(levels(compared({ displayName: 'Maria Cruz' }, { companyName: 'Cruz S.L.' }))).toEqual({ lastName: 'close' });
});

test('a firm may carry its owner’s name', () => {
  const owner = { firstName: 'Luca', lastName: 'Bianchi' };
  expect(levels(compared({ companyName: 'Bianchi & Figli' }, owner))).toEqual({ lastName: 'close' });
  expect(levels(compared({ companyName: 'Rossi & Figli' }, owner))).toEqual({});
  expect(levels(compared({ companyName: 'Bianchi & Figli' }, { ...owner, companyName: 'Acme' }))).toEqual({
    companyName: 'different',
  });
});

test('a mobile and a line at home are not compared unless they are the same', () => {
  expect(levels(compared({ phone: '+31612345678' }, { phone: '+31733030050' }))).toEqual({});
  expect(levels(compared({ phone: '+31612345678' }, { phone: '+31687654321' }))).toEqual({ phone: 'different' });
  expect(levels(compared({ phone: '+31733030050' }, { phone: '+31733030050' }))).toEqual({ phone: 'exact' });
});

test('another door in the same street is there to tell two homes apart', () => {
  const home = { address: { line1: 'Raadhuisplein 1' } };
  expect(levels(compared(home, { address: { line1: 'Raadhuisplein 11' } }))).toMatchObject({ houseNumber: 'apart' });
  expect(levels(compared(home, { address: { line1: 'Kerkstraat 11' } }))).toMatchObject({ houseNumber: 'different' });
});
