import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENS_AFTER, PERIOD_MS } from './breaker.ts';
import { Bench, type Outcome, SILENCE_MS } from './test-breaker.ts';

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

  it('does not take calls for silent whose answers came while this process was busy, and are read now', () => {
    const bench = new Bench();
    const ends = bench.send(OPENS_AFTER);
    bench.looks = [];
    bench.pass(SILENCE_MS);
    expect(bench.begin()).not.toBeNull();
    for (const end of ends) end('OK');
    for (const look of bench.looks) look();
    expect([bench.looks.length, bench.breaker.isOpen, bench.openings]).toEqual([1, false, 0]);
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

  it('opens where ten calls are silent for too long, without waiting for their end, and tells so once', () => {
    const bench = new Bench();
    bench.send(OPENS_AFTER + 3);
    bench.pass(SILENCE_MS - 1);
    expect([bench.breaker.isOpen, bench.openings]).toEqual([false, 0]);
    bench.pass(1);
    expect([bench.breaker.isOpen, bench.openings]).toEqual([true, 1]);
    bench.pass(200);
    // By when it opened, whenever that is looked up.
    const { retryAfterMs } = bench.breaker.refusal();
    expect([bench.begin(), retryAfterMs, bench.openings]).toEqual([null, PERIOD_MS - 200, 1]);
    bench.pass(PERIOD_MS - 200);
    expect([bench.begin(), bench.begin()]).toEqual([expect.any(Function), null]);
  });

  it('counts failures and silent calls in one row, and none of them twice', () => {
    const bench = new Bench();
    const silent = bench.send(5);
    bench.pass(SILENCE_MS);
    expect(bench.breaker.isOpen).toBe(false);
    for (const end of silent) end('PROVIDER_TIMEOUT');
    bench.fail(OPENS_AFTER - 6);
    expect(bench.breaker.isOpen).toBe(false);
    bench.fail(1);
    expect([bench.breaker.isOpen, bench.openings]).toEqual([true, 1]);
  });

  it('closes when one that was silent is answered after all; the others count anew when they fail', () => {
    const bench = new Bench();
    const [first, ...others] = bench.send(OPENS_AFTER + 1);
    bench.pass(SILENCE_MS);
    expect(bench.breaker.isOpen).toBe(true);
    first?.('OK');
    bench.pass(SILENCE_MS);
    expect(bench.breaker.isOpen).toBe(false);
    for (const end of others.slice(1)) end('PROVIDER_TIMEOUT');
    expect(bench.breaker.isOpen).toBe(false);
    others[0]?.('PROVIDER_TIMEOUT');
    expect([bench.breaker.isOpen, bench.openings]).toEqual([true, 2]);
  });

  it('sends nobody away for a silence that an answer ends before anybody has asked', () => {
    const bench = new Bench();
    const [first] = bench.send(OPENS_AFTER + 1);
    bench.pass(SILENCE_MS);
    first?.('OK');
    expect([bench.breaker.isOpen, bench.openings]).toEqual([false, 0]);
  });

  it('takes the silence of a call with too little time for nothing, and what ends a silent one without an answer too', () => {
    const bench = new Bench();
    for (let call = 0; call < OPENS_AFTER; call++) bench.begin(true);
    const ends = bench.send(OPENS_AFTER - 1);
    bench.pass(SILENCE_MS);
    for (const end of ends) end('DEADLINE_EXCEEDED');
    expect(bench.breaker.isOpen).toBe(false);
    bench.fail(1);
    expect(bench.breaker.isOpen).toBe(true);
  });

  it('lets through whom its plainest model does, whatever happens in which order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [bench, model] = [new Bench(), new Model()];
        const underWay: { readonly end: NonNullable<ReturnType<Bench['begin']>>; readonly call: ModelCall }[] = [];
        const begin = (saysNothing: boolean): void => {
          const [end, call] = [bench.begin(saysNothing), model.begin(saysNothing)];
          expect(end !== null).toBe(call !== null);
          if (end && call) underWay.push({ end, call });
        };
        const end = (outcome: Outcome, which: number): void => {
          const [ended] = underWay.splice(which % Math.max(1, underWay.length), 1);
          ended?.end(outcome);
          if (ended) model.end(ended.call, outcome);
        };
        for (const each of steps) {
          bench.pass(each.passes);
          model.pass(each.passes);
          if (each.asks) expect(bench.breaker.isOpen).toBe(model.isOpen());
          if (each.begins) begin(each.begins === 'with too little time');
          if (each.ends) end(each.ends, each.which);
          expect(bench.openings).toBe(model.openings);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A time passes, then somebody asks, a call is sent, and one that is under way ends; or not. */
const step = fc.record({
  passes: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.constantFrom(1, SILENCE_MS - 1, SILENCE_MS) },
    { weight: 1, arbitrary: fc.constantFrom(PERIOD_MS / 2, PERIOD_MS - 1, PERIOD_MS) },
  ),
  asks: fc.boolean(),
  begins: fc.oneof(
    { weight: 12, arbitrary: fc.constant('with time' as const) },
    { weight: 1, arbitrary: fc.constantFrom('with too little time' as const, null) },
  ),
  ends: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Outcome>('PROVIDER_UNAVAILABLE', 'PROVIDER_TIMEOUT') },
    { weight: 6, arbitrary: fc.constantFrom<Outcome | null>('PROVIDER_BAD_RESPONSE', null, null, null) },
    { weight: 1, arbitrary: fc.constantFrom<Outcome>('OK', 'PROVIDER_REJECTED') },
  ),
  /** Mostly the oldest. */
  which: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
});

interface ModelCall {
  readonly saysNothing: boolean;
  readonly sentAt: number;
  isOver: boolean;
}

/** Keeps all that was ever sent, and counts it again each time. */
class Model {
  openings = 0;
  #now = 0;
  #nextAt = 0;
  #calls: ModelCall[] = [];
  /** Those that failed, or whose silence was noticed, since the last answer. */
  #row = new Set<ModelCall>();

  pass(ms: number): void {
    this.#now += ms;
  }

  isOpen(): boolean {
    for (const call of this.#calls) {
      if (!call.saysNothing && !call.isOver && call.sentAt + 500 <= this.#now) this.#add(call, call.sentAt + 500);
    }
    return this.#row.size >= 10;
  }

  begin(saysNothing: boolean): ModelCall | null {
    if (this.isOpen()) {
      if (this.#now < this.#nextAt) return null;
      this.#nextAt = this.#now + 2_000;
    }
    const call = { saysNothing, sentAt: this.#now, isOver: false };
    this.#calls.push(call);
    return call;
  }

  end(call: ModelCall, outcome: Outcome): void {
    if (outcome === 'OK' || outcome === 'PROVIDER_REJECTED') {
      // Whoever was silent until then is so no more, in this row: only its end can tell.
      this.#calls = this.#calls.filter(({ sentAt }) => sentAt + 500 > this.#now);
      this.#row.clear();
    } else {
      this.isOpen();
      if (outcome !== 'PROVIDER_BAD_RESPONSE') this.#add(call, this.#now);
    }
    call.isOver = true;
  }

  #add(call: ModelCall, at: number): void {
    if (this.#row.has(call)) return;
    this.#row.add(call);
    if (this.#row.size !== 10) return;
    this.#nextAt = at + 2_000;
    this.openings++;
  }
}
