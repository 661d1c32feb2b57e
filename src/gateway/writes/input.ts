import { INPUT_FIELDS, type InputField } from '../../contract/capabilities.ts';
import type { InputProblem, Patch } from '../../contract/write.ts';
import { country } from '../../model/country.ts';
import type { CountryCode, CustomerKind } from '../../model/customer.ts';
import { email } from '../../model/email.ts';
import { phone } from '../../model/phone.ts';
import { taxId } from '../../model/taxId.ts';
import { text } from '../../model/text.ts';

/** A provider's own part of an input, after GraphQL's coercion. */
export type OwnInput = Readonly<Record<string, unknown>>;

/** The unified part of an input, after GraphQL's coercion: as a person wrote it. Absent and null are told apart. */
export interface UnifiedInput {
  readonly kind?: CustomerKind | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly companyName?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly address?: Readonly<Partial<Record<AddressPart, string | null>>> | null;
  readonly taxId?: string | null;
}

type AddressPart = 'line1' | 'line2' | 'city' | 'postalCode' | 'region' | 'country';

export interface Normalised {
  readonly patch: Patch;
  /** The fields that the caller named, each by itself: not those that `address: null` clears along. */
  readonly named: readonly InputField[];
  readonly problems: readonly InputProblem[];
}

const MAX_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** A canonical value, null for "no value", or what is wrong, in words that do not quote it. */
type Normalise = (value: string) => string | null | { readonly wrong: string };

const orWrong =
  (normalise: (value: string) => string | null, wrong: string): Normalise =>
  (value) =>
    text(value) === null ? null : (normalise(value) ?? { wrong });

const NORMALISERS: { readonly [F in InputField]?: Normalise } = {
  email: orWrong(email, 'This is not an email address.'),
  'address.country': orWrong(country, 'This is not a country: give its ISO 3166-1 code or its name.'),
  taxId: orWrong(taxId, 'This is not a tax number.'),
};

/**
 * Normalises what the caller named, then checks it; every problem at once.
 * @param region where a phone in the national spelling is read; null: only the international spelling can be
 */
export function normalise(input: UnifiedInput, region: CountryCode | null): Normalised {
  const patch: { [F in InputField]?: string | null } = {};
  const named: InputField[] = [];
  const problems: InputProblem[] = [];
  for (const field of INPUT_FIELDS) {
    const value = valueAt(input, field);
    if (value === undefined) {
      if (input.address === null && field.startsWith('address.')) patch[field] = null;
      continue;
    }
    named.push(field);
    const result = check(field, value, region);
    if (result !== null && typeof result === 'object')
      problems.push({ path: field.split('.'), code: 'INVALID_INPUT', message: result.wrong });
    else patch[field] = result;
  }
  return { patch, named, problems };
}

function check(field: InputField, value: string | null, region: CountryCode | null): ReturnType<Normalise> {
  if (value === null) return null;
  if (value.length > MAX_LENGTH) return { wrong: `This is longer than ${MAX_LENGTH} characters.` };
  if (CONTROL_CHARACTER.test(value)) return { wrong: 'This holds a line break or another control character.' };
  if (field === 'phone') return checkPhone(value, region);
  return (NORMALISERS[field] ?? text)(value);
}

function checkPhone(value: string, region: CountryCode | null): ReturnType<Normalise> {
  if (text(value) === null) return null;
  const wrong =
    isNational(value) && region === null
      ? 'Which country is this number of? Start it with + and the country’s code, or give a country.'
      : 'This is not a phone number.';
  return phone(value, region) ?? { wrong };
}

/** Whether a number needs a country to be read. */
export const isNational = (value: string): boolean => !value.trim().startsWith('+');

function valueAt(input: UnifiedInput, field: InputField): string | null | undefined {
  if (!field.startsWith('address.')) return input[field as Exclude<InputField, `address.${string}`>];
  return input.address?.[field.slice('address.'.length) as AddressPart];
}

/** On a create nothing is there to be cleared: null and blank text are the same as not said. */
export function withoutNulls({ address, ...input }: UnifiedInput): UnifiedInput {
  return { ...said(input), ...(address && { address: said(address) }) };
}

const said = <Input extends object>(input: Input): Partial<Input> =>
  Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && text(value) !== null),
  ) as Partial<Input>;
