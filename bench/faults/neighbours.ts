import { setTimeout as wait } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import { byTheClock, quantile, told } from './load.ts';
import { idsAt, openStage, READ_OCTOBAT, type Stage } from './stage.ts';

const A_SECOND = 50;
/** Longer than it takes until a provider that hangs is left alone, and those who wait for it are told. */
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
const ROUNDS = 5;
/** They all are told within. */
const TOLD_WITHIN_MS = 500;
const MOST_TIMES = 1.3;
const MOST_WAITING = 2_000;

const READ_NEIGHBOUR = `query ($providerId: String!) {
  customerByProviderId(provider: CYCLE_SOFTWARE, providerId: $providerId) { displayName cycleSoftware { city } } }`;

/** One of the neighbour's. */
interface Read {
  readonly tookMs: number;
  /** Of when those who waited for Octobat were first told that it does not answer. */
  readonly isAside: boolean;
}

/**
 * Octobat hangs, and half of all reads are for it: what the others wait for, which are CycleSoftware's. Each of those comes
 * at any moment of its fiftieth of a second: asked in step with Octobat's, all of a run would tell how the two fell together.
 * With and without come first by turns, and the median of the rounds counts, since others' work on the same machine takes
 * whole seconds of some. All that Octobat costs is in every round in which it hangs: the wait for it, the moment at which it
 * is left alone, and the time after.
 */
export async function neighbours(): Promise<Figure[]> {
  const stage = await openStage();
  const octobat = stage.sandbox.provider('octobat');
  const ids = { octobat: idsAt(stage.sandbox, 'octobat'), neighbour: idsAt(stage.sandbox, 'cycle-software') };
  const askOctobat = (index: number) =>
    stage.ask(READ_OCTOBAT, { providerId: ids.octobat[index % ids.octobat.length] });

  async function load(seconds: number): Promise<Read[]> {
    let firstToldAt = Number.POSITIVE_INFINITY;
    const [reads] = await Promise.all([
      byTheClock(A_SECOND, seconds, async (index) => {
        await wait((Math.random() * 1_000) / A_SECOND);
        const at = performance.now();
        const providerId = ids.neighbour[index % ids.neighbour.length];
        const { codes, tookMs } = await stage.ask(READ_NEIGHBOUR, { providerId });
        if (codes.length > 0) throw new Error('the provider that is well was not read');
        return { at, tookMs };
      }),
      byTheClock(A_SECOND, seconds, async (index) => {
        await askOctobat(index);
        firstToldAt = Math.min(firstToldAt, performance.now());
      }),
    ]);
    return reads.map(({ at, tookMs }) => ({ tookMs, isAside: Math.abs(at - firstToldAt) > TOLD_WITHIN_MS }));
  }

  await load(WARM_UP_SECONDS);
  const well: Read[][] = [];
  const hanging: Read[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const rounds of round % 2 === 0 ? [well, hanging] : [hanging, well]) {
      await stage.heal();
      if (rounds === hanging) octobat.fault({ kind: 'silent' });
      rounds.push(await load(SECONDS));
    }
  }
  const [without, beside] = [medianOf(well, 0.99), medianOf(hanging, 0.99)];
  const times = beside / without;
  const aside = medianOf(hanging, 0.99, ({ isAside }) => isAside);
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
      what: 'the same but for when those who waited for it are told; the slowest of all',
      value: `${(aside / without).toFixed(2)} × (${told(aside)}); ${told(medianOf(hanging, 1))}`,
    },
    {
      what: 'calls that wait for it, at most, of 3000 at once',
      value: String(waiting),
      target: `≤ ${MOST_WAITING}`,
      met: waiting <= MOST_WAITING,
    },
  ];
}

/** @returns in milliseconds, the median of what each round has there */
const medianOf = (rounds: readonly (readonly Read[])[], part: number, which: (read: Read) => boolean = () => true) =>
  quantile(
    rounds.map((reads) =>
      quantile(
        reads.filter(which).map(({ tookMs }) => tookMs),
        part,
      ),
    ),
    0.5,
  );

const PLACES = Array.from({ length: 100 }, (_, place) => `c${place}`);
const READ_MANY = `query (${PLACES.map((name) => `$${name}: String!`)}) { ${PLACES.map(
  (name) => `${name}: customerByProviderId(provider: OCTOBAT, providerId: $${name}) { octobat { name } }`,
).join('\n')} }`;

/** Asks for far more than may wait, and looks as long as anybody does. */
async function mostWaiting(stage: Stage, ids: readonly string[]): Promise<number> {
  let isOver = false;
  const asking = Promise.all(
    Array.from({ length: 30 }, (_, operation) =>
      stage.ask(
        READ_MANY,
        Object.fromEntries(PLACES.map((name, place) => [name, ids[(operation * PLACES.length + place) % ids.length]])),
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
