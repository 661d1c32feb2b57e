import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { Breaker, OPENS_AFTER, PERIOD_MS } from './breaker.ts';

type Outcome = 'OK' | ErrorCode;

/** A breaker with a clock of its own. */
class Bench {
  #now = 0;
  readonly breaker = new Breaker('acme', { elapsed: () => this.#now });

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Begins a call. @returns null where it was not let through, else what ends it */
  begin(): ((outcome: Outcome) => void) | null {
    try {
      this.breaker.enter();
    } catch {
      return null;
    }
    return (outcome) =>
      this.breaker.note(outcome === 'OK' ? null : new GatewayError(outcome, 'No.', { delivery: 'unknown' }));
  }

  /** @returns whether it was let through */
  call(outcome: Outcome): boolean {
    const end = this.begin();
    end?.(outcome);
    return end !== null;
  }

  fail(times: number): void {
    for (let each = 0; each < times; each++) this.call('PROVIDER_TIMEOUT');
  }
}

describe('a breaker', () => {
  it('opens after ten failures in a row, and says when somebody is let through again', () => {
    const bench = new Bench();
    bench.fail(OPENS_AFTER - 1);
    expect([bench.breaker.isOpen, OPENS_AFTER]).toEqual([false, 10]);
    bench.call('PROVIDER_UNAVAILABLE');
    bench.pass(500);
    expect(() => bench.breaker.refuseWhileOpen()).toThrow(
      expect.objectContaining({
        ...{ code: 'PROVIDER_UNAVAILABLE', provider: 'acme', delivery: 'not-sent' },
        ...{ retryable: true, retryAfterMs: PERIOD_MS - 500 },
      }),
    );
    expect(bench.call('OK')).toBe(false);
  });

  it('lets one through a period later, and closes when that is answered', () => {
    const bench = new Bench();
    bench.fail(OPENS_AFTER);
    bench.pass(PERIOD_MS);
    const end = bench.begin();
    expect(bench.begin()).toBeNull();
    end?.('OK');
    expect([bench.breaker.isOpen, bench.call('OK')]).toEqual([false, true]);
  });

  it('stays open for another period when it fails, or when nothing comes of it', () => {
    const bench = new Bench();
    bench.fail(OPENS_AFTER);
    for (const outcome of ['PROVIDER_TIMEOUT', 'DEADLINE_EXCEEDED', 'PROVIDER_BAD_RESPONSE'] as const) {
      bench.pass(PERIOD_MS);
      expect(bench.call(outcome)).toBe(true);
      bench.pass(PERIOD_MS - 1);
      expect(bench.call('OK')).toBe(false);
      bench.pass(1);
    }
    // One that never ends keeps nobody else from finding out.
    expect(bench.begin()).not.toBeNull();
    bench.pass(PERIOD_MS);
    expect(bench.call('OK')).toBe(true);
    expect(bench.breaker.isOpen).toBe(false);
  });

  it('is not kept open by those that were under way when it opened, and fail later', () => {
    const bench = new Bench();
    const [late, later] = [bench.begin(), bench.begin()];
    bench.fail(OPENS_AFTER);
    for (const end of [late, later]) {
      bench.pass(PERIOD_MS / 2);
      end?.('PROVIDER_TIMEOUT');
    }
    expect(bench.call('OK')).toBe(true);
  });

  it.each(['PROVIDER_REJECTED', 'PROVIDER_AUTH_FAILED', 'PROVIDER_RATE_LIMITED'] as const)(
    'takes %s for an answer: whoever gives it is there',
    (answer) => {
      const bench = new Bench();
      for (let each = 0; each < 5; each++) {
        bench.fail(OPENS_AFTER - 1);
        expect(bench.call(answer)).toBe(true);
      }
      expect(bench.breaker.isOpen).toBe(false);
      bench.fail(OPENS_AFTER);
      expect(bench.breaker.isOpen).toBe(true);
    },
  );

  it.each(['PROVIDER_BAD_RESPONSE', 'DEADLINE_EXCEEDED', 'BAD_USER_INPUT'] as const)(
    'takes %s for nothing: it neither opens nor closes',
    (outcome) => {
      const bench = new Bench();
      for (let each = 0; each < 5 * OPENS_AFTER; each++) bench.call(outcome);
      expect(bench.breaker.isOpen).toBe(false);
      bench.fail(OPENS_AFTER - 1);
      bench.call(outcome);
      expect(bench.breaker.isOpen).toBe(false);
      bench.fail(1);
      expect(bench.breaker.isOpen).toBe(true);
    },
  );

  it('lets through whom its plainest model does, whatever happens in which order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [bench, model] = [new Bench(), new Model()];
        const underWay: NonNullable<ReturnType<Bench['begin']>>[] = [];
        const begin = (): void => {
          const end = bench.begin();
          expect(end !== null).toBe(model.begin());
          if (end) underWay.push(end);
        };
        const end = (outcome: Outcome): void => {
          if (underWay.length === 0) return;
          underWay.shift()?.(outcome);
          model.end(outcome);
        };
        for (const each of steps) {
          bench.pass(each.passes);
          model.now += each.passes;
          if (each.begins) begin();
          if (each.ends) end(each.ends);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A time passes, then a call begins, or does not, and the oldest one that is under way ends, or does not. */
const step = fc.record({
  passes: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom(1, PERIOD_MS / 2, PERIOD_MS - 1, PERIOD_MS) },
  ),
  begins: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  ends: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Outcome>('PROVIDER_UNAVAILABLE', 'PROVIDER_TIMEOUT') },
    { weight: 2, arbitrary: fc.constantFrom<Outcome | null>('PROVIDER_BAD_RESPONSE', null, null) },
    { weight: 1, arbitrary: fc.constantFrom<Outcome>('OK', 'PROVIDER_REJECTED') },
  ),
});

class Model {
  now = 0;
  #inARow = 0;
  #nextAt = 0;

  begin(): boolean {
    if (this.#inARow < 10) return true;
    if (this.now < this.#nextAt) return false;
    this.#nextAt = this.now + 2_000;
    return true;
  }

  end(outcome: Outcome): void {
    if (outcome === 'PROVIDER_BAD_RESPONSE') return;
    this.#inARow = outcome === 'OK' || outcome === 'PROVIDER_REJECTED' ? 0 : this.#inARow + 1;
    if (this.#inARow === 10) this.#nextAt = this.now + 2_000;
  }
}
