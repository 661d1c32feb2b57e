import { expect, test } from 'vitest';
import { areOfTwoKinds, phoneKind } from './phoneKind.ts';

test.each([
  ['+31612345678', 'mobile'],
  ['+31733030050', 'fixed'],
  ['+4915112345678', 'mobile'],
  ['+351912345678', 'mobile'],
  ['+352621123456', 'mobile'],
  ['+393331234567', 'mobile'],
  ['+390669123456', 'fixed'],
  ['+14155550123', null],
  ['', null],
])('%s is %s', (phone, kind) => {
  expect(phoneKind(phone)).toBe(kind);
});

test('only numbers that are known to be of two kinds are', () => {
  expect(areOfTwoKinds('+31612345678', '+31733030050')).toBe(true);
  expect(areOfTwoKinds('+31612345678', '+31687654321')).toBe(false);
  expect(areOfTwoKinds('+14155550123', '+31733030050')).toBe(false);
});
