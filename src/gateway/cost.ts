import { GatewayError } from '../errors.ts';

/** What of a caller's budget of calls to providers is used. */
export interface BudgetUse {
  /** Calls a minute. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetsInMs: number;
}

/** What a caller is allowed, as an operation of theirs takes of it. */
export interface Allowance {
  /** @throws GatewayError RATE_LIMITED */
  takeCall(): void;
  /** The same of one that is made whatever is left. */
  noteCall(): void;
  /** @throws GatewayError RATE_LIMITED */
  assertCallsLeft(): void;
  use(): BudgetUse;
}

/** What an operation has cost, as its answer tells. */
export interface Cost {
  /** Made to providers for it: not those that it shared with another operation, nor attempts. */
  readonly calls: number;
  /** Of its caller; absent: they have none. */
  readonly budget?: BudgetUse;
}

/** Twice five hundred customers of five records, none of which is held here. */
const MAX_CALLS = 5_000;

/** The calls to providers that one operation makes. */
export class CallsMade {
  readonly #allowance: Allowance | null;
  #calls = 0;

  constructor(allowance: Allowance | null) {
    this.#allowance = allowance;
  }

  get cost(): Cost {
    return { calls: this.#calls, ...(this.#allowance && { budget: this.#allowance.use() }) };
  }

  /** @throws GatewayError RATE_LIMITED where its caller has none left */
  assertLeft(): void {
    this.#allowance?.assertCallsLeft();
  }

  /**
   * Counts one before it is made. A write that has begun is not cut off.
   * @throws GatewayError OPERATION_TOO_COMPLEX, RATE_LIMITED
   */
  readonly take = (isForWrite: boolean): void => {
    if (isForWrite) this.#allowance?.noteCall();
    else if (this.#calls < MAX_CALLS) this.#allowance?.takeCall();
    else {
      const message = `This takes more than ${MAX_CALLS} calls to providers. Ask for fewer objects at once.`;
      throw new GatewayError('OPERATION_TOO_COMPLEX', message);
    }
    this.#calls++;
  };
}
