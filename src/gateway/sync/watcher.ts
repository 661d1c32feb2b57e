import type { GatewayError } from '../../errors.ts';
import type { Counts, Run } from './state.ts';

/** How a run ended. ELSEWHERE: it did not begin, since somebody else is at this provider. */
export interface Outcome {
  readonly provider: string;
  readonly state: 'COMPLETE' | 'FAILED' | 'STOPPED' | 'ELSEWHERE';
  readonly kind: Run['kind'];
  /** Of this run alone, where it went on from another's page. */
  readonly counts: Counts;
  readonly durationMs: number;
  readonly problem: GatewayError | null;
}

/** What a run waits for: calls that its share of the provider's limits has room for, or the provider, which failed. */
export type WaitsFor = 'RATE_LIMIT' | 'PROVIDER';

/** Is told of runs as they go. Nothing that it is told holds anything personal. */
export interface Watcher {
  began(provider: string, run: { readonly kind: Run['kind']; readonly resumed: boolean }): void;
  /** @param total how many records the provider says there are; null where it doesn't */
  kept(provider: string, counts: Counts, total: number | null): void;
  waiting(provider: string, what: WaitsFor, ms: number): void;
  ended(outcome: Outcome): void;
}

export const NOBODY: Watcher = {
  began: () => undefined,
  kept: () => undefined,
  waiting: () => undefined,
  ended: () => undefined,
};
