import { ownLink } from '../../contract/link.ts';
import type { Page } from '../../contract/provider.ts';
import { parseWire, sameRecord } from '../../contract/wire.ts';
import type { Written } from '../../contract/write.ts';
import { badResponse } from '../../http/answer.ts';
import type { CallLimits, ProviderRequest, Transport } from '../../http/transport.ts';
import { type OctobatCustomer, octobatBillingPage, octobatCustomer, octobatList } from './api.ts';

const PROVIDER = 'octobat';

/** OC-12: the customers document names no paging arguments; the general documentation does, with at most 100 a page. */
const PAGE_SIZE = '100';

export async function getCustomer(
  transport: Transport,
  id: string,
  limits: CallLimits,
): Promise<OctobatCustomer | null> {
  return transport.send(retrieval(id), limits, ({ status, json }) =>
    status === 404 ? null : sameRecord(PROVIDER, parseWire(PROVIDER, octobatCustomer, json), id),
  );
}

/** OC-4: read afresh for whoever may have it; a customer that was read before doesn't hold it. */
export async function getBillingPage(
  transport: Transport,
  base: URL,
  id: string,
  limits: CallLimits,
): Promise<string | null> {
  return transport.send(retrieval(id), limits, ({ status, json }) => {
    if (status === 404) return null;
    const wire = sameRecord(PROVIDER, parseWire(PROVIDER, octobatBillingPage, json), id);
    const page = ownLink(wire.octobat_billing_page, 'octobat.com', base);
    if (page === null) throw badResponse(PROVIDER, 'a billing page that is not a link to Octobat');
    return page;
  });
}

/** OC-14: without the slash of the definition, as the example has it; a redirect would not be followed. */
export async function listCustomers(
  transport: Transport,
  mark: string | null,
  limits: CallLimits,
): Promise<Page<OctobatCustomer>> {
  const query = { limit: PAGE_SIZE, ...(mark === null ? {} : { starting_after: mark }) };
  const request = { method: 'GET', path: '/customers', route: '/customers', query } as const;
  return transport.send(request, limits, ({ json }) => {
    const list = parseWire(PROVIDER, octobatList, json);
    const last = list.data.at(-1);
    if (list.has_more && (!last || last.id === mark)) throw badResponse(PROVIDER, 'a page that leads nowhere');
    return {
      records: list.data.map((wire) => ({ providerId: wire.id, wire })),
      next: list.has_more && last ? last.id : null,
      total: list.total_count ?? null,
    };
  });
}

/** Create (no id) or update; the reply is the customer. OC-9, OC-17: it may not echo what was sent, so it is not kept. */
export async function writeCustomer(
  transport: Transport,
  request: ProviderRequest,
  id: string | null,
  limits: CallLimits,
): Promise<Written<OctobatCustomer>> {
  return transport.send(request, limits, ({ json }) => {
    const wire = parseWire(PROVIDER, octobatCustomer, json);
    return { providerId: (id === null ? wire : sameRecord(PROVIDER, wire, id)).id };
  });
}

const retrieval = (id: string): ProviderRequest => ({
  method: 'GET',
  path: `/customers/${id}`,
  route: '/customers/:id',
});
