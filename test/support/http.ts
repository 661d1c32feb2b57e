import { request } from 'undici';
import { startWorld, type World } from './world.ts';

/** Requests as a test says them, method, headers and body, and what comes back over the wire. */

export const MODERN = 'application/graphql-response+json';
export const PLAIN = 'application/json';
export const EVENTS = 'text/event-stream';
export const APP = 'https://app.example.com';

/** A world that pages of some other origins may call. */
export const startHttpWorld = (): Promise<World> =>
  startWorld({ environment: { CORS_ORIGINS: `${APP},http://localhost:3000` } });

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | AsyncIterable<Buffer>;
}

/** Ways to send to a world's gateway; the world is started later than they are made. */
export function sendTo(world: () => World) {
  async function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
    const type = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const response = await request(new URL(path, world().gateway.url), {
      method: method as 'POST',
      headers: { accept: MODERN, ...type, ...headers },
      ...(body !== undefined && { body: body as string }),
    });
    const text = await response.body.text();
    const json = text !== '' && /json/.test(String(response.headers['content-type'])) ? JSON.parse(text) : undefined;
    const codes: string[] = (json?.errors ?? []).map(
      (error: { extensions: { code: string } }) => error.extensions.code,
    );
    return { status: response.statusCode, headers: response.headers, text, json, codes };
  }

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send({ body: typeof body === 'string' ? body : JSON.stringify(body), headers });

  const get = (parameters: Record<string, string>, headers: Record<string, string> = {}, method = 'GET') =>
    send({ method, path: `/graphql?${new URLSearchParams(parameters)}`, headers });

  return { send, post, get };
}
