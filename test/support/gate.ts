import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** Stands before a provider and keeps calls waiting until it is told to let them through: all, unless it is told which. */
export interface Gate {
  readonly url: string;
  /** Resolves when so many of them have arrived. */
  arrived(count: number): Promise<void>;
  open(): void;
  close(): Promise<void>;
}

/** What of a call is kept waiting: the call, its answer when the provider has given it, or nothing. */
export type Holds = (method: string, path: string) => 'CALL' | 'ANSWER' | null;

export async function startGate(provider: { readonly url: string }, holds: Holds = () => 'CALL'): Promise<Gate> {
  const opened = Promise.withResolvers<void>();
  let count = 0;
  let told: () => void = () => undefined;
  const server = createServer(async (incoming, response) => {
    const held = holds(incoming.method ?? '', incoming.url ?? '');
    const wait = (): Promise<void> => {
      count += 1;
      told();
      return opened.promise;
    };
    // Whoever has sent it may be gone when it goes on.
    const body = Buffer.concat(await incoming.toArray());
    if (held === 'CALL') await wait();
    const { host: _, connection: __, ...headers } = incoming.headers;
    const answer = await request(provider.url + incoming.url, {
      method: incoming.method as 'GET',
      headers,
      body: incoming.method === 'GET' ? null : body,
    });
    const text = await answer.body.text();
    if (held === 'ANSWER') await wait();
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived: (wanted) =>
      new Promise((resolve) => {
        told = () => {
          if (count >= wanted) resolve();
        };
        told();
      }),
    open: () => opened.resolve(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
