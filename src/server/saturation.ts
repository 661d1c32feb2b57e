import { performance } from 'node:perf_hooks';

/** How often is looked. */
const PERIOD_MS = 100;

/** So often in a row: one operation that asks for much is not too many. */
const PERIODS = 2;

/** A process whose event loop rests for less than this part of the time has more to do than it can, until it rests for more. */
const REST = 1 / 50;
const REST_AGAIN = 1 / 10;

/**
 * Looks a few times a second whether this process has more to do than it can. How long turns of its event loop take does not
 * tell: what waits for its turn at a provider waits though every turn is short.
 * @param look told whether it has
 * @returns ends it
 */
export function watchSaturation(look: (isSaturated: boolean) => void): () => void {
  let before = performance.eventLoopUtilization();
  let periods = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { idle, active } = performance.eventLoopUtilization(now, before);
    before = now;
    const rest = idle / (idle + active);
    const isEnough = rest >= (periods < PERIODS ? REST : REST_AGAIN);
    periods = isEnough ? 0 : periods + 1;
    look(periods >= PERIODS);
  }, PERIOD_MS).unref();
  return () => clearInterval(timer);
}
