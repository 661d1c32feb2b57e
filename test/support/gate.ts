import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** Stands before a provider and keeps every call waiting until it is told to let them through. */
export interface Gate {
  readonly url: string;
  /** Resolves when so many calls have arrived. */
  arrived(count: number): Promise<void>;
  open(): void;
  close(): Promise<void>;
}

export async function startGate(provider: { readonly url: string }): Promise<Gate> {
  const opened = Promise.withResolvers<void>();
  let count = 0;
  let told: () => void = () => undefined;
  const server = createServer(async (incoming, response) => {
    count += 1;
    told();
    await opened.promise;
    const { host: _, connection: __, ...headers } = incoming.headers;
    const answer = await request(provider.url + incoming.url, {
      method: incoming.method as 'GET',
      headers,
      body: incoming.method === 'GET' ? null : incoming,
    });
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    response.end(await answer.body.text());
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
