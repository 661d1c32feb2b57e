import { Client } from 'pg';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
const PATIENCE_MS = 5_000;

/**
 * Hears what is announced on a channel, by a connection of its own, for as long as somebody wants to: a connection that breaks
 * is made again. What may have been missed meanwhile counts as heard.
 * @param lost told once when it can't be heard any more
 * @returns ends it
 */
export function listenTo(url: string, channel: string, heard: () => void, lost: (error: Error) => void): () => void {
  let isOver = false;
  let isLost = false;
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | undefined;
  let current: Client | undefined;

  function begin(): void {
    const client = new Client({
      connectionString: url,
      application_name: 'clientele changes',
      connectionTimeoutMillis: PATIENCE_MS,
      keepAlive: true,
    });
    current = client;
    const failed = (cause: Error): void => {
      // What a connection that was given up still says is of no interest.
      if (isOver || current !== client) return;
      current = undefined;
      client.end().catch(() => undefined);
      if (!isLost) lost(cause);
      isLost = true;
      timer = setTimeout(begin, waitMs).unref();
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
    client.on('notification', heard).on('error', failed);
    client.on('end', () => failed(new Error('the connection was closed')));
    client
      .connect()
      .then(() => client.query(`LISTEN ${channel}`))
      .then(() => {
        if (isOver) return;
        isLost = false;
        waitMs = FIRST_WAIT_MS;
        heard();
      })
      .catch(failed);
  }

  begin();
  return () => {
    isOver = true;
    clearTimeout(timer);
    current?.end().catch(() => undefined);
  };
}
