import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { GraphQLFault } from './world.ts';

/** One event as it came over the wire. */
export interface Event {
  readonly event: string;
  readonly id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: an event has the shape that the test says
  readonly data: { readonly data?: any; readonly errors?: readonly GraphQLFault[] } | null;
}

export interface Stream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The next event, whenever it comes; null: the stream has ended. */
  next(): Promise<Event | null>;
  /** The events up to the one of which this holds. */
  until(holds: (event: Event) => boolean): Promise<Event[]>;
  /** Resolves when so many comments have come. */
  comments(count: number): Promise<void>;
  /** Everything that came, when it has ended. */
  text(): Promise<string>;
  hangUp(): void;
}

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly method?: 'GET' | 'POST';
}

/** Subscribes as a server would: what is told from the answer's headers on is told to it. */
export async function subscribe(url: string, { query, variables, headers, method = 'POST' }: Asked): Promise<Stream> {
  const search = new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) });
  const asked = request(method === 'GET' ? `${url}?${search}` : url, {
    method,
    // A connection of its own.
    agent: false,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  asked.end(method === 'POST' ? JSON.stringify({ query, variables }) : undefined);
  onTestFinished(() => void asked.destroy());
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  asked.on('error', () => undefined);
  const chunks: string[] = [];
  let hasEnded = false;
  let pending = '';
  let comments = 0;
  const events: Event[] = [];
  let told = Promise.withResolvers<void>();
  const tell = (): void => {
    told.resolve();
    told = Promise.withResolvers<void>();
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    chunks.push(chunk);
    const blocks = (pending + chunk).split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) comments += 1;
      else events.push(parsed(block));
    }
    tell();
  });
  const end = (): void => {
    hasEnded = true;
    tell();
  };
  response.on('close', end).on('error', end);
  const stream: Stream = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    async next() {
      while (events.length === 0 && !hasEnded) await told.promise;
      return events.shift() ?? null;
    },
    async until(holds) {
      const seen: Event[] = [];
      for (;;) {
        const event = await stream.next();
        if (!event) throw new Error(`the stream ended before: ${chunks.join('')}`);
        seen.push(event);
        if (holds(event)) return seen;
      }
    },
    async comments(count) {
      while (comments < count && !hasEnded) await told.promise;
    },
    async text() {
      while (!hasEnded) await told.promise;
      return chunks.join('');
    },
    hangUp: () => void asked.destroy(),
  };
  return stream;
}

function parsed(block: string): Event {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.replace(/^\w+: ?/, '')]),
  );
  const data = fields.get('data') ?? '';
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? null,
    data: data === '' ? null : JSON.parse(data),
  };
}
