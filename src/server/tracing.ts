import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Clock } from '../clock.ts';
import type { Piece, PieceAttribute, Trace } from '../trace.ts';
import { type Collector, type CollectorWatcher, createSpanExporter } from './spanExporter.ts';
import { readTraceParent, type TraceParent } from './traceparent.ts';

/** Makes OpenTelemetry's spans of what operations do. */
export interface Tracing {
  /**
   * Begins an operation's trace, or its part of the caller's.
   * @param traceparent the caller's header
   * @param startedAt on the clock's `elapsed` scale
   * @returns null: whoever began the trace does not want it recorded
   */
  begin(traceparent: string | string[] | undefined, startedAt: number): Recording | null;
  /** Sends what is left, for as long as may be, and ends. */
  stop(): Promise<void>;
}

/** One operation's. What comes behind its end, because it was not waited for, is told as well. */
export interface Recording extends Trace {
  end(operation: TracedOperation, endedAt: number): void;
}

/** What a trace tells of an operation, as its log line does. */
export interface TracedOperation {
  readonly requestId: string;
  /** As they are logged. */
  readonly caller: string | null;
  readonly type: string;
  readonly name: string | null;
  /** A hash of the document. */
  readonly document: string | null;
  /** `ok`, `partial`, or the code of what kept it from being executed. */
  readonly outcome: string;
}

/** In milliseconds. */
export interface TracingTimes {
  /** How long a span may wait for others to be sent together with. */
  readonly everyMs: number;
  readonly exportMs: number;
  readonly stopMs: number;
}

export interface TracingOptions {
  readonly collector: Omit<Collector, 'exportMs'>;
  readonly serviceName: string;
  readonly clock: Clock;
  readonly watcher: CollectorWatcher;
  readonly times?: Partial<TracingTimes> | undefined;
}

const TIMES: TracingTimes = { everyMs: 5_000, exportMs: 10_000, stopMs: 2_000 };

/** Spans that wait to be sent; what is more is dropped. */
const MOST_WAITING = 4_096;
const SENT_TOGETHER = 512;
const LONGEST_VALUE = 128;

/** OpenTelemetry's names (HTTP and GraphQL semantic conventions) where it has one. */
const NAMES: Readonly<Record<PieceAttribute, string>> = {
  provider: 'clientele.provider',
  method: 'http.request.method',
  route: 'url.template',
  status: 'http.response.status_code',
  attempts: 'clientele.attempts',
  queuedMs: 'clientele.queued_ms',
  asked: 'clientele.records.asked',
  live: 'clientele.records.live',
  cached: 'clientele.records.cached',
  copies: 'clientele.records.copies',
  failed: 'clientele.records.failed',
  records: 'clientele.plan.records',
  choice: 'clientele.plan.choice',
  reason: 'clientele.plan.reason',
  reads: 'clientele.plan.reads',
  pages: 'clientele.plan.pages',
};

/** Nothing is registered with OpenTelemetry's globals: several gateways in one process have each their own. */
export function openTracing({ collector, serviceName, clock, watcher, times }: TracingOptions): Tracing {
  const { everyMs, exportMs, stopMs } = { ...TIMES, ...times };
  const exporter = createSpanExporter({ ...collector, exportMs }, watcher);
  const batches = new BatchSpanProcessor({
    ...{ exporter, maxQueueSize: MOST_WAITING, maxExportBatchSize: SENT_TOGETHER, scheduledDelayMillis: everyMs },
    // The exporter ends by itself before.
    exportTimeoutMillis: exportMs * 2,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [batches],
    spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
  });
  const tracer = provider.getTracer('clientele');

  function tell(piece: Piece, within: Context, timeOf: TimeOf): void {
    const { name, startedAt, endedAt, attributes, failed, parts = [] } = piece;
    // What has a route went out to a provider.
    const kind = attributes.route === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT;
    const span = tracer.startSpan(name, { kind, startTime: timeOf(startedAt) }, within);
    for (const [key, value] of Object.entries(attributes)) span.setAttribute(NAMES[key as PieceAttribute], value);
    if (failed !== undefined) span.setAttribute('error.type', failed).setStatus({ code: SpanStatusCode.ERROR });
    const inside = parts.length > 0 ? trace.setSpan(within, span) : within;
    for (const part of parts) tell(part, inside, timeOf);
    span.end(timeOf(endedAt));
  }

  return {
    begin(traceparent, startedAt) {
      const parent = readTraceParent(traceparent);
      if (parent?.isSampled === false) return null;
      const around = parent ? remote(parent) : ROOT_CONTEXT;
      const timeOf = timesOf(clock);
      const root = tracer.startSpan('GraphQL', { kind: SpanKind.SERVER, startTime: timeOf(startedAt) }, around);
      const within = trace.setSpan(around, root);
      return {
        add: (piece) => tell(piece, within, timeOf),
        end({ requestId, caller, type, name, document, outcome }, endedAt) {
          root.updateName(['GraphQL', type === 'none' ? null : type, name].filter((word) => word !== null).join(' '));
          root.setAttributes({
            'graphql.operation.type': type,
            'clientele.request_id': requestId,
            'clientele.outcome': outcome,
            ...(caller !== null && { 'clientele.caller': caller }),
            ...(name !== null && { 'graphql.operation.name': name }),
            ...(document !== null && { 'clientele.document': document }),
          });
          if (outcome !== 'ok' && outcome !== 'partial')
            root.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
          root.end(timeOf(endedAt));
        },
      };
    },
    async stop() {
      const { promise: tooLate, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, stopMs);
      // What could not be sent has been told of.
      await Promise.race([provider.shutdown().catch(() => undefined), tooLate]);
      clearTimeout(timer);
      await exporter.cut();
    },
  };
}

const remote = ({ traceId, spanId }: TraceParent): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });

/** Milliseconds on the clock's `elapsed` scale, as seconds and nanoseconds since the epoch. */
type TimeOf = (elapsed: number) => HrTime;

/** By how the clocks stand now: one that is set meanwhile tears no trace apart. */
function timesOf(clock: Clock): TimeOf {
  const since = clock.now() - clock.elapsed();
  return (elapsed) => {
    const ms = since + elapsed;
    const seconds = Math.floor(ms / 1_000);
    return [seconds, Math.floor((ms - seconds * 1_000) * 1_000_000)];
  };
}
