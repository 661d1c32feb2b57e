import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { candidatePairs } from '../src/linkage/blocking.ts';
import { comparable } from '../src/linkage/comparable.ts';
import { compare } from '../src/linkage/comparison.ts';
import { evidence } from '../src/linkage/evidence.ts';
import { answerOf, learn } from '../src/linkage/model.ts';
import { type FebrlRecord, readFebrl } from './linkage/febrl.ts';

/**
 * `npm run linkage`: how well records of one person are found in sets where the truth is known. The truth is looked at
 * only to count.
 */

const HELP = `npm run linkage -- <folder> [options]
  <folder>         where the Febrl sets are: every .csv in it is linked by itself
  --show <n>       also shows so many of the worst mistakes of each kind, with their evidence (0)
  --help           this
`;

const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

interface Scored {
  readonly one: FebrlRecord;
  readonly other: FebrlRecord;
  readonly score: number;
  readonly why: () => readonly string[];
}

const isTrue = ({ one, other }: Scored): boolean => one.person === other.person;

function link(records: readonly FebrlRecord[]): readonly Scored[] {
  const comparables = records.map(({ profile }) => comparable(profile));
  const pairs = candidatePairs(comparables);
  const model = learn(comparables, pairs);
  return pairs.flatMap(([first, second]) => {
    const [one, other, left, right] = [records[first], records[second], comparables[first], comparables[second]];
    if (one === undefined || other === undefined || left === undefined || right === undefined) return [];
    const comparison = compare(model.frequencies, left, right);
    const why = (): readonly string[] => evidence(comparison, one.profile, other.profile);
    return [{ one, other, score: answerOf(model, comparison).same, why }];
  });
}

/** How many pairs there are of one person, found or not. */
function truePairs(records: readonly FebrlRecord[]): number {
  const sizes = new Map<string, number>();
  for (const { person } of records) sizes.set(person, (sizes.get(person) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

function report(name: string, records: readonly FebrlRecord[], shown: number): void {
  const startedAt = performance.now();
  const scored = link(records);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  const truth = truePairs(records);
  const reached = scored.filter(isTrue).length;
  console.log(`\n${name}: ${records.length} records, ${truth} pairs of one person, linked in ${seconds} s`);
  console.log(`${scored.length} candidate pairs, ${percent(reached / truth)} of the true ones among them`);
  console.log('score ≥   precision   recall      F1');
  for (const threshold of THRESHOLDS) console.log(line(threshold, scored, truth));
  show(
    'Taken for one person',
    scored
      .filter((pair) => !isTrue(pair))
      .sort((a, b) => b.score - a.score)
      .slice(0, shown),
  );
  show(
    'Not recognised',
    scored
      .filter(isTrue)
      .sort((a, b) => a.score - b.score)
      .slice(0, shown),
  );
}

function line(threshold: number, scored: readonly Scored[], truth: number): string {
  const linked = scored.filter(({ score }) => score >= threshold);
  const right = linked.filter(isTrue).length;
  const [precision, recall] = [linked.length === 0 ? 1 : right / linked.length, right / truth];
  const f1 = right === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return `${threshold.toFixed(2).padEnd(8)}${[precision, recall, f1].map((figure) => percent(figure).padStart(10)).join('')}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function show(title: string, pairs: readonly Scored[]): void {
  for (const { one, other, score, why } of pairs) {
    console.log(`${title}: ${one.id} and ${other.id}, ${score.toFixed(3)}. ${why().join('. ')}.`);
  }
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h', default: false } },
});
const [folder] = positionals;
if (options.help) console.log(HELP);
else if (folder === undefined) {
  console.error(`Which folder?\n${HELP}`);
  process.exitCode = 2;
} else {
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()) {
    report(file, readFebrl(join(folder, file)), Number(options.show));
  }
}
