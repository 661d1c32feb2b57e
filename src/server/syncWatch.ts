import type { SyncWatcher } from '../gateway/gateway.ts';
import type { Logger } from './log.ts';
import type { SyncMetrics } from './metrics.ts';

/** Tells of sync's runs in the log and the metrics: counts alone, never who was listed. */
export function watchSync(logger: Logger, metrics: SyncMetrics): SyncWatcher {
  /** What was told of each provider's run so far, by outcome. */
  const told = new Map<string, ReadonlyMap<string, number>>();
  return {
    began(provider, run) {
      told.set(provider, new Map());
      metrics.state(provider, 'RUNNING');
      logger.info({ provider, ...run }, 'sync began');
    },
    kept(provider, counts) {
      const before = told.get(provider);
      const now = new Map<string, number>(Object.entries(counts));
      for (const [outcome, count] of now) metrics.records(provider, outcome, count - (before?.get(outcome) ?? 0));
      told.set(provider, now);
    },
    waiting: (provider, what, ms) => logger.debug({ provider, what, ms }, 'sync waits'),
    ended({ provider, state, kind, counts, durationMs, problem }) {
      metrics.state(provider, state);
      if (state === 'COMPLETE') metrics.complete(provider, durationMs / 1000);
      const end = { provider, state, kind, ...counts, seconds: Math.round(durationMs / 100) / 10 };
      if (problem) logger.warn({ ...end, code: problem.code }, 'sync failed');
      else logger.info(end, 'sync ended');
    },
  };
}
