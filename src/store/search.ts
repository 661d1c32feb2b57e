import type { RecordKey } from '../ids/ids.ts';

/** Finding customers by what their records say. */

export type SearchOrder = 'KNOWN' | 'NAME' | 'CREATED' | 'CHANGED' | 'RELEVANCE';

/** What one record of a customer must all be. */
export interface Criteria {
  /** Of one of these providers. */
  readonly providers: readonly string[] | null;
  /** Found by one of each of these lists, which are of one kind of term each. */
  readonly terms: readonly (readonly string[])[];
  /** Having each of these words, or one that is a typo away from it. */
  readonly words: readonly string[];
  readonly changedSince: Date | null;
}

export interface SearchRequest extends Criteria {
  /** KNOWN: in the order in which they became known. RELEVANCE: by typos, the fewest first; only with words. */
  readonly order: SearchOrder;
  /** null sorts last either way; RELEVANCE has one way. */
  readonly descending: boolean;
  /** Only what comes behind this place, or before it. */
  readonly after: SearchPlace | null;
  readonly before: SearchPlace | null;
  readonly limit: number;
  /** The last of them instead of the first; still in order. */
  readonly fromEnd: boolean;
}

/** A place in an order: what is sorted by, and the customer. */
export type SearchPlace = readonly [value: string | number | null, customer: number];

export interface FoundCustomer {
  /** The record that it is named by. */
  readonly customer: RecordKey;
  readonly place: SearchPlace;
}

export interface Search {
  /** At most `limit`. */
  search(request: SearchRequest): Promise<readonly FoundCustomer[]>;
  countFound(criteria: Criteria): Promise<number>;
  /** The records that share one of these terms with few others, and none that more than `most` share. */
  sharing(terms: readonly string[], most: number): Promise<readonly RecordKey[]>;
  /** Any records that a copy is held of, about as many. */
  sample(records: number): Promise<readonly RecordKey[]>;
}
