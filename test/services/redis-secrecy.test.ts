import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { bearer, type Key, keyOf, startKeyedWorld } from '../support/callers.ts';
import { CANARY, found, handlesIn, live, SILENT_ONES } from '../support/canaries.ts';
import { sameStore } from '../support/changes.ts';
import { onRedis, REDIS } from './redis.ts';

/** What passes over Redis, and what stays there: counts, and that something has changed; nothing of whom or by whom. */

const KEY: Key = { name: 'canary-desk', scopes: SCOPES };

let redis: Redis;
beforeAll(async () => {
  redis = await onRedis();
});
afterAll(() => redis.disconnect());

it('nobody’s data, id, key or name is in Redis, nor in what is said to it', async () => {
  const monitor = await redis.monitor();
  const said: string[][] = [];
  monitor.on('monitor', (_time: string, command: string[], _source: string, database: string) => {
    // Other tests speak to others at the same time.
    if (`/${database}` === new URL(REDIS).pathname) said.push(command);
  });
  onTestFinished(() => monitor.disconnect());

  const world = await startKeyedWorld([KEY], { environment: { REDIS_URL: REDIS } });
  const another = await world.another();
  const handles = new Set<string>();
  const lived = await live(
    async (query, variables, headers) => {
      const answer = await world.query(query, variables as Record<string, unknown>, {
        ...bearer(keyOf(KEY)),
        ...headers,
      });
      handlesIn(JSON.parse(answer.text), handles);
      return answer;
    },
    world.sandbox,
    () => sameStore(world),
  );
  await expect.poll(() => said.some(([command]) => /^hincrby$/i.test(command ?? ''))).toBe(true);
  const stored = await everythingIn(redis);
  await another.stop();
  await world.close();

  const commands = said.map((command) => command.join(' '));
  // It was there to be seen: calls that are counted, by whom, what callers ask for, and the bell.
  expect(commands.filter((command) => /^evalsha? .*cycle-software.*"caller"/i.test(command)).length).toBeGreaterThan(5);
  expect(commands.filter((command) => /^publish clientele:changed/i.test(command)).length).toBeGreaterThan(3);
  expect(stored).toMatch(/clientele:calls:\{cycle-software\}/);

  const credentials = Object.entries(world.sandbox.env).flatMap(([name, value]) =>
    name.endsWith('_URL') ? [] : [value],
  );
  const secrets = [...lived.providerIds, ...lived.codes, ...lived.links, ...credentials, ...handles];
  const needles = secrets.filter((text) => text.length > 3);
  expect(needles.length).toBeGreaterThan(30);
  for (const text of [commands.join('\n'), stored]) {
    expect(text.match(CANARY)).toBeNull();
    expect(text.match(SILENT_ONES)).toBeNull();
    expect(found(text, [...needles, keyOf(KEY)])).toEqual([]);
  }
});

/** Keys and values of a database, whatever they are made of. */
async function everythingIn(client: Redis): Promise<string> {
  const texts: string[] = [];
  for (const key of await client.keys('*')) {
    const values = {
      string: () => client.get(key),
      hash: () => client.hgetall(key),
      zset: () => client.zrange(key, '0', '-1', 'WITHSCORES'),
      set: () => client.smembers(key),
      list: () => client.lrange(key, 0, -1),
    };
    const type = (await client.type(key)) as keyof typeof values;
    texts.push(key, JSON.stringify(await values[type]()));
  }
  return texts.join('\n');
}
