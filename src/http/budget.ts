import type { Clock } from '../clock.ts';
import { usedUp } from './problems.ts';
import { type RateLimit, WINDOWS } from './rateLimit.ts';
import { type Ask, type Counted, KNOWN_MS, LATE_MS, type SharedCalls, type Taken } from './sharedCalls.ts';
import { type Keeper, Spent } from './spent.ts';
import { ALONE, type Together } from './together.ts';
import { type Call, type Kept, type Part, type Spender, Window } from './window.ts';

export type { Spender, Spent };

const EVERYTHING: Part = { calls: Infinity, ofCaller: 1 };
const NOTHING: Part = { calls: 0, ofCaller: 0 };

/** Of each gateway's equal part so much is its own whatever the others have used: what it has when it can't ask any more. */
const OWN_PART = 1 / 8;

/** Where calls can't be counted together, that is tried again so much later. */
const ASKS_AGAIN_MS = 1_000;

/** How often a gateway is to be heard of that makes no calls: in milliseconds. */
export const HEARD_MS = KNOWN_MS / 4;

/**
 * Keeps calls within what their provider grants, before they are sent: a provider that refuses has been asked for nothing,
 * and some count refused calls as well. What is granted, and how much of it others use who have our credentials too, is
 * learnt from answers; what this process has sent, it knows better.
 *
 * Several gateways count together. Whoever goes by that count is known to the others for `KNOWN_MS`, and they keep an equal part
 * of a minute for each that is not. A gateway that can't count with them keeps to an eighth of its part, which is always kept
 * for it, until all that the others made while it was known is past; then to its part. Of a day, which is long enough for
 * answers to tell of the others, it keeps to its equal part of what is one caller's.
 */
export class Budget {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #together: Together;
  readonly #windows = new Map<string, Window>();
  readonly #startedAt: number;
  #made = 0;
  /** Calls that are paid for and not over. */
  readonly #underWay = new Set<Spent>();
  /** Whether the last time that somebody was asked for the count, there was an answer. */
  #isShared = false;
  #asksAgainAt = -Infinity;
  /** Until when the others may count on this gateway, or on the one in whose place it came. */
  #knownUntil: number;
  /** Other gateways that are known, as last told. */
  #known = 0;
  /** Whether what was missed is being told of. */
  #isTelling = false;
  /** While others are asked what they were told is granted. */
  #granted: Promise<void> | null = null;
  /** Whether the first call is to find out what is granted; that one, while it is under way. */
  #findsOut: boolean;
  #first: { readonly spent: Spent; readonly over: PromiseWithResolvers<void> } | null = null;
  readonly #keeper: Keeper;

  /**
   * @param slackMs how long a call may be on its way to the provider, where it counts only then
   * @param findsOut whether the others wait for the first call, which tells what is granted
   */
  constructor(provider: string, clock: Clock, slackMs: number, together = ALONE, findsOut = false) {
    this.#provider = provider;
    this.#clock = clock;
    this.#slackMs = slackMs;
    this.#together = together;
    this.#findsOut = findsOut;
    this.#keeper = { calls: together.calls, ended: (spent) => this.#ended(spent) };
    this.#startedAt = clock.elapsed();
    this.#knownUntil = together.calls ? this.#startedAt + KNOWN_MS : -Infinity;
    together.calls?.onLost(() => this.#lose());
  }

  /** Whether its calls are counted with those of the other gateways. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /**
   * Pays for a call.
   * @throws GatewayError PROVIDER_RATE_LIMITED, with when there is some again
   */
  spend(spender: Spender): Spent | Promise<Spent> {
    const { calls } = this.#together;
    if (calls && this.#clock.elapsed() >= this.#asksAgainAt) return this.#spendTogether(calls, spender);
    if (this.#windows.size > 0) return this.#payApart(spender);
    return this.#payFirst(spender);
  }

  /** Is heard of by the other gateways, and hears of them: to be called each `HEARD_MS`. */
  async hear(): Promise<void> {
    const { calls } = this.#together;
    if (!calls || this.#clock.elapsed() < this.#asksAgainAt) return;
    if (this.#windows.size === 0) await this.#learnFromOthers(calls);
    if (this.#windows.size > 0) await this.#ask(calls, null, [...this.#windows.values()], null);
  }

  /** No call is made any more; what could not be counted is told of once more. */
  async close(): Promise<void> {
    const { calls } = this.#together;
    if (calls && this.#windows.size > 0) await this.#ask(calls, null, [...this.#windows.values()], null);
    calls?.leave();
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
    const ofEach = [...this.#windows.values()].map((window) => {
      if (!this.#isShared || !window.isCounted) return window.leftFor(spender, this.#partOf(window));
      const { keptForKnown, keptForUnknown } = this.#keptBy(window, window.own + 1);
      const kept = this.#known * keptForKnown + (this.#others - this.#known) * keptForUnknown;
      return window.leftFor(spender, EVERYTHING) - kept;
    });
    return Math.max(0, Math.min(Infinity, ...ofEach));
  }

  /** @param told by the answer to a call that was paid so */
  learn(told: readonly RateLimit[], spent: Spent): void {
    for (const each of told) {
      if (each.limit === 0) continue;
      const window = this.#windows.get(each.window) ?? this.#begin(each.window);
      window.learn(each, Math.max(0, this.#underWay.size - 1), spent.countOf(each.window), spent.call.at);
    }
  }

  /** @param isMissed whether nobody counts it with the other gateways' */
  #pay({ caller }: Spender, windows: readonly Window[], isMissed: boolean): Spent {
    const call = { number: ++this.#made, at: this.#clock.elapsed(), caller };
    const spent = new Spent(this.#keeper, call, windows, isMissed);
    this.#underWay.add(spent);
    return spent;
  }

  /** Nobody has told yet what is granted: one call finds out, and whoever else asks waits until it is over. */
  #payFirst(spender: Spender): Spent | Promise<Spent> {
    if (!this.#findsOut) return this.#pay(spender, [], true);
    if (this.#first) return this.#first.over.promise.then(() => this.spend(spender));
    this.#first = { spent: this.#pay(spender, [], true), over: Promise.withResolvers() };
    return this.#first.spent;
  }

  #ended(spent: Spent): void {
    this.#underWay.delete(spent);
    if (this.#first?.spent !== spent) return;
    // One that was not sent has found out nothing.
    this.#findsOut = !spent.isSent;
    this.#first.over.resolve();
    this.#first = null;
  }

  #payApart(spender: Spender): Spent {
    const windows = [...this.#windows.values()];
    this.#refuse(spender, windows);
    return this.#pay(spender, windows, true);
  }

  /** What is on its way already is paid from it as well. */
  #begin(name: string): Window {
    const window = new Window(name, this.#clock, this.#slackMs);
    this.#windows.set(name, window);
    for (const spent of this.#underWay) if (spent.isSent) spent.payFrom(window);
    return window;
  }

  async #spendTogether(calls: SharedCalls, spender: Spender): Promise<Spent> {
    if (this.#windows.size === 0) await this.#learnFromOthers(calls);
    const windows = [...this.#windows.values()];
    if (windows.length === 0) return this.#payFirst(spender);
    const unsure = this.#isShared ? windows.filter((window) => !window.isCounted) : [];
    this.#refuse(spender, unsure);
    const spent = this.#pay(spender, windows, false);
    const taken = await this.#ask(calls, spent.call, windows, spender);
    if (!taken) {
      spent.drop();
      return this.#payApart(spender);
    }
    const { refused } = taken;
    if (refused) {
      spent.drop();
      const oldestAt = this.#clock.elapsed() - refused.oldestMs;
      throw usedUp(this.#provider, windows[refused.place]?.untilAnew(oldestAt) ?? ASKS_AGAIN_MS);
    }
    if (windows.every((window) => unsure.includes(window) || window.isCounted)) {
      spent.counts = taken.windows.map((counted) => counted.calls);
      return spent;
    }
    // Not everything is counted that this gateway thought to be: it keeps to its part.
    spent.giveBack();
    return this.#spendTogether(calls, spender);
  }

  /** Before the first answer: what other gateways were told. */
  #learnFromOthers(calls: SharedCalls): Promise<void> {
    const learn = (limits: ReadonlyMap<string, number>): void => {
      for (const [name, limit] of limits)
        if (WINDOWS.includes(name) && limit > 0 && !this.#windows.has(name)) this.#begin(name).grants(limit);
    };
    this.#granted ??= calls
      .limits()
      .then(learn, () => this.#lose())
      .finally(() => {
        this.#granted = null;
      });
    return this.#granted;
  }

  /** @returns null where nobody can be asked */
  async #ask(
    calls: SharedCalls,
    call: Call | null,
    windows: readonly Window[],
    spender: Spender | null,
  ): Promise<Taken | null> {
    const { isGuest = false } = this.#together;
    const isNew = !isGuest && this.#clock.elapsed() - this.#startedAt < KNOWN_MS;
    // Where nobody could be asked, the next that is asked may come to nothing as well.
    const isKnown = !isGuest && !isNew && this.isShared && windows.every((window) => window.isLong || window.isCounted);
    // One tells of what was missed: those behind it are heard behind it.
    const tellsMissed = !this.#isTelling;
    this.#isTelling = true;
    const asks = windows.map((window) => window.asked(spender, this.#keptBy(window, window.own), tellsMissed));
    try {
      const taken = await calls.take({ call, others: this.#others, isKnown, isNew, isGuest }, asks);
      for (const [place, window] of windows.entries())
        window.counted(taken.windows[place] as Counted, asks[place] as Ask);
      this.#known = taken.known;
      this.#isShared = true;
      if (isKnown) this.#isKnownFor(KNOWN_MS);
      return taken;
    } catch {
      // It may have been heard all the same.
      if (isKnown) this.#isKnownFor(LATE_MS + KNOWN_MS);
      this.#lose();
      return null;
    } finally {
      if (tellsMissed) this.#isTelling = false;
    }
  }

  get #others(): number {
    return this.#together.isGuest ? this.#together.gateways : this.#together.gateways - 1;
  }

  #isKnownFor(ms: number): void {
    this.#knownUntil = Math.max(this.#knownUntil, this.#clock.elapsed() + ms);
  }

  #lose(): void {
    this.#isShared = false;
    this.#asksAgainAt = this.#clock.elapsed() + ASKS_AGAIN_MS;
  }

  /** @throws GatewayError where this gateway's part is used up */
  #refuse(spender: Spender, windows: readonly Window[]): void {
    let waitMs = 0;
    for (const window of windows) waitMs = Math.max(waitMs, window.waitMs(spender, this.#partOf(window)));
    if (waitMs > 0) throw usedUp(this.#provider, waitMs);
  }

  #partOf(window: Window): Part {
    const { gateways, calls, isGuest } = this.#together;
    if (gateways === 1 && !calls) return EVERYTHING;
    if (window.isLong) return { calls: Infinity, ofCaller: 1 / gateways };
    if (isGuest) return NOTHING;
    const isPast = this.#clock.elapsed() - this.#knownUntil >= window.spanMs;
    if (isPast) return { calls: this.#equalPartOf(window), ofCaller: 1 };
    // What the one before it has used, only the provider can tell.
    const isTold = !this.#isYoung(window) || window.isTold;
    return isTold ? { calls: this.#ownOf(window), ofCaller: 1 } : NOTHING;
  }

  /** Whether calls still count of one in whose place it came, which may have used all that is its own. */
  #isYoung = ({ spanMs }: Window): boolean => this.#clock.elapsed() - this.#startedAt < spanMs;

  /** Nothing, while it makes no more calls than what is its own. @param calls of this gateway that count */
  #keptBy(window: Window, calls: number): Kept {
    const own = this.#together.isGuest || this.#isYoung(window) ? 0 : this.#ownOf(window);
    if (window.isLong || calls <= own) return { keptForKnown: 0, keptForUnknown: 0 };
    return { keptForKnown: this.#ownOf(window), keptForUnknown: this.#equalPartOf(window) };
  }

  #equalPartOf = ({ limit }: Window): number => Math.floor(limit / this.#together.gateways);

  #ownOf = ({ limit }: Window): number => Math.floor((limit * OWN_PART) / this.#together.gateways);
}
