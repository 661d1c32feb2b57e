import { expect, it } from 'vitest';
import { CallsMade } from './cost.ts';

it('an operation makes five thousand calls at the most to read, and finishes what it has begun to write', () => {
  const calls = new CallsMade(null);
  for (let call = 0; call < 5_000; call++) calls.take(false);
  expect(() => calls.take(false)).toThrow(expect.objectContaining({ code: 'OPERATION_TOO_COMPLEX' }));
  expect(calls.cost).toEqual({ calls: 5_000 });
  calls.take(true);
  expect(calls.cost).toEqual({ calls: 5_001 });
});
