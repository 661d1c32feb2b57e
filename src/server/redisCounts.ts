import { hash } from 'node:crypto';
import { COMMAND_MS, connectRedis, Presence, type RedisEvents } from '../redis.ts';
import { MINUTE_MS, type SharedCounts } from './allowances.ts';

export interface RedisCounts extends SharedCounts {
  close(): void;
}

/** Longer than the minute that they are of, wherever a gateway’s clock is. */
const KEPT_MS = 3 * MINUTE_MS;

/** Adds counts of callers up in one Redis: a hash for each minute. */
export function openRedisCounts(url: string, events: RedisEvents): RedisCounts {
  const redis = connectRedis(url, 'clientele-callers', { commandTimeout: COMMAND_MS });
  const presence = new Presence(events);
  presence.watch(redis);

  async function add(minute: number, made: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const key = `clientele:callers:${minute}`;
    const adding = redis.pipeline();
    for (const [name, count] of made) adding.hincrby(key, fieldOf(name), count);
    const answers = (await adding.pexpire(key, KEPT_MS).exec()) ?? [];
    return new Map([...made.keys()].map((name, place) => [name, countIn(answers[place])]));
  }

  return {
    async add(minute, made) {
      try {
        const all = await add(minute, made);
        presence.answered();
        return all;
      } catch (thrown) {
        presence.failed(thrown as Error);
        throw thrown;
      }
    },
    close() {
      presence.end();
      redis.disconnect();
    },
  };
}

/** Names of callers are told to nobody who looks into Redis. */
const fieldOf = (name: string): string => hash('sha256', name).slice(0, 32);

/** @throws what Redis has refused */
function countIn([refusal, count]: readonly [Error | null, unknown] = [null, undefined]): number {
  if (refusal) throw refusal;
  if (typeof count !== 'number') throw new Error('Redis has answered something else');
  return count;
}
