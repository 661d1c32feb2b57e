import type { IncomingMessage, ServerResponse } from 'node:http';
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
  // What is left unread of a large body would be taken for the next request.
  if (!isReadToItsEnd(response.req)) response.setHeader('connection', 'close');
  const { retryAfterMs } = told.extensions;
  if (typeof retryAfterMs === 'number') response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 405) response.setHeader('allow', 'GET, POST');
  send(response, status, type, refused);
  return refused;
}

function send(response: ServerResponse, status: number, type: AnswerType, { result }: Executed): void {
  // As text: Node sends it together with the headers, in one write.
  const body = JSON.stringify(result);
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'private, no-store',
  });
  if (isReadToItsEnd(response.req)) response.end(body);
  else endWhenSent(response, body);
}

/** A body of so many bytes is read to its end by Node, though nobody wants it, and its connection lives on. */
const SMALL_BYTES = 64 * 1024;

export const isSmall = ({ headers }: IncomingMessage): boolean => Number(headers['content-length']) <= SMALL_BYTES;

const isReadToItsEnd = (request: IncomingMessage): boolean => request.complete || isSmall(request);

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

export function text(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
