import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Operation } from '../gateway/operation.ts';
import { createPace } from '../pace.ts';
import { EVENTS } from './message.ts';
import type { Subscription } from './subscribe.ts';

/** What a stream needs to know of who asked for it. */
interface Listener {
  /** An operation for one event. Rejects when the caller is not let in any more. */
  operation(): Promise<Operation>;
  tell(error: unknown): GraphQLError;
}

/** The streams that are open (GraphQL over SSE, distinct connections mode). */
export interface Streams {
  /** Resolves when the stream is over. @returns how many events were sent */
  send(response: ServerResponse, subscription: Subscription, listener: Listener): Promise<number>;
  /** Completes every stream, and those that are still begun. */
  stop(): void;
}

const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/** How often something is sent where there is nothing to tell: proxies close what is silent for long. */
const KEEP_ALIVE_MS = 12_000;

export function createStreams(keepAliveMs = KEEP_ALIVE_MS): Streams {
  const open = new Set<() => void>();
  const pace = createPace();
  let isStopped = false;

  return {
    async send(response, { source, answer }, listener) {
      let sent = 0;
      let refusal: unknown = null;
      const end = (): void => {
        void source.return();
        // Who doesn't read would keep everybody waiting.
        if (response.writableNeedDrain) response.destroy();
      };
      const keepAlive = async (): Promise<void> => {
        try {
          await listener.operation();
          // The stream may have ended meanwhile.
          if (!response.writableEnded && !response.writableNeedDrain) response.write(COMMENT);
        } catch (error) {
          refusal = error;
          end();
        }
      };
      const hungUp = (): void => void source.return();
      response.once('close', hungUp);
      open.add(end);
      if (isStopped || response.closed) end();
      // Who stops must not wait for what the client would ask on the same connection some day.
      response.setHeader('connection', 'close');
      begin(response);
      response.write(COMMENT);
      const timer = setInterval(() => void keepAlive(), keepAliveMs).unref();
      try {
        for await (const event of source) {
          await pace();
          await write(response, next(await answer(event, await listener.operation()), event.cursor));
          sent += 1;
        }
      } catch (error) {
        refusal = error;
      }
      clearInterval(timer);
      open.delete(end);
      if (refusal !== null) response.write(next({ errors: [listener.tell(refusal)] }));
      response.end(COMPLETE);
      return sent;
    },
    stop() {
      isStopped = true;
      for (const end of open) end();
    },
  };
}

/** The answer of an operation that has only one. */
export function sendOnce(response: ServerResponse, result: ExecutionResult): void {
  begin(response);
  response.end(next(result) + COMPLETE);
}

function begin(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': `${EVENTS}; charset=utf-8`,
    'cache-control': 'private, no-store',
    // For proxies that would collect a whole answer before they pass it on.
    'x-accel-buffering': 'no',
  });
}

/** JSON has no line breaks of its own, so it is one line of data. */
const next = (result: ExecutionResult, id?: string): string =>
  `event: next\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(result)}\n\n`;

/** Resolves when there is room for more; a client that has hung up has room for nothing, and never will. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.closed) return;
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => undefined);
  settled.abort();
}
