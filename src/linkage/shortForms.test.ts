import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShortForm } from './shortForms.ts';

test.each([
  ['joe', 'joseph', true],
  ['jan', 'johannes', true],
  ['kees', 'cornelis', true],
  ['bill', 'william', true],
  ['hannes', 'kees', false],
  ['jan', 'joseph', false],
  ['sanne', 'sander', false],
])('%s and %s may be one name: %s', (one, other, expected) => {
  expect(isShortForm(one, other)).toBe(expected);
});

test('does not depend on who is named first', () => {
  const name = fc.constantFrom('jan', 'joe', 'jose', 'hans', 'joseph', 'pat', 'patricia', 'patrick', 'constructor', '');
  fc.assert(fc.property(name, name, (one, other) => isShortForm(one, other) === isShortForm(other, one)));
});
