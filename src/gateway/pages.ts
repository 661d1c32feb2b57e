import type { Connection } from '../contract/provider.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import { badResponse } from '../http/answer.ts';
import type { Member } from './gateway.ts';
import { notConfigured, type Operation } from './operation.ts';
import type { ProviderRecord } from './record.ts';

/** The contract's bounds for every `first`, `last` and `ids`. */
const DEFAULT_SIZE = 50;
const MAX_SIZE = 500;

/** A provider may hand out so many pages for one operation: enough for 500 of any, an end to endless ones. */
const MAX_PAGES = 200;
const KNOWN_PAGE = 100;

/** A place in a provider's listing: the mark of a page, and how many records of that page come before. */
export interface Position {
  readonly mark: string | null;
  readonly place: number;
}

export interface Listed {
  readonly record: ProviderRecord;
  /** Where to go on after this record. */
  readonly after: Position;
}

/** What came of walking a provider's listing. */
export interface Walk {
  readonly items: readonly Listed[];
  /** Whether the listing goes on behind the last item. */
  readonly more: boolean;
  /** As the provider says; null where it doesn't. */
  readonly total: number | null;
}

/** @throws GatewayError BAD_USER_INPUT unless it is 0 to 500 */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_SIZE;
  if (size < 0 || size > MAX_SIZE) throw badUserInput(`first must be from 0 to ${MAX_SIZE}.`);
  return size;
}

/**
 * Walks a provider's listing from a position until `wanted` records are found, page by page in its own order. Going on
 * inside a page reads that page again. Records read are primed: nothing asks for them once more.
 * @param accept leaves a record out of the count and the items
 * @throws GatewayError of the provider; PROVIDER_NOT_CONFIGURED
 */
export async function walk(
  operation: Operation,
  member: Member,
  from: Position,
  wanted: number,
  changedSince: Date | null,
  accept: (record: ProviderRecord) => Promise<boolean> = async () => true,
): Promise<Walk> {
  const connection = member.connection;
  if (!connection) throw notConfigured(member);
  const items: Listed[] = [];
  let position = from;
  let total: number | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await readPage(operation, member, connection, position.mark, changedSince);
    total = page.total;
    for (const [index, record] of page.records.entries()) {
      if (index < position.place || !(await accept(record))) continue;
      if (items.length === wanted) return { items, more: true, total };
      operation.prime(record);
      const lastOfPage = index === page.records.length - 1;
      items.push({
        record,
        after:
          lastOfPage && page.next !== null ? { mark: page.next, place: 0 } : { mark: position.mark, place: index + 1 },
      });
    }
    if (page.next === null) return { items, more: false, total };
    position = { mark: page.next, place: 0 };
  }
  throw badResponse(member.id, `a listing that does not end (${MAX_PAGES} pages)`);
}

interface RecordPage {
  readonly records: readonly ProviderRecord[];
  readonly next: string | null;
  readonly total: number | null;
}

async function readPage(
  operation: Operation,
  member: Member,
  connection: Connection,
  mark: string | null,
  changedSince: Date | null,
): Promise<RecordPage> {
  if (!connection.list) return knownPage(operation, member, mark);
  const page = await connection.list({ mark, changedSince }, operation.limits);
  return { ...page, records: asRecords(operation, member, connection, page.records) };
}

/** Wraps what a listing or a find gave. @throws PROVIDER_BAD_RESPONSE for an id that no later request could carry */
export function asRecords(
  operation: Operation,
  member: Member,
  connection: Connection,
  records: readonly { readonly providerId: string; readonly wire: unknown }[],
): readonly ProviderRecord[] {
  const fetchedAt = new Date(operation.gateway.clock.now());
  return records.map(({ providerId, wire }) => {
    if (!member.provider.idGrammar.test(providerId))
      throw badResponse(member.id, 'a record with an id of another form than documented');
    return { key: { provider: member.id, providerId }, connection, wire, servedFrom: 'LIVE', fetchedAt };
  });
}

/** A provider that can't list: the records known here, those that the provider still has. */
async function knownPage(operation: Operation, member: Member, mark: string | null): Promise<RecordPage> {
  const { store } = operation.gateway;
  const known = await store.page(member.id, Number(mark ?? 0), KNOWN_PAGE);
  const readings = await Promise.all(
    known.map((record) => operation.read({ provider: member.id, providerId: record.providerId })),
  );
  const problem = readings.find((reading) => reading instanceof GatewayError);
  if (problem) throw problem;
  const last = known.length === KNOWN_PAGE ? known.at(-1) : undefined;
  return {
    records: readings.filter(
      (reading): reading is ProviderRecord => reading !== null && !(reading instanceof GatewayError),
    ),
    next: last ? String(last.sequence) : null,
    total: null,
  };
}
