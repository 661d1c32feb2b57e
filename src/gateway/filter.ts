import type { FindCriteria } from '../contract/provider.ts';
import { badUserInput } from '../errors.ts';
import { country } from '../model/country.ts';
import type { CustomerKind, CustomerStatus } from '../model/customer.ts';
import { email } from '../model/email.ts';
import { phone } from '../model/phone.ts';
import { taxId } from '../model/taxId.ts';
import { text } from '../model/text.ts';
import type { Criteria } from '../store/search.ts';
import {
  countryTerm,
  emailTerm,
  kindTerm,
  phoneTerms,
  postalCodeTerm,
  searchWords,
  statusTerm,
  taxIdTerm,
} from './directory/terms.ts';
import type { Gateway, Member } from './gateway.ts';

/** `CustomerFilter` after GraphQL's coercion; besides, a provider's own filter under its field's name. */
export interface CustomerFilter {
  readonly providers?: readonly string[] | null | undefined;
  readonly text?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly phoneCountry?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
  readonly taxId?: string | null | undefined;
  readonly kind?: CustomerKind | null | undefined;
  readonly status?: CustomerStatus | null | undefined;
  readonly changedSince?: Date | null | undefined;
}

/** A search, as it was understood. */
export interface Sought {
  readonly criteria: Criteria;
  /** Whose customers are searched, in the order of trust. */
  readonly members: readonly Member[];
  /** What a provider with a search of its own can be asked; null: nothing of it. */
  readonly find: FindCriteria | null;
  /** The provider whose own filter was given, which only it can answer. */
  readonly finder: Member | null;
}

/** More words find nobody, or are no search. */
const MOST_WORDS = 10;

/** @throws GatewayError BAD_USER_INPUT for a value that can't be read, with the field's name */
export function soughtBy(gateway: Gateway, filter: CustomerFilter): Sought {
  const members = membersOf(gateway, filter.providers);
  const finders = gateway.members.filter(({ field }) => isGiven(filter, field));
  const [finder = null] = finders;
  if (finder && !members.includes(finder))
    throw badUserInput(`filter.${finder.field} asks ${finder.provider.title}, which filter.providers leaves out.`);
  const wanted = {
    email: read('email', filter.email, email),
    phone: readPhone(filter),
    country: read('country', filter.country, country),
    postalCode: read('postalCode', filter.postalCode, text),
    taxId: read('taxId', filter.taxId, taxId),
  };
  const terms = [
    ...(wanted.email === null ? [] : [[emailTerm(wanted.email)]]),
    ...(wanted.phone === null ? [] : [phoneTerms(wanted.phone)]),
    ...(wanted.country === null ? [] : [[countryTerm(wanted.country)]]),
    ...(wanted.postalCode === null ? [] : [[postalCodeTerm(wanted.postalCode)]]),
    ...(wanted.taxId === null ? [] : [[taxIdTerm(wanted.taxId)]]),
    ...(filter.kind ? [[kindTerm(filter.kind)]] : []),
    ...(filter.status ? [[statusTerm(filter.status)]] : []),
  ];
  const providers = finder ? [finder.id] : filter.providers ? members.map(({ id }) => id) : null;
  const criteria = { providers, terms, words: readWords(filter.text), changedSince: filter.changedSince ?? null };
  const own = finder ? (filter as Readonly<Record<string, Record<string, unknown>>>)[finder.field] : null;
  const { phone: number, email: address, postalCode, country: code } = wanted;
  const isFindable = [number, address, postalCode, code, own].some((value) => value !== null && value !== undefined);
  const find = isFindable ? { phone: number, email: address, postalCode, country: code, own: own ?? null } : null;
  return { criteria, members: finder ? [finder] : members, find, finder };
}

const isGiven = (filter: object, name: string): boolean =>
  name in filter &&
  (filter as Record<string, unknown>)[name] !== null &&
  (filter as Record<string, unknown>)[name] !== undefined;

function membersOf(gateway: Gateway, providers: readonly string[] | null | undefined): readonly Member[] {
  if (!providers) return gateway.members;
  if (providers.length === 0) throw badUserInput('filter.providers is empty: name a provider, or leave it out.');
  return gateway.members.filter(({ id }) => providers.includes(id));
}

function read(
  name: string,
  value: string | null | undefined,
  normalise: (value: unknown) => string | null,
): string | null {
  if (value === null || value === undefined) return null;
  const canonical = normalise(value);
  if (canonical === null) throw badUserInput(`filter.${name} can’t be read.`);
  return canonical;
}

function readWords(value: string | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  const words = searchWords(value);
  if (words.length === 0) throw badUserInput('filter.text has no word in it.');
  if (words.length > MOST_WORDS) throw badUserInput(`filter.text may have at most ${MOST_WORDS} words.`);
  return words;
}

/**
 * The number in E.164, whichever way it was spelt: from that every other spelling can be told. The digits of a national
 * number alone would miss the customers whose number is kept in the international one.
 */
function readPhone({ phone: value, phoneCountry }: CustomerFilter): string | null {
  const region = read('phoneCountry', phoneCountry, country);
  if (value === null || value === undefined) return null;
  if (region === null && !value.trim().startsWith('+'))
    throw badUserInput(
      'filter.phone is a national number: give its country as filter.phoneCountry, or start it with +.',
    );
  const canonical = phone(value, region);
  if (canonical === null) throw badUserInput('filter.phone is not a phone number.');
  return canonical;
}
