import type { FieldChange, InputProblem } from '../../contract/write.ts';
import type { CountryCode } from '../../model/customer.ts';
import { text } from '../../model/text.ts';
import type { PhoneEntry } from './api.ts';
import type { PhoneNumberInput } from './inputs.ts';
import { idOf, numberOf, phoneIndex, phoneOf, SLOTS } from './phoneNumbers.ts';

interface PhoneNumbersWrite {
  /** CS-1: all of them, those not named as they came: the provider would probably drop what is left out. */
  readonly entries: readonly PhoneEntry[];
  /** Where `entries` differ from what the provider has. */
  readonly changes: readonly FieldChange[];
  readonly problems: readonly InputProblem[];
  /** The ids whose number the caller named. */
  readonly named: ReadonlySet<string>;
}

/** `cycleSoftware.phoneNumbers`: those named by id change, without an id one is added, the others stay. */
export function writeOwnNumbers(
  current: readonly PhoneEntry[],
  inputs: readonly PhoneNumberInput[],
): PhoneNumbersWrite {
  const entries = [...current];
  const changes: FieldChange[] = [];
  const problems: InputProblem[] = [];
  const named = new Set<string>();

  for (const [index, input] of inputs.entries()) {
    const problem = problemOf(current, inputs, index);
    if (problem) {
      problems.push(problem);
      continue;
    }
    const position = current.findIndex((entry) => idOf(entry) === input.phoneNumberId);
    const { entry, changes: made } = writeEntry(current[position], input, `cycleSoftware.phoneNumbers.${index}`);
    if (made.length > 0) entries[position < 0 ? entries.length : position] = entry;
    if (input.phoneNumberId && input.phoneNumber !== undefined) named.add(input.phoneNumberId);
    changes.push(...made);
  }
  return { entries, changes, problems, named };
}

function problemOf(
  current: readonly PhoneEntry[],
  inputs: readonly PhoneNumberInput[],
  index: number,
): InputProblem | null {
  const { phoneNumberId: id, phoneNumber } = inputs[index] ?? {};
  const at = (field: string, message: string): InputProblem => ({
    path: ['cycleSoftware', 'phoneNumbers', String(index), field],
    code: 'INVALID_INPUT',
    message,
  });
  if (!id) {
    return phoneNumber ? null : at('phoneNumber', 'A phone number without an id is a new one and needs its number.');
  }
  if (inputs.findIndex((input) => input.phoneNumberId === id) < index) {
    return at('phoneNumberId', 'This phone number is named twice.');
  }
  if (SLOTS.includes(id) || current.some((entry) => idOf(entry) === id)) return null;
  return at('phoneNumberId', 'The customer has no phone number of this id. Use mob, tel, or no id for a new one.');
}

/** CS-18: a new entry gets no customer_id from us; those that came keep theirs. */
function writeEntry(
  before: PhoneEntry | undefined,
  { phoneNumberId: id, phoneNumber, name }: PhoneNumberInput,
  path: string,
): { readonly entry: PhoneEntry; readonly changes: readonly FieldChange[] } {
  const entry: PhoneEntry = { ...(before ?? { ...(id ? { phone_number_id: id } : {}), phone_number: '' }) };
  const changes: FieldChange[] = [];
  const set = (key: 'phone_number' | 'name', field: string, after: string | null | undefined): void => {
    const was = text(before?.[key]);
    // What says the same keeps the provider's spelling.
    if (after === undefined || after === was) return;
    entry[key] = after ?? '';
    changes.push({ field: `${path}.${field}`, before: was, after });
  };
  set('phone_number', 'phoneNumber', phoneNumber);
  set('name', 'name', name);
  return { entry, changes };
}

interface UnifiedPhoneWrite {
  /** null: nothing to write. */
  readonly entries: readonly PhoneEntry[] | null;
  readonly change: FieldChange | null;
  /** Whether the customer's phone then is what was asked for. */
  readonly held: boolean;
}

/**
 * The one phone of the unified input: into the place it is read from, else into `mob`. Other numbers stay, even when
 * it is cleared and another one is then read in its place: nobody asked for that one to go.
 *
 * Where `cycleSoftware.phoneNumbers` names that very number, or makes another one the customer's phone, it wins.
 * @param own what `cycleSoftware.phoneNumbers` made of the record's numbers
 * @param regions the customer's country before and after: a national spelling means another number with it
 */
export function writeUnifiedPhone(
  current: readonly PhoneEntry[],
  own: Pick<PhoneNumbersWrite, 'entries' | 'named'>,
  wanted: string | null,
  regions: { readonly before: CountryCode | null; readonly after: CountryCode | null },
): UnifiedPhoneWrite {
  const place = placeOf(current, own.entries, regions);
  const entry = own.entries[place];
  const isHeld = (entries: readonly PhoneEntry[]): boolean =>
    wanted === null ? text(entries[place]?.phone_number) === null : phoneOf(entries, regions.after) === wanted;

  const nothing = { entries: null, change: null, held: isHeld(own.entries) };
  const stands = entry ? (numberOf(entry, regions.after) ?? text(entry.phone_number)) : null;
  if (stands === wanted || own.named.has(entry ? idOf(entry) : 'mob')) return nothing;

  const entries = [...own.entries];
  entries[place] = { ...(entry ?? { phone_number_id: 'mob' }), phone_number: wanted ?? '' };
  if (!isHeld(entries)) return nothing;
  const before = phoneOf(current, regions.before) ?? text(current[place]?.phone_number);
  return { entries, change: { field: 'phone', before, after: wanted }, held: true };
}

function placeOf(
  current: readonly PhoneEntry[],
  entries: readonly PhoneEntry[],
  regions: { readonly before: CountryCode | null; readonly after: CountryCode | null },
): number {
  const places = [
    phoneIndex(current, regions.after),
    phoneIndex(current, regions.before),
    entries.findIndex((entry) => idOf(entry) === 'mob'),
  ];
  return places.find((place) => place >= 0) ?? entries.length;
}
