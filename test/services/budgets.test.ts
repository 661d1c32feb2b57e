import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/http/rateLimit.ts';
import { KNOWN_MS, LATE_MS } from '../../src/http/sharedCalls.ts';
import { begun, connectRedis, type Gateway, MINUTE, redis, Shop, SLACK, time } from './sharedShop.ts';

const DAY = 86_400_000;
/** After so long whoever can't be heard of has all of its part. */
const FORGOTTEN = KNOWN_MS + LATE_MS + MINUTE + SLACK;
const MIDNIGHT = Date.UTC(2026, 5, 2);

connectRedis();

describe('several gateways on one Redis', () => {
  it('use what a provider grants together: whoever asks has nearly all of it, and the others what is kept for them', async () => {
    const { shop, one: busy, other: calm, third: late } = await begun(360);
    // A twenty-fourth of it is each of the others' own.
    expect(await shop.asked(busy, 400)).toBe(330);
    expect([await shop.asked(calm, 40), await shop.asked(late, 40)]).toEqual([15, 15]);
    expect(shop.most).toBe(360);
    await shop.pass(MINUTE + SLACK);
    expect(await shop.asked(late, 400)).toBe(330);
  });

  it('say when there is some again: when the oldest call that stands against it is a minute old', async () => {
    const { shop, one, other } = await begun(36);
    await shop.asked(one, 10);
    await shop.pass(20_000);
    await shop.asked(other, 36);
    const refused = Promise.resolve(other.budget.spend({ caller: 'web', isForWrite: false }));
    await expect(refused).rejects.toMatchObject({ retryAfterMs: MINUTE + SLACK - 20_000 });
  });

  it('keep to their parts while Redis is gone: to an eighth of them for a minute, in which the others’ calls still count', async () => {
    const { shop, one: busy, other: calm } = await begun(360);
    await shop.asked(busy, 330);
    for (const gateway of shop.gateways) gateway.cut('cut');
    expect([await shop.asked(busy, 50), await shop.asked(calm, 50)]).toEqual([0, 15]);
    await shop.pass(FORGOTTEN);
    expect([await shop.asked(busy, 400), await shop.asked(calm, 400)]).toEqual([120, 120]);
    expect(shop.most).toBeLessThanOrEqual(360);
    for (const gateway of shop.gateways) gateway.cut(null);
    await shop.pass(MINUTE + SLACK);
    expect(await shop.asked(busy, 400)).toBe(330);
  });

  it('tell what they have made meanwhile when Redis is back, and have all that is left at once', async () => {
    const { shop, one: busy, other: calm } = await begun(360);
    for (const gateway of shop.gateways) gateway.cut('cut');
    await shop.pass(FORGOTTEN);
    expect(await shop.asked(busy, 100)).toBe(100);
    for (const gateway of shop.gateways) gateway.cut(null);
    // What is kept for those who were not heard of yet.
    expect(await shop.asked(busy, 400)).toBe(20);
    await shop.pass(5_000);
    expect(await shop.asked(calm, 400)).toBe(330 - 120);
  });

  it('keep its part for one that alone is cut off, as soon as it can’t be heard of', async () => {
    const { shop, one, other, third } = await begun(360);
    third.cut('cut');
    await shop.pass(10_000);
    expect([await shop.asked(one, 400), await shop.asked(other, 400)]).toEqual([225, 15]);
    expect(await shop.asked(third, 400)).toBe(15);
    await shop.pass(MINUTE + SLACK);
    expect([await shop.asked(one, 400), await shop.asked(third, 400)]).toEqual([225, 120]);
    expect(shop.most).toBeLessThanOrEqual(360);
  });

  it('have what one that has ended has left, and keep the place of one that was killed until another has it', async () => {
    const { shop, one, third } = await begun(360);
    await shop.asked(third, 30);
    await third.budget.close();
    expect(await shop.asked(one, 400)).toBe(360 - 30 - 120 - 15);
    const another = shop.replace(2);
    await shop.pass(MINUTE + SLACK);
    expect(await shop.asked(one, 400)).toBe(330);
    expect(await shop.asked(another, 400)).toBe(15);
  });

  it('let one that has just started begin by what the others know, without a call that finds out', async () => {
    const { shop, one } = await begun(360);
    await shop.asked(one, 300);
    const started = shop.replace(2);
    await Promise.all(Array.from({ length: 40 }, () => shop.ask(started, 0)));
    await shop.pass(0);
    // What is its own, the one before it may have used.
    expect(shop.most).toBe(330);
  });

  it('are not disturbed by a guest, who makes no call that can’t be counted', async () => {
    const { shop, one } = await begun(360);
    const guest = shop.guest();
    expect(await shop.asked(guest, 100)).toBe(100);
    expect(await shop.asked(one, 400)).toBe(230);
    guest.cut('cut');
    await shop.pass(2 * FORGOTTEN);
    expect(await shop.asked(guest, 100)).toBe(0);
  });

  it('leave a guest nearly all of it while none of them runs', async () => {
    const { shop } = await begun(360);
    for (const gateway of shop.gateways.splice(0)) await gateway.budget.close();
    const guest = shop.guest();
    expect(await shop.asked(guest, 400)).toBe(315);
  });

  it('don’t take for one’s own once more what the one before it had used, where it is killed', async () => {
    const { shop, one, other, third } = await begun(360);
    other.cut('cut');
    expect([await shop.asked(one, 400), await shop.asked(third, 20)]).toEqual([330, 15]);
    const started = shop.replace(2);
    expect([await shop.asked(started, 20), await shop.asked(other, 20)]).toEqual([0, 15]);
    expect(shop.most).toBe(360);
  });

  it('tell of what they missed once, however many ask when Redis is back', async () => {
    const { shop, one } = await begun(360);
    one.cut('cut');
    await shop.pass(FORGOTTEN);
    expect(await shop.asked(one, 100)).toBe(100);
    one.cut(null);
    time.now += 1_000;
    await Promise.all(Array.from({ length: 10 }, () => shop.ask(one, 0)));
    expect(one.told).toBe(100);
  });

  it('know at once where the count begins anew, however many ask', async () => {
    const { shop, one, other } = await begun(360);
    await shop.asked(one, 330);
    await shop.forget();
    await Promise.all(Array.from({ length: 100 }, () => shop.ask(other, 0)));
    await shop.pass(0);
    expect(shop.most).toBe(345);
  });

  it.each([
    ['is another process than before', (log: string) => redis.zadd(log, 0, 'another 1')],
    ['has a clock that was set back', () => (time.ahead = -3_600_000)],
    ['has a clock that was set forward', () => (time.ahead = 3_600_000)],
    ['has evicted what was counted', (log: string) => redis.del(log)],
  ])('know as well where the server %s: it may have forgotten, or put off, what was counted', async (_, happens) => {
    time.now += 10 * 3_600_000;
    const { shop, one, other } = await begun(360);
    await shop.asked(one, 330);
    const log = `clientele:calls:{${shop.provider}}:minute`;
    await redis.zremrangebyscore(log, 0, 0);
    await happens(log);
    await Promise.all(Array.from({ length: 100 }, () => shop.ask(other, 0)));
    await shop.pass(0);
    time.ahead = 0;
    expect(shop.most).toBe(345);
  });

  it('don’t count what was not sent', async () => {
    const { shop, one, other } = await begun(360);
    for (let time = 0; time < 500; time++) {
      const spent = await one.budget.spend({ caller: 'web', isForWrite: false });
      spent.giveBack();
    }
    expect(await shop.asked(other, 400)).toBe(330);
  });

  it('need not begin anew for a gateway that could not ask for a moment: it has used what is its own', async () => {
    const { shop, one, other } = await begun(360);
    one.cut('cut');
    expect(await shop.asked(one, 40)).toBe(15);
    one.cut(null);
    await shop.pass(2_000);
    expect(await shop.asked(one, 1)).toBe(1);
    expect(await shop.asked(other, 400)).toBe(330 - 16);
    expect(shop.most).toBeLessThanOrEqual(360);
  });

  it('count what is one caller’s of a day together, and nobody sees in Redis who that is', async () => {
    const shop = new Shop(0);
    time.now = MIDNIGHT - DAY + 1_000;
    const tells = (limit: number): RateLimit => ({
      window: 'day',
      limit,
      remaining: limit,
      resetsAt: new Date(MIDNIGHT),
    });
    for (const { budget } of shop.gateways) {
      const spent = await budget.spend({ caller: null, isForWrite: false });
      budget.learn([tells(400)], spent);
      spent.end();
      (await budget.spend({ caller: null, isForWrite: false })).end();
    }
    const spend = async ({ budget }: Gateway, times: number): Promise<number> => {
      let paid = 0;
      for (let time = 0; time < times; time++) {
        const spent = await Promise.resolve(budget.spend({ caller: 'greedy@example.com', isForWrite: true })).catch(
          () => null,
        );
        spent?.end();
        if (spent) paid++;
      }
      return paid;
    };
    // The count began a second after midnight: until it is a day's, a third of the quarter is each gateway's.
    expect(await spend(shop.gateways[0] as Gateway, 60)).toBe(33);
    time.now = MIDNIGHT + 1_000;
    for (const { budget } of shop.gateways) {
      const spent = await budget.spend({ caller: null, isForWrite: false });
      budget.learn([{ ...tells(400), resetsAt: new Date(MIDNIGHT + DAY) }], spent);
      spent.end();
    }
    time.now += 2 * SLACK;
    const [one, two, three] = shop.gateways as [Gateway, Gateway, Gateway];
    expect([await spend(one, 60), await spend(two, 60), await spend(three, 60)]).toEqual([60, 40, 0]);
    const keys = await redis.keys(`clientele:calls:{${shop.provider}}:*`);
    expect(keys.join(' ')).not.toContain('greedy');
  });

  it('never pass a provider’s minute, whoever asks when, and whatever becomes of Redis', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 100 }), fc.integer({ min: 12, max: 120 }), told),
      { numRuns: Number(process.env.STORIES ?? 60), endOnFailure: true },
    );
  }, 600_000);
});

/** What becomes of Redis, and of those who ask it. */
const HAPPENS = {
  // What the one before it had used, one that can't ask for the count does not know: that is left out.
  'all are cut': async (shop: Shop) => {
    if (!shop.gateways.some(({ isYoung }) => isYoung)) cut(shop, 'cut');
  },
  'all are back': async (shop: Shop) => cut(shop, null),
  'one is cut': async (_: Shop, one: Gateway) => {
    if (!one.isYoung) one.cut('cut');
  },
  'one gets no answers': async (_: Shop, one: Gateway) => {
    if (!one.isYoung) one.cut('deaf');
  },
  'one is back': async (_: Shop, one: Gateway) => one.cut(null),
  'it begins anew': async (shop: Shop) => shop.forget(),
  'it evicts the log': async (shop: Shop) => void (await redis.del(`clientele:calls:{${shop.provider}}:minute`)),
  'it evicts who is known': async (shop: Shop) => void (await redis.del(`clientele:calls:{${shop.provider}}:gateways`)),
  'its clock is set': async (shop: Shop, _: Gateway, ms: number) => {
    time.ahead += 20 * (ms - 2_500);
    // Whoever has asked before notices: that nobody else asks in between, who has only just started, is left out.
    await shop.hear();
  },
  'one ends, and another begins': async (shop: Shop, one: Gateway) => {
    if (one.isCut) return;
    await one.budget.close();
    shop.replace(shop.gateways.indexOf(one));
  },
  'one is killed, and another begins': async (shop: Shop, one: Gateway) => {
    // What it has made while Redis was away and could not tell, nobody knows: that is left out.
    await one.budget.hear();
    if (!one.isCut && one.budget.isShared) shop.replace(shop.gateways.indexOf(one));
  },
} as const;

const cut = (shop: Shop, how: 'cut' | null): void => {
  for (const each of shop.gateways) each.cut(how);
};

const step = fc.record({
  passes: fc.oneof(fc.nat(5_000), { weight: 1, arbitrary: fc.nat(90_000) }),
  who: fc.nat(2),
  calls: fc.nat(40),
  takes: fc.nat(SLACK),
  happens: fc.option(fc.constantFrom(...(Object.keys(HAPPENS) as (keyof typeof HAPPENS)[])), { freq: 4 }),
});

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

async function told(steps: readonly Step[], limit: number): Promise<void> {
  const shop = new Shop(limit);
  for (const gateway of shop.gateways) await shop.asked(gateway, 1);
  for (const { passes, who, calls, takes, happens } of steps) {
    if (happens) await HAPPENS[happens](shop, shop.gateways[who] as Gateway, passes);
    const gateway = shop.gateways[who] as Gateway;
    await Promise.all(Array.from({ length: calls }, () => shop.ask(gateway, takes)));
    await shop.pass(passes);
  }
  await shop.pass(SLACK);
  await shop.forget();
  expect(shop.mostKnowing).toBeLessThanOrEqual(limit);
}
