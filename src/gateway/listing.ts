import { createHash } from 'node:crypto';
import type { FindCriteria } from '../contract/provider.ts';
import { badUserInput, GatewayError, unsupported } from '../errors.ts';
import type { Ids, RecordKey } from '../ids/ids.ts';
import { type CustomerRecords, customerOf } from './customer.ts';
import type { Member } from './gateway.ts';
import { notConfigured, type Operation } from './operation.ts';
import { asRecords, type Position, pageSize, walk } from './pages.ts';
import { type ProviderRecord, sameKey } from './record.ts';

export type SearchExtent = 'COMPLETE' | 'PARTIAL' | 'KNOWN_ONLY' | 'FAILED' | 'NOT_CONFIGURED';

/** How far one provider was searched: empty is not the same as not searched. */
export interface Coverage {
  readonly member: Member;
  readonly extent: SearchExtent;
  readonly records: number | null;
  readonly asOf: Date | null;
  readonly reason: string | null;
}

export interface ListedCustomer {
  readonly customer: CustomerRecords;
  /** Seals the cursor: done for those who ask for it. */
  readonly cursor: () => string;
}

export interface CustomerPage {
  readonly items: readonly ListedCustomer[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
  readonly coverage: readonly Coverage[];
}

export interface ListingRequest {
  readonly first: number | null;
  readonly after: string | null;
  /** In the order of trust. */
  readonly members: readonly Member[];
  /** Asks the one member's own find, where its criteria are given. */
  readonly find: FindCriteria | null;
}

/** What a cursor of `customers` holds: which listing, where in it, and which providers failed on the way. */
interface Place {
  readonly provider: string;
  readonly position: Position;
  readonly failed: readonly string[];
}

/** Lists customers live, provider by provider in the order of trust; a customer appears once, at its first listed record. */
export async function listCustomers(operation: Operation, request: ListingRequest): Promise<CustomerPage> {
  const size = pageSize(request.first);
  const cursors = new Cursors(operation.gateway.ids, request);
  const start = request.after === null ? null : cursors.open(request.after);
  if (request.find) return findCustomers(operation, request, size, cursors, start);

  const listing = new Listing(operation, request.members, cursors, size, start);
  for (const member of request.members) await listing.add(member);
  return listing.page();
}

class Listing {
  readonly #operation: Operation;
  readonly #members: readonly Member[];
  readonly #cursors: Cursors;
  readonly #size: number;
  readonly #start: Place | null;
  readonly #items: ListedCustomer[] = [];
  readonly #coverage: Coverage[] = [];
  readonly #failed: string[];
  #reached: boolean;
  #more = false;
  #total: number | null = null;

  constructor(operation: Operation, members: readonly Member[], cursors: Cursors, size: number, start: Place | null) {
    this.#operation = operation;
    this.#members = members;
    this.#cursors = cursors;
    this.#size = size;
    this.#start = start;
    this.#failed = [...(start?.failed ?? [])];
    this.#reached = start === null;
  }

  async add(member: Member): Promise<void> {
    const starts = this.#start?.provider === member.id;
    this.#reached ||= starts;
    const coverage = await this.#walk(member, starts && this.#start ? this.#start.position : { mark: null, place: 0 });
    this.#coverage.push({ member, records: null, asOf: null, reason: null, ...coverage });
  }

  async #walk(member: Member, from: Position): Promise<Pick<Coverage, 'extent'> & Partial<Coverage>> {
    if (!member.connection) return { extent: 'NOT_CONFIGURED', reason: notConfigured(member).message };
    if (this.#failed.includes(member.id))
      return { extent: 'FAILED', reason: 'It could not be asked for an earlier page.' };
    if (!this.#reached) return { extent: extentOf(member), reason: 'Listed on earlier pages.' };
    if (this.#more) return { extent: 'PARTIAL', reason: 'Comes on later pages.', records: 0 };
    try {
      const found = await walk(this.#operation, member, from, this.#size - this.#items.length, null, (key) =>
        this.#isFirst(key),
      );
      for (const { record, after } of found.items) {
        const customer = await customerOf(this.#operation.gateway, record.key);
        const place: Place = { provider: member.id, position: after, failed: [...this.#failed] };
        this.#items.push({ customer, cursor: () => this.#cursors.seal(place) });
      }
      this.#more = found.more;
      this.#total = found.total;
      return {
        extent: found.more ? 'PARTIAL' : extentOf(member),
        reason: found.more
          ? 'Goes on on later pages.'
          : member.provider.capabilities.LIST.support === 'NATIVE'
            ? null
            : (member.provider.capabilities.LIST.note ?? null),
        records: found.items.length,
        asOf: new Date(this.#operation.gateway.clock.now()),
      };
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      this.#failed.push(member.id);
      return { extent: 'FAILED', reason: thrown.message };
    }
  }

  /** A customer of several records stands at the first of them, in the order of trust, that is listed here. */
  async #isFirst(key: RecordKey): Promise<boolean> {
    const { records } = await customerOf(this.#operation.gateway, key);
    const listed = new Set(
      this.#members.filter((each) => each.connection && !this.#failed.includes(each.id)).map((each) => each.id),
    );
    const first = records.find(({ provider }) => listed.has(provider));
    return first === undefined || sameKey(first, key);
  }

  page(): CustomerPage {
    // Several providers can hold the same customer, so only a single one's own count is a count of customers.
    const alone = this.#members.length === 1;
    return {
      items: this.#items,
      hasNextPage: this.#more,
      hasPreviousPage: this.#start !== null,
      totalCount: alone ? this.#total : null,
      coverage: this.#coverage,
    };
  }
}

const extentOf = (member: Member): SearchExtent =>
  member.provider.capabilities.LIST.support === 'NATIVE' ? 'COMPLETE' : 'KNOWN_ONLY';

/** The one member's own find: it is not paged, so a page is cut out of the whole. */
async function findCustomers(
  operation: Operation,
  request: ListingRequest,
  size: number,
  cursors: Cursors,
  start: Place | null,
): Promise<CustomerPage> {
  const [member] = request.members;
  const { find } = request;
  if (!member || !find) throw unsupported('Only a provider with a search of its own can be searched.');
  const nothing = (extent: SearchExtent, { message }: GatewayError): CustomerPage => {
    const coverage: Coverage = { member, extent, records: null, asOf: null, reason: message };
    return { items: [], hasNextPage: false, hasPreviousPage: start !== null, totalCount: null, coverage: [coverage] };
  };
  if (!member.connection) return nothing('NOT_CONFIGURED', notConfigured(member));
  let records: readonly ProviderRecord[];
  try {
    const found = (await member.connection.find?.(find, operation.limits)) ?? [];
    records = asRecords(operation, member, member.connection, found);
  } catch (thrown) {
    // A criterion that can't be asked for is the caller's mistake; whatever else went wrong is the provider's.
    if (!(thrown instanceof GatewayError) || thrown.code === 'BAD_USER_INPUT') throw thrown;
    return nothing('FAILED', thrown);
  }
  const from = start?.position.place ?? 0;
  const items: ListedCustomer[] = [];
  for (const [index, record] of records.slice(from, from + size).entries()) {
    operation.prime(record);
    const place: Place = { provider: member.id, position: { mark: null, place: from + index + 1 }, failed: [] };
    items.push({ customer: await customerOf(operation.gateway, record.key), cursor: () => cursors.seal(place) });
  }
  return {
    items,
    hasNextPage: from + size < records.length,
    hasPreviousPage: from > 0,
    totalCount: records.length,
    coverage: [
      {
        member,
        extent: 'COMPLETE',
        records: records.length,
        asOf: new Date(operation.gateway.clock.now()),
        reason: 'Its own find.',
      },
    ],
  };
}

/** Seals and opens the cursors of one listing; those of another filter are refused. */
class Cursors {
  readonly #ids: Ids;
  readonly #listing: string;

  constructor(ids: Ids, request: ListingRequest) {
    this.#ids = ids;
    const filter = JSON.stringify([request.members.map(({ id }) => id), request.find]);
    this.#listing = createHash('sha256').update(filter).digest('base64url').slice(0, 16);
  }

  seal({ provider, position, failed }: Place): string {
    return this.#ids.sealCursor(['customers', this.#listing, provider, position.mark, position.place, failed]);
  }

  open(cursor: string): Place {
    const [kind, listing, provider, mark, place, failed] = this.#ids.openCursor(cursor);
    if (kind !== 'customers' || listing !== this.#listing)
      throw badUserInput('This cursor belongs to another list, or to the same one with another filter.');
    return {
      provider: String(provider),
      position: { mark: mark as string | null, place: Number(place) },
      failed: failed as string[],
    };
  }
}

export interface RecordPage {
  readonly items: readonly { readonly record: ProviderRecord; readonly cursor: () => string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
}

/** One provider's records, live, page by page, in its own order. */
export async function listRecords(
  operation: Operation,
  member: Member,
  request: { readonly first: number | null; readonly after: string | null; readonly changedSince: Date | null },
): Promise<RecordPage> {
  const size = pageSize(request.first);
  if (request.changedSince && member.provider.capabilities.CHANGED_SINCE.support !== 'NATIVE') {
    throw unsupported(
      `${member.provider.title} can’t tell what changed since a time. Ask without changedSince.`,
      member.id,
    );
  }
  const { ids } = operation.gateway;
  const listing = ['records', member.id, request.changedSince?.getTime() ?? null];
  let from: Position = { mark: null, place: 0 };
  if (request.after !== null) {
    const opened = ids.openCursor(request.after);
    if (listing.some((part, index) => opened[index] !== part))
      throw badUserInput('This cursor belongs to another list.');
    from = { mark: opened[3] as string | null, place: Number(opened[4]) };
  }
  const { items, more, total } = await walk(operation, member, from, size, request.changedSince);
  return {
    items: items.map(({ record, after }) => ({
      record,
      cursor: () => ids.sealCursor([...listing, after.mark, after.place]),
    })),
    hasNextPage: more,
    hasPreviousPage: request.after !== null,
    totalCount: total,
  };
}
