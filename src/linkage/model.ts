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
const LEARNING_PAIRS = 30_000;
/** So many pairs are looked at to find out how many records a customer has. */
const SHARING_PAIRS = 200_000;

/**
 * Records drawn at random from a directory, and for each of them all that may be the same customer. A directory that is
 * small is drawn whole.
 */
export interface Sample {
  readonly drawn: readonly Comparable[];
  /** Of the one at this place in `drawn`; itself is not among them. */
  readonly candidatesOf: (index: number) => readonly Comparable[];
  /** How many records the directory has. */
  readonly total: number;
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
  const { drawn, total } = sample;
  const scale = drawn.length === 0 ? 1 : total / drawn.length;
  const first = learnWith(countFrequencies(drawn, scale), sample, judged(total));
  return learnWith(countFrequencies(drawn, scale, sharesOf(first, sample)), sample, first);
}

/**
 * A sample of records and of whatever shares a key with them.
 * @param drawn how many of them, the first, were drawn at random; the rest are there as their candidates
 */
export function sampleOf(
  records: readonly Comparable[],
  drawn: number = records.length,
  total: number = records.length,
  pairs: readonly Pair[] = candidatePairs(records),
): Sample {
  const candidates = records.slice(0, drawn).map((): Comparable[] => []);
  for (const [first, second] of pairs) {
    const [one, other] = [records[first], records[second]];
    if (one === undefined || other === undefined) continue;
    candidates[first]?.push(other);
    candidates[second]?.push(one);
  }
  return { drawn: records.slice(0, drawn), candidatesOf: (index) => candidates[index] ?? [], total };
}

function learnWith(frequencies: Frequencies, { drawn, candidatesOf, total }: Sample, before: Learnt): Model {
  const step = stepFor(drawn, candidatesOf, LEARNING_PAIRS);
  const comparisons: Comparison[] = [];
  let next = 0;
  drawn.forEach((record, index) => {
    for (const candidate of candidatesOf(index)) {
      if (next % step === 0) comparisons.push(compare(frequencies, record, candidate));
      next += 1;
    }
  });
  let learnt = before;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { samePairs, relatedPairs } = learnt;
    learnt = learnOnce(learnt, comparisons, step, drawn.length, total);
    const change = Math.abs(learnt.samePairs / samePairs - 1) + Math.abs(learnt.relatedPairs / relatedPairs - 1);
    if (change < SETTLED) break;
  }
  return { ...learnt, frequencies };
}

/** Every how manieth is taken, for no more than so many to be. */
function stepFor(drawn: readonly Comparable[], candidatesOf: Sample['candidatesOf'], most: number): number {
  const pairs = drawn.reduce((sum, _, index) => sum + candidatesOf(index).length, 0);
  return Math.max(1, Math.ceil(pairs / most));
}

/**
 * How much of its customer each record is: half, where another record is surely the same. Where there are too many
 * candidates to look at, the rest is taken to be as those looked at.
 */
function sharesOf(model: Model, { drawn, candidatesOf }: Sample): readonly number[] {
  const step = stepFor(drawn, candidatesOf, SHARING_PAIRS);
  const shares = drawn.map((record, index) => {
    if (index % step !== 0) return null;
    let records = 1;
    for (const candidate of candidatesOf(index))
      records += answerOf(model, compare(model.frequencies, record, candidate)).same;
    return 1 / records;
  });
  const known = shares.filter((share) => share !== null);
  const usual = known.reduce((sum, share) => sum + share, 0) / Math.max(1, known.length);
  return shares.map((share) => share ?? usual);
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

function learnOnce(
  before: Learnt,
  comparisons: readonly Comparison[],
  step: number,
  drawn: number,
  total: number,
): Learnt {
  const counts = new Map(FIELDS.map((field) => [field, { exact: 0, close: 0, different: 0, apart: 0 }]));
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
    (pairs * step + judgedShare * RECORDS_JUDGED) / (drawn + RECORDS_JUDGED);
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
