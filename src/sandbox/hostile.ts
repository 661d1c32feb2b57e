import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Fault, FaultKind } from './faults.ts';
import { type Answer, answer, isObject, render } from './wire.ts';

/** What a fault needs to spoil one answer. */
export interface Exchange {
  readonly response: ServerResponse;
  /** The id of the record that was asked for. */
  readonly id: string | undefined;
  /** Does what was asked, once, and gives the right answer. */
  run(): Answer;
  /** Sends an answer properly. */
  send(given: Answer): void;
  /** What this provider says in a 200 that is a failure. */
  softError(message: string): unknown;
}

/** Goes wrong as ordered. */
export function misbehave<Kind extends FaultKind>(fault: Fault<Kind>, exchange: Exchange): void {
  if (fault.afterCommit === true) exchange.run();
  const behave: Behaviours[Kind] | undefined = behaviours[fault.kind];
  if (!behave) throw new Error(`There is no fault '${fault.kind}': there are ${Object.keys(behaviours).join(', ')}`);
  behave(fault, exchange);
}

type Behaviours = { readonly [Kind in FaultKind]: (fault: Fault<Kind>, exchange: Exchange) => void };

const page =
  '<!doctype html><html><head><title>Maintenance</title></head><body><h1>We will be right back</h1></body></html>';

const behaviours: Behaviours = {
  status: ({ status, body, headers = {} }, { send }) =>
    send(typeof body === 'string' ? { status, headers, text: body } : answer(status, body, headers)),
  html: ({ status = 200 }, { send }) => send({ status, text: page }),
  empty: ({ status = 200 }, { send }) => send(answer(status)),
  redirect: ({ to, status = 302 }, { send }) => send(answer(status, undefined, { location: to })),
  json: ({ body }, { send }) => send(answer(200, body)),
  mutate: ({ change }, { run, send }) => {
    const right = run();
    send({ ...right, body: change(structuredClone(right.body)) });
  },
  wrongId: ({ as }, { id, run, send }) => {
    const right = run();
    send(id === undefined ? right : { ...right, body: renamed(right.body, id, as ?? neighbour(id)) });
  },
  error200: ({ message = 'Something went wrong' }, { send, softError }) => send(answer(200, softError(message))),
  invalidJson: (_, { run, send }) => send(asJson(run(), (text) => `${text.slice(0, -1)},`)),
  nan: (_, { run, send }) =>
    send(asJson(run(), (text) => `${text.slice(0, -1)}${text.endsWith('}') ? ',"total":' : ','}NaN${text.slice(-1)}`)),
  bom: (_, { run, send }) => send(asJson(run(), (text) => `\uFEFF${text}`)),
  nested: ({ depth = 20_000 }, { send }) => send(asJson(answer(200), () => `${'['.repeat(depth)}${']'.repeat(depth)}`)),
  proto: (_, { run, send }) =>
    send(
      asJson(run(), (text) =>
        text.replace('{', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},'),
      ),
    ),
  headers: ({ headers }, { run, send }) => {
    const right = run();
    const named = Object.entries({ ...right.headers, ...headers });
    send({
      ...right,
      headers: Object.fromEntries(named.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    });
  },
  bigHeaders: ({ count = 100, size = 1000 }, { run, send }) => {
    const right = run();
    const many = Array.from({ length: count }, (_, index) => [`x-filler-${index}`, 'x'.repeat(size)]);
    send({ ...right, headers: { ...right.headers, ...Object.fromEntries(many) } });
  },
  huge: ({ megabytes = 5 }, { response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    pipeline(Readable.from(padding(megabytes)), response).catch(ignore);
  },
  gzip: ({ megabytes = 100 }, { response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    pipeline(Readable.from(padding(megabytes)), createGzip(), response).catch(ignore);
  },
  truncated: ({ how = 'length' }, exchange) => {
    const { bytes, half } = begin(exchange, how);
    if (how === 'close') exchange.response.end(half);
    else exchange.response.write(half, () => exchange.response.socket?.destroySoon());
    if (bytes.length === 0) exchange.response.socket?.destroySoon();
  },
  // Nothing is said, and nothing ends it but the client or the sandbox's own end.
  silent: () => {},
  stallAfterHeaders: (_, exchange) => {
    begin(exchange, 'length');
    exchange.response.flushHeaders();
  },
  drip: ({ ms = 50 }, exchange) => {
    const { bytes } = begin(exchange, 'length');
    let sent = 0;
    const timer = setInterval(() => {
      exchange.response.write(bytes.subarray(sent, sent + 1));
      sent += 1;
      if (sent >= bytes.length) exchange.response.end();
    }, ms);
    exchange.response.on('close', () => clearInterval(timer));
  },
  delay: ({ ms }, { response, run, send }) => {
    const timer = setTimeout(() => send(run()), ms);
    response.on('close', () => clearTimeout(timer));
  },
  reset: ({ when = 'answer' }, exchange) => {
    const { response } = exchange;
    if (when === 'reading' || when === 'answer') {
      response.socket?.resetAndDestroy();
      return;
    }
    const { half } = begin(exchange, 'length');
    response.flushHeaders();
    // One turn later the first part has left; resetting at once would take it back.
    const reset = (): void => void setImmediate(() => response.socket?.resetAndDestroy());
    if (when === 'body') response.write(half, reset);
    else reset();
  },
  dropAfter: (_, { response, run, send }) => {
    const { socket } = response;
    response.on('finish', () => socket?.destroySoon());
    send(run());
  },
};

/** Runs the call and sends the headers of its answer; the body is left to the fault. */
function begin({ response, run }: Exchange, how: 'length' | 'chunk' | 'close'): { bytes: Buffer; half: Buffer } {
  const right = run();
  const { text, headers } = render(right);
  const bytes = Buffer.from(text);
  if (how === 'close') {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  response.writeHead(right.status, how === 'length' ? { ...headers, 'content-length': bytes.length } : headers);
  return { bytes, half: bytes.subarray(0, Math.ceil(bytes.length / 2)) };
}

function asJson(right: Answer, change: (text: string) => string): Answer {
  const { text } = render(right);
  const headers = { 'content-type': 'application/json; charset=utf-8', ...right.headers };
  return { status: right.status, headers, text: change(text) };
}

function neighbour(id: string): string {
  return /^\d+$/.test(id) ? String(Number(id) + 1) : `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
}

/** The same JSON with one id in place of another, numbers staying numbers. */
function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, from, to));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, from, to)]));
  if (String(value) !== from) return value;
  return typeof value === 'number' ? Number(to) : to;
}

/** Valid JSON of so many megabytes. */
function* padding(megabytes: number): Generator<string> {
  const chunk = 'x'.repeat(1_048_576);
  yield '{"padding":"';
  for (let sent = 0; sent < megabytes; sent++) yield chunk;
  yield '"}';
}

function ignore(): void {
  // The client hung up on a body that was too large: just what was wanted.
}
