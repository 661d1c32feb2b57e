import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FindCriteria } from '../contract/provider.ts';
import { badUserInput, GatewayError, unsupported } from '../errors.ts';
import { type Ids, type RecordKey, sameKey } from '../ids/ids.ts';
import { type CustomerRecords, customerOf } from './customer.ts';
import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { asRecords, type Position, pageSize, type Walk, walk } from './pages.ts';
import { notConfigured } from './reading.ts';
import type { ProviderRecord } from './record.ts';

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
  /** Could not be listed at all: what they hold of a customer counts for nothing. */
  readonly failed: readonly string[];
  /** Failed after some of their customers had been listed: those must not appear again elsewhere. */
  readonly broken: readonly string[];
}

/** Lists customers live, provider by provider in the order of trust; a customer appears once, at its first listed record. */
export async function listCustomers(operation: Operation, request: ListingRequest): Promise<CustomerPage> {
  const size = pageSize(request.first);
  const cursors = new Cursors(operation.gateway.ids, request);
  const start = request.after === null ? null : cursors.open(request.after);
  const list = request.find ? findCustomers : listLive;
  return list(operation, request, size, cursors, start);
}

async function listLive(
  operation: Operation,
  { members }: ListingRequest,
  size: number,
  cursors: Cursors,
  start: Place | null,
): Promise<CustomerPage> {
  const items: ListedCustomer[] = [];
  const coverage: Coverage[] = [];
  const failed = [...(start?.failed ?? [])];
  const broken = [...(start?.broken ?? [])];
  let isReached = start === null;
  let more = false;
  let total: number | null = null;
  for (const member of members) {
    const from = member.id === start?.provider ? start.position : BEGINNING;
    isReached ||= member.id === start?.provider;
    const skipped = notWalked(member, [...failed, ...broken], isReached, more);
    if (skipped) {
      coverage.push(skipped);
      continue;
    }
    try {
      const listed = members.filter(({ id, connection }) => connection && !failed.includes(id)).map(({ id }) => id);
      const found = await walk(operation, member, from, size - items.length, null, (key) =>
        customerAt(operation, key, listed),
      );
      const way = { provider: member.id, failed: [...failed], broken: [...broken] };
      for (const { wanted, after } of found.items) {
        items.push({ customer: wanted, cursor: () => cursors.seal({ ...way, position: after }) });
      }
      more = found.more;
      total = found.total;
      coverage.push(walked(member, found, new Date(operation.gateway.clock.now())));
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      (from === BEGINNING ? failed : broken).push(member.id);
      coverage.push(covered(member, 'FAILED', thrown.message));
    }
  }
  // Several providers can hold the same customer, so only a single one's own count is a count of customers.
  const totalCount = members.length === 1 ? total : null;
  return { items, hasNextPage: more, hasPreviousPage: start !== null, totalCount, coverage };
}

const BEGINNING: Position = { mark: null, place: 0 };

/** The customer of a record, where it stands: at the first of its records, in the order of trust, that is listed here. */
async function customerAt(
  operation: Operation,
  key: RecordKey,
  listed: readonly string[],
): Promise<CustomerRecords | null> {
  const customer = await customerOf(operation, key);
  const first = customer.records.find(({ provider }) => listed.includes(provider));
  return first === undefined || sameKey(first, key) ? customer : null;
}

const covered = (member: Member, extent: SearchExtent, reason: string | null): Coverage => ({
  ...{ member, extent, reason, records: null, asOf: null },
});

/** Why a provider is not listed on this page, if it isn't. */
function notWalked(member: Member, failed: readonly string[], isReached: boolean, more: boolean): Coverage | null {
  if (!member.connection) return covered(member, 'NOT_CONFIGURED', notConfigured(member).message);
  if (failed.includes(member.id)) return covered(member, 'FAILED', 'It could not be asked for an earlier page.');
  if (!isReached) return covered(member, extentOf(member), 'Listed on earlier pages.');
  return more ? { ...covered(member, 'PARTIAL', 'Comes on later pages.'), records: 0 } : null;
}

function walked(member: Member, found: Walk<unknown>, asOf: Date): Coverage {
  const { support, note = null } = member.provider.capabilities.LIST;
  const reason = found.more ? 'Goes on on later pages.' : support === 'NATIVE' ? null : note;
  return { member, extent: found.more ? 'PARTIAL' : extentOf(member), records: found.items.length, asOf, reason };
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
    const coverage = [covered(member, extent, message)];
    return { items: [], hasNextPage: false, hasPreviousPage: start !== null, totalCount: null, coverage };
  };
  if (!member.connection) return nothing('NOT_CONFIGURED', notConfigured(member));
  let records: readonly ProviderRecord[];
  try {
    const { connection } = member;
    records = await operation.once(JSON.stringify(['find', member.id, find]), async () =>
      asRecords(operation, member, connection, (await connection.find?.(find, operation.limits)) ?? []),
    );
  } catch (thrown) {
    // A criterion that can't be asked for is the caller's mistake; whatever else went wrong is the provider's.
    if (!(thrown instanceof GatewayError) || thrown.code === 'BAD_USER_INPUT') throw thrown;
    return nothing('FAILED', thrown);
  }
  const from = start?.position.place ?? 0;
  const items: ListedCustomer[] = [];
  for (const [index, record] of records.slice(from, from + size).entries()) {
    operation.prime(record);
    const place: Place = {
      provider: member.id,
      position: { mark: null, place: from + index + 1 },
      failed: [],
      broken: [],
    };
    items.push({ customer: await customerOf(operation, record.key), cursor: () => cursors.seal(place) });
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

  seal({ provider, position, failed, broken }: Place): string {
    const { mark, place } = position;
    return this.#ids.sealCursor(['customers', this.#listing, provider, mark, place, failed, broken]);
  }

  open(cursor: string): Place {
    const opened = customersCursor.safeParse(this.#ids.openCursor(cursor));
    if (!opened.success || opened.data[1] !== this.#listing) {
      throw badUserInput('This cursor belongs to another list, or to the same one with another filter.');
    }
    const [, , provider, mark, place, failed, broken] = opened.data;
    return { provider, position: { mark, place }, failed, broken };
  }
}

const position = [z.string().nullable(), z.number()] as const;
const names = z.array(z.string());
const customersCursor = z.tuple([z.literal('customers'), z.string(), z.string(), ...position, names, names]);
const recordsCursor = z.tuple([z.literal('records'), z.string(), z.number().nullable(), ...position]);

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
  const since = request.changedSince?.getTime() ?? null;
  let from = BEGINNING;
  if (request.after !== null) {
    const opened = recordsCursor.safeParse(ids.openCursor(request.after));
    if (!opened.success || opened.data[1] !== member.id || opened.data[2] !== since) {
      throw badUserInput('This cursor belongs to another list.');
    }
    from = { mark: opened.data[3], place: opened.data[4] };
  }
  const { items, more, total } = await walk(operation, member, from, size, request.changedSince, async () => true);
  return {
    items: items.map(({ record, after }) => ({
      record,
      cursor: () => ids.sealCursor(['records', member.id, since, after.mark, after.place]),
    })),
    hasNextPage: more,
    hasPreviousPage: request.after !== null,
    totalCount: total,
  };
}
