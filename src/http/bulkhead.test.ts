import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { createBulkhead, type Release, type Visit } from './bulkhead.ts';

const full = expect.objectContaining({ code: 'OVERLOADED', delivery: 'not-sent', retryable: true, provider: 'acme' });

describe('a bulkhead', () => {
  it('lets its limit run at once, queues its bound, and refuses the next at once', async () => {
    const bulkhead = createBulkhead('acme', 2, 1);
    const [first] = await Promise.all([bulkhead.enter().entered, bulkhead.enter().entered]);
    const third = bulkhead.enter().entered;
    await expect(bulkhead.enter().entered).rejects.toEqual(full);
    expect([bulkhead.running, bulkhead.queued]).toEqual([2, 1]);
    first?.();
    await third;
    expect([bulkhead.running, bulkhead.queued]).toEqual([2, 0]);
  });

  it('gives a slot back once, however often it is released', async () => {
    const bulkhead = createBulkhead('acme', 1, 5);
    const release = await bulkhead.enter().entered;
    const waiting = [bulkhead.enter().entered, bulkhead.enter().entered];
    release();
    release();
    release();
    await waiting[0];
    expect([bulkhead.running, bulkhead.queued]).toEqual([1, 1]);
  });

  it('lets go of whoever gives up waiting, with their own reason', async () => {
    const bulkhead = createBulkhead('acme', 1, 1);
    const release = await bulkhead.enter().entered;
    const impatient = bulkhead.enter();
    const reason = new GatewayError('PROVIDER_TIMEOUT', 'too late');
    impatient.giveUp(reason);
    await expect(impatient.entered).rejects.toBe(reason);
    expect(bulkhead.queued).toBe(0);
    release();
    expect(bulkhead.running).toBe(0);
  });

  it('leaves a slot to who has it and gives up afterwards', async () => {
    const bulkhead = createBulkhead('acme', 1, 1);
    const [first, second] = [bulkhead.enter(), bulkhead.enter()];
    const release = await first.entered;
    first.giveUp(new Error('over'));
    expect([bulkhead.running, bulkhead.queued]).toEqual([1, 1]);
    release();
    await second.entered;
    second.giveUp(new Error('over'));
    expect([bulkhead.running, bulkhead.queued]).toEqual([1, 0]);
  });

  it('tells those whom it dismisses in turns, first come first told, and others are heard between', async () => {
    const bulkhead = createBulkhead('acme', 1, 100);
    const release = await bulkhead.enter().entered;
    const told: number[] = [];
    const waiting = Array.from({ length: 30 }, (_, number) =>
      bulkhead.enter().entered.catch(() => void told.push(number)),
    );
    bulkhead.dismiss(() => new Error('in vain'));
    await settled();
    const [atFirst] = [told.length, release()];
    expect([atFirst, bulkhead.queued]).toEqual([4, 26]);
    // A slot that is given back starts none of them, and whoever comes now has it.
    expect(bulkhead.running).toBe(0);
    await bulkhead.enter().entered;
    expect(told).toHaveLength(atFirst);
    await Promise.all(waiting);
    expect(told).toEqual([...told.keys()]);
    expect([bulkhead.running, bulkhead.queued]).toEqual([1, 0]);
  });

  it('lets go at once of whoever gives up before they are told, and holds no process up for telling', async () => {
    const bulkhead = createBulkhead('acme', 1, 1_000);
    await bulkhead.enter().entered;
    const waiting = Array.from({ length: 1_000 }, () => bulkhead.enter());
    const reasons = waiting.map(({ entered }) => entered.catch((reason: Error) => reason.message));
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    bulkhead.dismiss(() => new Error('in vain'));
    expect(timers()).toBe(before);
    for (const visit of waiting) visit.giveUp(new Error('too late'));
    expect(bulkhead.queued).toBe(0);
    expect(new Set(await Promise.all(reasons.slice(4)))).toEqual(new Set(['too late']));
    expect(new Set(await Promise.all(reasons.slice(0, 4)))).toEqual(new Set(['in vain']));
  });

  it('dismisses again while it still tells, and counts those in its bound', async () => {
    const bulkhead = createBulkhead('acme', 1, 20);
    await bulkhead.enter().entered;
    const enter = (times: number) => Array.from({ length: times }, () => bulkhead.enter().entered.catch(String));
    const first = enter(19);
    bulkhead.dismiss(() => new Error('in vain'));
    const second = enter(5);
    await expect(bulkhead.enter().entered).rejects.toEqual(full);
    bulkhead.dismiss(() => new Error('in vain'));
    expect(bulkhead.queued).toBe(20);
    expect(new Set(await Promise.all([...first, ...second]))).toEqual(new Set(['Error: in vain']));
  });
});

interface Step {
  readonly does: 'enter' | 'release' | 'release twice' | 'give up' | 'dismiss';
  /** Which of those who ever came, counted round. */
  readonly who: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom('enter', 'enter', 'enter', 'release', 'release twice', 'give up', 'dismiss'),
    who: fc.nat(60),
  }),
  { maxLength: 150 },
);

interface Visitor {
  readonly visit: Visit;
  state: 'waiting' | 'running' | 'refused' | 'gave up' | 'left';
  release?: Release;
}

it('never runs more than its limit, loses no slot and keeps the order, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat(4), steps, async (limit, queueLimit, run) => {
      const bulkhead = createBulkhead('acme', limit, queueLimit);
      const visitors: Visitor[] = [];
      const started: number[] = [];
      const count = (state: Visitor['state']) => visitors.filter((visitor) => visitor.state === state).length;

      const enter = (): void => {
        const visitor: Visitor = { visit: bulkhead.enter(), state: 'waiting' };
        const number = visitors.push(visitor);
        visitor.visit.entered.then(
          (release) => {
            Object.assign(visitor, { state: 'running', release });
            started.push(number);
          },
          (thrown: unknown) => {
            visitor.state = thrown instanceof GatewayError ? 'refused' : 'gave up';
          },
        );
      };
      const leave = (visitor: Visitor | undefined, times: number): void => {
        if (!visitor?.release) return;
        visitor.state = 'left';
        for (let time = 0; time < times; time++) visitor.release();
      };

      for (const { does, who } of run) {
        const [running, waiting] = [count('running'), count('waiting')];
        const visitor = visitors[who % Math.max(visitors.length, 1)];
        const actions = {
          enter,
          release: () => leave(visitor, 1),
          'release twice': () => leave(visitor, 2),
          'give up': () => visitor?.visit.giveUp(new Error('gave up')),
          dismiss: () => bulkhead.dismiss(() => new Error('gave up')),
        };
        actions[does]();
        await settled();

        expect([bulkhead.running, bulkhead.queued]).toEqual([count('running'), count('waiting')]);
        expect(bulkhead.running).toBeLessThanOrEqual(limit);
        expect(bulkhead.queued).toBeLessThanOrEqual(queueLimit);
        // Nobody waits beside a free slot, and nobody is refused beside a free place.
        if (bulkhead.queued > 0) expect(bulkhead.running).toBe(limit);
        if (does === 'enter' && visitors.at(-1)?.state === 'refused') {
          expect([running, waiting]).toEqual([limit, queueLimit]);
        }
      }
      expect(started).toEqual([...started].sort((one, other) => one - other));
      for (let left = visitors.length; left > 0; left--) {
        for (const visitor of visitors) leave(visitor, 1);
        await settled();
      }
      expect([bulkhead.running, bulkhead.queued]).toEqual([0, 0]);
    }),
    { numRuns: 300 },
  );
});

/** Long enough for everything that was promised already. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};
