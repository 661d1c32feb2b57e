import { breaker } from './faults/breaker.ts';
import { deadlines } from './faults/deadlines.ts';
import { fairShare } from './faults/fairShare.ts';
import { hangUps } from './faults/hangUps.ts';
import { limits } from './faults/limits.ts';
import { neighbours } from './faults/neighbours.ts';
import { retries } from './faults/retries.ts';
import { together } from './faults/together.ts';
import type { Figure } from './figure.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/**
 * What the gateway promises of providers that fail, counted at the providers and measured by whoever asks. The gateway is a
 * process of its own; the providers are simulated in this one.
 */
export async function benchFaults(say: (line: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [about, measure] of Object.entries(ROWS)) {
    say(about);
    const from = performance.now();
    const measured = await measure();
    figures.push(...measured);
    for (const { what, value } of measured) say(`  ${what}: ${value}`);
    say(`  (${Math.round((performance.now() - from) / 1_000)} s)`);
  }
  return figures;
}

const ROWS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'deadlines nest': deadlines,
  'retries never multiply load': retries,
  'a breaker opens and heals': breaker,
  'one provider cannot starve another': neighbours,
  'provider limits hold, over several gateways too': limits,
  'one caller cannot spend another’s': fairShare,
  'what is asked for several times is asked once': together,
  'a client that hangs up': () => hangUps(SEED),
};
