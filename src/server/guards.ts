import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a connection may take, whoever is at its other end. Headers and address together have Node’s own bound, 16 KiB. */
export interface ConnectionLimits {
  /** How long a client may take to send its request: a slow one holds no connection for longer. */
  readonly requestMs: number;
  /** How long a client may take nothing of an answer that is ready: what it does not read is held here. */
  readonly unreadMs: number;
  /** How many there may be: beyond that none is taken, while there are still handles for the store and the providers. */
  readonly connections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { requestMs: 10_000, unreadMs: 30_000, connections: 10_000 };

/**
 * What every answer says to a browser: take it for nothing but what it is, run and frame nothing of it, tell nobody where
 * it came from, keep nothing. An answer that wants something else says so itself.
 */
const SAFE_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-frame-options', 'DENY'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
];

/** Prepares an answer: its headers, and the end of one that nobody reads. */
export function guard(response: ServerResponse, { unreadMs }: ConnectionLimits): void {
  for (const [name, value] of SAFE_HEADERS) response.setHeader(name, value);
  // All of it is ready to be sent. Where nobody listens for the time being over, Node closes the connection.
  response.once('prefinish', () => void response.setTimeout(unreadMs));
}

/** What of a request Node lets through, and whoever stands before this gateway may understand in another way. */
export function isAmbiguous({ httpVersionMajor, rawHeaders }: IncomingMessage): boolean {
  // RFC 9112, 3.2: of two Host headers Node takes the first, a proxy maybe the second.
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return httpVersionMajor !== 1 || hosts.length > 1;
}
