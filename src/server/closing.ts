import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const SWEEP_MS = 20;

/** Whoever is connected and asks nothing goes then: a client may keep a connection ready on which it never asks. */
const LINGERS_MS = 250;

/** What is being worked on. */
interface Work {
  readonly isIdle: () => boolean;
  /** Resolves when no request is being worked on, whether or not its client still waits for it. */
  readonly ended: () => Promise<void>;
}

/** Waits for the requests, and for what goes on though its client has hung up: a write is noted down to its end. */
export async function closed(server: Server, { isIdle, ended }: Work, graceMs: number): Promise<void> {
  const everyConnection = once(server, 'close');
  server.close();
  // One whose answer was still on its way is idle only now.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([nobodyAsks(), tooLate]);
  clearTimeout(timer);
  clearInterval(sweep);
  server.closeAllConnections();
  await everyConnection;

  /** Somebody may have asked meanwhile, on a connection that was there. */
  async function nobodyAsks(): Promise<void> {
    let isClosed = false;
    void everyConnection.then(() => {
      isClosed = true;
    });
    do {
      await ended();
      await Promise.race([everyConnection, wait(LINGERS_MS, undefined, { ref: false })]);
      // Where every connection is closed, nothing is on its way out: to wait for that would be for ever.
    } while (!isClosed && !isIdle());
    await ended();
  }
}
