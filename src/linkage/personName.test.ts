import { expect, test } from 'vitest';
import { personName } from './personName.ts';

test.each([
  ['folds both parts', ['Zoë', 'Müller', 'ignored'], 'zoe', 'muller'],
  ['drops particles', ['Jan', 'van der Berg', null], 'jan', 'berg'],
  ['keeps a name that is nothing but particles', ['Jan', 'van de', null], 'jan', 'van de'],
  ['takes a first name apart that is a whole name', ['Jan van Dam', null, null], 'jan', 'dam'],
  ['takes a last name apart that is a whole name', [null, 'Jan Jansen', null], 'jan', 'jansen'],
  ['leaves a last name with its particle', [null, 'van Dam', null], null, 'dam'],
  ['reads a comma', [null, null, 'Jansen, Jan'], 'jan', 'jansen'],
  ['reads the display name', [null, null, 'Jan Jansen'], 'jan', 'jansen'],
  ['takes one word for a last name', [null, null, 'Jansen'], null, 'jansen'],
  ['takes one word as a first name where it is said to be one', ['Jan', null, 'Jan'], 'jan', null],
  ['is nothing for nothing', [null, null, null], null, null],
] as const)('%s', (_, [first, last, display], firstName, lastName) => {
  expect(personName(first, last, display)).toEqual({ firstName, lastName });
});
