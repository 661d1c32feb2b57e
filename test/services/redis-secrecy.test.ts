import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { bearer, keyOf, startKeyedWorld } from '../support/callers.ts';
import { adasOnboarding } from '../support/customers.ts';
import { onRedis, REDIS } from './redis.ts';

/** Redis counts and wakes: of customers, their ids and who asks for them it hears nothing. */

let redis: Redis;
beforeAll(async () => {
  redis = await onRedis();
});
afterAll(() => redis.disconnect());

const CANARY = {
  ...{ firstName: 'Canaryfirst', lastName: 'Canarylast', companyName: 'Canary & Sons', email: 'canary@canary.example' },
  ...{
    phone: '+31612347777',
    address: { line1: 'Canarystraat 7', city: 'Canaryville', postalCode: '1987CN', country: 'NL' },
  },
};

it('whatever passes over Redis, or stands there, holds nobody and nothing of theirs', async () => {
  const database = new URL(REDIS).pathname.slice(1);
  const heard: string[] = [];
  const monitor = await redis.monitor();
  monitor.on('monitor', (_time: string, args: string[], _source: string, place: string) => {
    if (place === database) heard.push(args.join(' '));
  });
  const caller = { name: 'canary-caller', scopes: SCOPES };
  const world = await startKeyedWorld([caller], {
    environment: { REDIS_URL: REDIS, GATEWAYS: '1', CACHE_MAX_AGE: '0' },
  });
  const ask = (query: string, variables: object = {}) => world.query(query, variables as never, bearer(keyOf(caller)));
  const listening = await fetch(world.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer(keyOf(caller)) },
    body: JSON.stringify({ query: 'subscription { customerChanged { customerId customer { email } } }' }),
  });
  const providers = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
  const created = await ask(
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id records { id providerId } } outcomes { writeId } errors { code } } }',
    { input: { ...CANARY, providers, onboardFlow: adasOnboarding, idempotencyKey: 'canary order' } },
  );
  expect(created.data.createCustomer.errors).toEqual([]);
  const { customer, outcomes } = created.data.createCustomer;
  for (let time = 0; time < 3; time++)
    expect(
      (await ask('query ($id: ID!) { customer(id: $id) { email verification { state } } }', { id: customer.id }))
        .errors,
    ).toEqual([]);
  const code = /\d{4,}/.exec(world.provider('dirty-lemon').messages.at(-1)?.text ?? '')?.[0] ?? '';
  await ask('mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { errors { code } } }', {
    input: { id: customer.id, confirmationToken: code },
  });
  const link = await ask(
    'mutation ($input: CreateSelfServiceLinkInput!) { createSelfServiceLink(input: $input) { url errors { code } } }',
    { input: { id: customer.id, kind: 'BILLING_PAGE' } },
  );
  // It was there to be heard: calls are counted, operations are, and changes are rung.
  await expect.poll(() => heard.some((each) => /hincrby clientele:callers:/i.test(each))).toBe(true);
  expect(heard.some((each) => /clientele:calls:\{cycle-software\}/.test(each))).toBe(true);
  expect(heard.some((each) => /publish clientele:changed/i.test(each))).toBe(true);
  const kept = await Promise.all(
    (await redis.keys('clientele:*')).map(async (key) => `${key} ${JSON.stringify(await contentOf(key))}`),
  );
  await listening.body?.cancel();
  await world.close();
  monitor.disconnect();

  const secrets = [
    ...[customer.id, code, link.data.createSelfServiceLink.url, keyOf(caller), caller.name, 'canary order'],
    ...customer.records.flatMap(({ id, providerId }: { id: string; providerId: string }) => [id, providerId]),
    ...outcomes.map(({ writeId }: { writeId: string }) => writeId),
    ...Object.entries(world.sandbox.env).flatMap(([name, value]) => (name.endsWith('_URL') ? [] : [value])),
  ].filter((each) => each.length > 5);
  expect(secrets.length).toBeGreaterThan(12);
  for (const text of [...heard, ...kept]) {
    expect(text).not.toMatch(/canary|612347777|1987CN/i);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  }
});

async function contentOf(key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  return type === 'hash' ? redis.hgetall(key) : redis.get(key);
}
