import { type Candidate, candidate, judge } from '../../src/linkage/duplicates.ts';
import { learnAside } from '../../src/linkage/learning.ts';
import type { Model } from '../../src/linkage/model.ts';
import { createDice } from '../../src/sandbox/random.ts';
import { buildDirectory, type Directory } from './directory.ts';
import type { LabelledRecord } from './labelled.ts';
import { figuresAt, percent, THRESHOLDS } from './scoring.ts';

const DRAWN = 4_000;
const ASKED = 200;
const SEED = 7;

/**
 * Prints how well the duplicates of customers drawn at random are found in a directory that is learnt from by a sample:
 * once where every record is a customer, once where some have been linked already.
 */
export async function reportLarge(records: readonly LabelledRecord[]): Promise<void> {
  for (const size of [1, 2]) {
    const directory = buildDirectory(records, size);
    const startedAt = performance.now();
    const model = await learnAside(lesson(directory));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`\n${records.length} records, ${directory.customers.length} customers of at most ${size}:`);
    console.log(`learnt from ${DRAWN} records and their candidates in ${seconds} s`);
    report(directory, model);
  }
}

function lesson({ records, candidatesOf }: Directory) {
  const drawn = draw(records.length, DRAWN);
  const isDrawn = new Set(drawn);
  const others = new Set(drawn.flatMap(candidatesOf).filter((index) => !isDrawn.has(index)));
  const profiles = [...drawn, ...others].map((index) => JSON.stringify(records[index]?.profile));
  return { profiles, drawn: drawn.length, total: records.length };
}

function report(directory: Directory, model: Model): void {
  const asked = draw(directory.customers.length, ASKED).map((customer) => judged(directory, model, customer));
  const scored = asked.flatMap((each) => each.scored);
  const truth = asked.reduce((sum, each) => sum + each.truth, 0);
  const times = asked.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  const time = (place: number): string => `${(times.at(place) ?? 0).toFixed(1)} ms`;
  console.log(
    `${Math.round(scored.length / ASKED)} candidates a customer, judged in ${time(ASKED / 2)} (half of them), ${time(-1)} (the longest)`,
  );
  console.log('score ≥   precision    recall');
  for (const threshold of THRESHOLDS) {
    const { precision, recall } = figuresAt(threshold, { scored, truth });
    console.log(`${threshold.toFixed(2).padEnd(8)}${percent(precision).padStart(11)}${percent(recall).padStart(10)}`);
  }
}

function judged({ customers, customerOf, candidatesOf, records }: Directory, model: Model, asked: number) {
  const customer = customers[asked] ?? { records: [], person: '' };
  const load = (own: readonly number[]): readonly Candidate[] =>
    own.flatMap((index) => records[index] ?? []).map(({ profile }) => candidate(profile));
  const found = new Set(customer.records.flatMap(candidatesOf).map(customerOf));
  found.delete(asked);
  const others = [...found].flatMap((index) => customers[index] ?? []);
  const loaded = others.map((other) => load(other.records));
  const own = load(customer.records);
  const startedAt = performance.now();
  const verdicts = judge(model, own, loaded);
  const milliseconds = performance.now() - startedAt;
  const isTrue = others.map(({ person }) => person === customer.person);
  return {
    milliseconds,
    scored: verdicts.map(({ score }, index) => ({ score, isTrue: isTrue[index] === true })),
    truth: customers.filter(({ person }) => person === customer.person).length - 1,
  };
}

/** So many different places of so many, by chance that can be asked again. */
function draw(from: number, count: number): readonly number[] {
  const dice = createDice(SEED);
  const drawn = new Set<number>();
  while (drawn.size < Math.min(from, count)) drawn.add(dice.roll(from));
  return [...drawn];
}
