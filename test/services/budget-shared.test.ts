import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, startWorld, type World } from '../support/world.ts';
import { REDIS } from './redis.ts';
import { startWay, type Way } from './way.ts';

/** Three gateways on one Redis, and a provider that grants 36 calls in any minute, and refuses what is more. */

const MINUTE = 64_000;
const SHARED = 'clientele_provider_calls_shared{provider="cycle-software"}';
/** Whoever makes no call is heard of now and then. */
const HEARD = { timeout: 10_000 };
const PROVIDER = 'cycle-software';

const clock = { ahead: 0, now: () => Date.now() + clock.ahead, elapsed: () => performance.now() + clock.ahead };
let way: Way;
let world: World;
let urls: readonly string[];
beforeAll(async () => {
  way = await startWay(REDIS, 6379);
  const settings = { [PROVIDER]: { minutelyLimit: 36 } };
  world = await startWorld({
    clock,
    sandbox: { customers: 30, settings, clock: clock.now },
    environment: { REDIS_URL: way.url },
  });
  urls = [world.gateway.url, (await world.another()).url, (await world.another()).url];
});
afterAll(async () => {
  await world.close();
  await way.close();
});

const read = (url: string, times: number) =>
  ask(url, `{ ${Array.from({ length: times }, (_, place) => `c${place}: ${ONE}`).join(' ')} }`, {}, FRESH);
const ONE = 'customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "1006") { records { servedFrom } }';
const FRESH = { 'cache-control': 'no-cache' };

/** Each asks one after the other, so that nothing is shared. */
async function flatOut(times: number): Promise<number> {
  const before = calls();
  await Promise.all(
    urls.map(async (url) => {
      for (let time = 0; time < times; time++) await read(url, 1);
    }),
  );
  return calls() - before;
}

const calls = (): number => world.provider(PROVIDER).calls.length;
const metrics = async (url: string): Promise<string> => (await fetch(new URL('/metrics', url))).text();

it('is never asked for more, by all of them together, and with Redis gone by each for its part', async () => {
  await flatOut(1);
  clock.ahead += 2 * MINUTE;
  await flatOut(1);
  clock.ahead += 2 * MINUTE;
  for (const url of urls) await expect.poll(() => metrics(url), HEARD).toContain(`${SHARED} 1`);

  // What one has made while another waits for an answer, is taken for a stranger's by that one, for a minute.
  const together = await flatOut(40);
  expect(together).toBeGreaterThan(24);
  expect(together).toBeLessThanOrEqual(36);

  await way.close();
  for (const url of urls) await expect.poll(() => metrics(url), HEARD).toContain(`${SHARED} 0`);
  expect(await flatOut(10)).toBeLessThanOrEqual(36 - together);
  clock.ahead += 2 * MINUTE;
  const apart = await flatOut(40);
  expect(apart).toBeGreaterThan(12);
  expect(apart).toBeLessThanOrEqual(36);

  const refused = world.provider(PROVIDER).calls.filter(({ status }) => status === 429);
  expect(refused).toEqual([]);
});
