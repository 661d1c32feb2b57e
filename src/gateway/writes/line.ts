import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InLine } from '../../store/turns.ts';
import type { Gateway } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { endOfHold, isHeld } from './journal.ts';
import { type WriteResult, writeError } from './outcome.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/**
 * Writes when everybody who asked for any of these names before is done, in whatever process they are: a write to a record
 * builds on what the record was.
 * @param work is given who it is done by: with it, `takeToSend` knows whether it is still its turn
 */
export async function inLine(
  operation: Operation,
  names: readonly string[],
  work: (holder: string) => Promise<WriteResult>,
): Promise<WriteResult> {
  const { store, turns, unforeseen } = operation.gateway;
  // Those of this process wait here, and not at the store.
  const result = await turns.take(names, operation.leftMs, async () => {
    const holder = randomUUID();
    try {
      await store.enterLine(names, holder, endOfHold(operation));
      return (await isFirst(operation, holder)) ? await work(holder) : null;
    } finally {
      await store.leaveLine(holder).catch((thrown: unknown) => unforeseen(thrown, operation.requestId));
    }
  });
  return result ?? taken();
}

/** @returns false: it is somebody else's turn as long as there is time */
async function isFirst(operation: Operation, holder: string): Promise<boolean> {
  const { store } = operation.gateway;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const before = await store.lineBefore(holder);
    if (before === null) return true;
    if (wasTooLong(operation.gateway, before)) {
      await store.putOut(before.place);
      continue;
    }
    if (pauseMs >= operation.leftMs) return false;
    await wait(pauseMs);
  }
}

/** Whether somebody was in line for as long as anybody may be; watched for that from when it is first asked. */
export const wasTooLong = (gateway: Gateway, { place, until }: InLine): boolean =>
  gateway.watch.isOver(place) && !isHeld(gateway, until);

function taken(): WriteResult {
  const message = 'Others were writing to the same record all the time. Nothing was sent: try again.';
  return { customer: null, outcomes: [], errors: [{ ...writeError('UNAVAILABLE', message), retryable: true }] };
}
