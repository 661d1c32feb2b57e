import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 20;

/** A client may keep a connection ready on which it never asks: Node does not take that for an idle one. */
const SILENT_MS = 250;

/** The connections of a server that are open, from now on. */
export function connectionsOf(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/**
 * Waits for the requests, and for what goes on though its client has hung up: a write is noted down to its end.
 * @param ended resolves when no request is being worked on
 */
export async function closed(
  server: Server,
  connections: ReadonlySet<Socket>,
  ended: () => Promise<void>,
  graceMs: number,
): Promise<void> {
  const everyConnection = once(server, 'close');
  server.close();
  // One whose answer was still on its way is idle only now.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const silence = setTimeout(() => {
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }, SILENT_MS);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.all([everyConnection, ended()]), tooLate]);
  clearTimeout(timer);
  clearTimeout(silence);
  clearInterval(sweep);
  server.closeAllConnections();
  await everyConnection;
}
