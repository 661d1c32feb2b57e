import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What stands before several gateways, as HAProxy does by deploy/haproxy.cfg. */
export interface Proxy {
  /** Without a path. */
  readonly url: string;
  /** Leads to another address in an earlier one's place. Resolves when whoever is there says that he is ready. */
  lead(place: number, url: string): Promise<void>;
  close(): Promise<void>;
}

interface Upstream {
  readonly url: string;
  isReady: boolean;
}

/** How often each gateway is asked whether it is ready: far below STOP_DELAY_MS. */
const CHECK_MS = 50;

/** @param port 0 takes a free one */
export async function startProxy(port = 0): Promise<Proxy> {
  const upstreams: Upstream[] = [];
  const watching = new Map<number, () => void>();
  let turn = 0;

  /** In turn, those that are ready, and of them none that was tried. */
  const next = (tried: ReadonlySet<Upstream>): Upstream | undefined => {
    turn += 1;
    const inTurn = upstreams.map((_, index) => upstreams[(turn + index) % upstreams.length]);
    return inTurn.find((each) => each?.isReady && !tried.has(each));
  };

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const tried = new Set<Upstream>();
    for (let upstream = next(tried); upstream; upstream = next(tried)) {
      tried.add(upstream);
      const came = await send(upstream.url, incoming, body, response);
      if (came === 'answered') return;
      if (came === 'lost') return refuse(response, 502);
      upstream.isReady = false;
    }
    refuse(response, 503);
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async lead(place, url) {
      watching.get(place)?.();
      const upstream: Upstream = { url, isReady: false };
      upstreams[place] = upstream;
      await new Promise<void>((ready) => watching.set(place, watch(upstream, ready)));
    },
    async close() {
      for (const end of watching.values()) end();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * Hands a request on, over a connection of its own: of one that was in use before nobody knows whether the other side is about
 * to close it.
 * @returns `unsent` where nobody could be connected to: it may go to somebody else; `lost`: what came of it is unknown
 */
function send(
  url: string,
  { method, url: path, headers: { connection: _, ...headers } }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<'answered' | 'unsent' | 'lost'> {
  return new Promise((resolve) => {
    let isConnected = false;
    const outgoing = request(new URL(path ?? '/', url), { method, headers, agent: false });
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true;
      });
    });
    // A caller who hangs up wants no answer: the gateway is told.
    const hungUp = (): void => void outgoing.destroy();
    response.once('close', hungUp);
    outgoing.on('response', (answer) => {
      const { connection, ...rest } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, rest);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      resolve('answered');
    });
    outgoing.on('error', () => {
      response.off('close', hungUp);
      resolve(isConnected ? 'lost' : 'unsent');
    });
    outgoing.end(body);
  });
}

function refuse(response: ServerResponse, status: 502 | 503): void {
  response.writeHead(status, { 'retry-after': '1', 'content-length': 0 });
  response.end();
}

/** Asks again and again whether it is ready, until the end. @param ready told the first time that it is */
function watch(upstream: Upstream, ready: () => void): () => void {
  let timer: NodeJS.Timeout;
  const asking = new AbortController();
  const look = async (): Promise<void> => {
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(1_000)]);
    const answer = await fetch(new URL('/health/ready', upstream.url), {
      headers: { connection: 'close' },
      signal,
    }).catch(() => null);
    await answer?.body?.cancel();
    if (asking.signal.aborted) return;
    upstream.isReady = answer?.ok ?? false;
    if (upstream.isReady) ready();
    timer = setTimeout(look, CHECK_MS);
  };
  void look();
  return () => {
    asking.abort();
    clearTimeout(timer);
  };
}
