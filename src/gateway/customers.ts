import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badUserInput, GatewayError } from '../errors.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { Criteria, SearchOrder, SearchPlace } from '../store/search.ts';
import {
  type Coverage,
  coverageOf,
  type SearchExtent,
  searchedInPart,
  searchedItself,
  searchFailed,
} from './coverage.ts';
import { type CustomerRecords, customersOf } from './customer.ts';
import { LISTED } from './directory/directory.ts';
import { keyTerm } from './directory/terms.ts';
import { type CustomerFilter, type Sought, soughtBy } from './filter.ts';
import type { Member } from './gateway.ts';
import { inTurn } from './inTurn.ts';
import type { Operation } from './operation.ts';
import { asRecords, pageSize } from './pages.ts';

/** The arguments of `customers`, after GraphQL's coercion. */
export interface CustomersArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: CustomerFilter | null | undefined;
  readonly orderBy?: { readonly field: CustomerOrderField; readonly direction: 'ASC' | 'DESC' } | null | undefined;
}

export type CustomerOrderField = 'DISPLAY_NAME' | 'CREATED_AT' | 'CHANGED_SEEN_AT' | 'RELEVANCE';

export interface ListedCustomer {
  readonly customer: CustomerRecords;
  /** Seals the cursor: done for those who ask for it. */
  readonly cursor: () => string;
}

export interface CustomerPage {
  readonly items: readonly ListedCustomer[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Counted for those who ask for it; null where a provider was not searched in full. */
  readonly totalCount: () => Promise<number | null>;
  readonly coverage: readonly Coverage[];
}

const ORDERS: Readonly<Record<CustomerOrderField, SearchOrder>> = {
  DISPLAY_NAME: 'NAME',
  CREATED_AT: 'CREATED',
  CHANGED_SEEN_AT: 'CHANGED',
  RELEVANCE: 'RELEVANCE',
};

/** A provider that is not configured has no customers here. */
const SEARCHED_IN_FULL: ReadonlySet<SearchExtent> = new Set(['COMPLETE', 'KNOWN_ONLY', 'NOT_CONFIGURED']);

/** Each customer that a provider's own search finds is kept, and looked for in the directory: of more, that would take too long. */
const MOST_FOUND = 1_000;

/** So long a first copying is waited for: right after the start, a small directory is there in a moment. */
const FIRST_COPY_MS = 2_000;

/** A page of the customers in the directory. */
export async function listCustomers(operation: Operation, args: CustomersArguments): Promise<CustomerPage> {
  const { gateway } = operation;
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number')
    throw badUserInput('Ask for the first or for the last customers, not for both.');
  const fromEnd = typeof last === 'number';
  const size = pageSize(fromEnd ? last : first, fromEnd ? 'last' : 'first');
  const sought = soughtBy(gateway, args.filter ?? {});
  const order = orderOf(args, sought.criteria);
  const descending = order !== 'RELEVANCE' && args.orderBy?.direction === 'DESC';
  const cursors = createCursors(operation, [sought.criteria, sought.find?.own ?? null, order, descending]);
  const [after, before] = [cursors.open(args.after), cursors.open(args.before)];

  const { criteria, coverage } = await searchable(operation, sought);
  const isWhole = coverage.every(({ extent }) => SEARCHED_IN_FULL.has(extent));
  return inTurn(operation, async () => {
    const page = { order, descending, after, before, fromEnd, limit: size + 1 };
    const found = await gateway.store.search({ ...criteria, ...page });
    const isMore = found.length > size;
    const shown = fromEnd ? found.slice(isMore ? 1 : 0) : found.slice(0, size);
    const keys = shown.map(({ customer }) => customer);
    const customer = await customersOf(operation, keys);
    return {
      items: shown.map(({ customer: key, place }) => ({ customer: customer(key), cursor: () => cursors.seal(place) })),
      hasNextPage: fromEnd ? before !== null : isMore,
      hasPreviousPage: fromEnd ? isMore : after !== null,
      totalCount: () => inTurn(operation, async () => (isWhole ? gateway.store.countFound(criteria) : null)),
      coverage,
    };
  });
}

function orderOf({ orderBy }: CustomersArguments, { words }: Criteria): SearchOrder {
  if (!orderBy) return words.length > 0 ? 'RELEVANCE' : 'KNOWN';
  if (orderBy.field === 'RELEVANCE' && words.length === 0)
    throw badUserInput('orderBy RELEVANCE takes filter.text: without it nothing is more relevant than anything else.');
  return ORDERS[orderBy.field];
}

/** Brings into the directory what a provider's own search finds, where that knows more; and tells how far was searched. */
async function searchable(
  operation: Operation,
  { criteria: sought, members, find, finder }: Sought,
): Promise<{ readonly criteria: Criteria; readonly coverage: readonly Coverage[] }> {
  const { directory, sync } = operation.gateway;
  const criteria = await withoutUnreadable(operation, sought);
  await directory.settled();
  await Promise.all(members.map(({ id }) => sync.firstRun(id, FIRST_COPY_MS)));
  const coverage = await Promise.all(members.map((member) => coverageOf(operation, member)));
  let found: readonly string[] | null = finder ? [] : null;
  const searched = await Promise.all(
    coverage.map(async (each) => {
      const { member, extent } = each;
      const isAsked = find && (member === finder || (extent !== 'COMPLETE' && finds(member)));
      if (!isAsked || !member.connection) return each;
      try {
        const { keys, inAll, askedAt } = await findAt(operation, member, find);
        if (member === finder) found = keys.map(keyTerm);
        return keys.length < inAll ? searchedInPart(each, keys.length) : searchedItself(each, askedAt);
      } catch (thrown) {
        // A criterion that can't be asked for is the caller's mistake; whatever else went wrong is the provider's.
        if (!(thrown instanceof GatewayError) || thrown.code === 'BAD_USER_INPUT') throw thrown;
        return searchFailed(each, thrown.message, member === finder);
      }
    }),
  );
  return { criteria: found ? { ...criteria, terms: [...criteria.terms, found] } : criteria, coverage: searched };
}

/** What is known of providers that are not configured any more can't be read: then nobody is searched for by it. */
async function withoutUnreadable({ gateway: { members, store } }: Operation, criteria: Criteria): Promise<Criteria> {
  const wanted = members.filter(({ id }) => criteria.providers?.includes(id) ?? true);
  const unreadable = wanted.filter(({ connection }) => !connection);
  const known = await Promise.all(unreadable.map(({ id }) => store.page(id, 0, 1)));
  if (known.every(({ length }) => length === 0)) return criteria;
  return { ...criteria, providers: wanted.flatMap(({ id, connection }) => (connection ? [id] : [])) };
}

const finds = ({ provider }: Member): boolean => provider.capabilities.SEARCH.support === 'NATIVE';

interface Found {
  /** Of those that were taken. */
  readonly keys: readonly RecordKey[];
  readonly inAll: number;
  readonly askedAt: Date;
}

/**
 * @returns the records that the provider found, the first of very many, which the directory has then
 * @throws GatewayError BAD_USER_INPUT when they are too many to look for among what else is asked
 */
function findAt(operation: Operation, member: Member, find: NonNullable<Sought['find']>): Promise<Found> {
  return operation.once(JSON.stringify(['find', member.id, find]), async () => {
    const askedAt = new Date(operation.gateway.clock.now());
    const { connection, provider, field } = member;
    if (!connection?.find) return { keys: [], inAll: 0, askedAt };
    const found = await connection.find(find, operation.limits);
    if (find.own && found.length > MOST_FOUND)
      throw badUserInput(
        `${provider.title} itself finds more than ${MOST_FOUND} customers: say more in filter.${field}, or add a phone, email, postalCode or country.`,
      );
    const records = asRecords(member, connection, found.slice(0, MOST_FOUND), askedAt);
    await operation.gateway.directory.keep(records, LISTED);
    return { keys: records.map(({ key }) => key), inAll: found.length, askedAt };
  });
}

const cursorShape = z.tuple([
  z.literal('customers'),
  z.string(),
  z.union([z.string(), z.number(), z.null()]),
  z.number(),
]);

/** Seals and opens the cursors of one list; those of another filter or order are refused. */
function createCursors({ gateway: { ids } }: Operation, list: readonly unknown[]) {
  const name = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);
  return {
    seal: ([value, customer]: SearchPlace): string => ids.sealCursor(['customers', name, value, customer]),
    open(cursor: string | null | undefined): SearchPlace | null {
      if (cursor === null || cursor === undefined) return null;
      const opened = cursorShape.safeParse(ids.openCursor(cursor));
      if (!opened.success || opened.data[1] !== name)
        throw badUserInput('This cursor belongs to another list, or to the same one with another filter or order.');
      return [opened.data[2], opened.data[3]];
    },
  };
}
