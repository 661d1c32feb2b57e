import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Budget, type Spent } from '../../src/http/budget.ts';
import type { RateLimit } from '../../src/http/rateLimit.ts';
import { type CallLogs, openCallLogs } from '../../src/http/redisCalls.ts';
import type { SharedCalls } from '../../src/http/sharedCalls.ts';
import { onRedis, REDIS } from './redis.ts';

/** Several gateways on one provider, who count their calls together in a real Redis. The time is in the test's hand. */

const MINUTE = 60_000;
const DAY = 86_400_000;
const SLACK = 4_000;
const MIDNIGHT = Date.UTC(2026, 5, 2);

let now = 0;
/** By how much Redis's clock is. */
let ahead = 0;
let logs: CallLogs;
let redis: Redis;
beforeAll(async () => {
  redis = await onRedis();
  logs = openCallLogs(REDIS, { lost: () => undefined, back: () => undefined }, () => now + ahead);
  // What is asked before it is connected counts as lost.
  await vi.waitFor(() => logs.of('any').take({ number: 0, caller: null }, []));
});
afterAll(() => {
  logs.close();
  redis.disconnect();
});

/** A gateway that can be cut off from Redis. */
class Gateway {
  readonly budget: Budget;
  #isCut = false;
  #lost: () => void = () => undefined;

  constructor(provider: string, gateways: number) {
    const log = logs.of(provider);
    const calls: SharedCalls = {
      take: (...asked) => (this.#isCut ? Promise.reject(new Error('cut')) : log.take(...asked)),
      giveBack: (...given) => (this.#isCut ? undefined : log.giveBack(...given)),
      onLost: (lost) => {
        this.#lost = lost;
      },
    };
    this.budget = new Budget(provider, { now: () => now, elapsed: () => now }, SLACK, { gateways, calls });
  }

  cut(isCut: boolean): void {
    if (isCut && !this.#isCut) this.#lost();
    this.#isCut = isCut;
  }
}

/** A provider that grants so many calls in any minute, and tells of them with every answer. */
class Shop {
  readonly provider = randomUUID();
  readonly gateways: readonly Gateway[];
  readonly #limit: number;
  readonly #came: number[] = [];
  #onTheirWay: { readonly at: number; readonly gateway: Gateway; readonly spent: Spent }[] = [];
  /** That ever came within a minute. */
  most = 0;

  constructor(limit: number, gateways = 3) {
    this.#limit = limit;
    this.gateways = Array.from({ length: gateways }, () => new Gateway(this.provider, gateways));
  }

  get came(): number {
    return this.#came.length;
  }

  get sent(): number {
    return this.#came.length + this.#onTheirWay.length;
  }

  /** @returns whether it is sent */
  async ask(gateway: Gateway, takes: number, caller: string | null = 'web'): Promise<boolean> {
    try {
      const spent = await gateway.budget.spend({ caller, isForWrite: false });
      this.#onTheirWay.push({ at: now + takes, gateway, spent });
      return true;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', delivery: 'not-sent' });
      return false;
    }
  }

  /** How many of so many are sent, one after the other, and answered at once. */
  async asked(gateway: Gateway, times: number, caller: string | null = 'web'): Promise<number> {
    let sent = 0;
    for (let time = 0; time < times; time++) {
      if (await this.ask(gateway, 0, caller)) sent++;
      this.pass(0);
    }
    return sent;
  }

  pass(ms: number): void {
    now += ms;
    const arrived = this.#onTheirWay.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
    this.#onTheirWay = this.#onTheirWay.filter(({ at }) => at > now);
    for (const { at, gateway, spent } of arrived) {
      this.#came.push(at);
      this.most = Math.max(this.most, this.#limit - this.#room(at));
      gateway.budget.learn([this.tells(at)], spent);
      spent.end();
    }
  }

  tells(at: number): RateLimit {
    return { window: 'minute', limit: this.#limit, remaining: Math.max(0, this.#room(at)), resetsAt: null };
  }

  #room(at: number): number {
    return this.#limit - this.#came.filter((each) => each > at - MINUTE && each <= at).length;
  }

  /** One answer each has told what is granted, and a minute has passed since everything is counted. */
  async begin(): Promise<void> {
    for (const gateway of this.gateways) await this.asked(gateway, 2);
    this.pass(MINUTE + 2 * SLACK);
  }

  async forget(): Promise<void> {
    const keys = await redis.keys(`clientele:calls:{${this.provider}}:*`);
    if (keys.length > 0) await redis.del(keys);
  }
}

describe('several gateways on one Redis', () => {
  it('use what a provider grants together: whoever asks has nearly all of it, and the others what is kept for them', async () => {
    const shop = new Shop(360);
    await shop.begin();
    const [busy, calm, late] = shop.gateways as [Gateway, Gateway, Gateway];
    // A twenty-fourth of it is each of the others' own.
    expect(await shop.asked(busy, 400)).toBe(330);
    expect([await shop.asked(calm, 40), await shop.asked(late, 40)]).toEqual([15, 15]);
    expect(shop.most).toBe(360);
    shop.pass(MINUTE + SLACK);
    expect(await shop.asked(late, 400)).toBe(330);
  });

  it('say when there is some again: when the oldest call that stands against it is a minute old', async () => {
    const shop = new Shop(36);
    await shop.begin();
    const [one, other] = shop.gateways as [Gateway, Gateway];
    await shop.asked(one, 10);
    shop.pass(20_000);
    await shop.asked(other, 36);
    const refused = Promise.resolve(other.budget.spend({ caller: 'web', isForWrite: false }));
    await expect(refused).rejects.toMatchObject({ retryAfterMs: MINUTE + SLACK - 20_000 });
  });

  it('keep to their parts while Redis is gone: to an eighth of them for a minute, in which the others’ calls still count', async () => {
    const shop = new Shop(360);
    await shop.begin();
    const [busy, calm] = shop.gateways as [Gateway, Gateway];
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
    const shop = new Shop(360);
    await shop.begin();
    const [busy, calm] = shop.gateways as [Gateway, Gateway];
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
    const shop = new Shop(360);
    await shop.begin();
    const [one, other] = shop.gateways as [Gateway, Gateway];
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
        ahead = -3_600_000;
      },
    ],
  ])('know as well where the server %s: it may have forgotten, or put off, what was counted', async (_, happens) => {
    const shop = new Shop(360);
    now += 10 * 3_600_000;
    await shop.begin();
    const [one, other] = shop.gateways as [Gateway, Gateway];
    await shop.asked(one, 330);
    await redis.del(`clientele:calls:{${shop.provider}}:minute`);
    await happens(`clientele:calls:{${shop.provider}}:counted`);
    await Promise.all(Array.from({ length: 100 }, () => shop.ask(other, 0)));
    ahead = 0;
    expect(shop.sent).toBe(3 * 2 + 330 + 15);
  });

  it('don’t count what was not sent', async () => {
    const shop = new Shop(360);
    await shop.begin();
    const [one, other] = shop.gateways as [Gateway, Gateway];
    for (let time = 0; time < 500; time++) {
      const spent = await one.budget.spend({ caller: 'web', isForWrite: false });
      spent.giveBack();
    }
    expect(await shop.asked(other, 400)).toBe(330);
  });

  it('need not begin anew for a gateway that could not ask for a moment: it has used what is its own', async () => {
    const shop = new Shop(360);
    await shop.begin();
    const [one, other] = shop.gateways as [Gateway, Gateway];
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
    now = MIDNIGHT - DAY + 1_000;
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
    now = MIDNIGHT + 1_000;
    for (const { budget } of shop.gateways) {
      const spent = await budget.spend({ caller: null, isForWrite: false });
      budget.learn([{ ...tells(400), resetsAt: new Date(MIDNIGHT + DAY) }], spent);
      spent.end();
    }
    now += 2 * SLACK;
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
