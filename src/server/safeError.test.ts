import { expect, it } from 'vitest';
import { safeError } from './safeError.ts';

const FORGED = 'pw=hunter2\n    at hunter2 (/etc/hunter2:1:1)\nhunter2';

it('tells an error by its kind and where it came from, and not by what it says', () => {
  const told = safeError(new TypeError(FORGED));
  expect(told.error).toBe('TypeError');
  expect(JSON.stringify(told)).not.toContain('hunter2');
  expect(told.stack.length).toBeGreaterThan(0);
  expect(told.stack.every((frame) => /^at \S/.test(frame))).toBe(true);
  expect(told.stack[0]).toContain('safeError.test.ts');
});

it('tells of a long way the last eight places', () => {
  const from = (depth: number): Error => (depth === 0 ? new Error('x') : from(depth - 1));
  expect(safeError(from(20)).stack).toHaveLength(8);
  const short = Object.assign(new Error('x'), { stack: 'Error: x\n  at a\n\tat b\nat c\n  not at d' });
  expect(safeError(short).stack).toEqual(['at a', 'at b']);
});

it('tells of what is no error, or has no stack, only what it is', () => {
  expect(safeError('hunter2')).toEqual({ error: 'string', stack: [] });
  expect(safeError({ message: 'hunter2' })).toEqual({ error: 'object', stack: [] });
  expect(safeError(undefined)).toEqual({ error: 'undefined', stack: [] });
  const bare = Object.assign(new RangeError('hunter2'), { stack: undefined });
  expect(safeError(bare)).toEqual({ error: 'RangeError', stack: [] });
});
