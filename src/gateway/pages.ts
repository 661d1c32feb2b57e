import type { Connection } from '../contract/provider.ts';
import { badUserInput, GatewayError } from '../errors.ts';
import { badResponse } from '../http/answer.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { KnownRecord } from '../store/store.ts';
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

/** Leaves a record out of the count and the items. */
type Accept = (record: RecordKey) => Promise<boolean>;

/**
 * Walks a provider's listing from a position until `wanted` records are found, page by page in its own order; of a
 * provider that can't list, the records known here. Going on inside a page reads that page again. Records read are
 * primed: nothing asks for them once more.
 * @throws GatewayError of the provider; PROVIDER_NOT_CONFIGURED
 */
export async function walk(
  operation: Operation,
  member: Member,
  from: Position,
  wanted: number,
  changedSince: Date | null,
  accept: Accept = async () => true,
): Promise<Walk> {
  if (!member.connection) throw notConfigured(member);
  if (!member.connection.list) return walkKnown(operation, member, from, wanted, accept);
  const items: Listed[] = [];
  let position = from;
  let total: number | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await member.connection.list({ mark: position.mark, changedSince }, operation.limits);
    const records = asRecords(operation, member, member.connection, page.records);
    total = page.total;
    for (const [index, record] of records.entries()) {
      if (index < position.place || !(await accept(record.key))) continue;
      if (items.length === wanted) return { items, more: true, total };
      operation.prime(record);
      const lastOfPage = index === records.length - 1;
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

/**
 * The records known here, those that the provider still has. Each costs a call, so none is read but the wanted ones and
 * the one behind them, which tells whether the listing goes on.
 */
async function walkKnown(
  operation: Operation,
  member: Member,
  from: Position,
  wanted: number,
  accept: Accept,
): Promise<Walk> {
  const items: Listed[] = [];
  for await (const accepted of knownRecords(operation, member, Number(from.mark ?? 0), accept)) {
    while (accepted.length > 0) {
      const batch = accepted.splice(0, wanted - items.length + 1);
      for (const [record, reading] of await readAll(operation, batch)) {
        if (items.length === wanted) return { items, more: true, total: null };
        if (reading instanceof GatewayError) throw reading;
        items.push({ record: reading, after: { mark: String(record.sequence), place: 0 } });
      }
    }
  }
  return { items, more: false, total: null };
}

async function* knownRecords(
  operation: Operation,
  member: Member,
  after: number,
  accept: Accept,
): AsyncGenerator<KnownRecord[]> {
  let sequence = after;
  for (;;) {
    const known = await operation.gateway.store.page(member.id, sequence, KNOWN_PAGE);
    const isAccepted = await Promise.all(known.map(accept));
    yield known.filter((_, index) => isAccepted[index]);
    const last = known.at(-1);
    if (!last || known.length < KNOWN_PAGE) return;
    sequence = last.sequence;
  }
}

/** Those that the provider still has, or that it could not be asked for. */
async function readAll(
  operation: Operation,
  records: readonly KnownRecord[],
): Promise<(readonly [KnownRecord, ProviderRecord | GatewayError])[]> {
  const readings = await Promise.all(
    records.map(({ provider, providerId }) => operation.read({ provider, providerId })),
  );
  return records.flatMap((record, index) => {
    const reading = readings[index];
    return reading ? [[record, reading] as const] : [];
  });
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
