import { GatewayError } from '../errors.ts';

/** So many operations may be under way at the most: each holds what it has read, and most of them wait for a provider. */
const MOST = 2_000;

/**
 * Lets no more operations begin than this process can hold: what is too much is refused at once, before any work is put into
 * it. Everybody who asks has an equal share: whoever has less than their part comes in beside those who have more, up to twice
 * as many in all.
 */
export class Admission {
  readonly #most: number;
  readonly #ofCaller = new Map<string, number>();
  #running = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * @returns to be called once, when the operation is over
   * @throws GatewayError OVERLOADED
   */
  enter(caller: string): () => void {
    const own = this.#ofCaller.get(caller) ?? 0;
    if (this.#running >= this.#most && !this.#isWithinShare(own)) throw overloaded();
    this.#running++;
    this.#ofCaller.set(caller, own + 1);
    return () => {
      this.#running--;
      const left = (this.#ofCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#ofCaller.delete(caller);
      else this.#ofCaller.set(caller, left);
    };
  }

  #isWithinShare(own: number): boolean {
    const callers = this.#ofCaller.size + (own === 0 ? 1 : 0);
    return callers > 1 && own + 1 <= this.#most / callers && this.#running < 2 * this.#most;
  }
}

const overloaded = (): GatewayError =>
  new GatewayError('OVERLOADED', 'This gateway has more to do than it can. Try again in a moment.', {
    retryable: true,
    retryAfterMs: 1_000,
  });
