import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIELDS } from './comparable.ts';
import { levelOf } from './level.ts';

test.each([
  ['street', 'pridham street', 'pridhamstreet', 'exact'],
  ['street', 'pridham street', 'pridham sreet', 'close'],
  ['street', 'pridham street', 'coghill close', 'different'],
  ['firstName', 'jon', 'john', 'close'],
  ['firstName', 'j', 'jan', 'close'],
  ['firstName', 'jm', 'jose maria', 'close'],
  ['firstName', 'jan', 'jan willem', 'close'],
  ['firstName', 'joe', 'joseph', 'close'],
  ['firstName', 'kees', 'cornelis', 'close'],
  ['firstName', 'sanne', 'sander', 'different'],
  ['firstName', 'tim', 'tom', 'different'],
  ['lastName', 'jansen de vries', 'vries', 'close'],
  ['companyName', 'gouden aar bakkerij', 'bakkerij de gouden aar', 'close'],
  ['houseNumber', '12', '12 b', 'close'],
  ['houseNumber', '12', '21', 'different'],
  ['postalCode', '4184', '4814', 'close'],
  ['postalCode', '5211', '5211ab', 'close'],
  ['postalCode', '4184', '8441', 'different'],
  ['email', 'jan.jansen@example.com', 'jan.jansne@example.com', 'close'],
  ['email', 'jan.jansen@example.com', 'jan.jansen@example.org', 'close'],
  ['email', 'info@one.example', 'info@other.example', 'different'],
  ['email', 'jan.jansen.1@example.com', 'jan.jansen.2@example.net', 'apart'],
  ['email', 'jan@example.com', 'jan.2@example.com', 'different'],
  ['phone', '+31612345678', '+31612345687', 'close'],
  ['phone', '+31612345678', '+31612345679', 'apart'],
  ['phone', '+31612345678', '+31687654321', 'different'],
  ['taxId', 'nl855630693b01', '855630693b01', 'close'],
  ['country', 'NL', 'BE', 'different'],
] as const)('%s: %s and %s are %s', (field, one, other, level) => {
  expect(levelOf(field, one, other)).toBe(level);
});

test('does not depend on who is named first', () => {
  const value = fc.stringMatching(/^[ab1@]{1,3}( [ab1]{1,3})?$/);
  fc.assert(
    fc.property(fc.constantFrom(...FIELDS), value, value, (field, one, other) => {
      expect(levelOf(field, one, other)).toBe(levelOf(field, other, one));
    }),
    { numRuns: 2000 },
  );
});
