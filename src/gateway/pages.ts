import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../contract/provider.ts';
import { badUserInput, GatewayError, unsupported } from '../errors.ts';
import { badResponse } from '../http/answer.ts';
import type { RecordKey } from '../ids/ids.ts';
import type { KnownRecord } from '../store/store.ts';
import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { notConfigured } from './reading.ts';
import { liveRecord, type ProviderRecord } from './record.ts';

/** The contract's bounds for every `first`, `last` and `ids`. */
const DEFAULT_SIZE = 50;
const MAX_SIZE = 500;
const MAX_INT = 2 ** 31 - 1;

/** A provider may hand out so many pages for one operation: enough for 500 of any, an end to endless ones. */
const MAX_PAGES = 200;
const KNOWN_PAGE = 100;

/** A place in a provider's listing: the mark of a page, and how many records of that page come before. */
export interface Position {
  readonly mark: string | null;
  readonly place: number;
}

export interface Listed<Wanted> {
  readonly record: ProviderRecord;
  /** What it was accepted as. */
  readonly wanted: Wanted;
  /** Where to go on after this record. */
  readonly after: Position;
}

/** What came of walking a provider's listing. */
export interface Walk<Wanted> {
  readonly items: readonly Listed<Wanted>[];
  /** Whether the listing goes on behind the last item. */
  readonly more: boolean;
  /** As the provider says; null where it doesn't. */
  readonly total: number | null;
}

/** A count that GraphQL's Int can tell; a provider that says more than that knows nothing. */
export const countable = (count: number | null): number | null =>
  count !== null && Number.isInteger(count) && count >= 0 && count <= MAX_INT ? count : null;

/** @throws GatewayError BAD_USER_INPUT unless it is 0 to 500 */
export function pageSize(asked: number | null | undefined, argument = 'first'): number {
  const size = asked ?? DEFAULT_SIZE;
  if (size < 0 || size > MAX_SIZE) throw badUserInput(`${argument} must be from 0 to ${MAX_SIZE}.`);
  return size;
}

/** Says what a record is wanted as; null leaves it out of the count and the items. */
type Accept<Wanted> = (record: RecordKey) => Promise<Wanted | null>;

/**
 * Walks a provider's listing from a position until `wanted` records are found, page by page in its own order; of a
 * provider that can't list, the records known here. Going on inside a page reads that page again. Records read are
 * primed: nothing asks for them once more.
 * @throws GatewayError of the provider; PROVIDER_NOT_CONFIGURED
 */
export async function walk<Wanted>(
  operation: Operation,
  member: Member,
  from: Position,
  size: number,
  changedSince: Date | null,
  accept: Accept<Wanted>,
): Promise<Walk<Wanted>> {
  if (!member.connection) throw notConfigured(member);
  if (!member.connection.list) return walkKnown(operation, member, from, size, accept);
  const items: Listed<Wanted>[] = [];
  let position = from;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await readPage(operation, member, member.connection, position.mark, changedSince);
    const { next, total } = page;
    for (const [index, record] of page.records.entries()) {
      const wanted = index < position.place ? null : await accept(record.key);
      if (wanted === null) continue;
      if (items.length === size) return { items, more: true, total };
      operation.prime(record);
      items.push({ record, wanted, after: positionAfter(page, position.mark, index) });
    }
    if (next === null) return { items, more: false, total };
    position = { mark: next, place: 0 };
  }
  throw badResponse(member.id, `a listing that does not end (${MAX_PAGES} pages)`);
}

const positionAfter = ({ records, next }: Page, mark: string | null, index: number): Position =>
  index === records.length - 1 && next !== null ? { mark: next, place: 0 } : { mark, place: index + 1 };

/** A page is asked for once an operation, under however many names it is listed. */
function readPage(
  operation: Operation,
  member: Member,
  connection: Connection,
  mark: string | null,
  changedSince: Date | null,
): Promise<Page> {
  return operation.once(JSON.stringify(['page', member.id, mark, changedSince]), async () => {
    const askedAt = new Date(operation.gateway.clock.now());
    const page = await connection.list?.({ mark, changedSince }, operation.limits);
    if (!page) throw unsupported(`${member.provider.title} has no list.`, member.id);
    const records = asRecords(member, connection, page.records, askedAt);
    operation.gateway.directory.listed(records);
    return {
      records,
      next: page.next,
      total: countable(page.total),
    };
  });
}

interface Page {
  readonly records: readonly ProviderRecord[];
  readonly next: string | null;
  readonly total: number | null;
}

/**
 * The records known here, those that the provider still has. Each costs a call, so none is read but the wanted ones and
 * the one behind them, which tells whether the listing goes on.
 */
async function walkKnown<Wanted>(
  operation: Operation,
  member: Member,
  from: Position,
  size: number,
  accept: Accept<Wanted>,
): Promise<Walk<Wanted>> {
  const items: Listed<Wanted>[] = [];
  for await (const accepted of knownRecords(operation, member, Number(from.mark ?? 0), accept)) {
    while (accepted.length > 0) {
      const batch = accepted.splice(0, size - items.length + 1);
      for (const { known, wanted, reading } of await readAll(operation, batch)) {
        if (items.length === size) return { items, more: true, total: null };
        if (reading instanceof GatewayError) throw reading;
        items.push({ record: reading, wanted, after: { mark: String(known.sequence), place: 0 } });
      }
    }
  }
  return { items, more: false, total: null };
}

interface Known<Wanted> {
  readonly known: KnownRecord;
  readonly wanted: Wanted;
}

async function* knownRecords<Wanted>(
  operation: Operation,
  member: Member,
  after: number,
  accept: Accept<Wanted>,
): AsyncGenerator<Known<Wanted>[]> {
  let sequence = after;
  for (;;) {
    const page = await operation.gateway.store.page(member.id, sequence, KNOWN_PAGE);
    const wanted = await Promise.all(page.map(accept));
    yield page.flatMap((known, index) => {
      const as = wanted[index] ?? null;
      // A list brings nothing back that was erased, and reading it would.
      return as === null || known.erasedAt ? [] : [{ known, wanted: as }];
    });
    const last = page.at(-1);
    if (!last || page.length < KNOWN_PAGE) return;
    sequence = last.sequence;
    // The embedded store answers at once: without a pause, a long walk would keep everything else waiting.
    await setImmediate();
  }
}

/** Those that the provider still has, or that it could not be asked for. */
async function readAll<Wanted>(
  operation: Operation,
  batch: readonly Known<Wanted>[],
): Promise<(Known<Wanted> & { readonly reading: ProviderRecord | GatewayError })[]> {
  const readings = await Promise.all(
    batch.map(({ known: { provider, providerId } }) => operation.read({ provider, providerId })),
  );
  return batch.flatMap((each, index) => {
    const reading = readings[index];
    return reading ? [{ ...each, reading }] : [];
  });
}

/**
 * Wraps what a listing or a find gave.
 * @param fetchedAt when it was asked for: what comes is at least as new
 * @throws PROVIDER_BAD_RESPONSE for an id that no later request could carry
 */
export function asRecords(
  member: Member,
  connection: Connection,
  records: readonly { readonly providerId: string; readonly wire: unknown }[],
  fetchedAt: Date,
): readonly ProviderRecord[] {
  return records.map(({ providerId, wire }) => {
    if (!member.provider.idGrammar.test(providerId))
      throw badResponse(member.id, 'a record with an id of another form than documented');
    return liveRecord({ provider: member.id, providerId }, connection, wire, fetchedAt);
  });
}
