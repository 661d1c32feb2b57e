import type { Clock } from '../clock.ts';
import type { Begun, Executed } from './execute.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Recording } from './tracing.ts';

/** An operation that was asked for, and what is known of it so far. */
export interface Asked {
  readonly requestId: string;
  /** On the clock's `elapsed` scale. */
  readonly startedAt: number;
  /** As they are logged; null: nobody who is let in. */
  caller: string | null;
  /** null: nobody traces it. */
  recording: Recording | null;
}

interface FinishParts {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'operation'>;
}

/** What tells metrics, trace and log of an operation that is over. */
export function createFinish({
  clock,
  logger,
  metrics,
}: FinishParts): (asked: Asked, executed: Executed | Begun) => void {
  return ({ requestId, startedAt, caller, recording }, executed) => {
    const endedAt = clock.elapsed();
    const outcome =
      'subscription' in executed ? 'ok' : (executed.refusal ?? (executed.result.errors ? 'partial' : 'ok'));
    metrics.operation(executed.type, outcome, (endedAt - startedAt) / 1000);
    if (!recording && !logger.isLevelEnabled('info')) return;
    const { type, document } = executed;
    // The caller's own words: at least they are short.
    const name = executed.name?.slice(0, 100) ?? null;
    const told = { requestId, caller, type, name, document, outcome };
    recording?.end(told, endedAt);
    logger.info({ ...told, ms: Math.round((endedAt - startedAt) * 10) / 10 }, 'operation');
  };
}
