import { orText } from '../../contract/wire.ts';
import type { CreateIntent, Draft, FieldChange, InputProblem, UpdateIntent } from '../../contract/write.ts';
import type { ProviderRequest } from '../../http/transport.ts';
import { country } from '../../model/country.ts';
import type { CountryCode } from '../../model/customer.ts';
import { email } from '../../model/email.ts';
import { callingCodeMatches, phone, phoneRegion } from '../../model/phone.ts';
import { text } from '../../model/text.ts';
import type { DirtyLemonCustomer } from './api.ts';

export interface DirtyLemonInput {
  readonly phoneCountry?: CountryCode | null | undefined;
  readonly confirmation: boolean;
}

/** What an update can change (DL-15: not the phone), and what a record has there: an unreadable value is still one. */
const FIELDS = [
  ['firstName', 'first_name', (wire) => text(wire.first_name)],
  ['lastName', 'last_name', (wire) => text(wire.last_name)],
  ['email', 'email', (wire) => orText(email)(wire.email)],
] as const satisfies readonly (readonly [string, string, (wire: DirtyLemonCustomer) => string | null])[];

export const writable = (wire: DirtyLemonCustomer): Record<string, unknown> =>
  Object.fromEntries(FIELDS.map(([, name]) => [name, wire[name]]));

/** DL-4: to the collection, as the heading has it; the example's path ends in the id of a customer that isn't there yet. */
export function draftCreate({ patch, own }: CreateIntent<DirtyLemonInput>): Draft {
  const phone = patch.phone ?? null;
  const phoneCountry = own?.phoneCountry ?? (phone === null ? null : phoneRegion(phone));
  // DL-5: always said. "Without confirmation" may mean `false` or absent; absent is never sent, so it need not be known.
  const confirmation = own?.confirmation ?? true;
  const named = FIELDS.filter(([field]) => patch[field] !== undefined);
  const given = named.filter(([field]) => patch[field] !== null);
  const json = {
    ...(phone === null ? {} : { unconfirmed_phone_number: phone }),
    ...(phoneCountry === null ? {} : { country_code: phoneCountry }),
    ...Object.fromEntries(given.map(([field, wire]) => [wire, patch[field]])),
    confirmation,
  };
  const changes: FieldChange[] = [
    { field: 'phone', before: null, after: phone },
    { field: 'dirtyLemon.phoneCountry', before: null, after: phoneCountry },
    ...given.map(([field]) => ({ field, before: null, after: patch[field] ?? null })),
    { field: 'dirtyLemon.confirmation', before: null, after: confirmation ? null : 'false' },
  ];
  return {
    request: { method: 'POST', path: '/v1/customers', route: '/v1/customers', json },
    held: [...(phone === null ? [] : (['phone'] as const)), ...named.map(([field]) => field)],
    changes: changes.filter((change) => change.after !== null),
    problems: problemsOf(phone, phoneCountry),
    // DL-5: a customer whose phone nobody has confirmed comes out as confirmed.
    ...(confirmation
      ? {}
      : { requires: { scope: 'customers:preconfirm' as const, path: ['dirtyLemon', 'confirmation'] } }),
  };
}

/** DL-16: its spelling of a phone is its own. DL-8: the unconfirmed number stays. */
export function made({ json }: ProviderRequest, wire: DirtyLemonCustomer): boolean {
  const sent = json as Readonly<Record<string, unknown>>;
  const region = country(sent.country_code);
  const numbers = [wire.unconfirmed_phone_number, wire.phone_number].map((each) => phone(each, region));
  return (
    numbers.includes(phone(sent.unconfirmed_phone_number, region)) &&
    FIELDS.every(([, name]) => sent[name] === undefined || text(wire[name]) === text(sent[name]))
  );
}

/** DL-13: the code is the phone's own country, so an address's country never stands in for it. */
function problemsOf(phone: string | null, phoneCountry: CountryCode | null): readonly InputProblem[] {
  const problem = (path: readonly string[], message: string): InputProblem[] => [
    { path, code: 'INVALID_INPUT', message },
  ];
  if (phone === null) return problem(['phone'], 'Dirty Lemon needs a phone number to create a customer.');
  const path = ['dirtyLemon', 'phoneCountry'];
  if (phoneCountry === null)
    return problem(path, 'Several countries share this number’s calling code: say which one it is.');
  return callingCodeMatches(phone, phoneCountry)
    ? []
    : problem(path, 'The phone number has another country’s calling code.');
}

/**
 * DL-3: the heading says PATCH, the example PUT: `method` is a setting. The body is the same, since the example's PUT
 * sends one field and gets the others back as they were. A clear is a JSON null.
 */
export const draftUpdate =
  (method: 'PATCH' | 'PUT') =>
  ({ patch, current }: UpdateIntent<DirtyLemonCustomer, unknown>): Draft => {
    if (!current) throw new Error('Dirty Lemon updates only a record it has');
    const named = FIELDS.flatMap(([field, wire, read]) => {
      const after = patch[field];
      return after === undefined ? [] : [{ field, wire, before: read(current.wire), after }];
    });
    const changed = named.filter(({ before, after }) => before !== after);
    const json = Object.fromEntries(changed.map(({ wire, after }) => [wire, after]));
    const path = `/v1/customers/${current.providerId}`;
    return {
      request: changed.length === 0 ? null : { method, path, route: '/v1/customers/:id', json },
      held: named.map(({ field }) => field),
      changes: changed.map(({ field, before, after }) => ({ field, before, after })),
      problems: [],
    };
  };
