import { Redis } from 'ioredis';

/** The server to test on, and there a database that no other file uses at the same time: calls are counted by provider. */
export const REDIS = withDatabase(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', process.env.VITEST_POOL_ID ?? '0');

function withDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

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
