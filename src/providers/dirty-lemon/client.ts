import type { SelfServiceLinkKind } from '../../contract/capabilities.ts';
import { ownLink } from '../../contract/link.ts';
import { parseWire, sameRecord } from '../../contract/wire.ts';
import type { Written } from '../../contract/write.ts';
import { GatewayError } from '../../errors.ts';
import { badResponse } from '../../http/answer.ts';
import type { CallLimits, ProviderAnswer, ProviderRequest, Transport } from '../../http/transport.ts';
import { type DirtyLemonCustomer, type DirtyLemonLinks, dirtyLemonCustomer, dirtyLemonLinks } from './api.ts';

const PROVIDER = 'dirty-lemon';

/** DL-2: every read makes links at the provider; none of them is in what this gives. */
export async function getCustomer(
  transport: Transport,
  id: string,
  limits: CallLimits,
): Promise<DirtyLemonCustomer | null> {
  return transport.send(retrieval(id), limits, ({ status, json }) =>
    status === 404 ? null : sameRecord(PROVIDER, parseWire(PROVIDER, dirtyLemonCustomer, json), id),
  );
}

const LINK_FIELDS: { readonly [Kind in SelfServiceLinkKind]?: keyof DirtyLemonLinks } = {
  CARD: 'card_url',
  BILLING_ADDRESS: 'billing_address_url',
  SHIPPING_ADDRESS: 'shipping_address_url',
};

/** DL-2: a read of its own for each link, so that no two callers ever get the same one. */
export async function getLink(
  transport: Transport,
  base: URL,
  id: string,
  kind: SelfServiceLinkKind,
  limits: CallLimits,
): Promise<string | null> {
  return transport.send(retrieval(id), limits, ({ status, json }) => {
    if (status === 404) return null;
    const links = sameRecord(PROVIDER, parseWire(PROVIDER, dirtyLemonLinks, json), id);
    const field = LINK_FIELDS[kind];
    const link = field ? ownLink(links[field], 'dirtylemon.com', base) : null;
    if (link === null) throw badResponse(PROVIDER, 'no link of this kind to Dirty Lemon');
    return link;
  });
}

/** DL-6: a reply leaves things out that the customer has, so only the id is taken from it. */
export async function createCustomer(
  transport: Transport,
  request: ProviderRequest,
  limits: CallLimits,
): Promise<Written<DirtyLemonCustomer>> {
  const id = await write(
    transport,
    request,
    limits,
    ({ json }) => parseWire(PROVIDER, dirtyLemonCustomer, json).id,
    isDuplicate,
  );
  return { providerId: id, codeSent: asksForConfirmation(request) };
}

export async function updateCustomer(
  transport: Transport,
  request: ProviderRequest,
  id: string,
  limits: CallLimits,
): Promise<Written<DirtyLemonCustomer>> {
  await write(transport, request, limits, ({ json }) =>
    sameRecord(PROVIDER, parseWire(PROVIDER, dirtyLemonCustomer, json), id),
  );
  return { providerId: id };
}

/**
 * DL-10: how a wrong token, an expired one and a confirmed customer are told apart is not documented, so a refusal goes
 * to the caller as it is, to be understood by reading the customer. DL-1: the token is text ("012345") and goes nowhere else.
 */
export async function confirmCustomer(
  transport: Transport,
  id: string,
  token: string,
  limits: CallLimits,
): Promise<void> {
  const json = { confirmation_token: token };
  const path = `/v1/customers/${id}/confirm`;
  const request = { method: 'POST', path, route: '/v1/customers/:id/confirm', json } as const;
  await write(transport, request, limits, (answer) =>
    sameRecord(PROVIDER, parseWire(PROVIDER, dirtyLemonCustomer, answer.json), id),
  );
}

/** DL-12: "Returns: Nothing.", so there is nothing to parse. Messages a real person: it is sent once. */
export async function generateConfirmation(transport: Transport, id: string, limits: CallLimits): Promise<void> {
  const path = `/v1/customers/${id}/generate_confirmation`;
  const route = '/v1/customers/:id/generate_confirmation';
  await write(transport, { method: 'POST', path, route, answersJson: false }, limits, () => undefined);
}

const retrieval = (id: string): ProviderRequest => ({
  method: 'GET',
  path: `/v1/customers/${id}`,
  route: '/v1/customers/:id',
});

/** DL-5: a draft always says whether a code is wanted; a request that would not, gets the documented default. */
const asksForConfirmation = ({ json }: ProviderRequest): boolean =>
  !(typeof json === 'object' && json !== null && 'confirmation' in json && json.confirmation === false);

/**
 * DL-1: a refusal's body is undocumented and may well hold the customer, token and all. What it means is decided here,
 * and the body itself goes no further.
 */
async function write<T>(
  transport: Transport,
  request: ProviderRequest,
  limits: CallLimits,
  read: (answer: ProviderAnswer) => T,
  duplicates: (refusal: GatewayError, request: ProviderRequest) => boolean = () => false,
): Promise<T> {
  try {
    return await transport.send(request, limits, read);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'PROVIDER_REJECTED') throw thrown;
    const { code, message, delivery, status } = thrown;
    const kept = { provider: PROVIDER, delivery, ...(status === undefined ? {} : { status }) };
    if (!duplicates(thrown, request)) throw new GatewayError(code, message, kept);
    throw new GatewayError(code, 'The provider has a customer with this phone number already.', {
      ...kept,
      duplicate: true,
    });
  }
}

/**
 * DL-14: the phone is unique and how a second one is refused is not documented: by status, or by what the answer says. What
 * it repeats of the request says nothing.
 */
const isDuplicate = ({ status, answer }: GatewayError, { json }: ProviderRequest): boolean => {
  if (status === 409) return true;
  const ours = textsOf(json).filter(saysDuplicate);
  return textsOf(answer).some((said) => saysDuplicate(ours.reduce(without, said.toLowerCase())));
};

const saysDuplicate = (said: string): boolean => /(?<!mis)taken|already|exists|unique|duplicate/i.test(said);

const without = (said: string, ours: string): string => said.replaceAll(ours.toLowerCase(), ' ');

/** Every text in some JSON, however deep; not the names of its properties. */
const textsOf = (json: unknown): readonly string[] => {
  if (typeof json === 'string') return [json];
  return json !== null && typeof json === 'object' ? Object.values(json).flatMap(textsOf) : [];
};
