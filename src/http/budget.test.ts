import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../errors.ts';
import { Budget, type Spender, type Spent } from './budget.ts';
import type { RateLimit } from './rateLimit.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const SLACK = 4_000;
const MIDNIGHT = Date.UTC(2026, 5, 1, 22);

/** A budget, its time in the test's hand: it is noon, ten hours before the provider's day ends. */
class Bench {
  now = MIDNIGHT - 10 * HOUR;
  #elapsed = 0;
  readonly budget = new Budget('shop', { now: () => this.now, elapsed: () => this.#elapsed }, SLACK);

  pass(ms: number): void {
    this.now += ms;
    this.#elapsed += ms;
  }

  /** A gateway that is alone need not ask anybody. */
  pay(spender: Spender): Spent {
    const spent = this.budget.spend(spender);
    if (spent instanceof Promise) throw new Error('somebody was asked');
    return spent;
  }

  /** How many of so many are paid for; they are answered at once. */
  spend(times: number, caller: string | null = 'web', isForWrite = false): number {
    let count = 0;
    for (let time = 0; time < times; time++) {
      try {
        this.pay({ caller, isForWrite }).end();
        count++;
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', delivery: 'not-sent', retryable: true });
      }
    }
    return count;
  }

  waitMs(caller: string | null = 'web', isForWrite = false): number | undefined {
    try {
      this.pay({ caller, isForWrite }).giveBack();
      return 0;
    } catch (thrown) {
      return (thrown as GatewayError).retryAfterMs;
    }
  }

  /** As an answer tells it. */
  told(...limits: readonly RateLimit[]): void {
    const one = this.pay({ caller: null, isForWrite: false });
    this.budget.learn(limits, one);
    one.end();
  }
}

const minute = (remaining: number, limit = 360): RateLimit => ({ window: 'minute', limit, remaining, resetsAt: null });
const day = (remaining: number, resetsAt: number | null = MIDNIGHT, limit = 15_000): RateLimit => ({
  ...{ window: 'day', limit, remaining },
  resetsAt: resetsAt === null ? null : new Date(resetsAt),
});

describe('a minute of calls', () => {
  it('is unknown until an answer tells of it', () => {
    expect(new Bench().spend(5_000)).toBe(5_000);
  });

  it('is spent, and comes back as its calls get older, and the time that they may be on their way', () => {
    const bench = new Bench();
    bench.told(minute(359));
    expect(bench.spend(200)).toBe(200);
    bench.pass(30_000);
    expect(bench.spend(500)).toBe(159);
    // The call that told of it was there before the window was known: it is taken for somebody else's, for a minute.
    expect(bench.waitMs()).toBe(30_000);
    bench.pass(30_000);
    expect(bench.spend(500)).toBe(1);
    bench.pass(SLACK);
    expect(bench.spend(500)).toBe(200);
  });

  it('is shared with those who have the same credentials', () => {
    const bench = new Bench();
    bench.told(minute(100));
    expect(bench.spend(500)).toBe(100);
    bench.pass(MINUTE);
    // What they used is a minute ago; what was sent from here counts a little longer.
    expect(bench.spend(500)).toBe(260);
  });

  it('has nothing left where the provider says so, and is asked again a minute later', () => {
    const bench = new Bench();
    bench.told(minute(0));
    expect([bench.spend(10), bench.waitMs()]).toEqual([0, MINUTE]);
    bench.pass(MINUTE);
    expect(bench.spend(10)).toBe(10);
  });

  it('gives back what was not sent, once', () => {
    const bench = new Bench();
    bench.told(minute(359));
    const spent = Array.from({ length: 359 }, () => bench.pay({ caller: 'web', isForWrite: false }));
    expect(bench.spend(1)).toBe(0);
    for (const each of spent.slice(0, 3)) {
      each.giveBack();
      each.giveBack();
      each.end();
    }
    expect(bench.spend(10)).toBe(3);
  });

  it('takes what is under way for calls of others, since nobody knows whether it is counted', () => {
    const bench = new Bench();
    bench.told(minute(10, 10));
    const pay = () => bench.pay({ caller: 'web', isForWrite: false });
    const [first, second] = [pay(), pay(), pay()];
    first.end();
    first.end();
    // Three of ours came, or two of ours and one of theirs.
    bench.budget.learn([minute(7, 10)], second);
    second.end();
    expect(bench.spend(10)).toBe(6);
  });

  it.each<[string, RateLimit]>([
    ['a limit of nothing', minute(0, 0)],
    ['more left than there is', minute(9_999)],
  ])('does not stop everything for %s', (_, told) => {
    const bench = new Bench();
    bench.told(told);
    expect(bench.spend(300)).toBe(300);
  });

  it('is never passed at the provider, whoever asks when and however long calls are on their way', () => {
    const step = fc.record({
      passes: fc.nat(3_000),
      calls: fc.nat(60),
      takes: fc.nat(SLACK),
      others: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 100 }), (steps, limit) => {
        const shop = new Shop(limit);
        for (const { passes, calls, takes, others } of steps) {
          shop.pass(passes, others);
          for (let each = 0; each < calls; each++) shop.ask(takes);
        }
        shop.pass(SLACK, 0);
        expect(shop.most).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 300 },
    );
  });
});

/** A provider that counts what comes, from us and from others, and tells it with every answer. */
class Shop {
  readonly #bench = new Bench();
  readonly #limit: number;
  /** When calls came. */
  readonly #came: number[] = [];
  #onTheirWay: { readonly at: number; readonly spent: Spent }[] = [];
  /** That ever came within a minute. */
  most = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#bench.told(minute(limit, limit));
  }

  /** @param others whose calls come with the first of ours, and leave room for those of ours that are on their way */
  pass(ms: number, others: number): void {
    this.#bench.pass(ms);
    const arrived = this.#onTheirWay.filter(({ at }) => at <= this.#bench.now).sort((one, other) => one.at - other.at);
    this.#onTheirWay = this.#onTheirWay.filter(({ at }) => at > this.#bench.now);
    let left = arrived.length + this.#onTheirWay.length;
    for (const { at, spent } of arrived) {
      this.#come(at);
      left--;
      if (at === arrived[0]?.at) for (let each = 0; each < others && this.#room(at) > left; each++) this.#come(at);
      this.#bench.budget.learn([minute(Math.max(0, this.#room(at)), this.#limit)], spent);
      spent.end();
    }
  }

  ask(takes: number): void {
    try {
      const spent = this.#bench.pay({ caller: 'web', isForWrite: false });
      this.#onTheirWay.push({ at: this.#bench.now + takes, spent });
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'PROVIDER_RATE_LIMITED' });
    }
  }

  #room(now: number): number {
    return this.#limit - this.#came.filter((at) => at > now - MINUTE && at <= now).length;
  }

  #come(at: number): void {
    this.#came.push(at);
    this.most = Math.max(this.most, this.#limit - this.#room(at));
  }
}

describe('a day of calls', () => {
  it('keeps a fifth for writes', () => {
    const bench = new Bench();
    bench.told(day(15_000));
    const callers = ['a', 'b', 'c', 'd', 'e'];
    expect(callers.map((caller) => bench.spend(5_000, caller))).toEqual([3_750, 3_750, 3_750, 750, 0]);
    expect(bench.waitMs('e')).toBe(10 * HOUR);
    expect(bench.spend(9_000, 'e', true)).toBe(3_000);
    expect(bench.waitMs('f', true)).toBe(10 * HOUR);
  });

  it('is no one caller’s: a quarter each, whatever for', () => {
    const bench = new Bench();
    bench.told(day(15_000));
    expect(bench.spend(9_000, 'greedy', true)).toBe(3_750);
    expect([bench.spend(1, 'greedy'), bench.spend(1, 'greedy', true)]).toEqual([0, 0]);
    expect([bench.spend(100, 'modest'), bench.spend(100, null)]).toEqual([100, 100]);
  });

  it('begins anew when the provider says, by no clock that can be set', () => {
    const bench = new Bench();
    bench.told(day(4_000));
    expect(bench.spend(5_000, null)).toBe(1_000);
    bench.now += 20 * HOUR;
    expect(bench.spend(1, null)).toBe(0);
    bench.now -= 20 * HOUR;
    bench.pass(10 * HOUR - 1);
    expect([bench.spend(1, null), bench.waitMs(null)]).toEqual([0, 1]);
    bench.pass(1);
    expect(bench.spend(20_000, null, true)).toBe(15_000);
    bench.pass(HOUR);
    expect(bench.spend(1, null, true)).toBe(0);
  });

  it.each([
    ['past', MIDNIGHT - 11 * HOUR],
    ['absent', null],
    ['years ahead', MIDNIGHT + 9_000 * HOUR],
  ])('is asked again after ten minutes where its end is %s', (_, resetsAt) => {
    const bench = new Bench();
    bench.told(day(0, resetsAt));
    expect([bench.spend(5, null), bench.waitMs(null)]).toEqual([0, 600_000]);
    bench.pass(600_000);
    expect(bench.spend(5, null)).toBe(5);
  });

  it('has begun anew where the provider counts fewer calls than were sent: its midnight came first', () => {
    const bench = new Bench();
    bench.told(day(15_000));
    for (const caller of ['a', 'b', 'c', 'd']) bench.spend(3_000, caller);
    expect(bench.spend(1, null)).toBe(0);
    // A second before ours.
    bench.pass(10 * HOUR - 1_000);
    const one = bench.pay({ caller: 'a', isForWrite: true });
    bench.budget.learn([day(14_999, MIDNIGHT + 24 * HOUR)], one);
    one.end();
    expect(['a', 'b'].map((caller) => bench.spend(5_000, caller))).toEqual([3_749, 3_750]);
  });

  it('is found out about again where what was told leaves nothing, and says not for how long', () => {
    const bench = new Bench();
    bench.told(day(14_000, null));
    for (const caller of ['a', 'b']) bench.spend(250, caller);
    bench.told(day(0, null, 100));
    expect([bench.spend(10, null, true), bench.waitMs(null)]).toEqual([0, 600_000]);
    bench.pass(600_000);
    expect(bench.spend(10, null)).toBe(1);
  });

  it('has twenty-five hours once a year', () => {
    const bench = new Bench();
    bench.told(day(0, bench.now + 24.5 * HOUR));
    expect(bench.waitMs(null)).toBe(24.5 * HOUR);
  });
});
