import type { Clock } from '../../clock.ts';
import type { Connection, PageRequest } from '../../contract/provider.ts';
import { badResponse } from '../../http/answer.ts';
import type { Member } from '../gateway.ts';
import { asRecords, countable } from '../pages.ts';
import type { ProviderRecord } from '../record.ts';
import type { Calls } from './calls.ts';

/** A page of a listing, ready to be kept. */
export interface ListedPage {
  /** Each once. */
  readonly records: readonly ProviderRecord[];
  /** null at the end. */
  readonly next: string | null;
  /** As the provider says; null where it doesn't. */
  readonly total: number | null;
}

/** Some ten million records of any provider, a million of Nutcache's: nobody has more, and a listing has to end. */
const MOST_PAGES = 100_000;

export interface ListingParts {
  readonly member: Member;
  readonly connection: Connection;
  readonly calls: Calls;
  readonly clock: Clock;
}

/**
 * A provider's listing from a page on, in its own order. The next page is asked for while this one is looked at.
 * @param before how many pages were listed before
 * @throws GatewayError of the provider; PROVIDER_BAD_RESPONSE where it leads to a page that was there already, or never ends
 */
export async function* listing(
  { member, connection, calls, clock }: ListingParts,
  from: PageRequest,
  before: number,
): AsyncGenerator<ListedPage> {
  const marks = new Set([from.mark]);
  const { changedSince } = from;
  const list = connection.list?.bind(connection);
  if (!list) throw new Error(`${member.id} has no list`);
  const ask = async (mark: string | null): Promise<ListedPage> => {
    let askedAt = clock.now();
    const { records, next, total } = await calls((limits) => {
      askedAt = clock.now();
      return list({ mark, changedSince }, limits);
    });
    if (next !== null && marks.has(next)) throw badResponse(member.id, 'a page that leads back to an earlier one');
    if (next !== null) marks.add(next);
    const last = new Map(records.map((record) => [record.providerId, record]));
    const wrapped = asRecords(member, connection, [...last.values()], new Date(askedAt));
    return { records: wrapped, next, total: countable(total) };
  };

  let page = ask(from.mark);
  for (let pages = before + 1; ; pages++) {
    const { next, ...rest } = await page;
    if (next !== null && pages >= MOST_PAGES)
      throw badResponse(member.id, `a listing that does not end (${MOST_PAGES} pages)`);
    if (next !== null) {
      page = ask(next);
      // Whoever looks at this page may fail first, and then nobody looks at the next one.
      page.catch(() => undefined);
    }
    yield { ...rest, next };
    if (next === null) return;
  }
}
