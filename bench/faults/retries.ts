import type { Figure } from '../figure.ts';
import { byTheClock } from './load.ts';
import { idsAt, openStage, READ_OCTOBAT } from './stage.ts';

const A_SECOND = 100;
const SECONDS = 6;
const PERCENTS = [100, 50, 5];
const MOST_ATTEMPTS = 3;
const MOST_TIMES = 1.2;

/** Octobat fails so often. Every operation reads a customer that no other one does: its calls are those with that id. */
export async function retries(): Promise<Figure[]> {
  const stage = await openStage();
  const octobat = stage.sandbox.provider('octobat');
  const ids = idsAt(stage.sandbox, 'octobat');
  if (ids.length < A_SECOND * SECONDS) throw new Error('there are fewer customers than operations');
  const figures: Figure[] = [];
  let attempts = 0;
  for (const percent of PERCENTS) {
    await stage.heal();
    octobat.clearCalls();
    octobat.fault({ kind: 'status', status: 503, percent });
    const answers = await byTheClock(A_SECOND, SECONDS, (index) => stage.ask(READ_OCTOBAT, { providerId: ids[index] }));
    const calls = octobat.calls.length;
    const served = answers.filter(({ codes }) => codes.length === 0).length;
    const times = calls / answers.length;
    const ofEach = Map.groupBy(octobat.calls, ({ path }) => path).values();
    attempts = Math.max(attempts, ...ofEach.map(({ length }) => length));
    figures.push({
      what: `${percent} % of calls fail, ${A_SECOND} operations a second: calls for each operation; served`,
      value: `${times.toFixed(2)} (${calls} for ${answers.length}); ${((100 * served) / answers.length).toFixed(1)} %`,
      target: `≤ ${MOST_TIMES.toFixed(2)}`,
      met: times <= MOST_TIMES,
    });
  }
  await stage.close();
  return [
    ...figures,
    {
      what: 'calls for one operation, at most',
      value: String(attempts),
      target: `≤ ${MOST_ATTEMPTS}`,
      met: attempts <= MOST_ATTEMPTS,
    },
  ];
}
