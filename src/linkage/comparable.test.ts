import { expect, test } from 'vitest';
import { comparable } from './comparable.ts';
import { stated } from './test-records.ts';

test('folds what a profile states', () => {
  const profile = stated({
    firstName: 'Zoë',
    lastName: 'van der Bérg',
    companyName: 'De Gouden Aar B.V.',
    email: 'Zoe@example.com',
    phone: '+31612345678',
    taxId: 'NL-8556.30693B01',
    address: {
      line1: 'Kerkstraat 14-c',
      line2: 'Huis “Ter Weide”',
      city: '’s-Hertogenbosch',
      postalCode: '5211 ab',
      country: 'NL',
    },
  });
  expect(comparable(profile)).toEqual({
    firstName: 'zoe',
    lastName: 'berg',
    companyName: 'de gouden aar',
    firmPerhaps: null,
    email: 'zoe@example.com',
    phone: '+31612345678',
    taxId: 'nl855630693b01',
    street: 'kerkstraat',
    houseNumber: '14 c',
    building: 'huis ter weide',
    city: 's hertogenbosch',
    postalCode: '5211ab',
    country: 'NL',
  });
});

test('is null wherever nothing is stated', () => {
  expect(Object.values(comparable(stated({}))).every((value) => value === null)).toBe(true);
});

test('takes the line with a number for the street', () => {
  const record = comparable(stated({ address: { line1: 'Kilvington Village', line2: '27 Hemmings Crescent' } }));
  expect(record).toMatchObject({ street: 'hemmings crescent', houseNumber: '27', building: 'kilvington village' });
});

test('takes a display name for a person’s, unless it is a business’s', () => {
  expect(comparable(stated({ displayName: 'Jan Jansen' }))).toMatchObject({ firstName: 'jan', lastName: 'jansen' });
  expect(comparable(stated({ kind: 'BUSINESS', displayName: 'Jan Jansen Ltd.' }))).toMatchObject({
    firstName: null,
    lastName: null,
    companyName: 'jan jansen',
  });
});

test('keeps a company’s name that is nothing but a legal form', () => {
  expect(comparable(stated({ companyName: 'SA' })).companyName).toBe('sa');
});
