import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Answer, type Call, matchPath, type Pattern, render } from './wire.ts';

/** Listens on loopback; port 0 takes a free one. Gives the port. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops listening and drops every connection. */
export function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A request before its body is read, and the methods that its path has where this is none of them. */
export function readHead(
  request: IncomingMessage,
  patterns: readonly Pattern[],
): { call: Call; allowed: readonly string[] } {
  const { method = 'GET', url = '/', headers } = request;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const allowed: string[] = [];
  for (const pattern of patterns) {
    const params = matchPath(pattern, path);
    if (params === undefined) continue;
    if (pattern.method === method) {
      return { call: { method, path, query, headers, body: '', route: pattern.route, params }, allowed };
    }
    allowed.push(pattern.method);
  }
  return { call: { method, path, query, headers, body: '', route: null, params: {} }, allowed };
}

/** Waits for the whole body. */
export function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => done(Buffer.concat(parts).toString()));
}

/** Sends an answer as it should be sent. */
export function sendAnswer(response: ServerResponse, given: Answer): void {
  if (response.destroyed) return;
  const { text, headers } = render(given);
  response.writeHead(
    given.status,
    given.status === 204 ? headers : { ...headers, 'content-length': Buffer.byteLength(text) },
  );
  response.end(text);
}
