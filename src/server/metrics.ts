import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { CallReport } from '../http/transport.ts';

/** What is told at `/metrics`. No label holds anything that a caller chose. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  call(report: CallReport): void;
  operation(type: string, outcome: string, seconds: number): void;
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
  };
}
