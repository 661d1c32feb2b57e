import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { RetryBudget } from './retryBudget.ts';

const MOST_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

/** Of no use with less left. */
const LEAST_LEFT_MS = 10;

export interface Repeatable {
  /** Whether it changes nothing at the provider. */
  readonly isRead: boolean;
  readonly isOnce: boolean;
  /** On the clock's `elapsed` scale, queueing and every attempt included. */
  readonly endsAt: number;
}

export interface RetryParts<Course> {
  readonly budget: RetryBudget;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Comes so many milliseconds later, or sooner where nobody waits any more. */
  readonly pause: (ms: number, course: Course) => Promise<unknown>;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/**
 * Makes a call, and again where that may help and harms nobody.
 * @throws whatever the last attempt throws that came as far as any, and DEADLINE_EXCEEDED where the operation's time is over
 */
export async function retried<Course extends Repeatable, Result>(
  course: Course,
  { budget, clock, pause, random = Math.random }: RetryParts<Course>,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const { isRead, isOnce, endsAt } = course;
  budget.earn();
  let furthest: unknown;
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!furthest || !wasNotSent(thrown) || isOver(thrown)) furthest = thrown;
      if (isOnce || number === MOST_ATTEMPTS || !(thrown instanceof GatewayError) || !mayGoAgain(isRead, thrown))
        throw furthest;
      const pauseMs = (thrown.retryAfterMs ?? 0) + jitter(number, random);
      if (clock.elapsed() + pauseMs > endsAt - LEAST_LEFT_MS || !budget.spend()) throw furthest;
      await pause(pauseMs, course);
    }
  }
}

/** The operation's time is, or whoever wanted the answer is gone. */
const isOver = (thrown: unknown): boolean => thrown instanceof GatewayError && thrown.code === 'DEADLINE_EXCEEDED';

/** Nothing of it can have left. */
export const wasNotSent = (thrown: unknown): boolean =>
  thrown instanceof GatewayError && thrown.delivery === 'not-sent';

/** Anywhere within a span that doubles ("full jitter"): those who failed together don't come back together. */
const jitter = (attempt: number, random: () => number): number => random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);

/** Statuses of whoever stands before the provider, or of one that is just starting: 500 is its own word on this request. */
const PASSING: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

/**
 * Whether the same request may go again, by what it does and how far it came. By its HTTP method it is not: HTTP holds a PUT
 * for harmless, and it would undo what has been written meanwhile.
 */
export function mayGoAgain(isRead: boolean, { code, delivery, status, retryAfterMs }: GatewayError): boolean {
  // No connection could be made; or it is left alone, and says for how long.
  if (code === 'PROVIDER_UNAVAILABLE' && delivery === 'not-sent') return retryAfterMs === undefined;
  if (!isRead) return false;
  switch (code) {
    case 'PROVIDER_UNAVAILABLE':
      // Without a status the connection broke: often one that the provider had closed before.
      return status === undefined || PASSING.has(status);
    case 'PROVIDER_TIMEOUT':
      return true;
    case 'PROVIDER_RATE_LIMITED':
      // Where it does not say for how long, sooner would only make it longer; and what is not granted is not waited for.
      return retryAfterMs !== undefined && delivery !== 'not-sent';
    default:
      return false;
  }
}
