import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { lengthOf, type RateLimit } from './rateLimit.ts';

/** What is told of others is believed for so long, where nobody says until when it holds: then it is asked again. */
const BELIEVED_MS = 10 * 60_000;

/** Whose call it is, and what for. */
export interface Spender {
  /** null: this gateway's own. */
  readonly caller: string | null;
  /** It writes, or is read in order to. */
  readonly isForWrite: boolean;
}

/** Of a window that is longer than this, a part is kept for writes, and nobody gets all of it. */
const LONG_MS = 3_600_000;
const KEPT_FOR_WRITES = 1 / 5;
const ONE_CALLERS = 1 / 4;

/**
 * Keeps calls within what their provider grants, before they are sent: a provider that refuses has been asked for nothing,
 * and some count refused calls as well. What is granted, and how much of it others use who have our credentials too, is
 * learnt from answers; what this process has sent, it knows better.
 */
export class Budget {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #windows = new Map<string, Window>();
  #underWay = 0;
  readonly #over = (): void => void this.#underWay--;

  /** @param slackMs how long a call may be on its way to the provider, where it counts only then */
  constructor(provider: string, clock: Clock, slackMs: number) {
    this.#provider = provider;
    this.#clock = clock;
    this.#slackMs = slackMs;
  }

  /**
   * Pays for a call.
   * @throws GatewayError PROVIDER_RATE_LIMITED, with when there is some again
   */
  spend(spender: Spender): Spent {
    let waitMs = 0;
    for (const window of this.#windows.values()) waitMs = Math.max(waitMs, window.waitMs(spender));
    if (waitMs > 0) throw usedUp(this.#provider, waitMs);
    this.#underWay++;
    if (this.#windows.size === 0) return new Spent(this.#over, NO_CALLS);
    return new Spent(
      this.#over,
      [...this.#windows.values()].map((window) => [window, window.add(spender)]),
    );
  }

  /** How many calls there are still, by window; nothing is known of those that no answer has told of. */
  left(): readonly (readonly [window: string, calls: number])[] {
    return [...this.#windows].map(([name, window]) => [name, window.left]);
  }

  /** @param told by the answer to a call that is under way */
  learn(told: readonly RateLimit[]): void {
    for (const each of told) {
      if (each.limit === 0) continue;
      const known = this.#windows.get(each.window);
      const window = known ?? new Window(this.#clock, lengthOf(each.window), this.#slackMs);
      this.#windows.set(each.window, window);
      window.learn(each, Math.max(0, this.#underWay - 1));
    }
  }
}

const NO_CALLS: readonly never[] = [];

/** A call that is paid for. */
export class Spent {
  readonly #over: () => void;
  readonly #calls: readonly (readonly [Window, Call])[];
  #isOver = false;

  constructor(over: () => void, calls: readonly (readonly [Window, Call])[]) {
    this.#over = over;
    this.#calls = calls;
  }

  /** Its answer is there, or will not come. */
  end(): void {
    if (!this.#isOver) this.#over();
    this.#isOver = true;
  }

  /** It was never sent. */
  giveBack(): void {
    this.end();
    for (const [window, call] of this.#calls) window.remove(call);
  }
}

interface Call {
  readonly at: number;
  readonly caller: string | null;
}

/** The calls of this process within one window. Its moments are on the clock's `elapsed` scale. */
class Window {
  readonly #clock: Clock;
  readonly #lengthMs: number;
  readonly #isLong: boolean;
  readonly #slackMs: number;
  /** The oldest first. */
  #calls: Call[] = [];
  readonly #ofCaller = new Map<string, number>();
  #limit = Infinity;
  /** Calls of others, as they were last told of, and until when they count. */
  #others = 0;
  #othersUntil = 0;
  /** When the window begins anew; null: nobody knows, and it slides. */
  #anewAt: number | null = null;
  /** Where nobody knows that: from when on one call may find out whether what was told still holds. */
  #askedAgainAt = Infinity;

  constructor(clock: Clock, lengthMs: number, slackMs: number) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#isLong = lengthMs > LONG_MS;
    this.#slackMs = slackMs;
  }

  get left(): number {
    this.#forget();
    return Math.max(0, this.#limit - this.#calls.length - this.#others);
  }

  /** How long a call has to wait; 0: not at all. */
  waitMs({ caller, isForWrite }: Spender): number {
    const kept = this.#isLong && !isForWrite ? this.#limit * KEPT_FOR_WRITES : 0;
    const isLeft = this.left > kept;
    const own = caller === null ? 0 : (this.#ofCaller.get(caller) ?? 0);
    const isFair = !this.#isLong || own < this.#limit * ONE_CALLERS;
    return (isLeft || this.#isAskedAgain()) && isFair ? 0 : this.#untilAnew();
  }

  add({ caller }: Spender): Call {
    const call = { at: this.#clock.elapsed(), caller };
    this.#calls.push(call);
    if (caller !== null) this.#ofCaller.set(caller, (this.#ofCaller.get(caller) ?? 0) + 1);
    return call;
  }

  remove(call: Call): void {
    const place = this.#calls.lastIndexOf(call);
    if (place < 0) return;
    this.#calls.splice(place, 1);
    this.#uncount(call);
  }

  /** @param underWay calls of which nobody knows whether they are counted in what is told: they are taken for calls of others */
  learn({ limit, remaining, resetsAt }: RateLimit, underWay: number): void {
    this.#forget();
    const now = this.#clock.elapsed();
    const leftMs = resetsAt ? resetsAt.getTime() - this.#clock.now() : 0;
    // One that is past, or further ahead than the window is long (a day may have an hour more), says nothing.
    const isTold = leftMs > 0 && leftMs <= this.#lengthMs + LONG_MS;
    this.#limit = limit;
    if (this.#isLong) this.#keepNewest(Math.max(0, limit - remaining) + underWay);
    this.#anewAt = isTold ? now + leftMs : null;
    this.#others = Math.max(0, limit - remaining - Math.max(0, this.#calls.length - underWay));
    this.#othersUntil = this.#anewAt ?? now + Math.min(this.#lengthMs, BELIEVED_MS);
    this.#askedAgainAt = this.#isLong && this.#anewAt === null ? now + BELIEVED_MS : Infinity;
  }

  #isAskedAgain(): boolean {
    const now = this.#clock.elapsed();
    if (now < this.#askedAgainAt) return false;
    this.#askedAgainAt = now + BELIEVED_MS;
    return true;
  }

  /** What is out of the window does not count any more. */
  #forget(): void {
    const now = this.#clock.elapsed();
    const isAnew = this.#anewAt !== null && now >= this.#anewAt;
    if (isAnew) this.#anewAt = null;
    if (now >= this.#othersUntil) this.#others = 0;
    const since = now - this.#slackMs - (isAnew ? 0 : this.#lengthMs);
    const kept = this.#calls.findIndex(({ at }) => at > since);
    for (const call of this.#calls.splice(0, kept < 0 ? this.#calls.length : kept)) this.#uncount(call);
  }

  /**
   * A long window has begun anew where the provider counts fewer calls than were sent: its midnight came before ours. (A minute
   * may be over there as well, and yet no more calls than it grants are sent in any.)
   */
  #keepNewest(count: number): void {
    const older = Math.max(0, this.#calls.length - count);
    for (const call of this.#calls.splice(0, older)) this.#uncount(call);
  }

  #uncount({ caller }: Call): void {
    if (caller === null) return;
    const left = (this.#ofCaller.get(caller) ?? 1) - 1;
    if (left === 0) this.#ofCaller.delete(caller);
    else this.#ofCaller.set(caller, left);
  }

  #untilAnew(): number {
    const now = this.#clock.elapsed();
    const ownAt = (this.#calls[0]?.at ?? now) + this.#lengthMs + this.#slackMs;
    const slides = this.#others > 0 ? Math.min(ownAt, this.#othersUntil) : ownAt;
    return Math.max(1, (this.#anewAt ?? Math.min(slides, this.#askedAgainAt)) - now);
  }
}

const usedUp = (provider: string, retryAfterMs: number): GatewayError =>
  new GatewayError(
    'PROVIDER_RATE_LIMITED',
    'What the provider grants is used up, as far as it is yours: it is not asked before there is some again.',
    {
      provider,
      retryable: true,
      retryAfterMs: Math.ceil(retryAfterMs),
    },
  );
