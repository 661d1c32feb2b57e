import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../errors.ts';
import { mayGoAgain, retried } from './retry.ts';
import { RetryBudget } from './retryBudget.ts';

const problem = (code: ErrorCode, options: GatewayErrorOptions = {}): GatewayError =>
  new GatewayError(code, 'No.', { delivery: 'unknown', ...options });

describe('whether a request may go again', () => {
  it.each<[what: string, GatewayError, read: boolean, write: boolean]>([
    ['no connection could be made', problem('PROVIDER_UNAVAILABLE', { delivery: 'not-sent' }), true, true],
    ['it is left alone', problem('PROVIDER_UNAVAILABLE', { delivery: 'not-sent', retryAfterMs: 5 }), false, false],
    ['the connection broke', problem('PROVIDER_UNAVAILABLE'), true, false],
    ['500', problem('PROVIDER_UNAVAILABLE', { status: 500 }), false, false],
    ['501', problem('PROVIDER_UNAVAILABLE', { status: 501 }), false, false],
    ['502', problem('PROVIDER_UNAVAILABLE', { status: 502 }), true, false],
    ['503', problem('PROVIDER_UNAVAILABLE', { status: 503 }), true, false],
    ['504', problem('PROVIDER_UNAVAILABLE', { status: 504 }), true, false],
    ['no answer in time', problem('PROVIDER_TIMEOUT'), true, false],
    ['429 until then', problem('PROVIDER_RATE_LIMITED', { delivery: 'refused', retryAfterMs: 5 }), true, false],
    ['none is granted', problem('PROVIDER_RATE_LIMITED', { delivery: 'not-sent', retryAfterMs: 5 }), false, false],
    ['429 until nobody knows', problem('PROVIDER_RATE_LIMITED', { delivery: 'refused' }), false, false],
    ['401', problem('PROVIDER_AUTH_FAILED', { delivery: 'refused' }), false, false],
    ['422', problem('PROVIDER_REJECTED', { delivery: 'refused', status: 422 }), false, false],
    ['an answer that can’t be trusted', problem('PROVIDER_BAD_RESPONSE'), false, false],
    ['the operation’s time is over', problem('DEADLINE_EXCEEDED'), false, false],
    ['the queue is full', problem('OVERLOADED', { delivery: 'not-sent' }), false, false],
  ])('%s', (_, told, read, write) => {
    expect([mayGoAgain(true, told), mayGoAgain(false, told)]).toEqual([read, write]);
  });
});

/** A call that fails with these, one after the other, and is answered then. */
class Bench {
  attempts = 0;
  readonly waits: number[] = [];
  readonly budget = new RetryBudget();
  #now = 0;

  async call(problems: readonly GatewayError[], endsAt = 4_000, random = (): number => 0.5): Promise<string> {
    const left = [...problems];
    const before = this.attempts;
    const parts = {
      budget: this.budget,
      clock: { elapsed: () => this.#now },
      pause: async (ms: number) => {
        this.waits.push(ms);
        this.#now += ms;
      },
      random,
    };
    return retried({ isRead: true, isOnce: false, endsAt }, parts, async () => {
      this.attempts++;
      const next = left.shift();
      if (next) throw next;
      return `attempt ${this.attempts - before}`;
    });
  }
}

const away = problem('PROVIDER_UNAVAILABLE', { status: 503 });
const limited = (retryAfterMs: number): GatewayError => problem('PROVIDER_RATE_LIMITED', { retryAfterMs });

describe('a call that goes again', () => {
  it('goes three times at the most, and then says what came last', async () => {
    const bench = new Bench();
    expect(await bench.call([away, away])).toBe('attempt 3');
    const last = problem('PROVIDER_TIMEOUT');
    await expect(new Bench().call([away, away, last, away])).rejects.toBe(last);
    expect(bench.attempts).toBe(3);
  });

  it('says what came of the attempt that came furthest: an answer may be on its way to nobody', async () => {
    const notSent = problem('PROVIDER_UNAVAILABLE', { delivery: 'not-sent' });
    const bench = new Bench();
    await expect(bench.call([away, notSent, notSent])).rejects.toBe(away);
    expect(bench.attempts).toBe(3);
  });

  it('says that its operation’s time is over, whatever came before', async () => {
    const over = problem('DEADLINE_EXCEEDED', { delivery: 'not-sent' });
    await expect(new Bench().call([away, over])).rejects.toBe(over);
  });

  it('waits anywhere within a span that doubles', async () => {
    for (const [random, waits] of [
      [0, [0, 0]],
      [0.5, [50, 100]],
      [0.999, [99.9, 199.8]],
    ] as const) {
      const bench = new Bench();
      await bench.call([away, away], 4_000, () => random);
      expect(bench.waits).toEqual(waits);
    }
  });

  it('waits for as long as the provider says, where that ends in time, and not at all where it does not', async () => {
    const bench = new Bench();
    expect(await bench.call([limited(3_000)])).toBe('attempt 2');
    expect(bench.waits).toEqual([3_050]);
    const long = limited(4_000);
    const other = new Bench();
    await expect(other.call([long])).rejects.toBe(long);
    expect([other.attempts, other.waits]).toEqual([1, []]);
  });

  it('does not spend what it can’t use', async () => {
    const bench = new Bench();
    for (let each = 0; each < 10; each++) await bench.call([limited(4_000)]).catch(() => undefined);
    expect(await bench.call([away, away])).toBe('attempt 3');
  });

  it.each([1, 0.5, 0.05])(
    'makes no more than a fifth of calls of it, whatever share (%d) of them fails',
    async (share) => {
      const bench = new Bench();
      for (let each = 1; each <= 1_000; each++) {
        const fails = Math.floor(each * share) > Math.floor((each - 1) * share);
        await bench.call(fails ? [away, away, away] : [], Infinity).catch(() => undefined);
      }
      expect(bench.attempts).toBeLessThanOrEqual(1_200);
      // And uses it: a bound that lets nothing through would hold as well.
      expect(bench.attempts).toBeGreaterThan(share === 0.05 ? 1_050 : 1_190);
    },
  );

  it('has some to begin with, and saves no more than a burst', async () => {
    const bench = new Bench();
    for (let each = 0; each < 5; each++) await bench.call([away, away, away]).catch(() => undefined);
    expect(bench.attempts).toBe(5 + 3);
    for (let each = 0; each < 10_000; each++) await bench.call([]);
    bench.attempts = 0;
    for (let each = 0; each < 30; each++) await bench.call([away, away, away], Infinity).catch(() => undefined);
    expect(bench.attempts).toBe(30 + 20 + 5);
  });
});
