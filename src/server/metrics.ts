import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallReport } from '../http/transport.ts';

/** What is told at `/metrics`. No label holds anything that a caller chose. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  call(report: CallReport): void;
  operation(type: string, outcome: string, seconds: number): void;
  readonly sync: SyncMetrics;
  /** Asks for the number of subscribers whenever it is to be told. */
  subscribers(count: () => number): void;
  /** Asks for the number of writes of which nobody knows what came. */
  unknownWrites(count: () => Promise<number>): void;
}

/** Of the runs of this process. */
export interface SyncMetrics {
  records(provider: string, outcome: string, count: number): void;
  state(provider: string, state: string): void;
  complete(provider: string, seconds: number): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'clientele_provider_call_seconds',
    help: 'Calls to providers, queueing included. outcome: HTTP status, or the error’s code.',
    labelNames: ['provider', 'method', 'route', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  const operations = new Histogram({
    name: 'clientele_operation_seconds',
    help: 'GraphQL operations. outcome: ok, partial (data with errors), or the code of what kept it from being executed.',
    labelNames: ['type', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    call: ({ provider, method, route, outcome, durationMs }) =>
      calls.observe({ provider, method, route, outcome }, durationMs / 1000),
    operation: (type, outcome, seconds) => operations.observe({ type, outcome }, seconds),
    sync: createSyncMetrics(registry),
    subscribers: (count) =>
      void new Gauge({
        name: 'clientele_subscribers',
        help: 'Streams of changes that are open.',
        registers: [registry],
        collect() {
          this.set(count());
        },
      }),
    unknownWrites: (count) =>
      void new Gauge({
        name: 'clientele_writes_unknown',
        help: 'Writes of which nobody knows whether they were done: see clientele writes list.',
        registers: [registry],
        async collect() {
          // While the store is away, what was known last is told.
          await count().then(
            (writes) => this.set(writes),
            () => undefined,
          );
        },
      }),
  };
}

const SYNC_STATES = ['RUNNING', 'COMPLETE', 'FAILED', 'STOPPED', 'ELSEWHERE'];

function createSyncMetrics(registry: Registry): SyncMetrics {
  const registers = [registry];
  const records = new Counter({
    name: 'clientele_sync_records_total',
    help: 'Records of providers’ listings. outcome: seen, and of those added, changed, unchanged or erased; missing: no more there.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const states = new Gauge({
    name: 'clientele_sync_state',
    help: '1: how this process’s last run of the provider is, or ended. ELSEWHERE: another process is at it.',
    labelNames: ['provider', 'state'],
    registers,
  });
  const seconds = new Gauge({
    name: 'clientele_sync_last_complete_run_seconds',
    help: 'How long this process’s last complete run took.',
    labelNames: ['provider'],
    registers,
  });
  const completed = new Gauge({
    name: 'clientele_sync_last_complete_timestamp_seconds',
    help: 'When this process’s last complete run ended.',
    labelNames: ['provider'],
    registers,
  });
  return {
    records: (provider, outcome, count) => records.inc({ provider, outcome }, count),
    state(provider, now) {
      for (const state of SYNC_STATES) states.set({ provider, state }, state === now ? 1 : 0);
    },
    complete(provider, took) {
      seconds.set({ provider }, took);
      completed.set({ provider }, Date.now() / 1000);
    },
  };
}
