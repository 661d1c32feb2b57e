import { onTestFinished } from 'vitest';
import { testReadYourWrites } from '../support/readYourWrites.ts';
import { startTwo } from '../support/twoProcesses.ts';
import { postgresPlace } from './place.ts';
import { REDIS } from './redis.ts';
import { startWay, type Way } from './way.ts';

/** On PostgreSQL, with Redis, which dies in the middle. */

let way: Way;
testReadYourWrites(
  'PostgreSQL, while Redis dies',
  async () => {
    way = await startWay(REDIS, 6379);
    onTestFinished(() => way.close().catch(() => undefined));
    return startTwo(postgresPlace, { CACHE_MAX_AGE: '30', REDIS_URL: way.url });
  },
  { writers: 2, writes: 10, midway: () => way.close() },
);
