import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_HEADERS = 'authorization, content-type, cache-control, last-event-id, x-request-id';

/** Answers a browser's question whether a page of another origin may call us: only the origins named, exactly. */
export function cors(origins: readonly string[]) {
  const allowed = new Set(origins);
  /** @returns true when the request was a preflight, which is answered */
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const origin = request.headers.origin;
    if (allowed.size > 0) response.setHeader('vary', 'origin');
    const known = origin !== undefined && allowed.has(origin);
    if (known) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
    }
    if (request.method !== 'OPTIONS') return false;
    if (known) {
      response.setHeader('access-control-allow-methods', 'GET, POST');
      response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
      response.setHeader('access-control-max-age', '600');
    }
    response.writeHead(204).end();
    return true;
  };
}
