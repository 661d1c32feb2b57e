import { GatewayError } from '../errors.ts';

/** Gives its slot back; a second call does nothing. */
export type Release = () => void;

export interface Bulkhead {
  /** A slot where one is free, without the signal that waiting takes. */
  tryEnter(): Release | null;
  /**
   * Waits for a slot.
   * @throws GatewayError OVERLOADED at once when the queue is full; whatever `signal` is aborted with while waiting.
   */
  enter(signal: AbortSignal): Promise<Release>;
  readonly running: number;
  readonly queued: number;
}

/**
 * Lets `limit` calls run at a time and `queueLimit` wait, first come first served. Without a bound of our own, undici's
 * pool would queue without end, and its timeouts do not run while a request waits there.
 */
export function createBulkhead(provider: string, limit: number, queueLimit: number): Bulkhead {
  const waiting = new Set<() => void>();
  let running = 0;

  const release = (): Release => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = waiting.values().next();
      if (next.done) running--;
      else next.value();
    };
  };

  return {
    get running() {
      return running;
    },
    get queued() {
      return waiting.size;
    },
    tryEnter() {
      if (running >= limit) return null;
      running++;
      return release();
    },
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const free = this.tryEnter();
      if (free) return Promise.resolve(free);
      if (waiting.size >= queueLimit) {
        return Promise.reject(
          new GatewayError('OVERLOADED', 'Too many calls to this provider are waiting. Try again in a moment.', {
            provider,
            retryable: true,
            retryAfterMs: 1000,
          }),
        );
      }
      return new Promise((resolve, reject) => {
        const start = () => {
          waiting.delete(start);
          signal.removeEventListener('abort', giveUp);
          resolve(release());
        };
        const giveUp = () => {
          waiting.delete(start);
          reject(signal.reason);
        };
        waiting.add(start);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
