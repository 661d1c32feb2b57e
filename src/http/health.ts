import type { GatewayError } from '../errors.ts';

export type HealthState = 'UP' | 'DEGRADED' | 'DOWN' | 'UNKNOWN';

export interface Health {
  readonly state: HealthState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly lastProblem: GatewayError | null;
}

/** How many calls back health looks. */
const WINDOW = 20;
/** So many failures in a row are no accident. */
const DOWN_AFTER = 3;

/** Tells a provider's health from its last calls alone: nothing is asked in order to know it. */
export class HealthRecord {
  readonly #calls: boolean[] = [];
  #state: HealthState = 'UNKNOWN';
  #since: number;
  #lastProblem: GatewayError | null = null;

  constructor(now: number) {
    this.#since = now;
  }

  /** `problem`: null when the provider answered as it should. A refusal of one request says that it is well. */
  note(problem: GatewayError | null, now: number): void {
    if (problem === null || problem.code === 'PROVIDER_REJECTED') this.add(null, now);
    else if (tellsOfHealth(problem)) this.add(problem, now);
  }

  add(problem: GatewayError | null, now: number): void {
    this.#calls.push(problem === null);
    if (this.#calls.length > WINDOW) this.#calls.shift();
    if (problem) this.#lastProblem = problem;
    const state = stateOf(this.#calls);
    if (state === this.#state) return;
    this.#state = state;
    this.#since = now;
  }

  read(): Health {
    return { state: this.#state, since: this.#since, lastProblem: this.#lastProblem };
  }
}

function stateOf(calls: readonly boolean[]): HealthState {
  const last = calls.slice(-DOWN_AFTER);
  if (!last.includes(true)) return last.length === DOWN_AFTER ? 'DOWN' : 'DEGRADED';
  return calls.includes(false) ? 'DEGRADED' : 'UP';
}

/** What never left says nothing of the provider, unless it could not be reached. */
const tellsOfHealth = ({ code, delivery, saysNothing }: GatewayError): boolean =>
  !saysNothing && (delivery !== 'not-sent' || code === 'PROVIDER_UNAVAILABLE');
