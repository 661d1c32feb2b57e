import { badUserInput, GatewayError } from '../../errors.ts';
import type { Ids } from '../../ids/ids.ts';
import type { Store } from '../../store/store.ts';
import { type Source, Subscriber } from './subscriber.ts';
import { type ChangeFilter, placeOf, ToldChange } from './told.ts';

/** Hears that another process has changed something; never what. @returns ends it */
export type HearElsewhere = (heard: () => void) => () => void;

export interface FeedLimits {
  /** How many may subscribe at once, and how many of them may be one caller's. */
  readonly subscribers: number;
  readonly ofOneCaller: number;
  /** How many changes may wait for one subscriber. */
  readonly waiting: number;
  /** How often the store is looked at while nobody says that something has changed. */
  readonly pollMs: number;
}

export interface FeedParts {
  readonly store: Pick<Store, 'changesAfter' | 'lastChange' | 'recordsOf' | 'onChange' | 'onChangeElsewhere'>;
  readonly ids: Pick<Ids, 'sealCursor' | 'openCursor'>;
  readonly limits: FeedLimits;
  /** Beside what the store itself hears; null: there is nothing. */
  readonly elsewhere: HearElsewhere | null;
  /** Told of errors of ours; that the store can't be reached is none. */
  readonly unforeseen: (error: unknown) => void;
}

/** How many changes are read at once. */
const PAGE = 500;
/** How soon the store is asked again after it could not be. */
const RETRY_MS = 1_000;

/**
 * Hands the changes in the store to whoever subscribes: one reader, however many they are. It reads when it is woken, by this
 * process's own commits and by what says that another has changed something, and slowly by itself: being woken only saves time.
 * Nothing of it runs while nobody subscribes.
 */
export class ChangeFeed {
  readonly #parts: FeedParts;
  readonly #subscribers = new Set<Subscriber>();
  readonly #ofCaller = new Map<string, number>();
  readonly #source: Source;
  #size = 0;
  #newest = 0;
  #isReading = false;
  #isWoken = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #endings: readonly (() => void)[] = [];

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#source = {
      newest: () => this.#newest,
      after: (sequence, limit) => this.#after(sequence, limit),
      failed: (error) => this.#failed(error),
    };
  }

  /** How many subscribe now. */
  get size(): number {
    return this.#size;
  }

  /**
   * Everything that is wanted and changes from now on.
   * @param cursor of the last change that was seen: goes on behind it, or with the oldest that is still told
   * @throws GatewayError OVERLOADED, RATE_LIMITED; BAD_USER_INPUT for a cursor of something else
   */
  async subscribe(caller: string, filter: ChangeFilter, cursor: string | null): Promise<Subscriber> {
    const after = cursor === null ? null : this.#placeAt(cursor);
    const leave = this.#enter(caller);
    try {
      const newest = await this.#parts.store.lastChange();
      if (this.#isClosed) throw new GatewayError('UNAVAILABLE', 'This gateway is stopping. Subscribe again.', AGAIN);
      // A place that there has never been is one in a store that was put back from a backup.
      const from = Math.min(after ?? newest, newest);
      const subscriber = new Subscriber(this.#source, filter, from, this.#parts.limits.waiting, () => {
        leave();
        this.#subscribers.delete(subscriber);
        if (this.#subscribers.size === 0) this.#rest();
      });
      this.#subscribers.add(subscriber);
      if (this.#subscribers.size === 1) this.#begin(newest);
      return subscriber;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /** Ends every subscription. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers) void subscriber.return();
  }

  #placeAt(cursor: string): number {
    const place = placeOf(this.#parts.ids.openCursor(cursor));
    if (place === null) throw badUserInput('This is the cursor of something else than an event.');
    return place;
  }

  /** @returns gives the place back */
  #enter(caller: string): () => void {
    const { subscribers, ofOneCaller } = this.#parts.limits;
    const own = this.#ofCaller.get(caller) ?? 0;
    if (own >= ofOneCaller)
      throw new GatewayError('RATE_LIMITED', `One caller may have ${ofOneCaller} subscriptions here at once.`, AGAIN);
    if (this.#size >= subscribers)
      throw new GatewayError('OVERLOADED', 'This gateway has as many subscriptions as it can serve.', AGAIN);
    this.#size += 1;
    this.#ofCaller.set(caller, own + 1);
    return () => {
      this.#size -= 1;
      const left = (this.#ofCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#ofCaller.delete(caller);
      else this.#ofCaller.set(caller, left);
    };
  }

  #begin(newest: number): void {
    this.#newest = newest;
    const wake = (): void => void this.#read();
    const { store, elsewhere } = this.#parts;
    this.#endings = [store.onChange(wake), store.onChangeElsewhere(wake), elsewhere?.(wake) ?? (() => undefined)];
    wake();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    for (const end of this.#endings) end();
    this.#endings = [];
  }

  async #after(sequence: number, limit: number): Promise<readonly ToldChange[]> {
    const { store, ids } = this.#parts;
    return (await store.changesAfter(sequence, limit)).map((change) => new ToldChange(change, store, ids));
  }

  /** Reads what is new and hands it on; woken meanwhile, it looks once more. */
  async #read(): Promise<void> {
    this.#isWoken = true;
    if (this.#isReading) return;
    this.#isReading = true;
    let waitMs = this.#parts.limits.pollMs;
    try {
      while (this.#isWoken && this.#subscribers.size > 0) {
        this.#isWoken = false;
        const page = await this.#after(this.#newest, PAGE);
        for (const told of page) this.#handOn(told);
        this.#isWoken ||= page.length === PAGE;
      }
      for (const subscriber of this.#subscribers) subscriber.rouse();
    } catch (error) {
      this.#failed(error);
      waitMs = Math.min(waitMs, RETRY_MS);
    }
    this.#isReading = false;
    clearTimeout(this.#timer);
    if (this.#subscribers.size > 0) this.#timer = setTimeout(() => void this.#read(), waitMs).unref();
  }

  #handOn(told: ToldChange): void {
    // Everybody may have left and others come while it was read: then it is older than what they want.
    this.#newest = Math.max(this.#newest, told.change.sequence);
    for (const subscriber of this.#subscribers) subscriber.offer(told);
  }

  #failed(error: unknown): void {
    if (!(error instanceof GatewayError)) this.#parts.unforeseen(error);
  }
}

const AGAIN = { retryable: true, retryAfterMs: 5_000 };
