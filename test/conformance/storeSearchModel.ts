import fc from 'fast-check';
import type { Criteria, FoundCustomer, SearchOrder, SearchPlace, SearchRequest } from '../../src/store/search.ts';
import type { CopySource, CopyToKeep } from '../../src/store/store.ts';
import { merge } from '../support/store.ts';
import { copyOf, keyOf, nameOf, time } from './storeRecords.ts';

/** When records are marked missing, and customers are erased: in the middle of what is kept. */
export const GONE_AT = time(3);

/** A directory as plainly as it can be written: arrays, filtered and sorted. */

interface ModelRecord {
  readonly named: string;
  /** The record that its customer is named by. */
  customer: string;
  copy: CopyToKeep | null;
  changedAt: number | null;
  state: 'THERE' | 'MISSING' | 'ERASED';
  /** When it became what it is: what was asked for before then is older. */
  since: number;
}

export class Directory {
  /** In the order in which they became known. */
  readonly records: ModelRecord[] = [];

  at(named: string): ModelRecord {
    const known = this.records.find((record) => record.named === named);
    if (known) return known;
    const record: ModelRecord = { named, customer: named, copy: null, changedAt: null, state: 'THERE', since: 0 };
    this.records.push(record);
    return record;
  }

  of(customer: string): readonly ModelRecord[] {
    return this.records.filter((record) => record.customer === customer);
  }

  keep(copies: readonly CopyToKeep[], { asked }: CopySource): void {
    for (const copy of copies) {
      const record = this.at(nameOf(copy.key));
      const at = copy.fetchedAt.getTime();
      if ((record.state === 'ERASED' && !asked) || at < Math.max(record.since, record.changedAt ?? 0)) continue;
      if (record.copy?.hash !== copy.hash) record.changedAt = at;
      Object.assign(record, { copy, state: 'THERE', since: 0 });
    }
  }

  link(named: readonly string[]): void {
    const held = named.flatMap((each) => this.records.filter((record) => record.named === each));
    const groups = held.flatMap((record) => this.of(record.customer));
    if (groups.some(({ state }) => state === 'ERASED')) return;
    const [into, ...others] = named.map((each) => this.at(each).customer);
    for (const other of others) for (const record of this.of(other)) record.customer = into ?? record.customer;
  }

  missing(named: string): void {
    const record = this.records.find((each) => each.named === named);
    if (record?.state === 'THERE') Object.assign(record, { state: 'MISSING', since: GONE_AT.getTime() });
  }

  erase(named: string): void {
    for (const record of this.of(this.at(named).customer))
      Object.assign(record, {
        customer: record.named,
        copy: null,
        changedAt: null,
        state: 'ERASED',
        since: GONE_AT.getTime(),
      });
  }
}

/** Every word that one letter tells from this one, of the letters that these tests write with. */
function neighbours(word: string): readonly string[] {
  const places = Array.from({ length: word.length + 1 }, (_, place) => place);
  const letters = [...new Set(WORDS.join(''))];
  return places.flatMap((place) => {
    const [before, behind] = [word.slice(0, place), word.slice(place)];
    return [
      before + behind.slice(1),
      before + behind.slice(1, 2) + behind.slice(0, 1) + behind.slice(2),
      ...letters.flatMap((letter) => [before + letter + behind, before + letter + behind.slice(1)]),
    ];
  });
}

function spellings(word: string): readonly string[] {
  return word.length < 4 || /^\d+$/.test(word) ? [word] : [word, ...neighbours(word)];
}

/** How many words the record has misspelt; null where it is not what is asked for. */
function typosIn({ named, copy, changedAt, state }: ModelRecord, criteria: Criteria): number | null {
  const { providers, terms, words, changedSince } = criteria;
  const meets =
    state === 'THERE' &&
    (providers?.includes(keyOf(named).provider) ?? true) &&
    (changedSince === null || (changedAt !== null && changedAt >= changedSince.getTime())) &&
    terms.every((list) => list.some((term) => copy?.terms.includes(term))) &&
    words.every((word) => spellings(word).some((each) => copy?.words.includes(each)));
  return meets ? new Set(words.filter((word) => !copy?.words.includes(word))).size : null;
}

/** Everybody who is found, in the order of the request, whatever its ends. */
function inOrder(directory: Directory, request: SearchRequest): FoundCustomer[] {
  const customers = [...new Set(directory.records.map(({ customer }) => customer))];
  const all = customers.flatMap((customer): FoundCustomer[] => {
    const records = directory.of(customer).filter(({ state }) => state === 'THERE');
    const typos = records.flatMap((record) => typosIn(record, request) ?? []);
    if (typos.length === 0) return [];
    const { name, createdAt } = merge(records.flatMap(({ copy }) => (copy ? [{ ...copy.key, ...copy }] : [])));
    const times = records.flatMap(({ changedAt }) => changedAt ?? []);
    const value = {
      KNOWN: null,
      NAME: name,
      CREATED: createdAt,
      CHANGED: times.length > 0 ? Math.max(...times) : null,
      RELEVANCE: Math.min(...typos),
    }[request.order];
    const id = directory.records.findIndex(({ named }) => named === customer) + 1;
    return [{ customer: keyOf(customer), place: [value, id] }];
  });
  return all.sort((one, other) => compare(one.place, other.place, request.descending && request.order !== 'RELEVANCE'));
}

function compare([one, first]: SearchPlace, [other, second]: SearchPlace, descending: boolean): number {
  if ((one === null) !== (other === null)) return one === null ? 1 : -1;
  const values =
    typeof one === 'string' && typeof other === 'string'
      ? Buffer.compare(Buffer.from(one), Buffer.from(other))
      : Number(one) - Number(other);
  return (values || first - second) * (descending ? -1 : 1);
}

export function found(directory: Directory, request: SearchRequest): readonly FoundCustomer[] {
  const { after, before, limit, fromEnd, order } = request;
  const descending = request.descending && order !== 'RELEVANCE';
  const all = inOrder(directory, request).filter(
    ({ place }) =>
      (!after || compare(place, after, descending) > 0) && (!before || compare(place, before, descending) < 0),
  );
  return fromEnd ? all.slice(Math.max(0, all.length - limit)) : all.slice(0, limit);
}

const WORDS = ['jansen', 'janssen', 'jansn', 'jasnen', 'visser', 'vissers', 'anna', 'ann', 'hanna', '1234', '12345'];
const TERMS = ['email a', 'email b', 'country NL', 'country BE', 'kind PERSON', 'kind BUSINESS'];
const termsOf = (kind: string) =>
  fc.subarray(
    TERMS.filter((term) => term.startsWith(kind)),
    { minLength: 1 },
  );
const NAMES = ['Anna', 'ánna', 'Jansen', 'visser', '\u{20000}', '\u{FA0E}', null];
const RECORDS = ['octobat', 'nutcache', 'dirty-lemon'].flatMap((provider) =>
  ['1', '2', '3', '4', '5'].map((id) => `${provider} ${id}`),
);

const named = fc.constantFrom(...RECORDS);
const date = fc.nat(5).map(time);
const copy = fc
  .record({
    named,
    name: fc.constantFrom(...NAMES),
    createdAt: fc.option(date),
    at: date,
    terms: fc.subarray(TERMS),
    words: fc.subarray(WORDS, { maxLength: 4 }),
  })
  .map((said) => copyOf(said.named, said));

export type Action =
  | { readonly does: 'keep'; readonly copies: readonly CopyToKeep[]; readonly asked: boolean }
  | { readonly does: 'know' | 'missing' | 'erase'; readonly named: string }
  | { readonly does: 'link'; readonly all: readonly string[] };

const keeps: fc.Arbitrary<Action> = fc.record({
  does: fc.constant('keep' as const),
  copies: fc.uniqueArray(copy, { selector: ({ key }) => nameOf(key), minLength: 1, maxLength: 10 }),
  asked: fc.boolean(),
});
export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: keeps },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('know', 'missing', 'erase'), named }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('link' as const),
      all: fc.uniqueArray(named, { minLength: 2, maxLength: 3 }),
    }),
  },
);

export const criteria: fc.Arbitrary<Criteria> = fc.record({
  providers: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    fc.subarray(['octobat', 'nutcache'], { minLength: 1 }),
  ),
  terms: fc.array(fc.oneof(...['email', 'country', 'kind'].map(termsOf)), { maxLength: 2 }),
  words: fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
  changedSince: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, date),
});

/** A place that is taken from what is found, or any. */
type End = { readonly nth: number } | SearchPlace | null;
const end: fc.Arbitrary<End> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ nth: fc.nat(15) }) },
  fc.tuple(fc.constant(null), fc.nat(16)),
);
export interface Asking {
  readonly criteria: Criteria;
  /** null: by relevance, where there are words. */
  readonly order: SearchOrder | null;
  readonly descending: boolean;
  readonly after: End;
  readonly before: End;
  readonly limit: number;
  readonly fromEnd: boolean;
}
export const asking: fc.Arbitrary<Asking> = fc.record({
  criteria,
  order: fc.constantFrom('KNOWN', 'NAME', 'CREATED', 'CHANGED', null),
  descending: fc.boolean(),
  after: end,
  before: end,
  limit: fc.integer({ min: 1, max: 8 }),
  fromEnd: fc.boolean(),
});

export function requestOf(
  directory: Directory,
  { criteria: what, order, after, before, ...how }: Asking,
): SearchRequest {
  const all: SearchRequest = {
    ...{ ...what, ...how, after: null, before: null },
    order: order ?? (what.words.length > 0 ? 'RELEVANCE' : 'KNOWN'),
  };
  const places = inOrder(directory, all).map(({ place }) => place);
  const placed = (given: End): SearchPlace | null => {
    if (given && 'nth' in given) return places[given.nth] ?? null;
    return all.order === 'RELEVANCE' && given ? [1, given[1]] : given;
  };
  return { ...all, after: placed(after), before: placed(before) };
}
