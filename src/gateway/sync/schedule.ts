import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/store.ts';
import type { Wait } from './calls.ts';
import { readState } from './state.ts';
import type { Outcome } from './watcher.ts';

export interface ScheduleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly intervalMs: number;
  readonly stop: AbortSignal;
  readonly unforeseen: (error: unknown, requestId: string) => void;
}

/** Gateways that started together don't ask together. */
const JITTER = 0.1;

/** How long after somebody else's right has run out it is looked at again. */
const AFTER_MS = 2_000;

/** Runs at once, and then by the interval, until it is told to stop. */
export async function keepRunning(
  parts: ScheduleParts,
  provider: string,
  first: Promise<Outcome>,
  run: () => Promise<Outcome>,
): Promise<void> {
  const { wait, stop, unforeseen } = parts;
  let outcome = await first;
  while (!stop.aborted) {
    try {
      await wait(await pauseAfter(parts, outcome), stop);
    } catch (thrown) {
      if (stop.aborted) return;
      unforeseen(thrown, 'sync');
    }
    if (stop.aborted) return;
    if (await isDue(parts, provider, outcome)) outcome = await run();
  }
}

async function pauseAfter({ store, clock, intervalMs }: ScheduleParts, { provider, state }: Outcome): Promise<number> {
  const pause = Math.ceil(intervalMs * (1 - JITTER + Math.random() * 2 * JITTER));
  if (state !== 'ELSEWHERE') return pause;
  // Whoever has the right may have died with it.
  const { run } = readState(await store.syncState(provider).catch(() => null));
  const left = (run?.heldUntil ?? 0) - clock.now();
  return Math.min(pause, Math.max(left, 0) + Math.ceil(AFTER_MS * (1 + Math.random())));
}

/** Of several gateways on one store, one is enough. */
async function isDue({ store, clock, intervalMs }: ScheduleParts, provider: string, last: Outcome): Promise<boolean> {
  const { run } = readState(await store.syncState(provider).catch(() => null));
  const ago = clock.now() - (run?.finishedAt ?? 0);
  const isDone = run?.state === 'COMPLETE' && ago >= 0 && ago < intervalMs / 2;
  return !isDone || last.state === 'FAILED';
}
