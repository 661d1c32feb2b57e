import type { Pair } from './blocking.ts';
import { type Comparable, FIELDS, type Field } from './comparable.ts';
import { type Comparison, compare } from './comparison.ts';
import { countFrequencies, type Frequencies } from './frequencies.ts';
import {
  type FieldParameters,
  type Level,
  MOST_ERROR,
  PAIRS_JUDGED,
  PARAMETERS,
  RECORDS_JUDGED,
  RELATED_A_RECORD,
  SAME_A_RECORD,
  SWAPPED,
} from './parameters.ts';

/**
 * I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage" (1969), with a third answer beside "the same" and
 * "strangers": relatives and colleagues, who share a home, a last name, a phone, and are still two customers.
 */
export interface Model {
  readonly frequencies: Frequencies;
  readonly same: Readonly<Record<Field, Same>>;
  /** Of all pairs of records, how many are of one customer. */
  readonly samePairs: number;
  readonly relatedPairs: number;
}

type Same = FieldParameters['same'];

/** What learning keeps from one round to the next. */
type Learnt = Omit<Model, 'frequencies'>;

const ROUNDS = 15;

/** More pairs than these teach nothing new: of a larger directory's, every second, third … is taken. */
const LEARNING_PAIRS = 30_000;

/**
 * Learns from a directory how common its values are and, by expectation maximisation (Dempster, Laird and Rubin, 1977),
 * how many of its pairs are the same and how often the same are spelt the same. Nobody needs to say who is who.
 *
 * First names are taken to go wrong as often as last names: only they tell one person spelt twice from two of a family,
 * so that their errors and the number of families can't both be found out.
 */
export function learn(records: readonly Comparable[], pairs: readonly Pair[]): Model {
  const frequencies = countFrequencies(records);
  const step = Math.max(1, Math.ceil(pairs.length / LEARNING_PAIRS));
  const comparisons: Comparison[] = [];
  for (let index = 0; index < pairs.length; index += step) {
    const [first = -1, second = -1] = pairs[index] ?? [];
    const [one, other] = [records[first], records[second]];
    if (one !== undefined && other !== undefined) comparisons.push(compare(frequencies, one, other));
  }
  let learnt = judged(records.length);
  for (let round = 0; round < ROUNDS; round += 1) learnt = learnOnce(learnt, comparisons, step, records.length);
  return { frequencies, ...learnt };
}

function judged(records: number): Learnt {
  const same = Object.fromEntries(FIELDS.map((field) => [field, PARAMETERS[field].same])) as Record<Field, Same>;
  return {
    same,
    samePairs: shareOfPairs(SAME_A_RECORD, records),
    relatedPairs: shareOfPairs(RELATED_A_RECORD, records),
  };
}

/** What share of all pairs it is when so many other records belong to each. */
const shareOfPairs = (others: number, records: number): number => Math.min(0.5, others / Math.max(1, records - 1));

function learnOnce(before: Learnt, comparisons: readonly Comparison[], step: number, records: number): Learnt {
  const counts = new Map(FIELDS.map((field) => [field, { exact: 0, close: 0, different: 0 }]));
  let [same, related] = [0, 0];
  for (const comparison of comparisons) {
    const answer = answerOf(before, comparison);
    same += answer.same;
    related += answer.related;
    for (const { field, level } of comparison.agreements) {
      const count = counts.get(field);
      if (count !== undefined) count[level] += answer.same;
    }
  }
  const perRecord = (pairs: number, judgedShare: number): number =>
    (2 * pairs * step + judgedShare * RECORDS_JUDGED) / (records + RECORDS_JUDGED);
  const learnt = Object.fromEntries(FIELDS.map((field) => [field, learnField(field, counts.get(field))])) as Record<
    Field,
    Same
  >;
  return {
    same: { ...learnt, firstName: learnt.lastName },
    samePairs: shareOfPairs(perRecord(same, SAME_A_RECORD), records),
    relatedPairs: shareOfPairs(perRecord(related, RELATED_A_RECORD), records),
  };
}

function learnField(field: Field, count: Readonly<Record<Level, number>> | undefined): Same {
  const { same } = PARAMETERS[field];
  if (count === undefined) return same;
  const seen = count.exact + count.close + count.different + PAIRS_JUDGED;
  const exact = (count.exact + PAIRS_JUDGED * same.exact) / seen;
  const close = (count.close + PAIRS_JUDGED * same.close) / seen;
  // Namesakes may be so many that learning would take them for the same: it may not find much more error than was judged.
  const least = 1 - MOST_ERROR * (1 - same.exact - same.close);
  const raise = Math.max(1, least / (exact + close));
  return { exact: exact * raise, close: close * raise };
}

/** How likely each answer is; strangers are the rest. */
interface Answer {
  readonly same: number;
  readonly related: number;
}

/**
 * Bayes' rule over the three answers. The odds of the fields are multiplied, which is to add up their weights: log2 of
 * each. Twelve of them are far from the ends of what a number holds.
 */
export function answerOf({ same, samePairs, relatedPairs }: Learnt, { agreements, swapped }: Comparison): Answer {
  const turned = SWAPPED ** swapped.length;
  let sameOdds = samePairs * turned;
  let relatedOdds = relatedPairs * turned;
  for (const { field, level, chance } of agreements) {
    const odds = chanceOfSame(same[field], level) / chance;
    const { shared } = PARAMETERS[field];
    sameOdds *= odds;
    // What relatives share is spelt as one customer's would be, the rest as strangers'.
    relatedOdds *= shared * odds + 1 - shared;
  }
  const sum = sameOdds + relatedOdds + 1 - samePairs - relatedPairs;
  return { same: sameOdds / sum, related: relatedOdds / sum };
}

/** "Different" is never quite impossible, however much was learnt. */
function chanceOfSame({ exact, close }: Same, level: Level): number {
  return Math.max(0.001, level === 'different' ? 1 - exact - close : level === 'exact' ? exact : close);
}
