import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { compare } from './comparison.ts';
import { evidence } from './evidence.ts';
import { countFrequencies } from './frequencies.ts';
import { type Stated, stated } from './test-records.ts';

function told(one: Stated, other: Stated): readonly string[] {
  const [first, second] = [stated(one), stated(other)];
  const [left, right] = [comparable(first), comparable(second)];
  return evidence(compare(countFrequencies([left, right]), left, right), first, second);
}

test('names spelt nearly the same are quoted whole', () => {
  expect(told({ firstName: 'Jon', lastName: 'Smyth' }, { displayName: 'John Smith' })).toEqual([
    'Names alike: Jon Smyth, John Smith',
  ]);
});

test.each<[string, Stated, Stated, readonly string[]]>([
  ['nothing of nothing', {}, {}, []],
  ['a whole name', { firstName: 'Jan', lastName: 'Smit' }, { displayName: 'JAN SMIT' }, ['Same name']],
  [
    'another first name',
    { firstName: 'Jan', lastName: 'Smit' },
    { firstName: 'Petra', lastName: 'Smit' },
    ['Other first name: Jan, Petra', 'Same last name'],
  ],
  [
    'swapped names',
    { firstName: 'Jan', lastName: 'Smit' },
    { firstName: 'Smit', lastName: 'Jan' },
    ['Same name', 'First name and last name in each other’s place'],
  ],
  [
    'numbers and addresses without quoting them',
    { taxId: 'NL123456', phone: '+31612345678', email: 'jan.smit@example.com' },
    { taxId: 'NL123456', phone: '+31612345687', email: 'other@example.com' },
    ['Same tax number', 'Other email address', 'Phone numbers alike'],
  ],
  [
    'a whole address',
    { address: { line1: 'Kerkstraat 1', postalCode: '1234AB', city: 'Utrecht', country: 'NL' } },
    { address: { line1: 'Kerkstraat 1', postalCode: '1234 ab', city: 'Utrehct', country: 'NL' } },
    ['Same address', 'Cities alike: Utrecht, Utrehct'],
  ],
  [
    'a firm with its owner’s name',
    { companyName: 'Bianchi & Figli' },
    { firstName: 'Luca', lastName: 'Bianchi' },
    ['Last names alike: Bianchi & Figli, Bianchi'],
  ],
  [
    'two doors in one street',
    { address: { line1: 'Kerkstraat 1' } },
    { address: { line1: 'Kerkstraat 11' } },
    ['Same street', 'Other house number'],
  ],
  ['no address that is another', { address: { line1: 'Kerkstraat 1' } }, { address: { line1: 'Markt 9' } }, []],
  [
    'companies',
    { companyName: 'Bakkerij De Gouden Aar' },
    { companyName: 'Gouden Aar B.V.' },
    ['Companies alike: Bakkerij De Gouden Aar, Gouden Aar B.V.'],
  ],
])('tells %s', (_, one, other, expected) => {
  expect(told(one, other)).toEqual(expected);
});
