import { expect, test } from 'vitest';
import { mayBothBeOnes, phoneKind } from './phoneKind.ts';

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

test('two numbers may both be one person’s unless they are known to be of one kind', () => {
  expect(mayBothBeOnes('+31612345678', '+31733030050')).toBe(true);
  expect(mayBothBeOnes('+14155550123', '+12125550123')).toBe(true);
  expect(mayBothBeOnes('+31612345678', '+31687654321')).toBe(false);
  expect(mayBothBeOnes('+31733030050', '+32212345678')).toBe(false);
});
