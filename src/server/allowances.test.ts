import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allowances, MINUTE_MS, type SharedCounts } from './allowances.ts';

const LIMITS = { operations: 10, calls: 6 };
const START = Date.parse('2026-05-01T10:00:00Z');

/** What several gateways have in common, which may be away. */
class Counts implements SharedCounts {
  readonly #all = new Map<string, number>();
  isAway = false;

  async add(minute: number, made: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    if (this.isAway) throw new Error('away');
    const totals = new Map<string, number>();
    for (const [name, count] of made) {
      const key = `${minute} ${name}`;
      totals.set(name, (this.#all.get(key) ?? 0) + count);
      this.#all.set(key, totals.get(name) ?? 0);
    }
    return totals;
  }
}

function gatewaysOn(counts: SharedCounts | null, gateways: number) {
  const clock = { at: START, now: () => clock.at };
  const all = Array.from({ length: gateways }, () => new Allowances(LIMITS, { gateways, counts }, clock));
  return { clock, all };
}

/** What one of three gateways lets one caller do. */
class Model {
  told = 0;
  #made = 0;
  #heard = 0;
  #isShared = true;

  enters(): boolean {
    const isLetIn = this.#made + this.#heard < 10 && (this.#isShared || this.#made < 3);
    if (isLetIn) this.#made++;
    return isLetIn;
  }

  tells(isAway: boolean, others: number): void {
    if (this.#made === this.told) return;
    this.#isShared = !isAway;
    if (isAway) return;
    this.told = this.#made;
    this.#heard = others;
  }
}

/** @returns whether it was let in */
function enters(allowances: Allowances | undefined, caller: string): boolean {
  try {
    allowances?.enter(caller);
    return true;
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    return false;
  }
}

describe('what a caller may have in a minute', () => {
  it('is by itself what the settings say, and begins anew with the minute', () => {
    const { clock, all } = gatewaysOn(null, 1);
    const let10 = () => Array.from({ length: 12 }, () => enters(all[0], 'shop')).filter(Boolean).length;
    expect(let10()).toBe(10);
    clock.at += MINUTE_MS - 1;
    expect(let10()).toBe(0);
    clock.at += 1;
    expect(let10()).toBe(10);
  });

  it('is told apart by caller and by kind, whatever they are called', () => {
    const { all } = gatewaysOn(null, 1);
    const [allowances] = all;
    for (let time = 0; time < 10; time++) enters(allowances, 'x');
    for (const other of ['x ', ' x', 'operations x', 'calls x', '__proto__', 'constructor'])
      expect(allowances?.enter(other).use()).toEqual({ limit: 6, remaining: 6, resetsInMs: MINUTE_MS });
  });

  it('without a count in common is an equal part for each of several gateways', () => {
    const { all } = gatewaysOn(null, 3);
    const entered = all.map((each) => Array.from({ length: 12 }, () => enters(each, 'shop')).filter(Boolean).length);
    expect(entered).toEqual([3, 3, 3]);
  });

  it('over several gateways, in whatever order they ask, tell and are cut off: at most the limit and what was not told yet', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('enter' as const), gateway: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('tell' as const), gateway: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('away' as const), isAway: fc.boolean() }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const counts = new Counts();
        const { all } = gatewaysOn(counts, 3);
        const models = all.map(() => new Model());
        const tell = async (at: number): Promise<void> => {
          await all[at]?.tell();
          const others = models.filter((_, place) => place !== at).reduce((sum, { told }) => sum + told, 0);
          models[at]?.tells(counts.isAway, others);
        };
        for (const each of steps) {
          if (each.kind === 'away') counts.isAway = each.isAway;
          else if (each.kind === 'tell') await tell(each.gateway);
          else expect(enters(all[each.gateway], 'shop')).toBe(models[each.gateway]?.enters());
        }
      }),
      { endOnFailure: true },
    );
  });

  it('is not taken for less where what others have counted was lost', async () => {
    const lost: SharedCounts = { add: async (_, made) => new Map([...made].map(([name]) => [name, 0])) };
    const { all } = gatewaysOn(lost, 2);
    for (let time = 0; time < 10; time++) enters(all[0], 'shop');
    await all[0]?.tell();
    expect(enters(all[0], 'shop')).toBe(false);
  });

  it('of a minute that was told late is not that of the next one', async () => {
    const answer = Promise.withResolvers<ReadonlyMap<string, number>>();
    const { clock, all } = gatewaysOn({ add: () => answer.promise }, 2);
    enters(all[0], 'shop');
    const telling = all[0]?.tell();
    clock.at += MINUTE_MS;
    answer.resolve(new Map([['operations shop', 10]]));
    await telling;
    expect(enters(all[0], 'shop')).toBe(true);
  });
});

it('calls that are noted are made whatever is left, and leave less for others', () => {
  const { all } = gatewaysOn(null, 1);
  const allowance = all[0]?.enter('shop');
  for (let call = 0; call < 8; call++) allowance?.noteCall();
  expect(allowance?.use().remaining).toBe(0);
  expect(() => allowance?.takeCall()).toThrow('6 calls to providers a minute');
  expect(() => allowance?.assertCallsLeft()).toThrow('6 calls to providers a minute');
});
