import { closeSync, openSync } from 'node:fs';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresPlace } from '../../test/services/place.ts';
import { onRedis, REDIS } from '../../test/services/redis.ts';
import { type Cluster, startCluster } from '../../test/support/cluster/cluster.ts';
import { type FaultProxy, startFaultProxy } from '../../test/support/faultProxy.ts';
import type { Ways } from './weather.ts';

/** Three gateways, and between them and whatever they need a network that can fail. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly cluster: Cluster;
  readonly ways: Ways;
  /** The gateways’, looked at from beside, by a way that does not fail. */
  readonly store: Store;
  close(): Promise<void>;
}

/** Nothing is limited here, and every call is remembered. */
const LIMITS = {
  settings: { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } },
  maxCalls: 1_000_000,
};

/** @param log the file for what gateways log @throws where PostgreSQL or Redis can't be reached */
export async function openScene(seed: number, log: string): Promise<Scene> {
  /** What is to be ended, the last first. */
  const open: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const each of open.splice(0).reverse()) await each();
  };
  try {
    (await onRedis()).disconnect();
    const place = await postgresPlace();
    open.push(() => place.drop());
    const sandbox = await startSandbox({ customers: 200, seed, ...LIMITS });
    open.push(() => sandbox.close());
    const wayTo = async (url: string, usual?: number): Promise<FaultProxy> => {
      const way = await startFaultProxy(url, usual);
      open.push(() => way.close());
      return way;
    };
    const providers = new Map<string, FaultProxy>();
    const urls: Record<string, string> = {};
    for (const { id, url, env } of sandbox.providers) {
      const way = await wayTo(url);
      providers.set(id, way);
      for (const name of Object.keys(env)) if (env[name] === url) urls[name] = way.url;
    }
    const database = await wayTo(String(place.settings.DATABASE_URL));
    const redis = await wayTo(REDIS, 6379);
    const stderr = openSync(log, 'w');
    open.push(() => closeSync(stderr));
    const cluster = await startCluster({
      stderr,
      environment: {
        ...{ ...sandbox.env, ...urls, ...place.settings, DATABASE_URL: database.url, REDIS_URL: redis.url },
        // So short that nobody waits for long behind whoever was killed.
        ...{ OPERATION_DEADLINE_MS: '3000', PROVIDER_TIMEOUT_MS: '1500', CACHE_MAX_AGE: '5', SYNC_INTERVAL: '60' },
      },
    });
    open.push(() => cluster.close());
    const store = await place.open();
    open.push(() => store.close());
    return { sandbox, cluster, ways: { providers, database, redis }, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}
