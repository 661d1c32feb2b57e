import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Gateway } from '../gateway/gateway.ts';
import { type Freshness, Operation } from '../gateway/operation.ts';
import { Admission } from './admission.ts';
import type { Allowances } from './allowances.ts';
import { answer, refuse, text } from './answer.ts';
import type { Authenticate } from './auth.ts';
import { closed, connectionsOf } from './closing.ts';
import { cors } from './cors.ts';
import { type Begun, createExecute, type Executed } from './execute.ts';
import { type Asked, createFinish } from './finish.ts';
import { freshnessOf } from './freshness.ts';
import type { GraphiqlPage } from './graphiql.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, guard, isAmbiguous } from './guards.ts';
import type { Logger } from './log.ts';
import { negotiate, readParameters } from './message.ts';
import type { Metrics } from './metrics.ts';
import { publicError } from './publicErrors.ts';
import { createStreams, sendOnce } from './sse.ts';
import type { Subscription } from './subscribe.ts';
import type { Tracing } from './tracing.ts';
import type { TrustedDocuments } from './trustedDocuments.ts';
import { createTurnAway } from './turnAway.ts';

export interface ServerParts {
  readonly gateway: Gateway;
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  /** Absent: any operation may be asked for. */
  readonly trusted?: TrustedDocuments | null;
  /** null: GraphiQL is off. */
  readonly graphiql: GraphiqlPage | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often a stream says something though there is nothing to tell. */
  readonly keepAliveMs?: number | undefined;
  /** Absent: one of the usual size. */
  readonly admission?: Admission | undefined;
  /** Absent: everybody may have as much as they like. */
  readonly allowances?: Allowances | undefined;
  /** null: nobody collects traces. */
  readonly tracing?: Tracing | null;
}

export interface RunningServer {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /**
   * Takes no new request, lets the running ones end, then closes; after `graceMs` it closes them.
   * @param delayMs how long before it says that it is not ready: what a proxy sends when nobody listens any more is lost
   */
  stop(graceMs: number, delayMs?: number): Promise<void>;
}

export async function startServer(
  parts: ServerParts,
  host: string,
  port: number,
  limits = CONNECTION_LIMITS,
): Promise<RunningServer> {
  const door = createDoor(parts, limits);
  const { requestMs: requestTimeout, connections: maxConnections } = limits;
  const server = createServer(
    // Node looks at its timeouts only every half minute unless it is told to look more often.
    { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: requestTimeout / 10 },
    door.handle,
  );
  Object.assign(server, { maxConnections });
  const connections = connectionsOf(server);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/graphql`,
    async stop(graceMs, delayMs = 0) {
      door.stopping();
      if (delayMs > 0) await wait(delayMs);
      door.endStreams();
      await closed(server, connections, door.ended, graceMs);
    },
  };
}

interface Door {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** From now on: not ready, and every answer closes its connection. */
  stopping(): void;
  /** Last, so that who comes back at once is led elsewhere. */
  endStreams(): void;
  /** Resolves when no request is being worked on, whether or not its client still waits for it. */
  ended(): Promise<void>;
}

/** A request's way in: id, CORS, path, caller, parameters, execution, answer. */
function createDoor(parts: ServerParts, limits: ConnectionLimits): Door {
  const { logger, metrics, gateway } = parts;
  const { unforeseen } = gateway;
  const allowOrigin = cors(parts.corsOrigins);
  const { introspection, trusted = null } = parts;
  const execute = createExecute(parts.schema, { introspection, trusted }, unforeseen);
  const finish = createFinish({ clock: gateway.clock, logger, metrics });
  const streams = createStreams(parts.keepAliveMs);
  const admission = parts.admission ?? new Admission();
  metrics.admission(admission);
  const turnAway = createTurnAway(admission, logger, metrics);
  // In an array: the tables that a Map has outgrown would keep answers alive that went out long ago.
  const running: { readonly response: ServerResponse; readonly done: Promise<void> }[] = [];
  let ready = true;

  const pageFor = (request: IncomingMessage) => (isForPage(request) ? parts.graphiql : null);

  async function route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (isAmbiguous(request)) return text(response, 400, 'Send HTTP/1.1, and one Host.\n');
    if (allowOrigin(request, response)) return;
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/graphql') return (pageFor(request) ?? graphql)(request, response, requestId);
    return beside(request, response, path);
  }

  /** What is there for whoever runs the gateway. */
  async function beside(
    { method }: IncomingMessage,
    response: ServerResponse,
    path: string | undefined,
  ): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return text(response, 405, 'Method not allowed.\n');
    }
    if (path === '/health/live') return text(response, 200, 'live\n');
    if (path === '/health/ready') return ready ? text(response, 200, 'ready\n') : text(response, 503, 'stopping\n');
    if (path === '/metrics') return text(response, 200, await metrics.text(), metrics.contentType);
    text(response, 404, 'Nothing here. GraphQL is at /graphql.\n');
  }

  async function graphql(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const accepted = negotiate(request.headers.accept);
    if (!accepted) return text(response, 406, NOT_ACCEPTABLE);
    // What is refused is refused in one piece, whatever was asked for: a stream has no status.
    const type = accepted.answer ?? 'application/graphql-response+json';
    const asked: Asked = { requestId, startedAt: gateway.clock.elapsed(), caller: null, recording: null };
    let executed: Executed | Begun;
    let leave: (() => void) | undefined;
    let operation: Operation | undefined;
    const hungUp = (): void => operation?.abandon();
    response.once('close', hungUp);
    try {
      const principal = await parts.authenticate(request);
      asked.caller = principal.loggedAs;
      if (!admission.isOpenTo(principal.name) && turnAway.answered(request, response, type, requestId)) return;
      const allowance = parts.allowances?.enter(principal.loggedAs);
      // A stranger, who is not let in, puts nothing into anybody's trace.
      asked.recording = parts.tracing?.begin(request.headers.traceparent, asked.startedAt) ?? null;
      const parameters = await readParameters(request);
      leave = admission.enter(principal.name);
      const freshness = freshnessOf(request.headers['cache-control']);
      operation = new Operation(gateway, principal, requestId, freshness, asked.recording, allowance);
      executed = await execute(parameters, operation, accepted.events ? { lastEventId: lastEventIdOf(request) } : null);
    } catch (error) {
      const refused = refuse(response, type, toldOf(error, requestId), error);
      return finish(asked, refused);
    } finally {
      leave?.();
      // The answer may outlive what it was made of.
      response.off('close', hungUp);
    }
    if ('subscription' in executed) {
      finish(asked, executed);
      return stream(request, response, requestId, executed.subscription);
    }
    if (accepted.answer === null && executed.refusal === null) sendOnce(response, executed.result);
    else answer(response, type, executed);
    finish(asked, executed);
  }

  const toldOf = (error: unknown, requestId: string): GraphQLError =>
    publicError(error, requestId, 'INTERNAL_SERVER_ERROR', (unknown) => unforeseen(unknown, requestId));

  /** Each event is told to whoever the caller is by then: a key may have been taken out meanwhile. */
  async function stream(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    subscription: Subscription,
  ): Promise<void> {
    const startedAt = gateway.clock.elapsed();
    const events = await streams.send(response, subscription, {
      operation: async () => new Operation(gateway, await parts.authenticate(request), requestId, FROM_COPIES),
      tell: (error) => toldOf(error, requestId),
    });
    const seconds = Math.round((gateway.clock.elapsed() - startedAt) / 1_000);
    logger.info({ requestId, events, seconds }, 'subscription ended');
  }

  return {
    handle(request, response) {
      const requestId = requestIdOf(request);
      response.setHeader('x-request-id', requestId);
      guard(response, limits);
      if (!ready) response.setHeader('connection', 'close');
      const done = route(request, response, requestId)
        .catch((error: unknown) => {
          unforeseen(error, requestId);
          if (response.headersSent) response.destroy();
          else text(response, 500, 'Something went wrong here.\n');
        })
        .finally(() => void running.splice(running.indexOf(work), 1));
      const work = { response, done };
      running.push(work);
    },
    stopping() {
      ready = false;
      for (const { response } of running) if (!response.headersSent) response.setHeader('connection', 'close');
    },
    endStreams: () => streams.stop(),
    async ended() {
      while (running.length > 0) await Promise.all(running.map(({ done }) => done));
      turnAway.end();
    },
  };
}

const isForPage = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.accept?.includes('text/html') === true;

/** Taken from the caller where it is harmless in a log and a header, else made. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Where a client that was told events before wants to go on (HTML, server-sent events). */
function lastEventIdOf(request: IncomingMessage): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/** An event tells what is known here: a thousand subscribers ask no provider a thousand times. */
const FROM_COPIES: Freshness = { maxAgeMs: null, copiesOnly: true };

const NOT_ACCEPTABLE =
  'Answers are application/graphql-response+json or application/json; those of subscriptions, text/event-stream.\n';
