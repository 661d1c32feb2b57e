import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { RateLimit } from './rateLimit.ts';
import type { SharedCalls, Taken } from './sharedCalls.ts';
import { type Call, type Part, type Spender, Window } from './window.ts';

export type { Spender };

/** Who else makes calls with the same credentials. */
export interface Together {
  /** How many gateways there are at the most, this one as well. */
  readonly gateways: number;
  /** Where they count their calls together; null: nowhere. */
  readonly calls: SharedCalls | null;
}

export const ALONE: Together = { gateways: 1, calls: null };

const EVERYTHING: Part = { calls: Infinity, ofCaller: 1 };

/** Of each gateway's equal part so much is its own whatever the others have used: what it has when it can't ask any more. */
const OWN_PART = 1 / 8;

/** Where calls can't be counted together, that is tried again so much later. */
const ASKS_AGAIN_MS = 1_000;

/**
 * Keeps calls within what their provider grants, before they are sent: a provider that refuses has been asked for nothing,
 * and some count refused calls as well. What is granted, and how much of it others use who have our credentials too, is
 * learnt from answers; what this process has sent, it knows better.
 *
 * Several gateways count together. Where they can't, each keeps to its equal part of a minute; at first, for as long as a
 * call counts, only to an eighth of that: another gateway may have used the rest right before. Of a day, which is long
 * enough for answers to tell of the others, it keeps to its equal part of what is one caller's.
 */
export class Budget {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #together: Together;
  readonly #windows = new Map<string, Window>();
  #made = 0;
  /** Calls that are paid for and not over. */
  readonly #underWay = new Set<Spent>();
  /** Since when calls are counted together, as last told, on the clock's `elapsed` scale; Infinity: nobody has told yet. */
  #countedFrom = Infinity;
  /** Since when the others may not have kept to their parts. */
  #unsureSince: number;
  /** Since when nobody could be asked; null: the last time somebody answered. */
  #lostAt: number | null = null;
  #asksAgainAt = -Infinity;
  /** From when on nobody has calls of a minute that are not counted, and since when this gateway has none. */
  #trustsFrom = -Infinity;
  #foundAt = -Infinity;

  /** @param slackMs how long a call may be on its way to the provider, where it counts only then */
  constructor(provider: string, clock: Clock, slackMs: number, together = ALONE) {
    this.#provider = provider;
    this.#clock = clock;
    this.#slackMs = slackMs;
    this.#together = together;
    this.#unsureSince = together.calls ? clock.elapsed() : -Infinity;
    together.calls?.onLost(() => this.#lose());
  }

  /** Whether its calls are counted with those of the other gateways. */
  get isShared(): boolean {
    return this.#countedFrom < Infinity && this.#lostAt === null;
  }

  /**
   * Pays for a call.
   * @throws GatewayError PROVIDER_RATE_LIMITED, with when there is some again
   */
  spend(spender: Spender): Spent | Promise<Spent> {
    const windows = [...this.#windows.values()];
    const { calls } = this.#together;
    if (calls && windows.length > 0 && this.#clock.elapsed() >= this.#asksAgainAt)
      return this.#spendTogether(calls, spender, windows);
    this.#refuse(spender, windows);
    return this.#pay(spender, windows);
  }

  /** Whether an answer has told since of windows that a call was not paid from: it is to be paid anew. */
  knowsMore(spent: Spent): boolean {
    return spent.windows < this.#windows.size;
  }

  /** How many calls there are still, by window; nothing is known of those that no answer has told of. */
  left(): readonly (readonly [window: string, calls: number])[] {
    return [...this.#windows].map(([name, window]) => [name, window.left]);
  }

  /** How many calls whoever asks could make now, as far as this gateway knows; Infinity: no answer has told of a bound. */
  leftFor(spender: Spender): number {
    const ofEach = [...this.#windows.values()].map((window) =>
      this.#together.calls && this.#knowsAll(window)
        ? window.leftFor(spender, EVERYTHING) - this.#keptBy(window)
        : window.leftFor(spender, this.#partOf(window)),
    );
    return Math.max(0, Math.min(Infinity, ...ofEach));
  }

  /** @param told by the answer to a call that was paid so */
  learn(told: readonly RateLimit[], spent: Spent): void {
    for (const each of told) {
      if (each.limit === 0) continue;
      const window = this.#windows.get(each.window) ?? this.#begin(each.window);
      window.learn(each, Math.max(0, this.#underWay.size - 1), spent.countOf(each.window));
    }
  }

  #pay({ caller }: Spender, windows: readonly Window[]): Spent {
    const call = { number: ++this.#made, at: this.#clock.elapsed(), caller };
    return new Spent(this.#underWay, call, windows);
  }

  /** What is on its way already is paid from it as well. */
  #begin(name: string): Window {
    const window = new Window(name, this.#clock, this.#slackMs);
    this.#windows.set(name, window);
    for (const spent of this.#underWay) if (spent.isSent) spent.payFrom(window);
    return window;
  }

  async #spendTogether(calls: SharedCalls, spender: Spender, windows: readonly Window[]): Promise<Spent> {
    const wasLost = this.#lostAt !== null;
    const unsure = wasLost ? [] : windows.filter((window) => !this.#knowsAll(window));
    this.#refuse(spender, unsure);
    const asks = windows.map((window) => window.asked(spender, this.#keptBy(window)));
    const spent = this.#pay(spender, windows);
    let taken: Taken;
    try {
      taken = await calls.take(spent.call, asks);
    } catch {
      this.#lose();
      spent.giveBack();
      this.#refuse(spender, windows);
      return this.#pay(spender, windows);
    }
    // Who has asked before nobody could be asked knows nothing of now.
    if (wasLost || this.#lostAt === null) this.#find(taken.countedForMs);
    for (const [place, window] of windows.entries()) window.sees(taken.counts[place] ?? 0);
    const { refused } = taken;
    const giveBack = (): void => calls.giveBack(spent.call, asks);
    const isAsThought = windows.every((window) => unsure.includes(window) || this.#knowsAll(window));
    if (!refused && isAsThought) {
      spent.share(taken.counts, giveBack);
      return spent;
    }
    spent.giveBack();
    if (!refused) {
      // Not everything is counted that this gateway thought to be: it keeps to its part.
      giveBack();
      return this.#spendTogether(calls, spender, windows);
    }
    const oldestAt = this.#clock.elapsed() - refused.oldestMs;
    throw usedUp(this.#provider, windows[refused.place]?.untilAnew(oldestAt) ?? ASKS_AGAIN_MS);
  }

  /** @throws GatewayError where this gateway's part is used up */
  #refuse(spender: Spender, windows: readonly Window[]): void {
    let waitMs = 0;
    for (const window of windows) waitMs = Math.max(waitMs, window.waitMs(spender, this.#partOf(window)));
    if (waitMs > 0) throw usedUp(this.#provider, waitMs);
  }

  #partOf(window: Window): Part {
    const { gateways } = this.#together;
    if (gateways === 1) return EVERYTHING;
    if (window.isLong) return { calls: Infinity, ofCaller: 1 / gateways };
    const isUnsure = this.#clock.elapsed() - this.#unsureSince < window.spanMs;
    return { calls: isUnsure ? this.#ownOf(window) : Math.floor(window.limit / gateways), ofCaller: 1 };
  }

  /** What the other gateways may use of a window even if nobody can tell them that there is nothing left. */
  #keptBy(window: Window): number {
    const own = this.#ownOf(window);
    return window.isLong || window.own < own ? 0 : own * (this.#together.gateways - 1);
  }

  #ownOf = ({ limit }: Window): number => Math.floor((limit * OWN_PART) / this.#together.gateways);

  /** Whether every call that still counts was counted together. */
  #knowsAll = (window: Window): boolean => {
    const from = window.isLong
      ? Math.max(this.#countedFrom, this.#foundAt)
      : Math.max(this.#countedFrom, this.#trustsFrom);
    return this.#lostAt === null && this.#clock.elapsed() - from >= window.spanMs;
  };

  #lose(): void {
    const now = this.#clock.elapsed();
    if (this.#lostAt === null) this.#unsureSince = now;
    this.#lostAt ??= now;
    this.#asksAgainAt = now + ASKS_AGAIN_MS;
  }

  #find(countedForMs: number): void {
    const now = this.#clock.elapsed();
    const from = now - countedForMs;
    if (this.#lostAt !== null) {
      // Others who could not ask for as long have used their parts.
      if (this.#isLong(now - this.#lostAt)) this.#trustsFrom = now;
      this.#foundAt = now;
      this.#lostAt = null;
    }
    // Whoever keeps the count has begun anew, and what came before is not known any more.
    if (from > this.#countedFrom + ASKS_AGAIN_MS) this.#unsureSince = from;
    this.#countedFrom = from;
  }

  #isLong = (ms: number): boolean =>
    [...this.#windows.values()].some((window) => !window.isLong && ms >= window.spanMs);
}

/** A call that is paid for. */
export class Spent {
  readonly call: Call;
  /** Whether it has left. */
  isSent = false;
  readonly #underWay: Set<Spent>;
  readonly #windows: Window[];
  #counts: readonly number[] | null = null;
  #giveBack: (() => void) | null = null;

  constructor(underWay: Set<Spent>, call: Call, windows: readonly Window[]) {
    this.#underWay = underWay.add(this);
    this.call = call;
    this.#windows = [...windows];
    for (const window of windows) window.add(call);
  }

  /** It is counted with the calls of other gateways. @param counts by window */
  share(counts: readonly number[], giveBack: () => void): void {
    this.#counts = counts;
    this.#giveBack = giveBack;
  }

  /** How many calls all gateways had made within a window when this one was; null: nobody counts them. */
  countOf(name: string): number | null {
    return this.#counts?.[this.#windows.findIndex((window) => window.name === name)] ?? null;
  }

  /** From how many windows it is paid. */
  get windows(): number {
    return this.#windows.length;
  }

  payFrom(window: Window): void {
    window.add(this.call);
    this.#windows.push(window);
  }

  /** Its answer is there, or will not come. */
  end(): void {
    this.#underWay.delete(this);
  }

  /** It was never sent. */
  giveBack(): void {
    this.end();
    for (const window of this.#windows) window.remove(this.call);
    this.#giveBack?.();
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
