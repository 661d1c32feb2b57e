import type { z } from 'zod';
import type { FindCriteria, Page, PageRequest, WireRecord } from '../../contract/provider.ts';
import { parseWire, sameRecord } from '../../contract/wire.ts';
import type { Written } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { badResponse } from '../../http/answer.ts';
import type { CallLimits, ProviderAnswer, ProviderRequest, Transport } from '../../http/transport.ts';
import {
  type CycleSoftwareCustomer,
  type CycleSoftwareWire,
  customer,
  customerList,
  customers,
  heldAs,
} from './api.ts';
import { findQueries } from './find.ts';
import { modifiedSince } from './since.ts';

const PROVIDER = 'cycle-software';

/** What every call needs. CS-10: the provider's clock is local, and the document does not say where. */
interface Api {
  readonly transport: Transport;
  readonly timeZone: string;
}

/** CS-8: one customer is an object. CS-20: the path ends in `.json`. */
export async function getCustomer(api: Api, id: string, limits: CallLimits): Promise<CycleSoftwareWire | null> {
  const path = `/api/v1/customers/${id}.json`;
  return api.transport.send({ method: 'GET', path, route: '/api/v1/customers/:id.json' }, limits, (answer) =>
    answer.status === 404 ? null : sameCustomer(api, read(customer, answer), id).wire,
  );
}

/** CS-8: a page is wrapped. CS-13: its mark is `next_offset`, given back as it came. `count` is the page's own. */
export async function listCustomers(api: Api, page: PageRequest, limits: CallLimits): Promise<Page<CycleSoftwareWire>> {
  const query = {
    ...(page.changedSince ? { modified_since: modifiedSince(page.changedSince, api.timeZone) } : {}),
    ...(page.mark === null ? {} : { offset: page.mark }),
  };
  const path = '/api/v1/customers/list.json';
  return api.transport.send({ method: 'GET', path, route: path, query }, limits, (answer) => {
    const { customers: listed, pagination } = read(customerList, answer);
    const next = pagination.next_offset === null ? null : String(pagination.next_offset);
    if (next === (page.mark ?? '0')) throw badResponse(PROVIDER, 'a page that leads to itself');
    return { records: listed.map((one) => toRecord(api, one)), next, total: null };
  });
}

/** CS-8, CS-14: found customers are a bare array, all at once. CS-15: a phone finds several. */
export async function findCustomers(
  api: Api,
  criteria: FindCriteria,
  limits: CallLimits,
): Promise<readonly WireRecord<CycleSoftwareWire>[]> {
  const path = '/api/v1/customers/find.json';
  const finds = findQueries(criteria).map((query) =>
    api.transport.send({ method: 'GET', path, route: path, query }, limits, (answer) => read(customers, answer)),
  );
  const found = new Map<string, WireRecord<CycleSoftwareWire>>();
  for (const record of (await Promise.all(finds)).flat().map((one) => toRecord(api, one))) {
    if (!found.has(record.providerId)) found.set(record.providerId, record);
  }
  return [...found.values()];
}

/** CS-8: create (no id) and update both answer 200 with the customer. */
export async function writeCustomer(
  api: Api,
  request: ProviderRequest,
  id: string | null,
  limits: CallLimits,
): Promise<Written<CycleSoftwareWire>> {
  return api.transport.send(request, limits, (answer) => {
    const written = read(customer, answer);
    return { providerId: (id === null ? toRecord(api, written) : sameCustomer(api, written, id)).providerId };
  });
}

function read<T>(shape: z.ZodType<T>, { json, status }: ProviderAnswer): T {
  throwIfError(json, status);
  return parseWire(PROVIDER, shape, json);
}

/** CS-9: documented for the list alone; an `error` in any other 200 would mean the same, and is never a customer. */
function throwIfError(json: unknown, status: number): void {
  if (json === null || typeof json !== 'object' || !('error' in json)) return;
  const error = JSON.stringify(json.error ?? '')
    .replaceAll('"', '')
    .toLowerCase();
  if (['', 'false', '0'].includes(error)) return;
  if (error !== 'true' && error !== '1') throw badResponse(PROVIDER, 'an answer that may or may not be an error');
  const refusal = { provider: PROVIDER, delivery: 'refused', status, answer: json } as const;
  throw new GatewayError('PROVIDER_REJECTED', 'The provider refused the request.', refusal);
}

function sameCustomer(api: Api, answer: CycleSoftwareCustomer, id: string): WireRecord<CycleSoftwareWire> {
  sameRecord(PROVIDER, { id: answer.customer_id }, id);
  return toRecord(api, answer);
}

const toRecord = ({ timeZone }: Api, answer: CycleSoftwareCustomer): WireRecord<CycleSoftwareWire> => ({
  providerId: String(answer.customer_id),
  wire: heldAs(answer, timeZone),
});
