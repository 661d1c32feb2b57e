import { solid } from '../model/fold.ts';
import { blockingKeys } from './blocking.ts';
import { type Comparable, type Comparing, comparable, type Field } from './comparable.ts';
import { type Agreement, type Comparison, compare, RANK } from './comparison.ts';
import { evidence } from './evidence.ts';
import { type Held, PERSONAL } from './frequencies.ts';
import { countHolders } from './holders.ts';
import { isInitials } from './level.ts';
import { answerOf, type Model } from './model.ts';

/** A customer's record, made ready once for however many comparisons. */
export interface Candidate {
  readonly profile: Comparing;
  readonly comparable: Comparable;
}

export const candidate = (profile: Comparing): Candidate => ({ profile, comparable: comparable(profile) });

export interface Verdict {
  /** How likely the two customers are one, from 0 to 1. */
  readonly score: number;
  /** What speaks for it and against it, of the two records that are most alike. */
  readonly evidence: readonly string[];
}

/**
 * How likely each of the others is the same customer as this one; each has one record or several.
 *
 * The two records that are most alike decide, unless everything that is known of both makes it less likely: an initial and
 * a shared phone may well be somebody's, until the other records say that one is Sanne and the other Sander.
 *
 * @param others all that share a key with the customer: who else holds an address or a number is counted among them
 */
export function judge(
  model: Model,
  customer: readonly Candidate[],
  others: readonly (readonly Candidate[])[],
): readonly Verdict[] {
  const held = heldAmong([customer, ...others].flatMap((records) => records.map(({ comparable }) => comparable)));
  const own = mostAlike(customer, others.flat(), MOST_OWN);
  const most = Math.max(1, Math.floor(MOST_COMPARISONS / Math.max(1, own.length * others.length)));
  return others.map((other) => judgeOne(model, own, mostAlike(other, own, most), held));
}

/** Of a customer with hundreds of records, as many are compared: nobody else waits for longer than a moment. */
const MOST_OWN = 12;
const MOST_COMPARISONS = 5_000;

/** Those that share the most keys with the others, where there are more than so many. */
function mostAlike(records: readonly Candidate[], others: readonly Candidate[], most: number): readonly Candidate[] {
  if (records.length <= most) return records;
  const keys = new Set(others.flatMap(({ comparable }) => blockingKeys(comparable)));
  const shared = ({ comparable }: Candidate): number => blockingKeys(comparable).filter((key) => keys.has(key)).length;
  return records
    .map((record) => ({ record, count: shared(record) }))
    .toSorted((one, other) => other.count - one.count)
    .slice(0, most)
    .map(({ record }) => record);
}

interface Found {
  readonly one: Candidate;
  readonly other: Candidate;
  readonly comparison: Comparison;
  readonly score: number;
}

function judgeOne(model: Model, customer: readonly Candidate[], others: readonly Candidate[], held: Held): Verdict {
  const found = customer.flatMap((one) =>
    others.map((other): Found => {
      const comparison = compare(model.frequencies, one.comparable, other.comparable, held);
      return { one, other, comparison, score: answerOf(model, comparison).same };
    }),
  );
  const [best] = found.toSorted((one, other) => other.score - one.score);
  if (best === undefined) return { score: 0, evidence: [] };
  const score = found.length === 1 ? best.score : Math.min(best.score, answerOf(model, altogether(found)).same);
  return { score, evidence: evidence(best.comparison, best.one.profile, best.other.profile) };
}

/** Two customers as if each were one record: of every field the two values that agree best, of first names whole ones. */
function altogether(found: readonly Found[]): Comparison {
  const best = new Map<Field, Agreement>();
  const whole = found.filter(({ one, other }) => isWhole(one) && isWhole(other));
  for (const { comparison, one, other } of found) {
    const isTold = whole.length === 0 || (isWhole(one) && isWhole(other));
    for (const agreement of comparison.agreements) {
      if (agreement.field === 'firstName' && !isTold) continue;
      const known = best.get(agreement.field);
      if (known === undefined || RANK[agreement.level] > RANK[known.level]) best.set(agreement.field, agreement);
    }
  }
  const swaps = found.map(({ comparison }) => comparison.swapped).toSorted((one, other) => one.length - other.length);
  return { agreements: [...best.values()], swapped: swaps[0] ?? [] };
}

const isWhole = ({ comparable: { firstName } }: Candidate): boolean => firstName !== null && !isInitials(firstName);

function heldAmong(records: readonly Comparable[]): Held {
  const counts = new Map<string, number>();
  for (const field of PERSONAL) {
    const stating = records.filter((record) => record[field] !== null);
    for (const [value, sharing] of Map.groupBy(stating, (record) => solid(record[field] ?? '')))
      counts.set(`${field} ${value}`, sharing.length < 2 ? 1 : countHolders(sharing));
  }
  return (field, value) => counts.get(`${field} ${solid(value)}`) ?? 1;
}
