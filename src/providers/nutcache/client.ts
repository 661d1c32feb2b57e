import type { Page } from '../../contract/provider.ts';
import { parseWire, sameRecord } from '../../contract/wire.ts';
import { badResponse } from '../../http/answer.ts';
import type { CallLimits, Transport } from '../../http/transport.ts';
import { type NutcacheCustomer, nutcacheAnswer } from './api.ts';
import { nextPage, PAGE_SIZE, pageOf } from './paging.ts';

const PROVIDER = 'nutcache';
const LIST = '/webapi/customers';

/** NC-3: `readPath` is a setting. NC-4: the customer comes in a list of one; an empty one is no such customer. */
export async function getCustomer(
  transport: Transport,
  readPath: string,
  id: string,
  limits: CallLimits,
): Promise<NutcacheCustomer | null> {
  const path = readPath.replace(':id', id);
  return transport.send({ method: 'GET', path, route: readPath }, limits, ({ status, json }) => {
    if (status === 404) return null;
    const [customer, ...others] = parseWire(PROVIDER, nutcacheAnswer, json).customers;
    if (!customer) return null;
    // NC-3: the document's curl for one customer asks for the list.
    if (others.length > 0) throw badResponse(PROVIDER, 'several customers where one was asked for');
    return sameRecord(PROVIDER, customer, id);
  });
}

/** NC-8: the mark is the page's number. The first page is asked for as the document does, without any. */
export async function listCustomers(
  transport: Transport,
  base: URL,
  mark: string | null,
  limits: CallLimits,
): Promise<Page<NutcacheCustomer>> {
  const page = pageOf(mark);
  const query = mark === null ? {} : { query: { limit: String(PAGE_SIZE), page: String(page) } };
  return transport.send({ method: 'GET', path: LIST, route: LIST, ...query }, limits, ({ json }) => {
    const { customers, links } = parseWire(PROVIDER, nutcacheAnswer, json);
    const next = nextPage(links ?? [], listUrl(base), page);
    return {
      records: customers.map((wire) => ({ providerId: String(wire.id), wire })),
      next: next === null ? null : String(next),
      total: null,
    };
  });
}

/** A path in the base URL is kept as a prefix, as the transport does. */
const listUrl = (base: URL): URL => new URL(base.pathname.replace(/\/+$/, '') + LIST, base.origin);
