import type { IncomingMessage } from 'node:http';
import { badUserInput, GatewayError } from '../errors.ts';

/** A GraphQL request, whichever way it came (GraphQL over HTTP, "Request Parameters"). */
export interface GraphQLParameters {
  /** null: the document is named. */
  readonly query: string | null;
  /** The ids that may be meant by the document’s name; none: it is not named. */
  readonly documentIds: readonly string[];
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** GET may only read, once or for as long as it changes. */
  readonly readOnly: boolean;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Twice as many as a document can have; a body of nothing else would keep everybody waiting for a tenth of a second. */
const MAX_PARTS = 20_000;

/** A request that can't be understood at all; `status` is the answer's. */
export class HttpError extends GatewayError {
  readonly httpStatus: number;

  constructor(httpStatus: number, message: string) {
    super('BAD_USER_INPUT', message);
    this.httpStatus = httpStatus;
  }
}

/**
 * Reads the parameters of a POST with a JSON body, or of a GET. No other body runs: a form can be posted by any page.
 * @throws HttpError 405, 415; GatewayError REQUEST_TOO_LARGE, OPERATION_TOO_COMPLEX, BAD_USER_INPUT
 */
export async function readParameters(request: IncomingMessage): Promise<GraphQLParameters> {
  if (request.method === 'GET') return fromQuery(new URL(request.url ?? '', 'http://localhost').searchParams);
  if (request.method !== 'POST')
    throw new HttpError(405, 'GraphQL is asked by POST, or by GET for queries and subscriptions.');
  if (!isJson(request.headers['content-type'])) throw new HttpError(415, 'Send the request as application/json.');
  if (!/^identity$/i.test(request.headers['content-encoding'] ?? 'identity'))
    throw new HttpError(415, 'Send the request as it is, not packed.');
  const body = await readBody(request);
  if (body.length > MAX_PARTS && partsIn(body) > MAX_PARTS)
    throw new GatewayError(
      'OPERATION_TOO_COMPLEX',
      `A request may have at most ${MAX_PARTS} lists and objects, and members of objects.`,
    );
  return fromBody(parse(toText(body), 'The body'));
}

const isJson = (type: string | undefined): boolean =>
  type !== undefined && /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i.test(type.trim());

/** Counts the bytes as they come: what is too large is refused before it is held. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks, size)));
    const early = () => {
      if (!request.complete) reject(badUserInput('The request ended early.'));
    };
    // A client that hangs up is an error to Node, and no fault of ours.
    request.on('error', early).on('close', early);
  });
}

const tooLarge = (): GatewayError =>
  new GatewayError('REQUEST_TOO_LARGE', `A request may have at most ${MAX_BODY_BYTES} bytes.`);

/** How many lists and objects there are, or members of objects, whichever are more: in texts as well, a document is one. */
function partsIn(body: Buffer): number {
  let opened = 0;
  let members = 0;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (byte === BRACKET || byte === BRACE) opened++;
    else if (byte === COLON) members++;
  }
  return Math.max(opened, members);
}

const [BRACKET, BRACE, COLON] = Buffer.from('[{:');

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What is no UTF-8 would be written to providers as something that nobody said (RFC 8259, 8.1). */
function toText(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw badUserInput('The body is not UTF-8.');
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badUserInput(`${what} is not JSON.`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As they came; null or undefined: not given. */
type Given = Readonly<Record<'query' | 'documentId' | 'operationName' | 'variables' | 'extensions', unknown>>;

function fromBody(body: unknown): GraphQLParameters {
  if (!isObject(body)) throw badUserInput('The body must be one JSON object with a query. Batches are not taken.');
  const { query, documentId, operationName, variables, extensions } = body;
  return checked({ query, documentId, operationName, variables, extensions }, false);
}

function fromQuery(search: URLSearchParams): GraphQLParameters {
  const json = (name: string): unknown => {
    const text = search.get(name);
    return text === null || text === '' ? null : parse(text, name);
  };
  const given = {
    query: search.get('query'),
    documentId: search.get('documentId') || null,
    operationName: search.get('operationName') || null,
    variables: json('variables'),
    extensions: json('extensions'),
  };
  return checked(given, true);
}

function checked(given: Given, readOnly: boolean): GraphQLParameters {
  const { query = null, operationName = null, variables = null, extensions = null } = given;
  if (operationName !== null && typeof operationName !== 'string') throw badUserInput('operationName must be text.');
  if (variables !== null && !isObject(variables)) throw badUserInput('variables must be a JSON object.');
  if (extensions !== null && !isObject(extensions)) throw badUserInput('extensions must be a JSON object.');
  const documentIds = idsIn(given.documentId ?? null, extensions?.persistedQuery ?? null);
  if (typeof query !== 'string' && (query !== null || documentIds.length === 0))
    throw badUserInput('query must be the text of a GraphQL document.');
  return { query, documentIds, operationName, variables, readOnly };
}

/**
 * How a document is named: by `documentId` (GraphQL over HTTP, "Persisted Documents"), or as Apollo's clients and urql do, by
 * its SHA-256, which a manifest may hold with the prefix that the former has, too.
 */
function idsIn(documentId: unknown, persistedQuery: unknown): readonly string[] {
  if (documentId !== null && persistedQuery !== null)
    throw badUserInput('Name the document once: by documentId or by extensions.persistedQuery.');
  if (persistedQuery !== null) {
    const { version, sha256Hash } = isObject(persistedQuery) ? persistedQuery : {};
    if (version !== 1 || typeof sha256Hash !== 'string')
      throw badUserInput('extensions.persistedQuery must be an object with version 1 and, as text, a sha256Hash.');
    return [sha256Hash, `sha256:${sha256Hash}`];
  }
  if (documentId === null) return [];
  if (typeof documentId !== 'string') throw badUserInput('documentId must be text.');
  return [documentId];
}

/** The media types that an answer can have, the modern one first. */
export type AnswerType = 'application/graphql-response+json' | 'application/json';

export const EVENTS = 'text/event-stream';

/** What a caller takes. */
export interface Accepted {
  /** null: no answer in one piece. */
  readonly answer: AnswerType | null;
  readonly events: boolean;
}

/**
 * Chooses the answer's media type from `Accept` (RFC 9110, 12.5.1). Without one, or for anything, it is application/json,
 * as GraphQL over HTTP has it; a stream of events has to be asked for by its name.
 * @returns null when the caller accepts none of ours
 */
export function negotiate(accept: string | undefined): Accepted | null {
  if (accept === undefined || accept === '' || accept === '*/*') return JSON_ALONE;
  let best: { readonly type: AnswerType; readonly quality: number } | null = null;
  let events = false;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (range === EVENTS) events = quality > 0;
    const type =
      range === 'application/graphql-response+json'
        ? range
        : ['application/json', 'application/*', '*/*'].includes(range)
          ? 'application/json'
          : null;
    if (type && quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best || events ? { answer: best?.type ?? null, events } : null;
}

const JSON_ALONE: Accepted = { answer: 'application/json', events: false };
