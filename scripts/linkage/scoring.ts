import { candidatePairs } from '../../src/linkage/blocking.ts';
import { type Comparable, comparable } from '../../src/linkage/comparable.ts';
import { compare } from '../../src/linkage/comparison.ts';
import { evidence } from '../../src/linkage/evidence.ts';
import { answerOf, learn } from '../../src/linkage/model.ts';
import type { LabelledRecord } from './labelled.ts';

export const THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/** Two records that share a key. */
export interface Scored {
  readonly one: LabelledRecord;
  readonly other: LabelledRecord;
  readonly score: number;
  readonly isTrue: boolean;
}

export interface Linked {
  readonly scored: readonly Scored[];
  /** How many pairs there are of one person, found or not. */
  readonly truth: number;
  /** What is told of two of its records. */
  readonly why: (pair: Scored) => readonly string[];
}

/** Every pair of a directory that is learnt from whole, scored; the truth is looked at only to count. */
export function link(records: readonly LabelledRecord[]): Linked {
  const comparables = new Map(
    records.map((record): [LabelledRecord, Comparable] => [record, comparable(record.profile)]),
  );
  const all = [...comparables.values()];
  const pairs = candidatePairs(all);
  const model = learn({ records: all, drawn: all.length, total: all.length, pairs });
  const compareTwo = (one: LabelledRecord, other: LabelledRecord) => {
    const [left, right] = [comparables.get(one), comparables.get(other)];
    if (left === undefined || right === undefined) throw new Error('this record is not of the directory');
    return compare(model.frequencies, left, right);
  };
  const scored = pairs.flatMap(([first, second]) => {
    const [one, other] = [records[first], records[second]];
    if (one === undefined || other === undefined) return [];
    const { same: score } = answerOf(model, compareTwo(one, other));
    return [{ one, other, score, isTrue: one.person === other.person }];
  });
  const why = ({ one, other }: Scored) => evidence(compareTwo(one, other), one.profile, other.profile);
  return { scored, truth: truePairs(records), why };
}

function truePairs(records: readonly LabelledRecord[]): number {
  const sizes = new Map<string, number>();
  for (const { person } of records) sizes.set(person, (sizes.get(person) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

export interface Figures {
  readonly precision: number;
  readonly recall: number;
}

export function figuresAt(
  threshold: number,
  { scored, truth }: { readonly scored: readonly Pick<Scored, 'score' | 'isTrue'>[]; readonly truth: number },
): Figures {
  const taken = scored.filter(({ score }) => score >= threshold);
  const right = taken.filter(({ isTrue }) => isTrue).length;
  return { precision: taken.length === 0 ? 1 : right / taken.length, recall: truth === 0 ? 1 : right / truth };
}

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
