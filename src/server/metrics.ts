import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallReport, Load } from '../http/transport.ts';

/** What is told at `/metrics`. No label holds anything that a caller chose. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  readonly calls: CallMetrics;
  operation(type: string, outcome: string, seconds: number): void;
  /** How many records of a provider were answered from where. */
  answered(provider: string, from: Readonly<Record<string, number>>): void;
  readonly sync: SyncMetrics;
  /** How many operations are under way, and whether there is more to do than can be done. */
  admission(admission: { readonly running: number; readonly isSaturated: boolean }): void;
  /** Asks for the number of subscribers whenever it is to be told. */
  subscribers(count: () => number): void;
  /** Asks for the number of writes of which nobody knows what came. */
  unknownWrites(count: () => Promise<number>): void;
}

export interface CallMetrics {
  add(call: CallReport): void;
  /** Asks for a provider's load whenever it is to be told. */
  loadOf(provider: string, load: () => Load): void;
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
  const operations = new Histogram({
    name: 'clientele_operation_seconds',
    help: 'GraphQL operations. outcome: ok, partial (data with errors), or the code of what kept it from being executed.',
    labelNames: ['type', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  const records = new Counter({
    name: 'clientele_records_total',
    help: 'Records that were answered. source: live; cached, read a moment ago; copies, of the directory or what was last sent; failed.',
    labelNames: ['provider', 'source'],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    calls: createCallMetrics(registry),
    operation: (type, outcome, seconds) => operations.observe({ type, outcome }, seconds),
    answered(provider, from) {
      for (const [source, count] of Object.entries(from)) if (count > 0) records.inc({ provider, source }, count);
    },
    sync: createSyncMetrics(registry),
    admission(admission) {
      gauge(registry, 'clientele_operations_running', 'Operations that are under way.', () => admission.running);
      const help = '1: more is asked than this process can do, and what is too much is turned away.';
      gauge(registry, 'clientele_saturated', help, () => (admission.isSaturated ? 1 : 0));
    },
    subscribers: (count) => gauge(registry, 'clientele_subscribers', 'Streams of changes that are open.', count),
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

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    ...{ name, help, registers: [registry] },
    collect() {
      this.set(read());
    },
  });
}

function createCallMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  const calls = new Histogram({
    name: 'clientele_provider_call_seconds',
    help: 'Calls to providers, queueing and every attempt included. outcome: HTTP status, or the error’s code.',
    labelNames: ['provider', 'method', 'route', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const queued = new Histogram({
    name: 'clientele_provider_queue_seconds',
    help: 'How long calls to providers waited for their turn, of those that did.',
    labelNames: ['provider'],
    buckets: SECONDS,
    registers,
  });
  const retries = new Counter({
    name: 'clientele_provider_retries_total',
    help: 'Calls to providers that were sent again.',
    labelNames: ['provider'],
    registers,
  });
  const loads = new Map<string, () => Load>();
  const ofEach = (name: string, help: string, read: (load: Load) => number): void =>
    void new Gauge({
      ...{ name, help, labelNames: ['provider'], registers },
      collect() {
        for (const [provider, load] of loads) this.set({ provider }, read(load()));
      },
    });
  ofEach('clientele_provider_calls_running', 'Calls to providers that are under way.', ({ running }) => running);
  ofEach('clientele_provider_calls_waiting', 'Calls to providers that wait for their turn.', ({ waiting }) => waiting);
  ofEach('clientele_provider_breaker_open', '1: it has not answered for a while, and is left alone.', (load) =>
    load.isLeftAlone ? 1 : 0,
  );
  ofEach('clientele_provider_calls_shared', '1: its calls are counted together with the other gateways’.', (load) =>
    load.isShared ? 1 : 0,
  );
  new Gauge({
    name: 'clientele_provider_calls_left',
    help: 'Calls that the provider grants still, as far as its answers tell of them.',
    ...{ labelNames: ['provider', 'window'], registers },
    collect() {
      for (const [provider, load] of loads)
        for (const [window, calls] of load().left) this.set({ provider, window }, calls);
    },
  });
  return {
    add({ provider, method, route, outcome, attempts, durationMs, queuedMs }) {
      calls.observe({ provider, method, route, outcome }, durationMs / 1000);
      // As a rule it does not wait, and what does not is not counted: the calls are.
      if (queuedMs > 0) queued.observe({ provider }, queuedMs / 1000);
      if (attempts > 1) retries.inc({ provider }, attempts - 1);
    },
    loadOf: (provider, load) => void loads.set(provider, load),
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
