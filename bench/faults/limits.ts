import { setTimeout as wait } from 'node:timers/promises';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { newDatabase } from '../../test/services/postgres.ts';
import { REDIS } from '../../test/services/redis.ts';
import { startCluster } from '../../test/support/cluster/cluster.ts';
import type { Figure } from '../figure.ts';
import { idsAt } from './stage.ts';

const LIMIT = 360;
const MINUTE = 60_000;
/** Until a count is as old as a minute, and a call may be on its way. */
const YOUNG_MS = 66_000;
/** Longer than a minute: what falls out of it is asked for again. */
const FLAT_OUT_MS = 75_000;
const AT_ONCE = 8;

const READ = `query ($providerId: String!) {
  customerByProviderId(provider: CYCLE_SOFTWARE, providerId: $providerId) { records { servedFrom } } }`;

/**
 * Three gateways, each a process of its own, and CycleSoftware's 360 calls a minute, which the simulated one counts and
 * enforces: each gateway is asked for more than all of them, before their count is a minute old and for a minute behind it.
 */
export async function limits(): Promise<Figure[]> {
  const sandbox = await startSandbox({ customers: 1_000, maxCalls: 1_000_000 });
  const database = await newDatabase();
  const cluster = await startCluster({
    environment: {
      ...{ ...sandbox.env, DATABASE_URL: database.url, REDIS_URL: REDIS, ID_SECRET: 'for this measurement alone' },
      ...{ SYNC_INTERVAL: '0', CACHE_MAX_AGE: '0' },
    },
  });
  const shop = sandbox.provider('cycle-software');
  const ids = idsAt(sandbox, 'cycle-software');
  let asked = 0;
  const flatOut = async (url: string, until: number): Promise<void> => {
    while (performance.now() < until) {
      const variables = { providerId: ids[asked++ % ids.length] };
      const headers = { 'content-type': 'application/json' };
      await (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: READ, variables }) })).text();
    }
  };
  const allFlatOut = (forMs: number): Promise<unknown> => {
    const until = performance.now() + forMs;
    const each = cluster.gateways.flatMap(({ url }) => Array.from({ length: AT_ONCE }, () => flatOut(url, until)));
    return Promise.all(each);
  };
  const from = Date.now();
  await allFlatOut(2_000);
  await wait(from + YOUNG_MS - Date.now());
  await allFlatOut(FLAT_OUT_MS);
  const { calls } = shop;
  const moments = calls.map(({ at }) => at);
  const most = Math.max(...moments.map((at, place) => place + 1 - moments.findIndex((each) => each > at - MINUTE)));
  const refused = calls.filter(({ status }) => status === 429).length;
  await cluster.close();
  await sandbox.close();
  await database.drop();
  return [
    {
      what: `three gateways flat out (${asked} reads), ${LIMIT} calls a minute: the most that came in any 60 s; refused`,
      value: `${most}; ${refused}`,
      target: `≤ ${LIMIT}; 0`,
      met: most <= LIMIT && refused === 0,
    },
  ];
}
