import type { LabelledRecord } from './labelled.ts';
import { type Figures, figuresAt, type Linked, link, percent, type Scored, THRESHOLDS } from './scoring.ts';

/** Prints how well the persons of one set are found again. */
export function reportOne(name: string, records: readonly LabelledRecord[], shown: number): void {
  const startedAt = performance.now();
  const linked = link(records);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { scored, truth } = linked;
  const reached = scored.filter(({ isTrue }) => isTrue).length;
  console.log(`\n${name}: ${records.length} records, ${truth} pairs of one person, linked in ${seconds} s`);
  console.log(`${scored.length} candidate pairs, ${percent(reached / truth)} of the true ones among them`);
  console.log('score ≥   precision    recall');
  for (const threshold of THRESHOLDS) {
    const { precision, recall } = figuresAt(threshold, linked);
    console.log(`${threshold.toFixed(2).padEnd(8)}${percent(precision).padStart(11)}${percent(recall).padStart(10)}`);
  }
  showMistakes(linked, shown);
}

/** Prints the figures of several sets of one making: on the average, and of the worst of them. */
export function reportMany(name: string, sets: Iterable<readonly LabelledRecord[]>, shown: number): void {
  const figures: Figures[][] = [];
  for (const records of sets) {
    const linked = link(records);
    figures.push(THRESHOLDS.map((threshold) => figuresAt(threshold, linked)));
    showMistakes(linked, shown);
  }
  console.log(`\n${name}, ${figures.length} populations`);
  console.log('score ≥   precision   (worst)    recall   (worst)');
  THRESHOLDS.forEach((threshold, index) => {
    const at = figures.flatMap((each) => each[index] ?? []);
    const columns = [at.map(({ precision }) => precision), at.map(({ recall }) => recall)].flatMap((shares) => [
      percent(shares.reduce((sum, share) => sum + share, 0) / shares.length),
      percent(Math.min(...shares)),
    ]);
    console.log(`${threshold.toFixed(2).padEnd(8)}${columns.map((column) => column.padStart(10)).join('')}`);
  });
}

function showMistakes({ scored, why }: Linked, shown: number): void {
  const show = (title: string, pairs: readonly Scored[]): void => {
    for (const pair of pairs.slice(0, shown))
      console.log(`${title}: ${pair.one.id} and ${pair.other.id}, ${pair.score.toFixed(3)}. ${why(pair).join('. ')}.`);
  };
  if (shown === 0) return;
  const byScore = scored.toSorted((one, other) => other.score - one.score);
  show(
    'Taken for one person',
    byScore.filter(({ isTrue }) => !isTrue),
  );
  show('Not recognised', byScore.filter(({ isTrue }) => isTrue).reverse());
}
