import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { bearer, keyOf, startKeyedWorld } from '../support/callers.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { ask } from '../support/world.ts';
import { onRedis, REDIS } from './redis.ts';

let redis: Redis;
beforeAll(async () => {
  redis = await onRedis();
});
afterAll(() => redis.disconnect());

it('what one caller asks of two gateways is counted together, and each keeps to its part while Redis is away', async () => {
  const way = await startFaultProxy(REDIS, 6379);
  const clock = { ...systemClock, at: Date.parse('2026-05-01T10:00:00Z'), now: () => clock.at };
  const world = await startKeyedWorld(
    ['shop', 'other'].map((name) => ({ name, scopes: ['customers:read'] })),
    { clock, environment: { REDIS_URL: way.url, GATEWAYS: '2', CALLER_OPERATIONS_PER_MINUTE: '40' } },
  );
  const urls = [world.gateway.url, (await world.another()).url];
  const status = async (gateway: number, name = 'shop') =>
    (await ask(urls[gateway] ?? '', '{ providers { name } }', {}, bearer(keyOf({ name })))).status;
  const minute = () => `clientele:callers:${clock.at / 60_000}`;
  const counted = async () => (await redis.hvals(minute())).map(Number).reduce((sum, each) => sum + each, 0);
  await vi.waitFor(async () => {
    clock.at += 60_000;
    expect(await status(0)).toBe(200);
    await expect.poll(counted, { timeout: 500 }).toBe(1);
  });

  for (let time = 1; time < 25; time++) expect(await status(0)).toBe(200);
  await expect.poll(counted).toBe(25);
  // The first one there has not heard of the others yet.
  expect(await status(1)).toBe(200);
  await expect.poll(counted).toBe(26);
  let more = 0;
  while ((await status(1)) === 200) more++;
  expect(more).toBe(14);
  expect(await status(1, 'other')).toBe(200);
  expect(await redis.pttl(minute())).toBeGreaterThan(60_000);
  const names = (await redis.hkeys(minute())).join();
  expect(names).not.toContain('shop');

  const inAMinute = async (): Promise<number> => {
    clock.at += 60_000;
    let operations = 0;
    while ((await status(0)) === 200) operations++;
    return operations;
  };
  await way.order({ kind: 'refuse' });
  await expect.poll(inAMinute, { timeout: 10_000 }).toBe(20);
  await way.order({ kind: 'pass' });
  await expect.poll(inAMinute, { timeout: 10_000 }).toBe(40);
  await world.close();
  await way.close();
});
