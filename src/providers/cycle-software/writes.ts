import { INPUT_FIELDS, type InputField } from '../../contract/capabilities.ts';
import type { CreateIntent, Draft, FieldChange, InputProblem, UpdateIntent } from '../../contract/write.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import { text } from '../../model/text.ts';
import type { CustomerFields, CycleSoftwareWire } from './api.ts';
import { type Edit, fieldEdits, type Intent } from './fieldEdits.ts';
import type { CycleSoftwareInput } from './inputs.ts';
import { countryOf } from './mapping.ts';
import { writeOwnNumbers, writeUnifiedPhone } from './phoneWrites.ts';

/** There is no second line (`attn` is the name on an address) and no region. */
export const HELD_FIELDS: readonly InputField[] = INPUT_FIELDS.filter(
  (field) => field !== 'address.line2' && field !== 'address.region',
);

/** Only what was given is sent: the provider fills in the rest, and nothing is cleared that was never there. */
export function draftCreate(intent: CreateIntent<CycleSoftwareInput>): Draft {
  const { body, held, overridden, changes, problems } = write(intent, {});
  const missing: InputProblem[] =
    text(body.name) || text(body.company_name)
      ? []
      : [{ path: ['lastName'], code: 'INVALID_INPUT', message: 'CycleSoftware needs a last name or a company.' }];
  const path = '/api/v1/customers.json';
  return {
    request: { method: 'POST', path, route: path, json: body },
    held,
    overridden,
    changes,
    problems: [...missing, ...problems],
  };
}

/** CS-2: what is not there may be "". CS-19: a number that was given no id comes back with one. */
export function made({ json }: ProviderRequest, { customer }: CycleSoftwareWire): boolean {
  const { phone_numbers: numbers, ...sent } = json as CustomerFields;
  const shown = (customer.phone_numbers ?? []).map((entry) => text(entry.phone_number));
  return (
    Object.entries(sent).every(([key, value]) => text(customer[key]) === text(value)) &&
    (numbers ?? []).every((entry) => shown.includes(text(entry.phone_number)))
  );
}

/**
 * CS-1: PUT takes the whole object, and nothing says that what is left out is kept. So everything goes back as it was
 * read, unknown properties and the readonly ones too: the document's own example sends `customer_id`,
 * `datetime_created` and every phone number's `customer_id` (CS-11, CS-18).
 */
export function draftUpdate(intent: UpdateIntent<CycleSoftwareWire, CycleSoftwareInput>): Draft {
  const current = intent.current;
  if (!current) throw new Error('CycleSoftware updates only a record it has');
  const { body, changed, held, overridden, changes, problems } = write(intent, current.wire.customer);
  const path = `/api/v1/customers/${current.providerId}.json`;
  const request = { method: 'PUT', path, route: '/api/v1/customers/:id.json', json: body } as const;
  return { request: changed ? request : null, held, overridden, changes, problems };
}

interface Write {
  readonly body: CustomerFields;
  readonly changed: boolean;
  readonly held: readonly InputField[];
  readonly overridden: readonly InputField[];
  readonly changes: readonly FieldChange[];
  readonly problems: readonly InputProblem[];
}

function write(intent: Intent, current: CustomerFields): Write {
  const edits = fieldEdits(intent, current);
  const fields: CustomerFields = Object.assign({}, current, ...edits.map((edit) => edit.set));
  const numbers = writeNumbers(intent, current, fields);
  const all = [...edits, ...numbers.edits];
  const lost = new Set(all.flatMap((edit) => (edit.lost ? [edit.lost] : [])));
  return {
    body: Object.assign({}, fields, ...numbers.edits.map((edit) => edit.set)),
    changed: all.some((edit) => Object.keys(edit.set).length > 0),
    held: HELD_FIELDS.filter((field) => intent.patch[field] !== undefined && !lost.has(field)),
    overridden: [...lost],
    changes: all.flatMap((edit) => edit.changes).filter(({ before, after }) => before !== after),
    problems: numbers.problems,
  };
}

function writeNumbers(
  { patch, own }: Intent,
  current: CustomerFields,
  next: CustomerFields,
): { readonly edits: readonly Edit[]; readonly problems: readonly InputProblem[] } {
  const entries = current.phone_numbers ?? [];
  const named = writeOwnNumbers(entries, own?.phoneNumbers ?? []);
  const edits: Edit[] = [
    { set: named.changes.length > 0 ? { phone_numbers: [...named.entries] } : {}, changes: named.changes },
  ];
  if (patch.phone !== undefined) {
    const regions = { before: countryOf(current), after: countryOf(next) };
    const { entries: written, change, held } = writeUnifiedPhone(entries, named, patch.phone, regions);
    edits.push({
      set: written ? { phone_numbers: [...written] } : {},
      changes: change ? [change] : [],
      ...(held ? {} : { lost: 'phone' }),
    });
  }
  return { edits, problems: named.problems };
}
