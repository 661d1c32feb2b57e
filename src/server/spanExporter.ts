import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { Pool } from 'undici';
import { reasonOf } from './log.ts';

/** Where spans go. */
export interface Collector {
  /** Its base URL (OpenTelemetry Protocol Exporter); may hold a user and password. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** How long one export may take, in milliseconds. */
  readonly exportMs: number;
}

export interface CollectorWatcher {
  /** It takes nothing. @param reason a status, or an error's code: what either says besides may quote anything */
  lost(reason: string): void;
  /** It takes spans again. */
  back(): void;
}

export interface BoundedExporter extends SpanExporter {
  /** Ends whatever is on its way. */
  cut(): Promise<void>;
}

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];
const SUCCESS: Result = { code: 0 };
const FAILED: Result = { code: 1 };

const CONNECTIONS = 2;
const CONNECT_MS = 3_000;

/**
 * Sends spans as JSON over HTTP (OTLP), and says once that its collector is lost, and once that it is back. What could not be
 * sent is lost. OpenTelemetry's own exporter ends neither while a collector goes on answering nor when the gateway stops, and
 * reads settings of its own from the environment.
 */
export function createSpanExporter(collector: Collector, watcher: CollectorWatcher): BoundedExporter {
  const { url, exportMs } = collector;
  const path = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  const headers = {
    ...(url.username !== '' && { authorization: basic(url) }),
    ...collector.headers,
    'content-type': 'application/json',
    'user-agent': 'clientele',
  };
  const pool = new Pool(url.origin, { connections: CONNECTIONS, connectTimeout: Math.min(CONNECT_MS, exportMs) });
  let isLost = false;

  async function send(body: Uint8Array): Promise<string | null> {
    const signal = AbortSignal.timeout(exportMs);
    const answer = await pool.request({ method: 'POST', path, headers, body, signal });
    // Its status says it all, and the connection is wanted again.
    answer.body.dump({ limit: MOST_OF_AN_ANSWER, signal }).catch(() => undefined);
    return answer.statusCode < 300 ? null : String(answer.statusCode);
  }

  function note(reason: string | null): Result {
    const wasLost = isLost;
    isLost = reason !== null;
    if (reason !== null && !wasLost) watcher.lost(reason);
    if (reason === null && wasLost) watcher.back();
    return isLost ? FAILED : SUCCESS;
  }

  return {
    export(spans, told) {
      const body = JsonTraceSerializer.serializeRequest(spans);
      if (!body) return told(FAILED);
      send(body)
        .catch(reasonOf)
        .then((reason) => told(note(reason)));
    },
    shutdown: () => pool.close(),
    cut: () => pool.destroy(),
  };
}

const MOST_OF_AN_ANSWER = 65_536;

/** RFC 7617. */
const basic = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
