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
  /** Nobody who waits gets a slot any more: they are told so, a few at a time. */
  dismiss(why: () => Error): void;
  readonly running: number;
  /** Those included who are still to be told that they wait in vain. */
  readonly queued: number;
}

interface Waiting {
  readonly start: () => void;
  readonly reject: (reason: Error) => void;
}

/** Each of them has work to do then: answers to others come between. */
const TOLD_AT_A_TIME = 4;
const TOLD_EVERY_MS = 5;

/**
 * Lets `limit` calls run at a time and `queueLimit` wait, first come first served. Without a bound of our own, undici's
 * pool would queue without end, and its timeouts do not run while a request waits there.
 */
export function createBulkhead(provider: string, limit: number, queueLimit: number): Bulkhead {
  // In an array: the tables that a Set has outgrown would keep calls alive that ended long ago.
  const waiting: Waiting[] = [];
  const dismissed: Waiting[] = [];
  let running = 0;

  const release = (): Release => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = waiting.shift();
      if (next) next.start();
      else running--;
    };
  };

  function wait(): Visit {
    const { promise: entered, resolve, reject } = Promise.withResolvers<Release>();
    const mine = { start: () => resolve(release()), reject };
    waiting.push(mine);
    return {
      entered,
      waits: true,
      giveUp(reason) {
        if (remove(waiting, mine) || remove(dismissed, mine)) reject(reason);
      },
    };
  }

  function tell(why: () => Error): void {
    for (const { reject } of dismissed.splice(0, TOLD_AT_A_TIME)) reject(why());
    // Whoever waits has a timer of their own: a process that ends does not stay for this one.
    if (dismissed.length > 0) setTimeout(tell, TOLD_EVERY_MS, why).unref();
  }

  return {
    get running() {
      return running;
    },
    get queued() {
      return waiting.length + dismissed.length;
    },
    enter() {
      if (running < limit) {
        running++;
        return { entered: Promise.resolve(release()), waits: false, giveUp: nothingToGiveUp };
      }
      return waiting.length + dismissed.length < queueLimit
        ? wait()
        : { entered: Promise.reject(full(provider)), waits: false, giveUp: nothingToGiveUp };
    },
    dismiss(why) {
      const isTelling = dismissed.length > 0;
      // All of them at once: a slot that is given back would start one after the other.
      dismissed.push(...waiting.splice(0));
      if (!isTelling) tell(why);
    },
  };
}

/** @returns whether it was there */
function remove<Item>(items: Item[], item: Item): boolean {
  const place = items.indexOf(item);
  if (place >= 0) items.splice(place, 1);
  return place >= 0;
}

const nothingToGiveUp = (): void => undefined;

const full = (provider: string): GatewayError =>
  new GatewayError('OVERLOADED', 'Too many calls to this provider are waiting. Try again in a moment.', {
    provider,
    retryable: true,
    retryAfterMs: 1000,
  });
