import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createFaults, type Fault, type FaultHandle } from './faults.ts';
import { misbehave } from './hostile.ts';
import type { Population } from './people.ts';
import { listen, readBody, readHead, sendAnswer, stop } from './server.ts';
import { type Answer, type Call, readRoute } from './wire.ts';

/** A request as it arrived, and what became of it. */
interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly route: string | null;
  /** Milliseconds by the sandbox's clock. */
  readonly at: number;
  /** null as long as nothing was answered. */
  readonly status: number | null;
  /** The fault that struck it. */
  readonly fault: string | null;
}

/** What a provider sent to somebody's phone. */
export interface SentMessage {
  readonly provider: string;
  readonly to: string;
  readonly text: string;
  /** The provider's id of the customer. */
  readonly id: string;
}

export interface StartOptions {
  /** The folder's name. */
  readonly id: string;
  readonly population: Population;
  readonly seed: number;
  readonly clock: () => number;
  /** 0 takes a free one. */
  readonly port: number;
  /** How many calls are remembered, the newest; 0 for none. */
  readonly maxCalls: number;
  readonly settings?: Record<string, string | number | boolean>;
  readonly onMessage?: (message: SentMessage) => void;
}

/** One provider, answering on its own port. */
export interface RunningSandbox {
  readonly id: string;
  readonly url: string;
  /** What a client needs: `OCTOBAT_URL`, `OCTOBAT_API_KEY` … */
  readonly env: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly calls: readonly RecordedCall[];
  readonly messages: readonly SentMessage[];
  readonly faults: readonly Fault[];
  /** Requests being answered now, and the most there ever were at once since calls were last cleared. */
  readonly inFlight: number;
  readonly peak: number;
  readonly views: readonly string[];
  /** Goes wrong from now on; the oldest fault that fits a call strikes. */
  fault(fault: Fault): FaultHandle;
  clearFaults(): void;
  clearCalls(): void;
  /** What no client sees, such as `tokens`; undefined where there is no such view. */
  view(name: string): unknown;
  /** Resolves when so many calls have arrived since the start, or since calls were last cleared. */
  received(count: number): Promise<void>;
  /** Open connections. */
  connections(): Promise<number>;
  /** The ids of this provider's own examples, and of the record it made for a person. */
  readonly examples: readonly string[];
  idOf(number: number): string;
  /** As it was at the start: records, calls, messages and faults. */
  reset(): void;
  /** Refuses connections until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** A provider's records and routes with the types closed over. */
export interface Behaviour {
  answer(call: Call, allowed: readonly string[]): Answer;
  view(name: string): unknown;
}

export interface Parts {
  readonly credentials: Readonly<Record<string, string>>;
  readonly routes: readonly string[];
  readonly views: readonly string[];
  readonly examples: readonly string[];
  readonly idOf: (number: number) => string;
  readonly recordId: (call: Call) => string | undefined;
  readonly softError: (message: string) => unknown;
  readonly behaviour: (message: (to: string, text: string, id: string) => void) => Behaviour;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Starts a provider on loopback. */
export async function run(options: StartOptions, parts: Parts): Promise<RunningSandbox> {
  const { id, maxCalls } = options;
  const patterns = parts.routes.map(readRoute);
  const faults = createFaults(options.seed);
  const calls: Writable<RecordedCall>[] = [];
  const messages: SentMessage[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  let arrived = 0;
  let inFlight = 0;
  let peak = 0;

  const message = (to: string, text: string, customer: string): void => {
    const sent = { provider: id, to, text, id: customer };
    messages.push(sent);
    if (messages.length > 1000) messages.shift();
    options.onMessage?.(sent);
  };
  let behaviour = parts.behaviour(message);

  const arrive = (call: Call): Writable<RecordedCall> => {
    const { method, path, route, headers, body } = call;
    const query = Object.fromEntries(call.query);
    const recorded = { method, path, query, headers, body, route, at: options.clock(), status: null, fault: null };
    if (maxCalls > 0) calls.push(recorded);
    if (calls.length > maxCalls) calls.shift();
    arrived += 1;
    inFlight += 1;
    peak = Math.max(peak, inFlight);
    for (const one of waiting) if (one.count <= arrived) one.resolve();
    waiting = waiting.filter((one) => one.count > arrived);
    return recorded;
  };

  const respond = (
    call: Call,
    allowed: readonly string[],
    recorded: Writable<RecordedCall>,
    response: ServerResponse,
  ): void => {
    const send = (given: Answer): void => {
      recorded.status = given.status;
      sendAnswer(response, given);
    };
    let right: Answer | undefined;
    const once = (): Answer => {
      right ??= behaviour.answer(call, allowed);
      return right;
    };
    const customer = parts.recordId(call);
    const fault = faults.take(call, customer, 'answering');
    if (fault === undefined) {
      send(once());
      return;
    }
    recorded.fault = fault.kind;
    misbehave(fault, { response, id: customer, run: once, send, softError: parts.softError });
  };

  const server = createServer({ keepAlive: true, noDelay: true, keepAliveTimeout: 65_000 }, (request, response) => {
    const { call, allowed } = readHead(request, patterns);
    const recorded = arrive(call);
    response.on('close', () => {
      inFlight -= 1;
    });
    const early = faults.take(call, parts.recordId(call), 'reading');
    if (early !== undefined) {
      recorded.fault = early.kind;
      request.socket.resetAndDestroy();
      return;
    }
    readBody(request, (body) => {
      recorded.body = body;
      respond({ ...call, body }, allowed, recorded, response);
    });
  });

  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  const prefix = id.toUpperCase().replaceAll('-', '_');
  const credentials = Object.entries(parts.credentials).map(([name, value]) => [`${prefix}_${name}`, value]);

  const clearCalls = (): void => {
    calls.length = 0;
    arrived = 0;
    peak = inFlight;
  };

  return {
    id,
    url,
    env: { [`${prefix}_URL`]: url, ...Object.fromEntries(credentials) },
    calls,
    messages,
    get faults() {
      return faults.list;
    },
    get inFlight() {
      return inFlight;
    },
    get peak() {
      return peak;
    },
    views: parts.views,
    fault: faults.add,
    clearFaults: faults.clear,
    view: (name) => behaviour.view(name),
    received: (count) =>
      arrived >= count ? Promise.resolve() : new Promise((resolve) => void waiting.push({ count, resolve })),
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    examples: parts.examples,
    idOf: parts.idOf,
    clearCalls,
    reset() {
      faults.clear();
      clearCalls();
      messages.length = 0;
      behaviour = parts.behaviour(message);
    },
    down: () => stop(server),
    up: async () => {
      await listen(server, port);
    },
    close: () => stop(server),
  };
}
