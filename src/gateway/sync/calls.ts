import type { Clock } from '../../clock.ts';
import type { Connection } from '../../contract/provider.ts';
import { GatewayError } from '../../errors.ts';
import type { CallLimits } from '../../http/transport.ts';
import { type Journal, LONGEST_SILENCE_MS } from './journal.ts';
import type { Share } from './share.ts';
import type { WaitsFor } from './watcher.ts';

/** Waits. @throws where it is told to stop meanwhile */
export type Wait = (ms: number, stop: AbortSignal) => Promise<void>;

/** A page may take so long, queueing behind callers included. */
const PAGE_MS = LONGEST_SILENCE_MS;

/** Whatever takes longer is left to the next run. */
const LONGEST_WAIT_MS = 2 * 60_000;

const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Whoever runs this wants it to end. */
export class Stopped extends Error {}

export interface CallParts {
  readonly connection: Connection;
  readonly provider: string;
  readonly journal: Journal;
  readonly share: Share;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly stop: AbortSignal;
  readonly waiting: (what: WaitsFor, ms: number) => void;
}

/** Makes the calls of a run: within its share of the provider's limits, and more than once where that may help. */
export type Calls = <Answer>(call: (limits: CallLimits) => Promise<Answer>) => Promise<Answer>;

export function createCalls({ connection, provider, journal, share, clock, wait, stop, waiting }: CallParts): Calls {
  /** In pieces, so that nobody takes this run for dead. */
  async function pause(what: WaitsFor, ms: number): Promise<void> {
    waiting(what, ms);
    for (let left = ms; left > 0; left -= LONGEST_SILENCE_MS / 2) {
      await wait(Math.min(left, LONGEST_SILENCE_MS / 2), stop).catch((thrown) => {
        throw stop.aborted ? new Stopped() : thrown;
      });
      await journal.hold();
    }
  }

  async function turn(): Promise<void> {
    await journal.hold();
    for (;;) {
      const ms = share.waitMs(connection.rateLimits(), clock.now());
      if (ms === 0) break;
      if (ms > LONGEST_WAIT_MS) throw usedUp(provider, ms);
      await pause('RATE_LIMIT', ms);
    }
    share.spend(clock.now());
    journal.note({ calls: share.calls });
  }

  return async (call) => {
    for (let attempt = 1; ; attempt++) {
      if (stop.aborted) throw new Stopped();
      await turn();
      try {
        return await unlessStopped(call({ deadlineAt: clock.elapsed() + PAGE_MS, isOnce: true }), stop);
      } catch (thrown) {
        if (!(thrown instanceof GatewayError) || !thrown.retryable || attempt === MOST_ATTEMPTS) throw thrown;
        const ms = pauseAfter(attempt, thrown.retryAfterMs);
        if (ms > LONGEST_WAIT_MS) throw thrown;
        await pause('PROVIDER', ms);
      }
    }
  };
}

/** Anywhere within a span that doubles: many that failed together don't come back together. */
function pauseAfter(attempt: number, retryAfterMs = 0): number {
  const span = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.ceil(retryAfterMs + Math.random() * span);
}

const usedUp = (provider: string, retryAfterMs: number): GatewayError =>
  new GatewayError(
    'PROVIDER_RATE_LIMITED',
    'Sync has used its share of the calls that the provider grants, or callers have used more than half of them. It goes on when there are calls again.',
    { provider, retryable: true, retryAfterMs },
  );

/** A call can't be taken back, but nobody has to wait for its answer. */
function unlessStopped<Answer>(call: Promise<Answer>, stop: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(new Stopped());
    stop.addEventListener('abort', stopped, { once: true });
    call.then(resolve, reject).finally(() => stop.removeEventListener('abort', stopped));
  });
}
