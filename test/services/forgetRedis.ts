import { onRedis } from './redis.ts';

/** What the file before this one has counted in the same database is nothing to this one. */
const redis = await onRedis();
const kept = await redis.keys('clientele:*');
if (kept.length > 0) await redis.del(kept);
redis.disconnect();
