import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';
import type { Executed } from './execute.ts';
import { type AnswerType, HttpError } from './message.ts';
import { STATUS } from './publicErrors.ts';

/** What is 200 to a caller who accepts plain JSON only, though it was not executed (GraphQL over HTTP, 6.4.1). */
const ANSWERED_AS_JSON: ReadonlySet<ErrorCode> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/** What was executed is 200; what was not has its status. */
export function answer(response: ServerResponse, type: AnswerType, executed: Executed): void {
  const { refusal } = executed;
  const isAnswered = refusal === null || (type === 'application/json' && ANSWERED_AS_JSON.has(refusal));
  const status = isAnswered ? 200 : (STATUS[refusal] ?? 500);
  send(response, status, type, executed);
}

/** What could not even be begun, with the headers that go with its status. */
export function refuse(response: ServerResponse, type: AnswerType, told: GraphQLError, error: unknown): Executed {
  const refusal = told.extensions.code as ErrorCode;
  const refused: Executed = { result: { errors: [told] }, refusal, type: 'none', name: null, document: null };
  const status = error instanceof HttpError ? error.httpStatus : (STATUS[refusal] ?? 500);
  const { retryAfterMs } = told.extensions;
  if (typeof retryAfterMs === 'number') response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
  if (status === 401) response.setHeader('www-authenticate', challengeOf(response.req));
  if (status === 405) response.setHeader('allow', 'GET, POST');
  send(response, status, type, refused);
  return refused;
}

/** RFC 6750, 3: what is wrong is told to who has shown something; who has shown nothing learns how to. */
const challengeOf = ({ headers }: IncomingMessage): string =>
  headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';

const send = (response: ServerResponse, status: number, type: AnswerType, { result }: Executed): void =>
  deliver(response, status, JSON.stringify(result), {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'private, no-store',
  });

export const text = (
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void => deliver(response, status, body, { 'content-type': type });

/** @param body as text: Node sends it together with the headers, in one write */
function deliver(response: ServerResponse, status: number, body: string, headers: OutgoingHttpHeaders): void {
  // What is left unread of a large body would be taken for the next request.
  const isRead = response.req.complete || isSmall(response.req) || !hasBody(response.req);
  if (!isRead) response.setHeader('connection', 'close');
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (isRead) response.end(body);
  else endWhenSent(response, body);
}

/** A body of so many bytes is read to its end by Node, though nobody wants it, and its connection lives on. */
const SMALL_BYTES = 64 * 1024;

export const isSmall = ({ headers }: IncomingMessage): boolean => Number(headers['content-length']) <= SMALL_BYTES;

/** By its headers (RFC 9112, 6.3): a request without one is not complete either, when its headers have just come. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** How long a client that was refused may go on sending. */
const LINGER_MS = 1_000;

/**
 * Answers at once, and closes when the client has sent all, or after a while: closed with a part of its body unread, the
 * connection is reset, and the client may lose the answer with it.
 */
function endWhenSent(response: ServerResponse, body: string): void {
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  response.req.once('end', end).once('close', end).resume();
}
