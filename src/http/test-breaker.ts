import { type ErrorCode, GatewayError } from '../errors.ts';
import { Breaker } from './breaker.ts';

export type Outcome = 'OK' | ErrorCode;

export const SILENCE_MS = 500;

/** A breaker with a clock of its own. */
export class Bench {
  /** How often it has said that the provider is left alone from now on. */
  openings = 0;
  #now = 0;
  /** Looks for silent calls that are still to come; null: they come at once. */
  looks: (() => void)[] | null = null;
  readonly breaker = new Breaker(
    'acme',
    { elapsed: () => this.#now },
    SILENCE_MS,
    () => {
      this.openings++;
    },
    (look) => (this.looks ? void this.looks.push(look) : look()),
  );

  pass(ms: number): void {
    this.#now += ms;
  }

  /**
   * Sends a call.
   * @param saysNothing it has too little time
   * @returns null where it was not let through, else what ends it
   */
  begin(saysNothing = false): ((outcome: Outcome) => void) | null {
    try {
      this.breaker.enter();
    } catch {
      return null;
    }
    const ended = this.breaker.sent(saysNothing);
    return (outcome) => ended(outcome === 'OK' ? null : new GatewayError(outcome, 'No.', { delivery: 'unknown' }));
  }

  /** Sends so many that are not answered yet. */
  send(times: number): ((outcome: Outcome) => void)[] {
    return Array.from({ length: times }, () => {
      const end = this.begin();
      if (!end) throw new Error('not let through');
      return end;
    });
  }

  /** @returns whether it was let through */
  call(outcome: Outcome): boolean {
    const end = this.begin();
    end?.(outcome);
    return end !== null;
  }

  fail(times: number): void {
    for (let each = 0; each < times; each++) this.call('PROVIDER_TIMEOUT');
  }
}
