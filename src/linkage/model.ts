import { candidatePairs, type Pair } from './blocking.ts';
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

type Same = Required<FieldParameters['same']>;

/** What learning keeps from one round to the next. */
type Learnt = Omit<Model, 'frequencies'>;

const ROUNDS = 15;
/** Less than this share of change is as good as none. */
const SETTLED = 0.002;

/** More pairs than these teach nothing new: of a larger directory's, every second, third … is taken. */
const LEARNING_PAIRS = 15_000;
/** So many pairs are looked at to find out how many records a customer has. */
const SHARING_PAIRS = 100_000;

/**
 * Records drawn at random from a directory, and for each of them all that may be the same customer. A directory that is
 * small is drawn whole.
 */
export interface Sample {
  readonly records: readonly Comparable[];
  /** How many of them, the first, were drawn; the rest are there as their candidates. */
  readonly drawn: number;
  /** How many records the directory has. */
  readonly total: number;
  /** Of the records, those that may be one customer. */
  readonly pairs: readonly Pair[];
}

/** Two records, and how many of them were drawn: what is learnt is learnt for each. */
interface Compared {
  readonly comparison: Comparison;
  readonly weight: number;
}

/** @param records those drawn, and then whatever shares a key with one of them */
export function sampleOf(
  records: readonly Comparable[],
  drawn: number = records.length,
  total: number = records.length,
): Sample {
  // The lower place stands first: a pair whose first record was not drawn is of two candidates, and says nothing.
  const pairs = candidatePairs(records).filter(([first]) => first < drawn);
  return { records, drawn, total, pairs };
}

/**
 * Learns from a directory how common its values are and, by expectation maximisation (Dempster, Laird and Rubin, 1977),
 * how many of its pairs are the same and how often the same are spelt the same. Nobody needs to say who is who.
 *
 * It learns twice: whoever five providers know counts for five where records are counted, until it is known who is who.
 *
 * First names are taken to go wrong as often as last names: only they tell one person spelt twice from two of a family,
 * so that their errors and the number of families can't both be found out.
 */
export function learn(sample: Sample): Model {
  const drawn = sample.records.slice(0, sample.drawn);
  const scale = drawn.length === 0 ? 1 : sample.total / drawn.length;
  const first = learnWith(countFrequencies(drawn, scale), sample, judged(sample.total));
  return learnWith(countFrequencies(drawn, scale, sharesOf(first, sample)), sample, first);
}

function learnWith(frequencies: Frequencies, sample: Sample, before: Learnt): Model {
  const step = Math.max(1, Math.ceil(sample.pairs.length / LEARNING_PAIRS));
  const taken = sample.pairs.filter((_, index) => index % step === 0);
  const compared = taken.flatMap(([first, second]): Compared[] => {
    const comparison = compareAt(frequencies, sample, first, second);
    return comparison === null ? [] : [{ comparison, weight: step * (second < sample.drawn ? 2 : 1) }];
  });
  let learnt = before;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { samePairs, relatedPairs } = learnt;
    learnt = learnOnce(learnt, compared, sample);
    const change = Math.abs(learnt.samePairs / samePairs - 1) + Math.abs(learnt.relatedPairs / relatedPairs - 1);
    if (change < SETTLED) break;
  }
  return { ...learnt, frequencies };
}

function compareAt(frequencies: Frequencies, { records }: Sample, first: number, second: number): Comparison | null {
  const [one, other] = [records[first], records[second]];
  return one === undefined || other === undefined ? null : compare(frequencies, one, other);
}

/**
 * How much of its customer each drawn record is: half, where another record is surely the same. Where there are too many
 * pairs to look at, the rest is taken to be as those looked at.
 */
function sharesOf(model: Model, sample: Sample): readonly number[] {
  const step = Math.max(1, Math.ceil(sample.pairs.length / SHARING_PAIRS));
  const isLookedAt = (index: number): boolean => index < sample.drawn && index % step === 0;
  const records = new Float64Array(sample.drawn).fill(1);
  for (const [first, second] of sample.pairs) {
    if (!isLookedAt(first) && !isLookedAt(second)) continue;
    const comparison = compareAt(model.frequencies, sample, first, second);
    if (comparison === null) continue;
    const { same } = answerOf(model, comparison);
    for (const end of [first, second]) if (end < sample.drawn) records[end] = (records[end] ?? 1) + same;
  }
  const shares = Array.from(records, (count) => 1 / count);
  const known = shares.filter((_, index) => isLookedAt(index));
  const usual = known.reduce((sum, share) => sum + share, 0) / Math.max(1, known.length);
  return shares.map((share, index) => (isLookedAt(index) ? share : usual));
}

function judged(records: number): Learnt {
  const same = Object.fromEntries(FIELDS.map((field) => [field, judgedSame(field)])) as Record<Field, Same>;
  return {
    same,
    samePairs: shareOfPairs(SAME_A_RECORD, records),
    relatedPairs: shareOfPairs(RELATED_A_RECORD, records),
  };
}

const judgedSame = (field: Field): Same => ({ apart: 0, ...PARAMETERS[field].same });

/** What share of all pairs it is when so many other records belong to each. */
const shareOfPairs = (others: number, records: number): number => Math.min(0.5, others / Math.max(1, records - 1));

function learnOnce(before: Learnt, compared: readonly Compared[], { drawn, total }: Sample): Learnt {
  const counts = new Map(FIELDS.map((field) => [field, { exact: 0, close: 0, different: 0, apart: 0 }]));
  let [same, related] = [0, 0];
  for (const { comparison, weight } of compared) {
    const answer = answerOf(before, comparison);
    same += answer.same * weight;
    related += answer.related * weight;
    for (const { field, level } of comparison.agreements) {
      const count = counts.get(field);
      if (count !== undefined) count[level] += answer.same * weight;
    }
  }
  const perRecord = (pairs: number, judgedShare: number): number =>
    (pairs + judgedShare * RECORDS_JUDGED) / (drawn + RECORDS_JUDGED);
  const learnt = Object.fromEntries(FIELDS.map((field) => [field, learnField(field, counts.get(field))])) as Record<
    Field,
    Same
  >;
  return {
    same: { ...learnt, firstName: learnField('firstName', counts.get('lastName')) },
    samePairs: shareOfPairs(perRecord(same, SAME_A_RECORD), total),
    relatedPairs: shareOfPairs(perRecord(related, RELATED_A_RECORD), total),
  };
}

function learnField(field: Field, count: Readonly<Record<Level, number>> | undefined): Same {
  const same = judgedSame(field);
  if (count === undefined) return same;
  const seen = count.exact + count.close + count.different + count.apart + PAIRS_JUDGED;
  const exact = (count.exact + PAIRS_JUDGED * same.exact) / seen;
  const close = (count.close + PAIRS_JUDGED * same.close) / seen;
  // Namesakes may be so many that learning would take them for the same: it may not find much more error than was judged.
  const least = 1 - MOST_ERROR * (1 - same.exact - same.close);
  const raise = Math.max(1, least / (exact + close));
  const apart = Math.min(MOST_ERROR * same.apart, (count.apart + PAIRS_JUDGED * same.apart) / seen);
  return { exact: exact * raise, close: close * raise, apart };
}

/** What says who somebody is, and not only where. */
const WHO: ReadonlySet<Field> = new Set(['taxId', 'email', 'phone', 'companyName', 'firstName', 'lastName']);

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
  // A home alone tells nobody from those who live there, too.
  if (!agreements.some(({ field }) => WHO.has(field))) relatedOdds = Math.max(relatedOdds, sameOdds);
  const sum = sameOdds + relatedOdds + 1 - samePairs - relatedPairs;
  return { same: sameOdds / sum, related: relatedOdds / sum };
}

/** "Different" is never quite impossible, however much was learnt. */
function chanceOfSame(same: Same, level: Level): number {
  const { exact, close, apart } = same;
  return Math.max(LEAST, level === 'different' ? 1 - exact - close - apart : same[level]);
}

const LEAST = 0.001;
