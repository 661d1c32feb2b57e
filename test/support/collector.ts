import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One span, as it came over the wire. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  /** Nanoseconds since the epoch. */
  readonly startedAt: bigint;
  readonly endedAt: bigint;
}

/** Every attribute that a span of ours may have. */
export const ATTRIBUTES = [
  ...['graphql.operation.type', 'graphql.operation.name', 'http.request.method', 'url.template', 'error.type'],
  ...['http.response.status_code', 'clientele.provider', 'clientele.attempts', 'clientele.queued_ms'],
  ...['request_id', 'outcome', 'caller', 'document'].map((name) => `clientele.${name}`),
  ...['asked', 'live', 'cached', 'copies', 'failed'].map((name) => `clientele.records.${name}`),
];

/** How a collector answers an export. */
export type Answering = (response: ServerResponse) => void;

/** A collector of OpenTelemetry's traces (OTLP over HTTP, JSON) on loopback, which keeps whatever it is sent. */
export interface Collector {
  /** Its base URL. */
  readonly url: string;
  readonly spans: readonly Span[];
  /** Bodies, and what came before them. */
  readonly texts: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
  readonly paths: readonly string[];
  /** Of the resource that they say they are from. */
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  /** From now on; it keeps what came all the same. */
  answers(how: Answering): void;
  /** Resolves when what came fits. */
  until(fits: () => boolean): Promise<void>;
  close(): Promise<void>;
}

const well: Answering = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

/** @param port 0: a free one */
export async function startCollector(port = 0): Promise<Collector> {
  const came = {
    spans: [] as Span[],
    texts: [] as string[],
    headers: [] as IncomingHttpHeaders[],
    paths: [] as string[],
    resources: [] as Readonly<Record<string, unknown>>[],
  };
  let answer = well;
  let told: () => void = () => undefined;
  const server = createServer(async (request, response) => {
    // Whoever sends may have given up meanwhile: then nothing has come.
    const chunks = await request.toArray().catch(() => null);
    if (!chunks) return;
    const text = Buffer.concat(chunks).toString();
    came.paths.push(request.url ?? '');
    came.headers.push(request.headers);
    came.texts.push(text);
    for (const { resource, scopeSpans } of (JSON.parse(text) as Sent).resourceSpans) {
      came.resources.push(valuesOf(resource.attributes));
      came.spans.push(...scopeSpans.flatMap(({ spans }) => spans).map(spanOf));
    }
    answer(response);
    told();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...came,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: (how) => {
      answer = how;
    },
    until: (fits) =>
      new Promise((resolve) => {
        told = () => {
          if (fits()) resolve();
        };
        told();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Those of a trace that have no parent in it, each with what is inside of it, in the order of their beginnings. */
export interface Tree extends Span {
  readonly children: readonly Tree[];
}

export function treeOf(spans: readonly Span[], root: Span): Tree {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  return { ...root, children: children.sort(byBeginning).map((child) => treeOf(spans, child)) };
}

const byBeginning = (one: Span, other: Span): number => Number(one.startedAt - other.startedAt);

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number };
}

/** As OTLP numbers them. */
const KINDS = [undefined, 'INTERNAL', 'SERVER', 'CLIENT'] as const;

function spanOf(sent: SentSpan): Span {
  const kind = KINDS[sent.kind];
  if (!kind) throw new Error(`a span of kind ${sent.kind}`);
  const { traceId, spanId, parentSpanId = '', name } = sent;
  return {
    ...{ traceId, spanId, parentSpanId, name, kind },
    attributes: valuesOf(sent.attributes),
    isError: sent.status.code === 2,
    startedAt: BigInt(sent.startTimeUnixNano),
    endedAt: BigInt(sent.endTimeUnixNano),
  };
}

const valuesOf = (attributes: readonly Attribute[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
