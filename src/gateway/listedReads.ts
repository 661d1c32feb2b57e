import { setImmediate } from 'node:timers/promises';
import type { Page } from '../contract/provider.ts';
import { GatewayError } from '../errors.ts';
import { type ListingSize, TIME_FOR_PAGES } from './batchPlan.ts';
import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { asRecords } from './pages.ts';
import { type Sought, seen } from './reading.ts';
import type { ProviderRecord } from './record.ts';

/** Somebody who waits for a record. */
export interface Waiting {
  readonly sought: Sought;
  readonly answer: PromiseWithResolvers<ProviderRecord | null>;
}

type IsWorthIt = (records: number, rest: ListingSize) => boolean;

/**
 * Answers who waits for records of a listing, page by page in its own order, for as long as its next pages are worth it.
 * @param size as far as it is known
 * @param isWorthIt asked before each page but the first, with how many records are wanted still and how much may come
 * @returns those whose record did not come: that says nothing of whether it is there
 */
export async function takeFromListing(
  operation: Operation,
  member: Member,
  wanted: readonly Waiting[],
  size: ListingSize,
  isWorthIt: IsWorthIt,
): Promise<readonly Waiting[]> {
  const { listings, unforeseen } = operation.gateway;
  const left = new Map(wanted.map((each) => [each.sought.key.providerId, each]));
  try {
    const isOver = await take(operation, member, left, size, isWorthIt);
    if (isOver && left.size > wanted.length / 2) listings.distrust(member.id);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) unforeseen(thrown, operation.requestId);
    if (isOfListing(thrown)) listings.distrust(member.id);
  }
  return [...left.values()];
}

/** @returns whether the listing is over, and not only better left */
async function take(
  operation: Operation,
  member: Member,
  left: Map<string, Waiting>,
  size: ListingSize,
  isWorthIt: IsWorthIt,
): Promise<boolean> {
  // It may have grown by a page since its size was told.
  for (let pages = 0, mark: string | null = null; pages <= size.pages; pages++) {
    const rest = Math.max(1, size.pages - pages);
    if (pages > 0 && !isWorthIt(left.size, { records: (size.records * rest) / size.pages, pages: rest })) return false;
    const askedAt = new Date(operation.gateway.clock.now());
    const { records, next } = await askFor(operation, member, mark);
    if (member.connection) handOut(operation, left, asRecords(member, member.connection, records, askedAt));
    if (next === null) break;
    mark = next;
  }
  return true;
}

async function askFor(operation: Operation, { id, connection }: Member, mark: string | null): Promise<Page<unknown>> {
  const { limits, leftMs, gateway } = operation;
  const { clock, listings } = gateway;
  if (!connection?.list) throw new Error(`${id} has no list`);
  const startedAt = clock.elapsed();
  try {
    const deadlineAt = startedAt + leftMs * TIME_FOR_PAGES;
    const page = await connection.list({ mark, changedSince: null }, { ...limits, deadlineAt });
    listings.took(id, 'pages', clock.elapsed() - startedAt);
    return page;
  } catch (thrown) {
    // Whoever has no more time than that does not wait for the next one.
    if (thrown instanceof GatewayError && thrown.code === 'DEADLINE_EXCEEDED' && !limits.hangUp?.isOver)
      listings.pageTakesAtLeast(id, clock.elapsed() - startedAt);
    throw thrown;
  }
}

function handOut(operation: Operation, left: Map<string, Waiting>, records: readonly ProviderRecord[]): void {
  const others: ProviderRecord[] = [];
  for (const record of records) {
    const waiting = left.get(record.key.providerId);
    if (waiting) waiting.answer.resolve(seen(operation, record, waiting.sought.known));
    else others.push(record);
    left.delete(record.key.providerId);
  }
  if (others.length > 0) void keepOthers(operation, others);
}

/** What came beside what was wanted is kept as well, when those who wait have their answers. */
async function keepOthers({ gateway, requestId }: Operation, others: readonly ProviderRecord[]): Promise<void> {
  await setImmediate();
  try {
    gateway.directory.listed(others);
  } catch (thrown) {
    gateway.unforeseen(thrown, requestId);
  }
}

/** Whether it is the listing that can't be had, and not calls to this provider, or time, that there are none of. */
const isOfListing = (thrown: unknown): boolean =>
  !(thrown instanceof GatewayError) ||
  (!thrown.saysNothing && thrown.delivery !== 'not-sent' && thrown.code !== 'PROVIDER_RATE_LIMITED');
