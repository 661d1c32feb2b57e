import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Operation } from './operation.ts';

/** What was begun last of an operation's lists and searches. */
const begun = new WeakMap<Operation, Promise<unknown>>();

/**
 * Lists, counts and searches for duplicates of one operation are made one after another, as long as it has time: a hundred of
 * them at once would keep everybody else waiting.
 */
export function inTurn<Result>(operation: Operation, make: () => Promise<Result>): Promise<Result> {
  const before = begun.get(operation);
  const made = before
    ? before
        .catch(() => undefined)
        .then(() => setImmediate())
        .then(() => {
          assertInTime(operation);
          return make();
        })
    : make();
  begun.set(operation, made);
  return made;
}

function assertInTime({ gateway: { clock }, limits: { deadlineAt } }: Operation): void {
  if (clock.elapsed() < deadlineAt) return;
  const message = 'The operation ran out of time before all of its lists were made. Ask for fewer at once.';
  throw new GatewayError('DEADLINE_EXCEEDED', message, { retryable: true });
}
