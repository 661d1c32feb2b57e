import { fileURLToPath } from 'node:url';
import { type Ended, type Measured, start } from '../../../bench/process.ts';
import { startProxy } from './proxy.ts';

/** Several gateways, each a process of its own, behind one proxy: what deploy/ says, with local processes. */
export interface Cluster {
  /** The way in, /graphql. */
  readonly url: string;
  readonly gateways: readonly Measured[];
  /**
   * Ends one and puts another in its place. Resolves when the proxy leads there.
   * @param signal SIGTERM lets it end what it is at
   * @returns how the earlier one ended
   */
  restart(place: number, signal?: NodeJS.Signals): Promise<Ended>;
  close(): Promise<void>;
}

interface ClusterOptions {
  readonly size?: number;
  /** Of the proxy; a free one where none is said. */
  readonly port?: number;
  /** Of each gateway: its providers, its store. */
  readonly environment: Readonly<Record<string, string>>;
  /** A file descriptor for what they log. */
  readonly stderr?: number;
  /** Told what happens, for people. */
  readonly say?: (line: string) => void;
}

const CLI = fileURLToPath(new URL('../../../src/cli.ts', import.meta.url));

/** Ten times as long as the proxy takes to notice. */
const STOP_DELAY_MS = '500';

/** @throws Error where one of them does not start; the others are ended then */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { size = 3, port, stderr, say = () => undefined } = options;
  const environment = {
    ...{ NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', LOG_LEVEL: 'error', STOP_DELAY_MS },
    ...options.environment,
    ...{ AUTH: 'none', HOST: '127.0.0.1', PORT: '0', GATEWAYS: String(size) },
  };
  const proxy = await startProxy(port);
  const gateways: Measured[] = [];
  const begin = async (place: number): Promise<void> => {
    const gateway = await start(['--max-semi-space-size=8', CLI, 'start'], environment, stderr, true);
    gateways[place] = gateway;
    await proxy.lead(place, gateway.url);
    say(`gateway ${place + 1} is ready at ${gateway.url}`);
  };
  const close = async (): Promise<void> => {
    await proxy.close();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  };
  const begun = await Promise.allSettled(Array.from({ length: size }, (_, place) => begin(place)));
  const failed = begun.find((each) => each.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    url: `${proxy.url}/graphql`,
    gateways,
    async restart(place, signal = 'SIGTERM') {
      const gateway = gateways[place];
      if (!gateway) throw new RangeError(`there are ${size} gateways`);
      say(`gateway ${place + 1} gets ${signal}`);
      const ended = await gateway.stop(signal);
      await begin(place);
      return ended;
    },
    close,
  };
}

/**
 * Restarts one after the other.
 * @param stopping when it is aborted, the rest stay as they are
 * @returns how each earlier one ended
 */
export async function restartEach(cluster: Cluster, stopping?: AbortSignal): Promise<readonly Ended[]> {
  const ended: Ended[] = [];
  for (const [place] of cluster.gateways.entries()) {
    if (stopping?.aborted) break;
    ended.push(await cluster.restart(place));
  }
  return ended;
}
