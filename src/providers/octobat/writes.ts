import type { InputField } from '../../contract/capabilities.ts';
import { orText } from '../../contract/wire.ts';
import type {
  CreateIntent,
  Draft,
  FieldChange,
  InputProblem,
  Known,
  KnownField,
  Patch,
  UpdateIntent,
} from '../../contract/write.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import { country } from '../../model/country.ts';
import { email } from '../../model/email.ts';
import { fullName } from '../../model/name.ts';
import { taxId } from '../../model/taxId.ts';
import { text } from '../../model/text.ts';
import type { OctobatCustomer } from './api.ts';
import { countryOf, profile } from './mapping.ts';

export interface OctobatInput {
  readonly name?: string | null | undefined;
  readonly businessType?: 'B2B' | 'B2C' | null | undefined;
}

/** One form field: where its value came from in the input, what the provider has, and what it is to have. */
interface Cell {
  readonly wire: keyof OctobatCustomer & string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  /** What a change says, where the wire has another word for it. */
  readonly shown?: { readonly before: string | null; readonly after: string | null };
}

/** The unified fields that are one form field each, and what a record has there: an unreadable value is still one. */
const PLAIN = [
  ['email', 'email', (wire) => orText(email)(wire.email)],
  ['phone', 'phone_number', (wire) => profile.phone?.(wire) ?? text(wire.phone_number)],
  ['address.line1', 'billing_address_line1', (wire) => text(wire.billing_address_line1)],
  ['address.line2', 'billing_address_line2', (wire) => text(wire.billing_address_line2)],
  ['address.city', 'billing_address_city', (wire) => text(wire.billing_address_city)],
  ['address.postalCode', 'billing_address_zip', (wire) => text(wire.billing_address_zip)],
  ['address.region', 'billing_address_state', (wire) => text(wire.billing_address_state)],
  ['address.country', 'billing_address_country', (wire) => orText(country)(wire.billing_address_country)],
  ['taxId', 'tax_number', (wire) => orText(taxId)(wire.tax_number)],
] as const satisfies readonly (readonly [
  InputField,
  keyof OctobatCustomer & string,
  (wire: OctobatCustomer) => string | null,
])[];

export function draftCreate(intent: CreateIntent<OctobatInput>): Draft {
  const { cells, held } = cellsOf(intent, null, null);
  const problems: InputProblem[] = intent.patch['address.country']
    ? []
    : [
        {
          path: ['address', 'country'],
          code: 'INVALID_INPUT',
          message: 'Octobat needs a country to create a customer.',
        },
      ];
  const given = cells.filter((cell) => cell.after !== null);
  return {
    request: { method: 'POST', path: '/customers', route: '/customers', form: toForm(given) },
    held,
    overridden: overriddenBy(intent),
    changes: given.map(toChange),
    problems,
  };
}

/** OC-1: a country may come back as its name. OC-9: a tax number may not come back at all. */
export const made = ({ form = {} }: ProviderRequest, wire: OctobatCustomer): boolean =>
  Object.entries(form).every(([name, sent]) => {
    const shown = text(wire[name]);
    if (name === 'tax_number' && shown === null) return true;
    if (name === 'billing_address_country') return countryOf(wire) === country(sent);
    return shown === text(sent) || (name === 'phone_number' && profile.phone?.(wire) === sent);
  });

/** OC-2: the heading says PATCH, the curl of the same document is a POST: `method` is a setting. */
export const draftUpdate =
  (method: 'PATCH' | 'POST') =>
  (intent: UpdateIntent<OctobatCustomer, OctobatInput>): Draft => {
    const current = intent.current;
    if (!current) throw new Error('Octobat updates only a record it has');
    const { cells, held } = cellsOf(intent, current.wire, intent.known ?? null);
    const changed = cells.filter((cell) => cell.before !== cell.after);
    const form = toForm(changed);
    // OC-3: the update's table calls the country required, its example leaves it out: sent when known, never invented.
    const known = countryOf(current.wire);
    if (known !== null && form.billing_address_country === undefined) form.billing_address_country = known;
    return {
      request:
        changed.length === 0
          ? null
          : { method, path: `/customers/${current.providerId}`, route: '/customers/:id', form },
      held,
      overridden: overriddenBy(intent),
      changes: changed.map(toChange),
      problems: [],
    };
  };

/** Every form field that there is, as the provider has it. */
export const writable = (wire: OctobatCustomer): Record<string, unknown> =>
  Object.fromEntries(['name', 'business_type', ...PLAIN.map(([, name]) => name)].map((name) => [name, wire[name]]));

/** What of the unified input another part of it takes the place of: `octobat.*` wins, and a company over a person's name. */
function overriddenBy({ patch, own }: CreateIntent<OctobatInput>): readonly InputField[] {
  return [
    ...(own?.businessType === undefined ? [] : (['kind'] as const)),
    ...(own?.name === undefined ? [] : (['companyName', ...PERSON] as const)),
    ...(patch.companyName ? PERSON : []),
  ];
}

/** OC-5: a form; how to clear a field is not documented, the empty value is the form's null. */
const toForm = (cells: readonly Cell[]): Record<string, string> =>
  Object.fromEntries(cells.map((cell) => [cell.wire, cell.after ?? '']));

const toChange = ({ field, before, after, shown }: Cell): FieldChange => ({ field, ...(shown ?? { before, after }) });

function cellsOf(
  { patch, own }: CreateIntent<OctobatInput>,
  current: OctobatCustomer | null,
  known: Known | null,
): { cells: Cell[]; held: InputField[] } {
  const cells: Cell[] = [];
  const held: InputField[] = [];
  for (const [field, wire, read] of PLAIN) {
    const after = patch[field];
    if (after === undefined) continue;
    held.push(field);
    cells.push({ wire, field, before: current && read(current), after });
  }
  const businessType = businessTypeOf(patch, own);
  if (businessType) {
    const { field, after } = businessType;
    const before = current && text(current.business_type);
    const shown = { before: current && (profile.kind?.(current) ?? null), after: patch.kind ?? null };
    cells.push({ wire: 'business_type', field, before, after, ...(field === 'kind' && { shown }) });
    if (patch.kind !== undefined && typeOfKind(patch.kind) === after) held.push('kind');
  }
  const name = nameOf(patch, own, current, known);
  held.push(...name.held);
  if (name.value !== undefined) {
    cells.push({ wire: 'name', field: name.field, before: current && text(current.name), after: name.value });
  }
  return { cells, held };
}

/** OC-7, OC-8: only what the caller says; without it the provider decides, and the answer is not taken for a kind. */
function businessTypeOf(patch: Patch, own: OctobatInput | undefined): { field: string; after: string | null } | null {
  if (own?.businessType !== undefined) return { field: 'octobat.businessType', after: own.businessType };
  if (patch.kind === undefined) return null;
  return { field: 'kind', after: typeOfKind(patch.kind) };
}

const typeOfKind = (kind: string | null): 'B2B' | 'B2C' | null =>
  kind === null ? null : kind === 'BUSINESS' ? 'B2B' : 'B2C';

interface NameWrite {
  readonly field: string;
  /** undefined: the name is not touched. */
  readonly value: string | null | undefined;
  readonly held: readonly InputField[];
}

const PERSON = ['firstName', 'lastName'] as const satisfies readonly InputField[];

/** OC-16: `octobat.name`, else the company, else first and last name where both are known. */
function nameOf(
  patch: Patch,
  own: OctobatInput | undefined,
  current: OctobatCustomer | null,
  known: Known | null,
): NameWrite {
  if (own?.name !== undefined) return { field: 'octobat.name', value: own.name, held: saidBy(own.name, patch) };
  if (patch.companyName) return { field: 'companyName', value: patch.companyName, held: ['companyName'] };

  const company = current && profile.companyName?.(current);
  const clearsCompany: readonly InputField[] = patch.companyName === null ? ['companyName'] : [];
  // A person's name never overwrites the company's.
  const staysCompany = company && patch.companyName === undefined && patch.kind !== 'INDIVIDUAL';
  const person = staysCompany ? undefined : personOf(patch, known);
  if (person !== undefined) {
    return { field: 'octobat.name', value: person, held: [...namedParts(patch), ...clearsCompany] };
  }
  // Clearing a company where none is kept leaves a person's name alone.
  const clears = company && patch.companyName === null;
  return { field: 'companyName', value: clears ? null : undefined, held: clearsCompany };
}

/** The person's whole name; undefined where none is named, or one part is and the other is not known. */
function personOf(patch: Patch, known: Known | null): string | null | undefined {
  const named = namedParts(patch).length;
  if (named === 0) return undefined;
  const [firstName = null, lastName = null] = PERSON.map((part) =>
    patch[part] === undefined ? known?.[part] : patch[part],
  );
  if (named < PERSON.length && (firstName === null || lastName === null)) return undefined;
  return fullName({ firstName, lastName });
}

const namedParts = (patch: Patch): readonly InputField[] => PERSON.filter((part) => patch[part] !== undefined);

/** OC-16: one part of a name alone takes the other from the customer. */
export const wanted = (patch: Patch): readonly KnownField[] =>
  namedParts(patch).length === 1 ? PERSON.filter((part) => patch[part] === undefined) : [];

/** The unified names that say the same as `octobat.name` and so are stored with it; it wins over all others. */
function saidBy(name: string | null, patch: Patch): readonly InputField[] {
  return [
    ...(patch.companyName === name ? (['companyName'] as const) : []),
    ...(personOf(patch, null) === name ? namedParts(patch) : []),
  ];
}
