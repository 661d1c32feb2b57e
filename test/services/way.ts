import { startFaultProxy } from '../support/faultProxy.ts';

/** The network between a gateway and a server that it needs, to be cut. */
export interface Way {
  /** The server's, by this way. */
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** @param to the server's URL @param usual its port where the URL names none */
export async function startWay(to: string, usual?: number): Promise<Way> {
  const proxy = await startFaultProxy(to, usual);
  return {
    url: proxy.url,
    open: () => proxy.order({ kind: 'pass' }),
    close: () => proxy.order({ kind: 'refuse' }),
  };
}
