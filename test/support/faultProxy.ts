import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * What goes wrong between two who speak TCP, whatever they say: HTTP, PostgreSQL, Redis. How a provider's answer itself goes
 * wrong is the sandbox's, src/sandbox/faults.ts. Bytes are counted on each connection, from when the fault is ordered.
 */
export type NetworkFault =
  | { readonly kind: 'pass' }
  /** Nobody listens, and every connection is reset. */
  | { readonly kind: 'refuse' }
  /** Connections come about, and nothing goes either way; when it ends, all that waited goes on. */
  | { readonly kind: 'silent' }
  /** Reset behind so many bytes of what is asked or answered. */
  | { readonly kind: 'reset'; readonly of: 'request' | 'answer'; readonly afterBytes: number }
  /** Ended in order behind so many bytes of the answer. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** Nothing more behind so many bytes of the answer, and no end either. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** So many bytes of the answer at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number; readonly bytes: number }
  /** Each piece of the answer so much later. */
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultProxy {
  /** The server's, by this way. */
  readonly url: string;
  /** Connections open now, and ever made. */
  readonly open: number;
  readonly connections: number;
  /** From now on, connections that are open included. */
  order(fault: NetworkFault): Promise<void>;
  /** Resets every connection that is open; new ones come about. */
  cut(): void;
  close(): Promise<void>;
}

type Way = 'request' | 'answer';

/** What is ordered, until something else is. */
interface Order {
  readonly fault: NetworkFault;
  readonly over: AbortController;
}

const newOrder = (fault: NetworkFault): Order => ({ fault, over: new AbortController() });

const untilOver = async ({ over: { signal } }: Order): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** @param to the server's URL @param usual its port where the URL names none */
export async function startFaultProxy(to: string, usual = 5432): Promise<FaultProxy> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  let order = newOrder({ kind: 'pass' });
  let connections = 0;

  const accept = (near: Socket): void => {
    const far = connect({ port: Number(target.port || usual), host: target.hostname, allowHalfOpen: true });
    connections += 1;
    const reset = (): void => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay().on('close', () => sockets.delete(socket));
      socket.on('error', reset);
    }
    near.on('close', () => far.destroy());
    for (const [way, from, onto] of [
      ['request', near, far],
      ['answer', far, near],
    ] as const)
      carry(way, from, onto, () => order)
        .then((isOrderly) => (isOrderly ? onto.end() : reset()))
        .catch(reset);
  };

  let server: Server | null = null;
  let port = 0;
  const listen = async (): Promise<void> => {
    if (server) return;
    server = createServer({ allowHalfOpen: true }, accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const endListening = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server = null;
    cut();
    await closed;
  };
  const change = async (fault: NetworkFault): Promise<void> => {
    const { over } = order;
    order = newOrder(fault);
    over.abort();
    await (fault.kind === 'refuse' ? endListening() : listen());
  };

  await listen();
  const url = new URL(to);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    get open() {
      return [...sockets].filter(({ localPort }) => localPort === port).length;
    },
    get connections() {
      return connections;
    },
    order: change,
    cut,
    close: () => change({ kind: 'refuse' }),
  };
}

/** A fault that ends meanwhile is waited for no longer. */
const within = (ms: number, { over: { signal } }: Order): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);

/** Takes what comes the one way and hands it on as is ordered at that moment. @returns whether it ends in order */
async function carry(way: Way, from: Socket, onto: Socket, ordered: () => Order): Promise<boolean> {
  const passed = new WeakMap<Order, number>();
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let rest = chunk; rest.length > 0; ) {
      const order = ordered();
      const before = passed.get(order) ?? 0;
      const step = stepOf(order.fault, way, before, rest.length);
      if (step.waitMs) await within(step.waitMs, order);
      if (!onto.write(rest.subarray(0, step.bytes))) await once(onto, 'drain');
      passed.set(order, before + step.bytes);
      rest = rest.subarray(step.bytes);
      if (step.behind && step.behind !== 'hold') return step.behind === 'end';
      if (step.behind) await untilOver(order);
    }
  }
  if (ordered().fault.kind === 'silent') await untilOver(ordered());
  return true;
}

interface Step {
  /** How many go on now, after a while. */
  readonly bytes: number;
  readonly waitMs?: number;
  /** And what comes behind them. */
  readonly behind?: 'hold' | 'reset' | 'end';
}

/** @param passed how many went on under this fault before @param waiting how many there are now */
function stepOf(fault: NetworkFault, way: Way, passed: number, waiting: number): Step {
  const upTo = (afterBytes: number, behind: 'hold' | 'reset' | 'end'): Step =>
    passed + waiting < afterBytes ? { bytes: waiting } : { bytes: Math.max(0, afterBytes - passed), behind };
  if (fault.kind === 'silent') return { bytes: 0, behind: 'hold' };
  if (fault.kind === 'reset' && fault.of === way) return upTo(fault.afterBytes, 'reset');
  if (way === 'request') return { bytes: waiting };
  switch (fault.kind) {
    case 'truncate':
      return upTo(fault.afterBytes, 'end');
    case 'stall':
      return upTo(fault.afterBytes, 'hold');
    case 'drip':
      return { bytes: Math.min(fault.bytes, waiting), waitMs: fault.everyMs };
    case 'delay':
      return { bytes: waiting, waitMs: fault.ms };
    default:
      return { bytes: waiting };
  }
}
