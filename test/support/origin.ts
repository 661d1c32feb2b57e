import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server on loopback that behaves exactly as a test says, and counts who came. */
export interface Origin {
  readonly url: string;
  readonly port: number;
  /** Request lines and headers, as they came. */
  readonly requests: readonly string[];
  /** Connections open now, and the most there ever were. */
  readonly open: number;
  readonly peak: number;
  /** Connections ever made. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Speaks HTTP as `handle` does. */
export async function startOrigin(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Origin> {
  const requests: string[] = [];
  return listening(
    createHttpServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      handle(request, response);
    }),
    requests,
  );
}

/** Speaks whatever `handle` writes, once for each request's head. */
export async function startRawOrigin(handle: (socket: Socket, head: string) => void): Promise<Origin> {
  const requests: string[] = [];
  return listening(
    createServer((socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (part) => {
        text += part.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end);
          text = text.slice(end + 4);
          requests.push(head);
          handle(socket, head);
        }
      });
    }),
    requests,
  );
}

async function listening(server: Server, requests: readonly string[]): Promise<Origin> {
  const sockets = new Set<Socket>();
  let peak = 0;
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections += 1;
    peak = Math.max(peak, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get open() {
      return sockets.size;
    },
    get peak() {
      return peak;
    },
    get connections() {
      return connections;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port that nobody listens on: it was free a moment ago. */
export async function deadPort(): Promise<number> {
  const origin = await startRawOrigin(() => undefined);
  await origin.close();
  return origin.port;
}
