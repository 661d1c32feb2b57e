import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';

/** For tests of writes: an operation whose store says what it is told to. */

export const member = {
  ...{ id: 'octobat', provider: { id: 'octobat', title: 'Octobat' } },
  connection: { update: { replaces: true } },
} as unknown as Member;

export const NOW = Date.parse('2026-05-01T00:00:00Z');
export const begunAt = new Date(NOW - 5);
export const record = { provider: 'octobat', providerId: 'oc_1' };

/** An operation on a store of these answers, and what that was asked. @param more of its gateway */
export function operate(answers: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const asked: [string, ...unknown[]][] = [];
  const answered =
    (name: string) =>
    async (...values: unknown[]) => {
      asked.push([name, ...values]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'function') return answer(...values);
      return answer;
    };
  const unforeseen: unknown[] = [];
  const gateway = {
    store: new Proxy({}, { get: (_, name) => answered(String(name)) }),
    ...{ clock: { now: () => NOW, elapsed: () => 0 }, deadlineMs: 1_000 },
    unforeseen: (...thrown: unknown[]) => unforeseen.push(thrown),
    ...more,
  };
  const operation = {
    ...{ gateway, caller: { name: 'shop' }, requestId: 'request', leftMs: 5 },
    ...{
      member: () => member,
      problemOf: (thrown: unknown) => thrown,
      carryThrough: () => asked.push(['carryThrough']),
    },
  } as unknown as Operation;
  return { operation, asked, unforeseen };
}
