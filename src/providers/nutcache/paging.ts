import { badUserInput } from '../../errors.ts';
import { badResponse } from '../../http/answer.ts';
import type { NutcacheLink } from './api.ts';

/** NC-9: what a page may hold, by the document's own link; it may hold less and still not be the last. */
export const PAGE_SIZE = 10;

/** Nobody has a million customers here: a listing that goes on beyond is one without an end. */
const LAST_PAGE = 100_000;

/** The page that a mark stands for; null is the first. */
export function pageOf(mark: string | null): number {
  if (mark === null) return 1;
  const page = pageNumber(mark);
  if (page === null) throw badUserInput('This cursor belongs to no page of Nutcache.');
  return page;
}

/**
 * NC-8: there is no other word of the next page than a link, and it is relative: `customers?limit=10&page=2`. It is
 * never followed: the page number is all that is taken from it, and only when the link leads further along this list.
 * @param list the URL of this list, which the link is relative to
 * @param page the page that carried the links
 * @returns the number of the next page, null at the end
 */
export function nextPage(links: readonly NutcacheLink[], list: URL, page: number): number | null {
  const hrefs = links.filter((link) => link.rel === 'navigation-next').map((link) => link.href);
  const [href] = hrefs;
  if (hrefs.length === 0) return null;
  if (hrefs.length > 1 || typeof href !== 'string') throw badResponse('nutcache', 'a next page that is no single link');

  const url = URL.parse(href, list.href);
  const isOwn = url?.origin === list.origin && url.username === '' && url.password === '';
  if (!isOwn || !url.pathname.endsWith('/customers'))
    throw badResponse('nutcache', 'a next page that is not of this list');

  const pages = url.searchParams.getAll('page');
  const next = pages.length === 1 ? pageNumber(pages[0]) : null;
  if (next === null || next <= page) throw badResponse('nutcache', 'a next page that leads nowhere');

  // Pages are asked for ten by ten. Pages of fewer would be counted otherwise, and those between be missed.
  const limit = url.searchParams.get('limit');
  if (limit !== null && Number(limit) < PAGE_SIZE)
    throw badResponse('nutcache', 'pages of another size than documented');
  return next;
}

function pageNumber(text: string | undefined): number | null {
  const page = text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : null;
  return page !== null && page <= LAST_PAGE ? page : null;
}
