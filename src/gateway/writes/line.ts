import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { Operation } from '../operation.ts';
import { endOfHold } from './journal.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs the work when everybody who asked for any of these names before is done, in whatever process they are: a write to a record
 * builds on what the record was.
 * @param work is given who it is done by: with it, `takeToSend` knows whether it is still its turn
 * @throws GatewayError UNAVAILABLE when it does not come to that in time: nothing was done
 */
export async function inLine<Result>(
  operation: Operation,
  names: readonly string[],
  work: (holder: string) => Promise<Result>,
): Promise<Result> {
  const { store, turns, unforeseen } = operation.gateway;
  // Those of this process wait here, and not at the store.
  return turns.take(names, async () => {
    const holder = randomUUID();
    try {
      await store.enterLine(names, holder, endOfHold(operation));
      await untilFirst(operation, holder);
      return await work(holder);
    } finally {
      await store.leaveLine(holder).catch((thrown: unknown) => unforeseen(thrown, operation.requestId));
    }
  });
}

async function untilFirst(operation: Operation, holder: string): Promise<void> {
  const { store, clock } = operation.gateway;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const until = await store.lineBefore(holder);
    if (until === null) return;
    const now = clock.now();
    if (until.getTime() <= now) {
      await store.clearLine(new Date(now));
      continue;
    }
    if (clock.elapsed() + pauseMs >= operation.limits.deadlineAt) throw stillTaken(until.getTime() - now);
    await wait(pauseMs);
  }
}

const stillTaken = (retryAfterMs: number): GatewayError =>
  new GatewayError('UNAVAILABLE', 'Others were writing to the same record all the time. Nothing was sent: try again.', {
    retryable: true,
    retryAfterMs,
  });
