import fc from 'fast-check';
import { email } from '../../src/model/email.ts';
import { text } from '../../src/model/text.ts';
import { startWorld, type World } from './world.ts';

/** Round trips over real HTTP of generated inputs: how many, a world that bears them, and what is generated for several. */

/** The long form asks for more: `ROUNDS=10000`. */
export const RUNS = Number(process.env.ROUNDS ?? 100);

/** As long as they may take. */
export const RUNS_MS = Math.max(20_000, RUNS * 200);

export const startUnlimitedWorld = (): Promise<World> =>
  startWorld({
    sandbox: { maxCalls: 100, settings: { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 1_000_000 } } },
  });

/** Letters of several scripts, composed and not, with what people put between them. */
const letters = fc.constantFrom(...'abcdeXYZéçßøłИванΩ漢字'.split(''), 'e\u0301', ' ', '-', '’', '.', '&', '"', '😀');
export const words = fc
  .string({ unit: letters, minLength: 1, maxLength: 30 })
  .filter((value) => text(value) !== null && /\p{L}/u.test(value));

export const emails = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'aZ09._+-'.split('')), minLength: 1, maxLength: 20 }),
    fc.constantFrom('example.com', 'EXAMPLE.org', 'sub.Example.co.uk'),
  )
  .map(([local, domain]) => `${local}@${domain}`)
  .filter((value) => email(value) !== null);
