import { expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { HealthRecord } from './health.ts';

const problem = new GatewayError('PROVIDER_UNAVAILABLE', 'It broke.');

/** `.` is a call that went well, `x` one that failed. */
it.each([
  ['', 'UNKNOWN'],
  ['.', 'UP'],
  ['x', 'DEGRADED'],
  ['xx', 'DEGRADED'],
  ['xxx', 'DOWN'],
  ['.xx', 'DEGRADED'],
  ['.xxx', 'DOWN'],
  ['xxx.', 'DEGRADED'],
  ['xx.x.x', 'DEGRADED'],
  [`x${'.'.repeat(19)}`, 'DEGRADED'],
  [`x${'.'.repeat(20)}`, 'UP'],
  [`xxx${'.'.repeat(22)}`, 'UP'],
  [`${'.'.repeat(50)}xxx`, 'DOWN'],
])('tells of the calls "%s" that a provider is %s', (calls, state) => {
  const health = new HealthRecord(0);
  for (const [at, call] of [...calls].entries()) health.add(call === 'x' ? problem : null, at + 1);
  expect(health.read().state).toBe(state);
});

it('tells since when the state is what it is, and keeps the last problem', () => {
  const health = new HealthRecord(5);
  expect(health.read()).toEqual({ state: 'UNKNOWN', since: 5, lastProblem: null });
  health.add(null, 10);
  health.add(null, 20);
  expect(health.read()).toEqual({ state: 'UP', since: 10, lastProblem: null });
  for (const at of [30, 31, 32, 33]) health.add(problem, at);
  expect(health.read()).toEqual({ state: 'DOWN', since: 32, lastProblem: problem });
  health.add(null, 40);
  expect(health.read()).toEqual({ state: 'DEGRADED', since: 40, lastProblem: problem });
});
