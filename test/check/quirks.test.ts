import { expect, it } from 'vitest';
import { readQuirks } from './quirks.ts';

const README = '## Quirks\n\n### OC-1 Countries are words\ntext\n\n### OC-2 So are states\n\n### OC-12 And more\n';

it('finds the quirk that no test is named after', () => {
  const tests = [
    "it('OC-1 reads words', () => {});",
    "// OC-2\nit('reads OC-20', () => { expect('OC-2').toBe(1); });",
    "it.each([\n  ['a', 1],\n])('takes %s, OC-12', { timeout: 1 }, async (word) => {});",
  ];
  expect(readQuirks(README, tests)).toEqual({
    told: ['OC-1', 'OC-2', 'OC-12'],
    untested: ['OC-2'],
    untold: ['OC-20'],
  });
});
