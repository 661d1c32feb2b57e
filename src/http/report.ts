import type { GatewayError } from '../errors.ts';
import type { Budget } from './budget.ts';

/** One finished call, for metrics and logs. Holds nothing personal. */
export interface CallReport {
  readonly provider: string;
  readonly method: string;
  readonly route: string;
  /** The provider's status, or the code of what went wrong. */
  readonly outcome: number | GatewayError['code'];
  /** How often it was sent, or tried to be; 0: it was refused here. */
  readonly attempts: number;
  /** All of it, and of that the wait for its turn. */
  readonly durationMs: number;
  readonly queuedMs: number;
}

/** How it stands now. */
export interface Load {
  readonly running: number;
  readonly waiting: number;
  /** Whether the provider is left alone, since it has not answered for a while. */
  readonly isLeftAlone: boolean;
  readonly left: ReturnType<Budget['left']>;
  /** Whether its calls are counted with those of other gateways. */
  readonly isShared: boolean;
}
