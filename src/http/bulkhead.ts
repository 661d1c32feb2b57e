import { GatewayError } from '../errors.ts';

/** Gives its slot back; a second call does nothing. */
export type Release = () => void;

/** One call's stay. */
export interface Visit {
  /**
   * Resolves when there is a slot.
   * @throws GatewayError OVERLOADED when the queue is full; what `giveUp` was called with
   */
  readonly entered: Promise<Release>;
  /** Whether there was none at once. */
  readonly waits: boolean;
  /** Waits no longer. Who has a slot keeps it. */
  giveUp(reason: Error): void;
}

export interface Bulkhead {
  enter(): Visit;
  readonly running: number;
  readonly queued: number;
}

/**
 * Lets `limit` calls run at a time and `queueLimit` wait, first come first served. Without a bound of our own, undici's
 * pool would queue without end, and its timeouts do not run while a request waits there.
 */
export function createBulkhead(provider: string, limit: number, queueLimit: number): Bulkhead {
  // In an array: the tables that a Set has outgrown would keep calls alive that ended long ago.
  const waiting: (() => void)[] = [];
  let running = 0;

  const release = (): Release => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = waiting.shift();
      if (next) next();
      else running--;
    };
  };

  function wait(): Visit {
    const { promise: entered, resolve, reject } = Promise.withResolvers<Release>();
    const start = () => resolve(release());
    waiting.push(start);
    return {
      entered,
      waits: true,
      giveUp(reason) {
        const place = waiting.indexOf(start);
        if (place < 0) return;
        waiting.splice(place, 1);
        reject(reason);
      },
    };
  }

  return {
    get running() {
      return running;
    },
    get queued() {
      return waiting.length;
    },
    enter() {
      if (running < limit) {
        running++;
        return { entered: Promise.resolve(release()), waits: false, giveUp: nothingToGiveUp };
      }
      return waiting.length < queueLimit
        ? wait()
        : { entered: Promise.reject(full(provider)), waits: false, giveUp: nothingToGiveUp };
    },
  };
}

const nothingToGiveUp = (): void => undefined;

const full = (provider: string): GatewayError =>
  new GatewayError('OVERLOADED', 'Too many calls to this provider are waiting. Try again in a moment.', {
    provider,
    retryable: true,
    retryAfterMs: 1000,
  });
