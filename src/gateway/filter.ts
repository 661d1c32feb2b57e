import type { FindCriteria } from '../contract/provider.ts';
import { badUserInput } from '../errors.ts';
import { country } from '../model/country.ts';
import type { CustomerKind, CustomerStatus } from '../model/customer.ts';
import { email } from '../model/email.ts';
import { fold } from '../model/fold.ts';
import { phone } from '../model/phone.ts';
import { taxId } from '../model/taxId.ts';
import { SHORT_TEXT_LIMIT, shortText } from '../model/text.ts';
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

/** More words find nobody, or are no search; of a longer text, `fold` would leave the end out without a word. */
const MOST_WORDS = 10;
const LONGEST_TEXT = 200;

/** What each of these takes, for people. */
const TAKES = {
  email: 'an email address',
  phoneCountry: 'an ISO 3166-1 code, or a country’s name',
  country: 'an ISO 3166-1 code, or a country’s name',
  postalCode: 'its letters and digits, however they are spelt',
  taxId: 'the number, however it is spelt',
};

/** @throws GatewayError BAD_USER_INPUT for a value that can't be read, with the field's name */
export function soughtBy(gateway: Gateway, filter: CustomerFilter): Sought {
  const members = membersOf(gateway, filter.providers);
  const finders = gateway.members.filter(({ field }) => isGiven(filter, field));
  const [finder = null, other] = finders;
  if (finder && other)
    throw badUserInput(`filter.${finder.field} and filter.${other.field} ask two providers: no record is of both.`);
  if (finder && !members.includes(finder))
    throw badUserInput(`filter.${finder.field} asks ${finder.provider.title}, which filter.providers leaves out.`);
  const wanted = {
    email: read('email', filter.email, email),
    phone: readPhone(filter),
    country: read('country', filter.country, country),
    postalCode: read('postalCode', filter.postalCode, postalCode),
    taxId: read('taxId', filter.taxId, taxId),
  };
  const terms = [
    ...foundBy(wanted.email, emailTerm),
    ...foundBy(wanted.phone, phoneTerms),
    ...foundBy(wanted.country, countryTerm),
    ...foundBy(wanted.postalCode, postalCodeTerm),
    ...foundBy(wanted.taxId, taxIdTerm),
    ...foundBy(filter.kind, kindTerm),
    ...foundBy(filter.status, statusTerm),
  ];
  const providers = finder ? [finder.id] : filter.providers ? members.map(({ id }) => id) : null;
  const criteria = { providers, terms, words: readWords(filter.text), changedSince: filter.changedSince ?? null };
  const { taxId: _, ...findable } = { ...wanted, own: finder && ownFilter(filter, finder) };
  const isFindable = Object.values(findable).some((value) => value !== null);
  return { criteria, members: finder ? [finder] : members, find: isFindable ? findable : null, finder };
}

/** The terms of a value, one of which a record must have; nothing, where it is not asked for. */
const foundBy = (
  value: string | null | undefined,
  terms: (value: string) => string | readonly string[],
): (readonly string[])[] => (value === null || value === undefined ? [] : [[terms(value)].flat()]);

/** A provider's own filter; its texts are bounded before anything is done with them. */
function ownFilter(filter: CustomerFilter, { field }: Member): Readonly<Record<string, unknown>> {
  const own = (filter as Readonly<Record<string, Record<string, unknown>>>)[field] ?? {};
  for (const [name, value] of Object.entries(own))
    if (typeof value === 'string' && value.length > SHORT_TEXT_LIMIT)
      throw badUserInput(`filter.${field}.${name} is longer than ${SHORT_TEXT_LIMIT} characters.`);
  return own;
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
  name: keyof typeof TAKES,
  value: string | null | undefined,
  normalise: (value: unknown) => string | null,
): string | null {
  if (value === null || value === undefined) return null;
  const canonical = normalise(value);
  if (canonical === null) throw badUserInput(`filter.${name} can’t be read. It takes ${TAKES[name]}.`);
  return canonical;
}

/** A postal code as it is written; without a letter or digit there is nothing to look for. */
function postalCode(value: unknown): string | null {
  const written = shortText(value);
  return fold(written) === null ? null : written;
}

function readWords(value: string | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  if (value.trim().length > LONGEST_TEXT)
    throw badUserInput(`filter.text may have at most ${LONGEST_TEXT} characters: leave some words out.`);
  const words = searchWords(value);
  if (words.length === 0)
    throw badUserInput('filter.text has neither letter nor digit: leave it out to list everybody.');
  if (words.length > MOST_WORDS)
    throw badUserInput(`filter.text may have at most ${MOST_WORDS} words: leave some out.`);
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
  if (canonical === null)
    throw badUserInput('filter.phone can’t be read: it has too few digits, too many, or something else in it.');
  return canonical;
}
