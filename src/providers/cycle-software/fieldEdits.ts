import type { InputField } from '../../contract/capabilities.ts';
import { orText } from '../../contract/wire.ts';
import type { FieldChange, Patch } from '../../contract/write.ts';
import { country } from '../../model/country.ts';
import { email } from '../../model/email.ts';
import { withoutInsertion } from '../../model/name.ts';
import { taxId } from '../../model/taxId.ts';
import { text } from '../../model/text.ts';
import type { CustomerFields } from './api.ts';
import { customerType, kindOfType, typeOfKind } from './customerType.ts';
import { splitLine1 } from './houseNumber.ts';
import type { CycleSoftwareInput } from './inputs.ts';
import { discountOf, lastNameOf, line1Of } from './mapping.ts';

export interface Intent {
  readonly patch: Patch;
  readonly own: CycleSoftwareInput | undefined;
}

/** What one named value does to the object. */
export interface Edit {
  /** The properties that it changes, and nothing else: a value that says the same keeps the provider's spelling. */
  readonly set: CustomerFields;
  readonly changes: readonly FieldChange[];
  /** The unified field that was named and is not stored, because an own one won. */
  readonly lost?: InputField;
}

type Read = (value: unknown) => string | null;

/** Each named value that is one property of the object: unified and own. */
const PLAIN = [
  ['firstName', 'first_name', text],
  ['companyName', 'company_name', text],
  ['email', 'email', orText(email)],
  ['address.city', 'city', text],
  ['address.postalCode', 'postcode', text],
  ['address.country', 'country_code_iso_3166', orText(country)],
  ['taxId', 'vat_number', orText(taxId)],
] as const satisfies readonly (readonly [InputField, string, Read])[];

const OWN = [
  ['customerReference', 'customer_reference'],
  ['attn', 'attn'],
  ['title', 'title'],
  ['initials', 'initials'],
  ['insertion', 'insertion'],
  ['street', 'street'],
  ['houseNumber', 'house_number'],
  ['houseNumberPostfix', 'house_number_postfix'],
  ['cocNumber', 'coc_number'],
] as const satisfies readonly (readonly [keyof CycleSoftwareInput, string])[];

/** All of a write but the phone numbers. */
export function fieldEdits(intent: Intent, current: CustomerFields): readonly Edit[] {
  const { patch, own } = intent;
  return [
    ...PLAIN.map(([field, key, read]) => plain(field, key, current, patch[field], read)),
    ...OWN.map(([field, key]) => plain(`cycleSoftware.${field}`, key, current, own?.[field], text)),
    typeEdit(intent, current),
    lastNameEdit(intent, current),
    line1Edit(intent, current),
    discountEdit(own?.discountPercentage, current),
  ];
}

const NOTHING: Edit = { set: {}, changes: [] };

/** CS-2: "" is how this provider says that there is nothing; what is absent and cleared stays absent (CS-5). */
function plain(
  field: string,
  key: string,
  current: CustomerFields,
  after: string | null | undefined,
  read: Read,
): Edit {
  const before = read(current[key]);
  if (after === undefined || before === after) return NOTHING;
  return { set: { [key]: after ?? '' }, changes: [{ field, before, after }] };
}

/** CS-6: `customerTypeName` wins over kind. A type that says no kind has none to clear. */
function typeEdit({ patch: { kind }, own }: Intent, current: CustomerFields): Edit {
  const named = own?.customerTypeName;
  const read: Read = (value) => customerType(text(value) ?? '') ?? text(value);
  const wanted = kind ? typeOfKind(kind) : kind;
  if (named !== undefined) {
    const edit = plain('cycleSoftware.customerTypeName', 'customer_type_name', current, named, read);
    const holdsKind = wanted === undefined || (wanted === null ? kindOfType(named) === null : wanted === named);
    return holdsKind ? edit : { ...edit, lost: 'kind' };
  }
  if (wanted === null && kindOfType(current.customer_type_name) === null) return NOTHING;
  const edit = plain('kind', 'customer_type_name', current, wanted, read);
  const change = { field: 'kind', before: kindOfType(current.customer_type_name), after: kind ?? null };
  return { ...edit, changes: edit.changes.map(() => change) };
}

/**
 * CS-3: the unified last name has its insertion. One that it begins with, the record's or that of the same input, is
 * taken off; where the caller's last name comes without the record's, that goes too, or "Jansen" would be read back as
 * "van Jansen".
 */
function lastNameEdit({ patch: { lastName }, own }: Intent, current: CustomerFields): Edit {
  if (lastName === undefined) return NOTHING;
  const insertion = own?.insertion === undefined ? text(current.insertion) : own.insertion;
  const name = lastName === null ? null : withoutInsertion(lastName, insertion);
  const had = lastNameOf(current);
  const namedWithout = name === lastName && (name !== null || had !== null);
  const staysBehind = own?.insertion === undefined && insertion !== null && namedWithout;
  const set: CustomerFields = {
    ...(text(current.name) === name ? {} : { name: name ?? '' }),
    ...(staysBehind ? { insertion: '' } : {}),
  };
  const after = lastNameOf({ ...current, insertion, ...set });
  return { set, changes: [{ field: 'lastName', before: had, after }] };
}

/** The three own fields win; then the line is left alone altogether, and held only if it reads the same all the same. */
function line1Edit({ patch, own }: Intent, current: CustomerFields): Edit {
  const line1 = patch['address.line1'];
  if (line1 === undefined) return NOTHING;
  const before = line1Of(current);
  const { street, houseNumber, houseNumberPostfix } = own ?? {};
  if (street !== undefined || houseNumber !== undefined || houseNumberPostfix !== undefined) {
    const next = {
      street: street === undefined ? current.street : street,
      house_number: houseNumber === undefined ? current.house_number : houseNumber,
      house_number_postfix: houseNumberPostfix === undefined ? current.house_number_postfix : houseNumberPostfix,
    };
    return line1Of(next) === line1 ? NOTHING : { ...NOTHING, lost: 'address.line1' };
  }
  if (before === line1) return NOTHING;
  const parts = splitLine1(line1 ?? '');
  const set = {
    ...textSet('street', current, parts.street),
    ...textSet('house_number', current, parts.houseNumber),
    ...textSet('house_number_postfix', current, parts.houseNumberPostfix),
  };
  return { set, changes: [{ field: 'address.line1', before, after: line1 }] };
}

const textSet = (key: string, current: CustomerFields, after: string | null): CustomerFields =>
  text(current[key]) === text(after) ? {} : { [key]: after ?? '' };

/** CS-2: a number, cleared to 0. */
function discountEdit(discount: number | null | undefined, current: CustomerFields): Edit {
  const before = discountOf(current);
  const after = discount ?? 0;
  if (discount === undefined || before === after || (discount === null && before === null)) return NOTHING;
  const change = { field: 'cycleSoftware.discountPercentage', before: text(before), after: text(after) };
  return { set: { discount_percentage: after }, changes: [change] };
}
