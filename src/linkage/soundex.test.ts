import { expect, test } from 'vitest';
import { soundex } from './soundex.ts';

test.each([
  ['robert', 'r163'],
  ['rupert', 'r163'],
  ['rubin', 'r150'],
  ['ashcraft', 'a261'],
  ['tymczak', 't522'],
  ['pfister', 'p236'],
  ['honeyman', 'h555'],
  ['lee', 'l000'],
  ['van dam', 'v535'],
  ['ωμεγα', 'ωμεγ'],
])('%s sounds like %s', (name, expected) => {
  expect(soundex(name)).toBe(expected);
});
