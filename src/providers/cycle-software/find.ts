import type { FindCriteria } from '../../contract/provider.ts';
import { badUserInput } from '../../errors.ts';
import { nationalDigits } from '../../model/phone.ts';
import { text } from '../../model/text.ts';
import { cycleSoftwareFilter } from './inputs.ts';

/** CS-7: find has names of its own for what the object calls otherwise; one it doesn't know would find everybody. */
type FindName =
  | 'phone_number'
  | 'postal_code'
  | 'housenumber'
  | 'housenumber_postfix'
  | 'email'
  | 'query'
  | 'country_code'
  | 'customer_type_id';

type FindQuery = { readonly [Name in FindName]?: string };

/**
 * The queries whose answers, joined, are what was asked for.
 * @throws GatewayError BAD_USER_INPUT when nothing is asked for: find would answer with every customer (CS-7, CS-14)
 */
export function findQueries(criteria: FindCriteria): readonly FindQuery[] {
  const own = cycleSoftwareFilter.safeParse(criteria.own ?? {});
  if (!own.success) throw badUserInput('The cycleSoftware filter has a value that CycleSoftware can’t be asked for.');
  const typeId = own.data.customerTypeId;
  const asked: Record<Exclude<FindName, 'phone_number' | 'query'>, string | null | undefined> = {
    postal_code: text(criteria.postalCode),
    housenumber: own.data.houseNumber,
    housenumber_postfix: own.data.houseNumberPostfix,
    email: text(criteria.email),
    country_code: text(criteria.country),
    customer_type_id: text(typeId),
  };
  const query: FindQuery = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
  const spellings = phoneSpellings(criteria.phone);
  if (spellings === null && Object.keys(query).length === 0) {
    throw badUserInput('CycleSoftware’s find needs at least one thing to look for.');
  }
  return spellings === null ? [query] : spellings.map((spelling) => ({ phone_number: spelling, ...query }));
}

/**
 * CS-15: the provider finds a number however its national spelling is punctuated. Whether it knows that +31 73 303 0050
 * is the same one is not documented, and customers are stored in either: so both are asked for.
 */
function phoneSpellings(phone: string | null | undefined): readonly string[] | null {
  const written = text(phone);
  if (written === null) return null;
  const digits = written.replace(/\D/g, '');
  if (digits === '') throw badUserInput('The phone has no digits.');
  return written.startsWith('+') ? [`+${digits}`, nationalDigits(`+${digits}`)] : [digits];
}
