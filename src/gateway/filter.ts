import type { FindCriteria } from '../contract/provider.ts';
import { badUserInput, unsupported } from '../errors.ts';
import { country } from '../model/country.ts';
import { email } from '../model/email.ts';
import { phone } from '../model/phone.ts';
import { text } from '../model/text.ts';
import type { Gateway, Member } from './gateway.ts';
import type { ListingRequest } from './listing.ts';

/** The arguments of `customers`, after GraphQL's coercion. */
export interface CustomersArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: Readonly<Record<string, unknown>> | null | undefined;
  readonly orderBy?: object | null | undefined;
}

/** What a live listing can't do, and which arguments ask for it. */
const NEEDS_DIRECTORY = ['text', 'taxId', 'kind', 'status', 'changedSince'];
const FIND_FIELDS = ['phone', 'email', 'postalCode', 'country'] as const;

/**
 * Turns the arguments into a live listing: provider by provider, or one provider's own find.
 * @throws GatewayError CAPABILITY_UNSUPPORTED for what no live listing can do, BAD_USER_INPUT for a value that is wrong
 */
export function listingRequest(gateway: Gateway, args: CustomersArguments): ListingRequest {
  for (const name of ['last', 'before', 'orderBy'] as const) {
    if (args[name] !== null && args[name] !== undefined)
      throw unsupported(`Customers are listed live, forward and in the providers’ own order: ask without ${name}.`);
  }
  const filter = Object.fromEntries(
    Object.entries(args.filter ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );
  const members = membersOf(gateway, filter.providers);
  const own = members.length === 1 && members[0] ? filter[members[0].field] : undefined;
  const asksFind = [...FIND_FIELDS, ...gateway.members.map(({ field }) => field)].filter(
    (name) => filter[name] !== undefined,
  );
  const unfit =
    NEEDS_DIRECTORY.find((name) => filter[name] !== undefined) ?? (canFind(members) ? undefined : asksFind[0]);
  if (unfit !== undefined)
    throw unsupported(
      `Customers are listed live, where filter.${unfit} can’t be told of every provider. ${whoCanFind(gateway)}`,
    );
  const find = asksFind.length > 0 ? criteria(filter, own) : null;
  return { first: args.first ?? null, after: args.after ?? null, members, find };
}

function membersOf(gateway: Gateway, providers: unknown): readonly Member[] {
  if (!Array.isArray(providers)) return gateway.members;
  if (providers.length === 0) throw badUserInput('filter.providers is empty: name a provider, or leave it out.');
  return gateway.members.filter(({ id }) => providers.includes(id));
}

const finds = (member: Member): boolean => member.provider.capabilities.SEARCH.support === 'NATIVE';
const canFind = ([member, second]: readonly Member[]): boolean =>
  member !== undefined && second === undefined && finds(member);

function whoCanFind(gateway: Gateway): string {
  const names = gateway.members.filter(finds).map(({ constant }) => constant);
  return names.length === 0
    ? ''
    : `Alone, filter.providers: [${names.join('] or [')}] can be searched by ${FIND_FIELDS.join(', ')} and its own fields.`;
}

function criteria(filter: Readonly<Record<string, unknown>>, own: unknown): FindCriteria {
  return {
    phone: filter.phone === undefined ? null : findPhone(String(filter.phone), filter.phoneCountry),
    email: needed('email', filter.email, email),
    postalCode: needed('postalCode', filter.postalCode, text),
    country: needed('country', filter.country, country),
    own: isObject(own) ? own : null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function needed(name: string, value: unknown, normalise: (value: unknown) => string | null): string | null {
  if (value === undefined) return null;
  const canonical = normalise(value);
  if (canonical === null) throw badUserInput(`filter.${name} can’t be read.`);
  return canonical;
}

/**
 * The number in E.164, whichever way it was spelt: from that a find can tell every spelling that it has to look for. The
 * digits of a national number alone would miss the customers whose number is kept in the international one.
 */
function findPhone(value: string, phoneCountry: unknown): string {
  const region = needed('phoneCountry', phoneCountry ?? undefined, country);
  if (region === null && !value.trim().startsWith('+'))
    throw badUserInput(
      'filter.phone is a national number: give its country as filter.phoneCountry, or start it with +.',
    );
  const canonical = phone(value, region);
  if (canonical === null) throw badUserInput('filter.phone is not a phone number.');
  return canonical;
}
