import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openCallLogs } from '../../src/http/redisCalls.ts';
import { type Ask, LATE_MS, type Taking } from '../../src/http/sharedCalls.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { onRedis, REDIS } from './redis.ts';

let redis: Redis;
beforeAll(async () => {
  redis = await onRedis();
});
afterAll(() => redis.disconnect());

const DAY: Ask = {
  ...{ window: 'day', limit: 100, most: 100, mostOfCaller: null, keptForKnown: 0, keptForUnknown: 0 },
  ...{ spanMs: 86_400_000, lengthMs: 86_400_000, isShort: false, missed: [] },
};

const taking = (number: number): Taking => ({
  ...{ call: { number, caller: null }, others: 2, isKnown: true, isNew: false, isGuest: false },
});

it('what Redis hears of a call long after it was asked is not counted, nor is its gateway known by it', async () => {
  const provider = randomUUID();
  const way = await startFaultProxy(REDIS, 6379);
  const logs = openCallLogs(way.url, { lost: () => undefined, back: () => undefined });
  const calls = logs.of(provider);
  const isBack = () => vi.waitFor(() => calls.limits(), { timeout: 5_000 });
  await isBack();
  await calls.take(taking(1), [DAY]);
  calls.leave();

  await way.order({ kind: 'silent' });
  await expect(calls.take(taking(2), [DAY])).rejects.toThrow('Redis takes too long');
  const now = async (): Promise<number> => Number((await redis.time())[0]) * 1_000;
  const askedAt = await now();
  await expect.poll(now, { timeout: 5_000 }).toBeGreaterThan(askedAt + 2 * LATE_MS);
  await way.order({ kind: 'pass' });
  await isBack();

  expect(await redis.zcount(`clientele:calls:{${provider}}:day`, 1, '+inf')).toBe(1);
  expect(await redis.zcard(`clientele:calls:{${provider}}:gateways`)).toBe(0);
  expect((await calls.take(taking(3), [DAY])).windows).toEqual([expect.objectContaining({ calls: 2 })]);
  logs.close();
  await way.close();
  await redis.del(...['day', 'gateways', 'granted'].map((what) => `clientele:calls:{${provider}}:${what}`));
});
