import { expect, test } from 'vitest';
import { addressLine } from './addressLine.ts';

test.each([
  ['12b Main Street', 'main street', '12b'],
  ['Hauptstraße 12 b', 'hauptstrasse', '12 b'],
  ['12, rue du 8 mai 1945', 'rue du 8 mai 1945', '12'],
  ['1e Dorpsstraat 7-3', '1e dorpsstraat', '7 3'],
  ['Plein 1940 12', 'plein', '1940 12'],
  ['Plein 1940', 'plein', '1940'],
  ['Main Street', 'main street', null],
  ['7', null, '7'],
  ['–', null, null],
  [null, null, null],
])('%s is the street %s and the number %s', (line, street, houseNumber) => {
  expect(addressLine(line)).toEqual({ street, houseNumber });
});
