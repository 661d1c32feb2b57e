import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/http/rateLimit.ts';
import { begun, connectRedis, type Gateway, MINUTE, redis, Shop, SLACK, time } from './sharedShop.ts';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 5, 2);

connectRedis();

describe('several gateways on one Redis', () => {
  it('use what a provider grants together: whoever asks has nearly all of it, and the others what is kept for them', async () => {
    const { shop, one: busy, other: calm, third: late } = await begun(360);
    // A twenty-fourth of it is each of the others' own.
    expect(await shop.asked(busy, 400)).toBe(330);
    expect([await shop.asked(calm, 40), await shop.asked(late, 40)]).toEqual([15, 15]);
    expect(shop.most).toBe(360);
    shop.pass(MINUTE + SLACK);
    expect(await shop.asked(late, 400)).toBe(330);
  });

  it('say when there is some again: when the oldest call that stands against it is a minute old', async () => {
    const { shop, one, other } = await begun(36);
    await shop.asked(one, 10);
    shop.pass(20_000);
    await shop.asked(other, 36);
    const refused = Promise.resolve(other.budget.spend({ caller: 'web', isForWrite: false }));
    await expect(refused).rejects.toMatchObject({ retryAfterMs: MINUTE + SLACK - 20_000 });
  });

  it('keep to their parts while Redis is gone: to an eighth of them for a minute, in which the others’ calls still count', async () => {
    const { shop, one: busy, other: calm } = await begun(360);
    await shop.asked(busy, 330);
    for (const gateway of shop.gateways) gateway.cut(true);
    expect([await shop.asked(busy, 50), await shop.asked(calm, 50)]).toEqual([0, 15]);
    shop.pass(MINUTE + SLACK);
    expect([await shop.asked(busy, 400), await shop.asked(calm, 400)]).toEqual([120, 120]);
    expect(shop.most).toBeLessThanOrEqual(360);
    for (const gateway of shop.gateways) gateway.cut(false);
    shop.pass(2 * MINUTE + 2 * SLACK);
    await shop.asked(busy, 1);
    shop.pass(MINUTE + SLACK);
    expect(await shop.asked(busy, 400)).toBe(330);
  });

  it('keep to their parts for another minute when Redis is back: not all may have told yet', async () => {
    const { shop, one: busy, other: calm } = await begun(360);
    for (const gateway of shop.gateways) gateway.cut(true);
    shop.pass(2 * MINUTE);
    for (const gateway of shop.gateways) gateway.cut(false);
    expect(await shop.asked(busy, 400)).toBe(120);
    shop.pass(MINUTE - 1_000);
    expect(await shop.asked(calm, 400)).toBe(120);
    shop.pass(MINUTE + SLACK);
    expect(await shop.asked(calm, 400)).toBe(330);
  });

  it('know at once where the count begins anew, however many ask', async () => {
    const { shop, one, other } = await begun(360);
    await shop.asked(one, 330);
    await shop.forget();
    await Promise.all(Array.from({ length: 100 }, () => shop.ask(other, 0)));
    shop.pass(0);
    expect(shop.most).toBe(345);
  });

  it.each([
    ['is another process than before', async (key: string) => void (await redis.hset(key, 'run', 'another'))],
    [
      'has a clock that was set back',
      async () => {
        time.ahead = -3_600_000;
      },
    ],
  ])('know as well where the server %s: it may have forgotten, or put off, what was counted', async (_, happens) => {
    time.now += 10 * 3_600_000;
    const { shop, one, other } = await begun(360);
    await shop.asked(one, 330);
    await redis.del(`clientele:calls:{${shop.provider}}:minute`);
    await happens(`clientele:calls:{${shop.provider}}:counted`);
    await Promise.all(Array.from({ length: 100 }, () => shop.ask(other, 0)));
    time.ahead = 0;
    expect(shop.sent).toBe(3 * 2 + 330 + 15);
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
    one.cut(true);
    expect(await shop.asked(one, 40)).toBe(15);
    one.cut(false);
    shop.pass(2_000);
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
      { numRuns: 150, endOnFailure: true },
    );
  });
});

const HAPPENS = ['all are cut', 'all are back', 'it begins anew', 'one is cut for a moment'] as const;

const step = fc.record({
  passes: fc.nat(5_000),
  who: fc.nat(2),
  calls: fc.nat(40),
  takes: fc.nat(SLACK),
  happens: fc.option(fc.constantFrom(...HAPPENS), { freq: 9 }),
});

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

async function told(steps: readonly Step[], limit: number): Promise<void> {
  const shop = new Shop(limit);
  let away: Gateway | undefined;
  for (const gateway of shop.gateways) await shop.asked(gateway, 1);
  for (const { passes, who, calls, takes, happens } of steps) {
    const gateway = shop.gateways[who] as Gateway;
    away?.cut(false);
    away = undefined;
    if (happens === 'all are cut' || happens === 'all are back')
      for (const each of shop.gateways) each.cut(happens === 'all are cut');
    if (happens === 'it begins anew') await shop.forget();
    if (happens === 'one is cut for a moment') away = gateway;
    away?.cut(true);
    await Promise.all(Array.from({ length: calls }, () => shop.ask(gateway, takes)));
    shop.pass(passes);
  }
  shop.pass(SLACK);
  await shop.forget();
  expect(shop.most).toBeLessThanOrEqual(limit);
}
