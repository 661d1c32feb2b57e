import type { SharedCalls } from './sharedCalls.ts';
import type { Call, Window } from './window.ts';

/** Whoever keeps account of a call. */
export interface Keeper {
  readonly calls: SharedCalls | null;
  /** It is not under way any more. */
  ended(spent: Spent): void;
}

/** A call that is paid for. */
export class Spent {
  readonly call: Call;
  /** Whether it has left. */
  isSent = false;
  /** How many calls all gateways had made within each window when this one was; null: nobody counts them. */
  counts: readonly number[] | null = null;
  readonly #keeper: Keeper;
  readonly #windows: Window[];

  /** @param isMissed whether nobody counts it with the other gateways' */
  constructor(keeper: Keeper, call: Call, windows: readonly Window[], isMissed: boolean) {
    this.#keeper = keeper;
    this.call = call;
    this.#windows = [...windows];
    for (const window of windows) window.add(call, isMissed);
  }

  countOf(name: string): number | null {
    return this.counts?.[this.#windows.findIndex((window) => window.name === name)] ?? null;
  }

  /** From how many windows it is paid. */
  get windows(): number {
    return this.#windows.length;
  }

  payFrom(window: Window): void {
    window.add(this.call, true);
    this.#windows.push(window);
  }

  /** Its answer is there, or will not come. */
  end(): void {
    this.#keeper.ended(this);
  }

  /** It was never sent. */
  giveBack(): void {
    this.drop();
    const names = this.#windows.map(({ name }) => name);
    if (names.length > 0) this.#keeper.calls?.giveBack(this.call, names);
  }

  /** It is not made. */
  drop(): void {
    this.end();
    for (const window of this.#windows) window.remove(this.call);
  }
}
