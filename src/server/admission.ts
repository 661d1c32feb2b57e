import { GatewayError } from '../errors.ts';

/** So many operations may be under way at the most: each holds what it has read, and most of them wait for a provider. */
const MOST = 2_000;

/** So many keep a process busy. More only wait, and what they hold makes each of them take up to twice as much of its time. */
const BUSY = 64;

/** Where there are more, so many come in for each that ends: slow ones may be among them, and must not keep all others out. */
const FOR_EACH = 1 / 2;

/**
 * Lets no more operations begin than this process can hold, and than it can do: what is too much is refused at once, before any
 * work is put into it. Everybody who asks has an equal share: whoever has less than their part comes in beside those who have
 * more, up to twice as many in all.
 */
export class Admission {
  readonly #most: number;
  readonly #busy: number;
  readonly #ofCaller = new Map<string, number>();
  #running = 0;
  #isSaturated = false;
  /** For those who come in where there is more to do than can be done. */
  #places = 0;

  constructor(most = MOST, busy = BUSY) {
    this.#most = most;
    this.#busy = Math.min(busy, most);
  }

  get running(): number {
    return this.#running;
  }

  /** Whether there is more to do than this process can. */
  get isSaturated(): boolean {
    return this.#isSaturated;
  }

  adapt(isSaturated: boolean): void {
    this.#isSaturated = isSaturated;
  }

  isOpenTo(caller: string): boolean {
    const own = this.#ofCaller.get(caller) ?? 0;
    if (this.#running >= this.#most) return this.#isWithinShare(own, this.#most);
    return !this.#isCrowded || this.#places >= 1 || this.#isWithinShare(own, this.#busy);
  }

  /**
   * @returns to be called once, when the operation is over
   * @throws GatewayError OVERLOADED
   */
  enter(caller: string): () => void {
    if (!this.isOpenTo(caller)) throw overloaded;
    if (this.#isCrowded) this.#places = Math.max(0, this.#places - 1);
    this.#running++;
    this.#ofCaller.set(caller, (this.#ofCaller.get(caller) ?? 0) + 1);
    return () => {
      this.#running--;
      this.#places = Math.min(this.#busy, this.#places + FOR_EACH);
      const left = (this.#ofCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#ofCaller.delete(caller);
      else this.#ofCaller.set(caller, left);
    };
  }

  get #isCrowded(): boolean {
    return this.#isSaturated && this.#running >= this.#busy;
  }

  #isWithinShare(own: number, most: number): boolean {
    const callers = this.#ofCaller.size + (own === 0 ? 1 : 0);
    return callers > 1 && own + 1 <= most / callers && this.#running < 2 * this.#most;
  }
}

/** Made once: where there is too much to do, that is not done for each. */
export const overloaded = new GatewayError(
  'OVERLOADED',
  'This gateway has more to do than it can. Try again in a moment.',
  { retryable: true, retryAfterMs: 1_000 },
);
