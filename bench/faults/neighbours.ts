import type { Figure } from '../figure.ts';
import { byTheClock, quantile, told } from './load.ts';
import { idsAt, openStage, READ_OCTOBAT, type Stage } from './stage.ts';

const A_SECOND = 50;
/** Longer than it takes until a provider that hangs is left alone, and those who wait for it are told. */
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
const ROUNDS = 3;
const MOST_TIMES = 1.3;
const MOST_WAITING = 2_000;

const READ_NEIGHBOUR = `query ($providerId: String!) {
  customerByProviderId(provider: CYCLE_SOFTWARE, providerId: $providerId) { displayName cycleSoftware { city } } }`;

/** Octobat hangs, and half of all reads are for it: what the others wait for, which are CycleSoftware's. */
export async function neighbours(): Promise<Figure[]> {
  const stage = await openStage();
  const octobat = stage.sandbox.provider('octobat');
  const ids = { octobat: idsAt(stage.sandbox, 'octobat'), neighbour: idsAt(stage.sandbox, 'cycle-software') };
  const askOctobat = (index: number) =>
    stage.ask(READ_OCTOBAT, { providerId: ids.octobat[index % ids.octobat.length] });

  /** @returns how long each of the neighbour's took, in milliseconds */
  async function load(seconds: number): Promise<number[]> {
    const [answers] = await Promise.all([
      byTheClock(A_SECOND, seconds, (index) =>
        stage.ask(READ_NEIGHBOUR, { providerId: ids.neighbour[index % ids.neighbour.length] }),
      ),
      byTheClock(A_SECOND, seconds, askOctobat),
    ]);
    if (answers.some(({ codes }) => codes.length > 0)) throw new Error('the provider that is well was not always read');
    return answers.map(({ tookMs }) => tookMs);
  }

  await load(WARM_UP_SECONDS);
  const well: number[][] = [];
  const hanging: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await stage.heal();
    well.push(await load(SECONDS));
    octobat.fault({ kind: 'silent' });
    hanging.push(await load(SECONDS));
  }
  const [without, beside] = [medianOf(well, 0.99), medianOf(hanging, 0.99)];
  const times = beside / without;
  await stage.heal();
  octobat.fault({ kind: 'silent' });
  const waiting = await mostWaiting(stage, ids.octobat);
  await stage.close();
  return [
    {
      what: `a provider hangs: p99 of another’s reads, beside that without it; medians of ${ROUNDS} rounds`,
      value: `${times.toFixed(2)} × (${told(beside)}, ${told(without)})`,
      target: `≤ ${MOST_TIMES} ×`,
      met: times <= MOST_TIMES,
    },
    {
      what: 'half of them within; the slowest, when all who waited for it are told at once',
      value: `${told(medianOf(hanging, 0.5))}, ${told(medianOf(well, 0.5))} without it; ${told(medianOf(hanging, 1))}`,
    },
    {
      what: 'calls that wait for it, at most, of 3000 at once',
      value: String(waiting),
      target: `≤ ${MOST_WAITING}`,
      met: waiting <= MOST_WAITING,
    },
  ];
}

/** @returns the median of what each round has there */
const medianOf = (rounds: readonly (readonly number[])[], part: number): number =>
  quantile(
    rounds.map((round) => quantile(round, part)),
    0.5,
  );

const READ_MANY = `query (${Array.from({ length: 100 }, (_, place) => `$c${place}: String!`)}) {
  ${Array.from({ length: 100 }, (_, place) => `c${place}: customerByProviderId(provider: OCTOBAT, providerId: $c${place}) { octobat { name } }`).join('\n')} }`;

/** Asks for far more than may wait, and looks as long as anybody does. */
async function mostWaiting(stage: Stage, ids: readonly string[]): Promise<number> {
  let isOver = false;
  const asking = Promise.all(
    Array.from({ length: 30 }, (_, operation) =>
      stage.ask(
        READ_MANY,
        Object.fromEntries(
          Array.from({ length: 100 }, (_, place) => [`c${place}`, ids[(operation * 100 + place) % ids.length]]),
        ),
      ),
    ),
  ).finally(() => {
    isOver = true;
  });
  let most = 0;
  while (!isOver) most = Math.max(most, await stage.metric('clientele_provider_calls_waiting', 'octobat'));
  await asking;
  return most;
}
