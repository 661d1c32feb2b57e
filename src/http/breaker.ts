import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

/** So many failures one after the other are no accident. */
export const OPENS_AFTER = 10;

/** How long a provider is left alone before one call finds out how it is. */
export const PERIOD_MS = 2_000;

/**
 * Stops asking a provider that does not answer: whoever asks is told at once, and one call in each period finds out whether
 * it is back. Ours, since cockatiel's (4.0) goes by a clock that can be set, keeps callers waiting for the one that finds
 * out, and takes one that ran out of its own time for a success.
 */
export class Breaker {
  readonly #provider: string;
  readonly #clock: Pick<Clock, 'elapsed'>;
  #failuresInARow = 0;
  /** On the clock's `elapsed` scale; only where it is open. */
  #asksAgainAt = 0;

  constructor(provider: string, clock: Pick<Clock, 'elapsed'>) {
    this.#provider = provider;
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#failuresInARow >= OPENS_AFTER;
  }

  /** @throws GatewayError PROVIDER_UNAVAILABLE while nobody is let through */
  refuseWhileOpen(): void {
    const leftMs = this.#asksAgainAt - this.#clock.elapsed();
    if (this.isOpen && leftMs > 0) throw leftAlone(this.#provider, leftMs);
  }

  /**
   * Lets a call through.
   * @returns whether it is the one that finds out
   * @throws what `refuseWhileOpen` does
   */
  enter(): boolean {
    this.refuseWhileOpen();
    // Whatever comes of that one, the next is let through a period later.
    if (this.isOpen) this.#asksAgainAt = this.#clock.elapsed() + PERIOD_MS;
    return this.isOpen;
  }

  /** Told what came of whatever was sent; null: an answer. */
  note(problem: GatewayError | null): void {
    const tells = problem === null ? 'ANSWERS' : whatItTells(problem);
    if (tells === 'ANSWERS') this.#failuresInARow = 0;
    if (tells !== 'FAILS') return;
    this.#failuresInARow++;
    if (this.#failuresInARow === OPENS_AFTER) this.#asksAgainAt = this.#clock.elapsed() + PERIOD_MS;
  }
}

/**
 * What a problem tells of the provider. An answer that can't be trusted tells nothing: it may be one record's. Neither does a
 * call that ran out of its operation's time, or was given too little of it.
 */
function whatItTells({ code, saysNothing }: GatewayError): 'FAILS' | 'ANSWERS' | 'NOTHING' {
  if (saysNothing) return 'NOTHING';
  switch (code) {
    case 'PROVIDER_UNAVAILABLE':
    case 'PROVIDER_TIMEOUT':
      return 'FAILS';
    case 'PROVIDER_REJECTED':
    case 'PROVIDER_RATE_LIMITED':
    case 'PROVIDER_AUTH_FAILED':
      return 'ANSWERS';
    default:
      return 'NOTHING';
  }
}

const leftAlone = (provider: string, leftMs: number): GatewayError =>
  new GatewayError(
    'PROVIDER_UNAVAILABLE',
    'The provider has not answered for a while, and is not asked for a moment.',
    {
      provider,
      retryable: true,
      retryAfterMs: Math.ceil(leftMs),
      saysNothing: true,
    },
  );
