import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  CONFIRM,
  lastToken,
  MINUTE,
  messages,
  newLemon,
  REQUEST,
  startVerifyingWorld,
  stateOf,
  time,
} from '../support/verification.ts';
import { ask, type World } from '../support/world.ts';

/** Codes that are sent, guessed at and lost, in any order, at two gateways: against the plainest model of it. */

let world: World;
let urls: readonly string[];
beforeAll(async () => {
  world = await startVerifyingWorld();
  urls = [world.gateway.url, (await world.another()).url];
});
afterAll(() => world.close());

const gateway = fc.nat(1);
/** LOST: the provider does what it is asked, and its answer is lost. UNDONE: so is the question. */
const fate = fc.constantFrom('TOLD', 'TOLD', 'TOLD', 'LOST', 'UNDONE');
const STEP = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('guess' as const), isRight: fc.boolean(), gateway, fate }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('request' as const), gateway, fate }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, MINUTE - 1, MINUTE, 3 * MINUTE, 5 * MINUTE + 1, 24 * 60 * MINUTE),
    }),
  },
);
type Step = typeof STEP extends fc.Arbitrary<infer Each> ? Each : never;
type Fate = typeof fate extends fc.Arbitrary<infer Each> ? Each : never;

/** What a person at the phone and one at the provider see. */
class Model {
  isConfirmed = false;
  /** When the last code was sent, and how often it was guessed at. */
  sentAt = time.now;
  guesses = 0;
  /** When a code was asked for, the first by creating the customer; and how often since a quiet day. */
  askedAt = time.now;
  asks = 0;

  guess(isRight: boolean, fate: Fate): { code: string | null; isSent: boolean } {
    if (this.isConfirmed) return { code: 'ALREADY_CONFIRMED', isSent: false };
    if (this.guesses === 5) return { code: 'TOO_MANY_ATTEMPTS', isSent: false };
    this.guesses += 1;
    if (fate === 'UNDONE') return { code: 'OUTCOME_UNKNOWN', isSent: true };
    if (isRight && time.now - this.sentAt <= 5 * MINUTE) {
      this.isConfirmed = true;
      // Where the answer is lost, the record says so.
      return { code: null, isSent: true };
    }
    return { code: fate === 'LOST' ? 'OUTCOME_UNKNOWN' : 'INVALID_CONFIRMATION_TOKEN', isSent: true };
  }

  request(fate: Fate): { code: string | null; isSent: boolean } {
    if (this.isConfirmed) return { code: 'ALREADY_CONFIRMED', isSent: false };
    const pause = Math.min(2 ** Math.max(0, this.asks - 1), 60) * MINUTE;
    if (time.now < this.askedAt + pause) return { code: 'TOO_MANY_ATTEMPTS', isSent: false };
    this.asks = this.asks > 0 && time.now - this.askedAt >= 24 * 60 * MINUTE ? 1 : this.asks + 1;
    this.askedAt = time.now;
    if (fate === 'UNDONE') return { code: 'OUTCOME_UNKNOWN', isSent: true };
    Object.assign(this, { sentAt: time.now, guesses: 0 });
    return { code: fate === 'TOLD' ? null : 'OUTCOME_UNKNOWN', isSent: true };
  }
}

function strike(fate: Fate): void {
  const lemon = world.provider('dirty-lemon');
  if (fate === 'LOST') lemon.fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
  if (fate === 'UNDONE') lemon.fault({ kind: 'html', status: 502, method: 'POST', times: 1 });
}

/** Asks for it at a gateway, and holds what comes of it against the model. */
async function asked(step: Exclude<Step, { does: 'wait' }>, id: string, model: Model): Promise<void> {
  const isGuess = step.does === 'guess';
  const before = messages(world);
  world.calls();
  strike(step.fate);
  const token = isGuess && step.isRight ? lastToken(world) : 'wrong';
  const input = isGuess ? { id, confirmationToken: token } : { id };
  const { data } = await ask(urls[step.gateway] ?? '', isGuess ? CONFIRM : REQUEST, { input });
  world.provider('dirty-lemon').clearFaults();
  const [payload] = Object.values(data ?? {}) as { errors: { code: string }[] }[];
  const told = isGuess ? model.guess(step.isRight, step.fate) : model.request(step.fate);
  const posts = world.calls().filter((call) => call.includes(' POST ')).length;
  expect([payload?.errors[0]?.code ?? null, posts]).toEqual([told.code, Number(told.isSent)]);
  expect(messages(world) - before).toBe(Number(!isGuess && told.isSent && step.fate !== 'UNDONE'));
}

it('are as in the model, whatever comes of them (generated)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 14 }), async (steps) => {
      // A quiet day, and nothing of what was before.
      time.now += 48 * 60 * MINUTE;
      const id = await newLemon(world);
      const model = new Model();
      for (const step of steps) {
        if (step.does === 'wait') time.now += step.ms;
        else await asked(step, id, model);
      }
      expect((await stateOf(world, id)).state === 'VERIFIED').toBe(model.isConfirmed);
    }),
    { numRuns: 25 },
  );
});
