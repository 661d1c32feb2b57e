import type { Clock } from '../clock.ts';
import { lengthOf, type RateLimit } from './rateLimit.ts';
import { type Ask, type Counted, LATE_MS, MOST_MISSED, type SharedCall } from './sharedCalls.ts';

/** Whose call it is, and what for. */
export interface Spender {
  /** null: this gateway's own. */
  readonly caller: string | null;
  /** It writes, or is read in order to. */
  readonly isForWrite: boolean;
}

export interface Call extends SharedCall {
  /** On the clock's `elapsed` scale. */
  readonly at: number;
}

/** What one of several gateways may use of a window where nobody can tell it what the others do. */
export interface Part {
  readonly calls: number;
  /** Of what is one caller's: 1 is all of it. */
  readonly ofCaller: number;
}

/** What it leaves for each of the others where they are counted together. */
export type Kept = Pick<Ask, 'keptForKnown' | 'keptForUnknown'>;

/** What is told of others is believed for so long, where nobody says until when it holds: then it is asked again. */
const BELIEVED_MS = 10 * 60_000;

/** Of a window that is longer than this, a part is kept for writes, and nobody gets all of it. */
const LONG_MS = 3_600_000;
const KEPT_FOR_WRITES = 1 / 5;
const ONE_CALLERS = 1 / 4;

/** The calls of this process within one window. Its moments are on the clock's `elapsed` scale. */
export class Window {
  readonly name: string;
  readonly lengthMs: number;
  readonly isLong: boolean;
  readonly #clock: Clock;
  readonly #slackMs: number;
  /** The oldest first. */
  #calls: Call[] = [];
  readonly #ofCaller = new Map<string, number>();
  /** When those were made that could not be counted with the other gateways' then. */
  readonly #missed = new Map<SharedCall, number>();
  /** Since when the calls of whoever is known are counted together; Infinity: nobody has told. */
  #countedFrom = Infinity;
  #limit = Infinity;
  /** When the last call was made whose answer has told of it, and when it was seen that the count has begun anew since. */
  #toldAt = -Infinity;
  #anewSeenAt = -Infinity;
  /** Calls of others, as they were last told of, and until when they count. */
  #others = 0;
  #othersUntil = 0;
  /** Calls of other gateways, as they were last counted together: they are none of the others. */
  #elsewhere = 0;
  #elsewhereUntil = 0;
  /** When the window has begun, and when it begins anew; null: nobody knows, and it slides. */
  #beganAt: number | null = null;
  #anewAt: number | null = null;
  /** Where nobody knows that: from when on one call may find out whether what was told still holds. */
  #askedAgainAt = Infinity;

  /** @param slackMs how long a call may be on its way to the provider, where it counts only then */
  constructor(name: string, clock: Clock, slackMs: number) {
    this.name = name;
    this.lengthMs = lengthOf(name);
    this.isLong = this.lengthMs > LONG_MS;
    this.#clock = clock;
    this.#slackMs = slackMs;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Whether an answer has told what was used before this count. */
  get isTold(): boolean {
    return this.#toldAt > this.#anewSeenAt;
  }

  /** Whether every call that still counts was counted together, or is with the next that is asked for. */
  get isCounted(): boolean {
    this.#forget();
    return this.#clock.elapsed() - this.#countedFrom >= this.spanMs && this.#missed.size <= MOST_MISSED;
  }

  /** Calls of this process that count. */
  get own(): number {
    this.#forget();
    return this.#calls.length;
  }

  get left(): number {
    return Math.max(0, this.#limit - this.own - this.#elsewhere - this.#others);
  }

  /** How far back calls count. */
  get spanMs(): number {
    const since = this.#beganAt === null ? Infinity : Math.max(0, this.#clock.elapsed() - this.#beganAt);
    return Math.min(since, this.lengthMs) + this.#slackMs;
  }

  /**
   * How long a call has to wait, as far as this process knows; 0: not at all.
   * @param most what it may make of all, and what of a caller's part
   */
  waitMs(spender: Spender, most: Part): number {
    const isLeft = this.#leftOver(spender, most) > 0;
    const isFair = this.#leftOfShare(spender, most) > 0;
    return (isLeft || this.#isAskedAgain()) && isFair ? 0 : this.untilAnew();
  }

  /** How many calls there are for whoever asks, as far as this process knows. */
  leftFor(spender: Spender, most: Part): number {
    return Math.max(0, Math.ceil(Math.min(this.#leftOver(spender, most), this.#leftOfShare(spender, most))));
  }

  /**
   * What the call needs of those that all gateways make.
   * @param spender null: there is no call
   * @param tellsMissed whether those that could not be counted are told of
   */
  asked(spender: Spender | null, kept: Kept, tellsMissed: boolean): Ask {
    this.#forget();
    const { name: window, spanMs, isLong } = this;
    const now = this.#clock.elapsed();
    const granted = this.#limit - this.#others - (spender ? this.#keptFrom(spender) : 0);
    const missed = tellsMissed ? this.#missed.entries().take(MOST_MISSED) : [];
    return {
      ...{ window, spanMs, limit: this.#limit, lengthMs: this.lengthMs + this.#slackMs, isShort: !isLong, ...kept },
      most: spender && this.#isAskedAgain() ? Number.MAX_SAFE_INTEGER : granted,
      mostOfCaller: isLong ? this.#limit * ONE_CALLERS : null,
      missed: Array.from(missed, ([call, at]) => ({ call, agoMs: now - at })),
    };
  }

  /** @param isMissed whether nobody counts it together with the other gateways' */
  add(call: Call, isMissed: boolean): void {
    const { caller } = call;
    this.#calls.push(call);
    if (isMissed) this.#missed.set(call, call.at);
    if (caller !== null) this.#ofCaller.set(caller, (this.#ofCaller.get(caller) ?? 0) + 1);
  }

  remove(call: Call): void {
    const place = this.#calls.lastIndexOf(call);
    if (place < 0) return;
    this.#calls.splice(place, 1);
    this.#uncount(call);
  }

  /** What another gateway has been told is granted. */
  grants(limit: number): void {
    this.#limit = limit;
  }

  /** What was told to whoever asked for so much. */
  counted({ calls, countedForMs }: Counted, { missed }: Ask): void {
    for (const { call } of missed) this.#missed.delete(call);
    const now = this.#clock.elapsed();
    const from = now - countedForMs;
    if (from > this.#countedFrom + LATE_MS) this.#anewSeenAt = now;
    this.#countedFrom = from;
    this.#elsewhere = Math.max(0, calls - this.own);
    this.#elsewhereUntil = now + this.spanMs;
  }

  /**
   * @param underWay calls of which nobody knows whether they are counted in what is told: they are taken for calls of others
   * @param together how many calls all gateways had made when this one was counted; null: only this one's are known, and the
   * other gateways are others
   * @param paidAt when the call was made that it was told to
   */
  learn({ limit, remaining, resetsAt }: RateLimit, underWay: number, together: number | null, paidAt: number): void {
    this.#forget();
    const now = this.#clock.elapsed();
    const leftMs = resetsAt ? resetsAt.getTime() - this.#clock.now() : 0;
    // One that is past, or further ahead than the window is long (a day may have an hour more), says nothing.
    const isTold = leftMs > 0 && leftMs <= this.lengthMs + LONG_MS;
    const used = Math.max(0, limit - remaining);
    this.#limit = limit;
    this.#toldAt = Math.max(this.#toldAt, paidAt);
    if (this.isLong && together === null) this.#keepNewest(used + underWay);
    if (isTold && this.isLong) this.#beganAt = Math.max(this.#beganAt ?? -Infinity, now + leftMs - this.lengthMs);
    this.#anewAt = isTold ? now + leftMs : null;
    if (together === null) this.#elsewhere = 0;
    this.#others = Math.max(0, used - Math.max(0, (together ?? this.#calls.length) - underWay));
    this.#othersUntil = this.#anewAt ?? now + Math.min(this.lengthMs, BELIEVED_MS);
    this.#askedAgainAt = this.isLong && this.#anewAt === null ? now + BELIEVED_MS : Infinity;
  }

  /** @param oldestAt of the calls that stand against another one; absent: this process's own are */
  untilAnew(oldestAt?: number): number {
    const now = this.#clock.elapsed();
    const ownAt = (oldestAt ?? this.#calls[0]?.at ?? now) + this.lengthMs + this.#slackMs;
    const slides = this.#others > 0 ? Math.min(ownAt, this.#othersUntil) : ownAt;
    return Math.max(1, (this.#anewAt ?? Math.min(slides, this.#askedAgainAt)) - now);
  }

  #leftOver(spender: Spender, most: Part): number {
    return Math.min(this.left - this.#keptFrom(spender), most.calls - this.own);
  }

  #leftOfShare({ caller }: Spender, most: Part): number {
    if (!this.isLong) return Infinity;
    const ofCaller = caller === null ? 0 : (this.#ofCaller.get(caller) ?? 0);
    return Math.max(1, Math.floor(this.#limit * ONE_CALLERS * most.ofCaller)) - ofCaller;
  }

  #keptFrom({ isForWrite }: Spender): number {
    return this.isLong && !isForWrite ? this.#limit * KEPT_FOR_WRITES : 0;
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
    if (this.#anewAt !== null && now >= this.#anewAt) {
      this.#beganAt = this.#anewAt;
      this.#anewAt = null;
      this.#elsewhereUntil = 0;
    }
    if (now >= this.#othersUntil) this.#others = 0;
    if (now >= this.#elsewhereUntil) this.#elsewhere = 0;
    const since = now - this.spanMs;
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

  #uncount(call: Call): void {
    const { caller } = call;
    this.#missed.delete(call);
    if (caller === null) return;
    const left = (this.#ofCaller.get(caller) ?? 1) - 1;
    if (left === 0) this.#ofCaller.delete(caller);
    else this.#ofCaller.set(caller, left);
  }
}
