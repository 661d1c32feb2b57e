import { expect, test } from 'vitest';
import { firmName, isFirmName } from './firm.ts';

test.each([
  ['De Gouden Aar B.V.', 'de gouden aar'],
  ['Krämer GmbH & Co. KG', 'kramer'],
  ['Tremblay Ltée', 'tremblay'],
  ['SA', 'sa'],
  [null, null],
])('%s is the firm %s', (name, expected) => {
  expect(firmName(name)).toBe(expected);
});

test.each([
  ['Young LLC', true],
  ['Bœuf S.A.', true],
  ['O’Connor & Sons', true],
  ['Haar Fietsen', true],
  ['GOUDEN AAR BAKKERIJ', true],
  ['Maria Sá', false],
  ['Sanne de Vries', false],
  ['Jansen', false],
  [null, false],
])('whether %s can only be a firm: %s', (name, expected) => {
  expect(isFirmName(name)).toBe(expected);
});
