import { connect, createServer, type Server, type Socket } from 'node:net';

/** The network between a gateway and a server that it needs, to be cut. */
export interface Way {
  /** The server's, by this way. */
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** @param to the server's URL @param usual its port where the URL names none */
export async function startWay(to: string, usual = 5432): Promise<Way> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;
  const open = async (): Promise<void> => {
    server = createServer((near) => {
      const far = connect(Number(target.port || usual), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  await open();
  const url = new URL(to);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    open,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
