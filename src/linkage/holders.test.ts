import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { countHolders } from './holders.ts';
import { type Stated, stated } from './test-records.ts';

const jan = { firstName: 'Jan', lastName: 'Jansen' };

test.each<[string, readonly Stated[], number]>([
  [
    'one person spelt in four ways',
    [jan, { displayName: 'Jansen, Jan' }, { ...jan, firstName: 'J.' }, { lastName: 'Jansne' }],
    1,
  ],
  ['a husband and a wife', [jan, { ...jan, firstName: 'Petra' }, jan], 2],
  ['a person and their firm', [jan, { companyName: 'Jansen B.V.' }], 1],
  ['two firms', [{ companyName: 'Jansen B.V.' }, { companyName: 'Smit B.V.' }, jan], 2],
  ['somebody without a name', [{}, {}], 1],
])('counts the holders of what %s state', (_, people, expected) => {
  expect(countHolders(people.map((person) => comparable(stated(person))))).toBe(expected);
});

test('does not count on where everybody holds it', () => {
  const many = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => comparable(stated({ lastName: letter.repeat(6) })));
  expect(countHolders(many)).toBe(12);
});
