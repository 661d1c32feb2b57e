import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test says exactly what goes over the wire. */
export interface RawConnection {
  readonly socket: Socket;
  /** What came back so far. */
  readonly received: () => string;
  /** Resolves when what came back fits. @throws when the connection ends before */
  until(pattern: RegExp): Promise<string>;
  /** Everything, when the other side has closed it. */
  readonly closed: Promise<string>;
}

export async function openRaw({ hostname, port }: Pick<URL, 'hostname' | 'port'>): Promise<RawConnection> {
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(text));
  });
  await once(socket, 'connect');
  // From here on a reset is only the end of what came.
  socket.on('error', () => undefined);
  return {
    socket,
    received: () => text,
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(text)) resolve(text);
        };
        socket.on('data', look);
        socket.on('close', () => reject(new Error(`closed before ${pattern}: ${text}`)));
        look();
      }),
  };
}

/** Sends a request as it is written, and gives everything that came back until the connection was closed. */
export async function sendRaw(url: Pick<URL, 'hostname' | 'port'>, text: string | Buffer): Promise<string> {
  const connection = await openRaw(url);
  connection.socket.write(text);
  return connection.closed;
}
