import { onTestFinished } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { testReadYourWrites } from '../support/readYourWrites.ts';
import { startTwo } from '../support/twoProcesses.ts';
import { postgresPlace } from './place.ts';
import { REDIS } from './redis.ts';

/** On PostgreSQL, with Redis, which dies in the middle. */

let way: FaultProxy;
testReadYourWrites(
  'PostgreSQL, while Redis dies',
  async () => {
    way = await startFaultProxy(REDIS, 6379);
    onTestFinished(() => way.close());
    return startTwo(postgresPlace, { CACHE_MAX_AGE: '30', REDIS_URL: way.url });
  },
  { writers: 2, writes: 10, midway: () => way.order({ kind: 'refuse' }) },
);
