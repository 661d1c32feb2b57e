import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

/** So many failures one after the other are no accident. */
export const OPENS_AFTER = 10;

/** How long a provider is left alone before one call finds out how it is. */
export const PERIOD_MS = 2_000;

/** Failures one after the other; an answer begins another row. */
interface Row {
  failures: number;
}

interface UnderWay {
  /** On the clock's `elapsed` scale. */
  readonly silentAt: number;
  /** That its silence was counted in. */
  row: Row | null;
}

/**
 * Stops asking a provider that does not answer: whoever asks is told at once, and one call in each period finds out whether
 * it is back. Ours, since cockatiel's (4.0) goes by a clock that can be set, keeps callers waiting for the one that finds
 * out, and takes one that ran out of its own time for a success.
 *
 * A call that is silent for long counts as a failure before its time is over, and once; what ends it without an answer adds
 * nothing. It is looked up when somebody asks: that needs no timer. An answer that came while this process was busy with
 * something else is read first.
 */
export class Breaker {
  readonly #provider: string;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #silenceMs: number;
  readonly #onOpen: () => void;
  readonly #later: (look: () => void) => void;
  #isLooking = false;
  #row: Row = { failures: 0 };
  /** Sent and not silent for long yet, the oldest first. */
  #awaited: UnderWay[] = [];
  /** On the clock's `elapsed` scale; only where it is open. */
  #asksAgainAt = 0;

  /**
   * @param silenceMs without an answer for so long, a call counts as a failure
   * @param onOpen is told when the provider is left alone from now on
   * @param later when all that has come is read
   */
  constructor(
    provider: string,
    clock: Pick<Clock, 'elapsed'>,
    silenceMs: number,
    onOpen: () => void,
    later: (look: () => void) => void = setImmediate,
  ) {
    this.#provider = provider;
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#onOpen = onOpen;
    this.#later = later;
  }

  get isOpen(): boolean {
    this.#lookForSilent();
    return this.#row.failures >= OPENS_AFTER;
  }

  /** @throws GatewayError PROVIDER_UNAVAILABLE while nobody is let through */
  refuseWhileOpen(): void {
    if (this.isOpen && this.#clock.elapsed() < this.#asksAgainAt) throw this.refusal();
  }

  /** What those are told who are not let through. */
  refusal(): GatewayError {
    return leftAlone(this.#provider, Math.max(0, this.#asksAgainAt - this.#clock.elapsed()));
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

  /**
   * A call is sent.
   * @param saysNothing it has too little time for its silence to tell of the provider
   * @returns to be told what came of it; null: an answer
   */
  sent(saysNothing: boolean): (thrown: unknown) => void {
    const call: UnderWay = { silentAt: this.#clock.elapsed() + this.#silenceMs, row: null };
    if (!saysNothing) this.#awaited.push(call);
    return (thrown) => this.#ended(call, thrown === null ? 'ANSWERS' : whatItTells(thrown));
  }

  #ended(call: UnderWay, tells: Told): void {
    if (tells === 'ANSWERS') {
      // Those who were silent before say nothing against it: where nobody has asked meanwhile, nobody has to be told.
      this.#takeSilent();
      this.#row = { failures: 0 };
    } else if (tells === 'FAILS' ? call.row !== this.#row : this.#isSilent(call)) this.#fails(this.#clock.elapsed());
    this.#awaited = this.#awaited.filter((each) => each !== call);
  }

  #lookForSilent(): void {
    const oldest = this.#awaited[0];
    if (this.#isLooking || !oldest || this.#clock.elapsed() < oldest.silentAt) return;
    this.#isLooking = true;
    this.#later(() => {
      this.#isLooking = false;
      for (const call of this.#takeSilent()) {
        call.row = this.#row;
        this.#fails(call.silentAt);
      }
    });
  }

  /** And was not counted for that yet. */
  #isSilent(call: UnderWay): boolean {
    return this.#clock.elapsed() >= call.silentAt && this.#awaited.includes(call);
  }

  #takeSilent(): UnderWay[] {
    const now = this.#clock.elapsed();
    const others = this.#awaited.findIndex(({ silentAt }) => silentAt > now);
    return this.#awaited.splice(0, others < 0 ? this.#awaited.length : others);
  }

  #fails(at: number): void {
    this.#row.failures++;
    if (this.#row.failures !== OPENS_AFTER) return;
    this.#asksAgainAt = at + PERIOD_MS;
    this.#onOpen();
  }
}

type Told = 'FAILS' | 'ANSWERS' | 'NOTHING';

/**
 * What a problem tells of the provider. An answer that can't be trusted tells nothing: it may be one record's. Neither does a
 * call that ran out of its operation's time, or was given too little of it.
 */
function whatItTells(thrown: unknown): Told {
  if (!(thrown instanceof GatewayError) || thrown.saysNothing) return 'NOTHING';
  switch (thrown.code) {
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
