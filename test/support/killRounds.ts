import { it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createDice } from '../../src/sandbox/random.ts';
import { KilledScene } from './killedScene.ts';
import type { Place } from './place.ts';
import { runCommand } from './program.ts';
import { startWorld } from './world.ts';

const KILL = new URL('killAt.mjs', import.meta.url).href;

const POINTS = [
  ['before its intent is kept', 'before INSERT INTO write '],
  ['behind its intent', 'after INSERT INTO write '],
  ['before it is sent', "after UPDATE write SET state = 'SENT'"],
  ['behind its answer', 'before INSERT INTO write_noted'],
  ['when its answer is noted', 'after INSERT INTO write_noted'],
  ['when it is settled', 'after UPDATE write SET state = ?'],
] as const;

/** By then a killed gateway’s hold is over, and a provider would have done what it was sent: less than the minute promised. */
const STEP_MS = 48_000;

/** How many rounds are passed over in silence. */
const TOLD_EVERY = 20;

/** Nothing is limited here. */
const SETTINGS = { 'cycle-software': { minutelyLimit: 1_000_000, dailyLimit: 100_000_000 } };

/**
 * A gateway, killed again and again with several mutations in flight, and each time started again; another one lives on all
 * the time. Who was not answered asks both again. What the providers were sent, what the store holds and what callers were
 * answered must agree.
 * @param rounds how often it is killed at each point
 */
export function testKillRounds(name: string, newPlace: () => Promise<Place>, rounds: number): void {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const kills = rounds * POINTS.length;
  it(
    `loses no write that was acknowledged and doubles none, killed ${kills} times, on ${name} (SEED=${seed})`,
    async () => {
      const dice = createDice(seed);
      const place = await newPlace();
      onTestFinished(() => place.drop());
      let aheadMs = 0;
      const clock = { ...systemClock, now: () => Date.now() + aheadMs };
      // So short that nobody waits for long behind whoever was killed.
      const environment = { ...place.settings, CACHE_MAX_AGE: '30', OPERATION_DEADLINE_MS: '3000' };
      const world = await startWorld({ clock, environment, sandbox: { clock: clock.now, settings: SETTINGS } });
      onTestFinished(() => world.close());
      const store = await place.open();
      onTestFinished(() => store.close());
      const scene = new KilledScene(world, store, dice);
      const started = async (at: string) => {
        const program = runCommand(['start'], {
          environment: {
            ...{ ...world.sandbox.env, ...environment, AUTH: 'none', PORT: '0', GRAPHIQL: 'off', SYNC_INTERVAL: '0' },
            ...{ LOG_LEVEL: 'silent', NODE_OPTIONS: `--import=${KILL}`, AHEAD_MS: String(aheadMs) },
            ...{ KILL_AT: at, KILL_ARMED: 'later', KILL_NTH: String(1 + dice.roll(4)) },
          },
        });
        const { url } = await program.ready();
        return { url, program };
      };
      /** One starts where another was killed, goes on with what that has left, and is killed itself. */
      const round = async (point: string, at: string): Promise<void> => {
        const { url, program } = await started(at);
        await scene.goOn(url);
        await scene.prepare(point);
        program.child.kill('SIGUSR2');
        await fetch(new URL('/health/live', url));
        await scene.ask(url);
        program.child.kill('SIGKILL');
        await program.ended;
        aheadMs += STEP_MS;
      };
      for (let each = 1; each <= rounds; each++) {
        for (const [point, at] of POINTS) await round(point, at);
        if (each % TOLD_EVERY === 0 && each < rounds) console.log(`${name}: ${each} of ${rounds} rounds`);
      }
      const { url } = await started('');
      await scene.goOn(url);
      console.log(`${name}, SEED=${seed}: ${scene.figures()}`);
    },
    60_000 + kills * 20_000,
  );
}
