import { Redis } from 'ioredis';

/** The server to test on. */
export const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

/** A client of its own. @throws where no server answers: these tests fail, and never skip */
export async function onRedis(): Promise<Redis> {
  const client = new Redis(REDIS, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new Error('No Redis server answers: start one, or name one in REDIS_URL.', { cause });
  }
  return client;
}
