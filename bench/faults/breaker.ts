import { setTimeout as wait } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import { quantile, told } from './load.ts';
import { idsAt, openStage, READ_OCTOBAT, type Stage } from './stage.ts';

const FAILURES = 10;
/** So many calls of one provider are under way at the most. */
const AT_ONCE = 16;
const PERIOD_MS = 2_000;
/** What a call takes on loopback, with room for a machine that does other work. */
const CALL_MS = 50;
const OPEN_READS = 500;
const WARM_UP = 500;
const HEALINGS = 5;

/** Octobat fails always, and then no more. */
export async function breaker(): Promise<Figure[]> {
  const stage = await openStage();
  const octobat = stage.sandbox.provider('octobat');
  const ids = idsAt(stage.sandbox, 'octobat');
  const read = (index = 0) => stage.ask(READ_OCTOBAT, { providerId: ids[index % ids.length] });
  const fails = () => octobat.fault({ kind: 'status', status: 503 });
  const breakDown = async () => {
    fails();
    while (!(await isOpen(stage))) await read();
  };

  await stage.heal();
  for (let index = 0; index < WARM_UP; index++) await read(index);
  octobat.clearCalls();
  await breakDown();
  const untilOpen = octobat.calls.length;

  const tookMs: number[] = [];
  for (let index = 0; index < OPEN_READS; index++) tookMs.push((await read(index)).tookMs);
  const p99 = quantile(tookMs, 0.99);

  const healedMs: number[] = [];
  for (let round = 0; round < HEALINGS; round++) {
    await stage.heal();
    await breakDown();
    // At another point of the period each time.
    await wait((round * PERIOD_MS) / HEALINGS);
    octobat.clearFaults();
    const from = performance.now();
    while ((await read()).codes.length > 0) await wait(2);
    healedMs.push(performance.now() - from);
  }
  const slowest = Math.max(...healedMs);

  await stage.heal();
  octobat.clearCalls();
  fails();
  await Promise.all(Array.from({ length: 100 }, (_, index) => read(index)));
  const atOnce = octobat.calls.length;
  await stage.close();
  return [
    {
      what: 'every call fails: calls until the provider is left alone, one read at a time; a hundred at once',
      value: `${untilOpen}; ${atOnce}`,
      target: `≤ ${FAILURES}; ≤ ${FAILURES + AT_ONCE}`,
      met: untilOpen <= FAILURES && atOnce <= FAILURES + AT_ONCE,
    },
    {
      what: `${OPEN_READS} reads while it is left alone, one at a time: p99; half of them within`,
      value: `${told(p99)}; ${told(quantile(tookMs, 0.5))}`,
      target: '< 5 ms',
      met: p99 < 5,
    },
    {
      what: `from when it is well again to the first live answer: median, slowest of ${HEALINGS}`,
      value: `${told(quantile(healedMs, 0.5))}, ${told(slowest)}`,
      target: `≤ ${PERIOD_MS} ms and a call`,
      met: slowest <= PERIOD_MS + CALL_MS,
    },
  ];
}

const isOpen = async (stage: Stage): Promise<boolean> =>
  (await stage.metric('clientele_provider_breaker_open', 'octobat')) === 1;
