import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Allowance, BudgetUse } from '../gateway/cost.ts';

/** What each caller may have in a minute, by the clock. */
export interface CallerLimits {
  readonly operations: number;
  /** To all providers together. */
  readonly calls: number;
}

type Kind = keyof CallerLimits;

/** Counts of several gateways, added up. */
export interface SharedCounts {
  /**
   * Adds what was made here since it was asked last.
   * @param minute since the epoch
   * @returns what all have made in that minute, by the same names
   */
  add(minute: number, made: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>;
}

/** Who else lets the same callers in. */
export interface Neighbours {
  /** How many gateways there are at the most, this one included. */
  readonly gateways: number;
  /** null: nobody counts with them. */
  readonly counts: SharedCounts | null;
}

export const MINUTE_MS = 60_000;

/** How often others are told what was made here, and are heard of. */
const TOLD_EVERY_MS = 100;

/** What one caller has had of one kind in this minute. */
interface Count {
  made: number;
  /** Of `made`, what others were told. */
  told: number;
  /** By other gateways, as heard last. */
  others: number;
}

/**
 * Keeps each caller within what is theirs, so that nobody uses up what is there for all. Nobody waits for another gateway: each
 * goes by what it has heard a moment ago, so that several together let a little more through. One that can't be heard of keeps
 * to its part.
 */
export class Allowances {
  readonly #limits: CallerLimits;
  readonly #neighbours: Neighbours;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #timer: NodeJS.Timeout | undefined;
  #minute = 0;
  readonly #counts = new Map<string, Count>();
  #isShared: boolean;
  #isTelling = false;

  constructor(limits: CallerLimits, neighbours: Neighbours, clock: Pick<Clock, 'now'>) {
    this.#limits = limits;
    this.#neighbours = neighbours;
    this.#isShared = neighbours.counts !== null;
    this.#clock = clock;
    if (neighbours.counts) this.#timer = setInterval(() => void this.tell(), TOLD_EVERY_MS).unref();
  }

  /**
   * Counts an operation.
   * @returns what is left for it
   * @throws GatewayError RATE_LIMITED
   */
  enter(caller: string): Allowance {
    this.#take('operations', caller);
    return {
      takeCall: () => this.#take('calls', caller),
      noteCall: () => void this.#count('calls', caller).made++,
      assertCallsLeft: () => this.#assertLeft('calls', caller),
      use: () => this.#use(caller),
    };
  }

  /** Tells others what was made here, and hears of them. */
  async tell(): Promise<void> {
    const { counts } = this.#neighbours;
    if (!counts || this.#isTelling) return;
    const minute = this.#turn();
    const untold = [...this.#counts].filter(([, { made, told }]) => made > told);
    if (untold.length === 0) return;
    const telling = new Map(untold.map(([name, { made, told }]) => [name, made - told]));
    this.#isTelling = true;
    try {
      const all = await counts.add(minute, telling);
      this.#isShared = true;
      if (minute === this.#minute)
        for (const [name, count] of untold) heard(count, telling.get(name) ?? 0, all.get(name));
    } catch {
      this.#isShared = false;
    }
    this.#isTelling = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #take(kind: Kind, caller: string): void {
    this.#assertLeft(kind, caller);
    this.#count(kind, caller).made++;
  }

  #assertLeft(kind: Kind, caller: string): void {
    if (this.#left(kind, caller) > 0) return;
    const retryAfterMs = this.#endsInMs();
    throw new GatewayError('RATE_LIMITED', SAYS[kind](this.#limits[kind]), { retryable: true, retryAfterMs });
  }

  #left(kind: Kind, caller: string): number {
    const { made, others } = this.#count(kind, caller);
    const limit = this.#limits[kind];
    const left = limit - made - others;
    return this.#isShared ? left : Math.min(left, Math.floor(limit / this.#neighbours.gateways) - made);
  }

  #use(caller: string): BudgetUse {
    const remaining = Math.max(0, this.#left('calls', caller));
    return { limit: this.#limits.calls, remaining, resetsInMs: this.#endsInMs() };
  }

  #count(kind: Kind, caller: string): Count {
    this.#turn();
    const name = `${kind} ${caller}`;
    let count = this.#counts.get(name);
    if (!count) {
      count = { made: 0, told: 0, others: 0 };
      this.#counts.set(name, count);
    }
    return count;
  }

  /** What was counted in another minute is over. */
  #turn(): number {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute !== this.#minute) this.#counts.clear();
    this.#minute = minute;
    return minute;
  }

  #endsInMs(): number {
    return MINUTE_MS - (this.#clock.now() % MINUTE_MS);
  }
}

function heard(count: Count, told: number, all = 0): void {
  count.told += told;
  // Less than what was told is what is left where counts were lost.
  count.others = Math.max(0, all - count.told);
}

const SAYS: Readonly<Record<Kind, (limit: number) => string>> = {
  operations: (limit) => `One caller may ask for ${limit} operations a minute here. Ask again when this one is over.`,
  calls: (limit) =>
    `What one caller asks may take ${limit} calls to providers a minute. Ask again when this one is over, or accept older answers.`,
};
