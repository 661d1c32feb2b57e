import type { InputField } from '../../contract/capabilities.ts';
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
import type { OnboardFlowRecord, SentBody } from './api.ts';

/** undefined: not named; null: to be cleared. */
export interface OnboardFlowInput {
  readonly customerId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly hasPaymentMethod?: boolean | null | undefined;
  readonly imageUrl?: string | null | undefined;
  readonly eventDate?: Date | null | undefined;
}

/** The unified fields that an event can tell. */
export const FIELDS = ['firstName', 'lastName', 'email'] as const satisfies readonly (InputField & KnownField)[];

/** OF-3: what is not told is cleared there, so a customer who is known here is told of with all that is known. */
export const wanted = (patch: Patch): readonly KnownField[] => FIELDS.filter((field) => patch[field] === undefined);

/** OF-10: create and update have one URL, without an id and with its slash. */
const PATH = '/api/v1/customer/';

/** Each field that can change: its path into the input, and the body's name for it. */
const TOLD = [
  ['firstName', 'customer_first_name'],
  ['lastName', 'customer_last_name'],
  ['email', 'customer_email'],
  ['onboardFlow.customerId', 'customer_id'],
  ['onboardFlow.userId', 'user_id'],
  ['onboardFlow.hasPaymentMethod', 'customer_has_payment_method'],
  ['onboardFlow.imageUrl', 'customer_image_url'],
] as const satisfies readonly (readonly [string, keyof SentBody])[];

export const draftCreate = (intent: CreateIntent<OnboardFlowInput>): Draft => draft('POST', intent, null);

/**
 * OF-3: every field is told again, from the record as it was last told; with no record (a customer whom OnboardFlow
 * knows from elsewhere) the name and the email from what the customer is known by, and all else by the caller.
 */
export const draftUpdate = (intent: UpdateIntent<OnboardFlowRecord, OnboardFlowInput>): Draft =>
  draft('PUT', intent, intent.current?.wire.sent ?? null);

function draft(
  method: ProviderRequest['method'],
  intent: CreateIntent<OnboardFlowInput>,
  current: SentBody | null,
): Draft {
  const held = FIELDS.filter((field) => intent.patch[field] !== undefined);
  const { body, problems } = bodyOf(intent, current);
  const chosen = intent.own?.customerId ?? null;
  if (!body) return { request: null, held, changes: [], problems, ...(chosen !== null && { providerId: chosen }) };
  const changes = changesOf(current, body, intent.own?.eventDate ?? null);
  const request = { method, path: PATH, route: PATH, json: body };
  // OF-5: the id is the caller's to choose; with it an adopted customer has a record from now on.
  return { request: changes.length === 0 ? null : request, held, changes, problems, providerId: body.customer_id };
}

/** OF-4, OF-5: the ids and the payment method come from the caller or from what was told before; nothing stands in for them. */
function bodyOf(
  { patch, own, decidedAt, known }: CreateIntent<OnboardFlowInput>,
  current: SentBody | null,
): { body: SentBody | null; problems: readonly InputProblem[] } {
  const before = current ?? toldOf(known);
  const customerId = merged(own?.customerId, current?.customer_id);
  const userId = merged(own?.userId, current?.user_id);
  const hasPaymentMethod = merged(own?.hasPaymentMethod, current?.customer_has_payment_method);
  const email = merged(patch.email, before.customer_email);
  const problems = [
    ...required(['onboardFlow', 'customerId'], customerId, 'the payment platform’s own id of the customer'),
    ...required(['onboardFlow', 'userId'], userId, 'your own id of the user'),
    ...required(['onboardFlow', 'hasPaymentMethod'], hasPaymentMethod, 'whether the customer has a payment method'),
    ...required(['email'], email, 'an email address'),
    ...sameCustomer(customerId, current),
  ];
  if (customerId === null || userId === null || hasPaymentMethod === null || email === null || problems.length > 0) {
    return { body: null, problems };
  }
  const firstName = merged(patch.firstName, before.customer_first_name);
  const lastName = merged(patch.lastName, before.customer_last_name);
  const imageUrl = merged(own?.imageUrl, current?.customer_image_url);
  const body = {
    event_date: toSeconds(own?.eventDate ?? decidedAt),
    user_id: userId,
    customer_id: customerId,
    customer_email: email,
    ...(firstName === null ? {} : { customer_first_name: firstName }),
    ...(lastName === null ? {} : { customer_last_name: lastName }),
    ...(imageUrl === null ? {} : { customer_image_url: imageUrl }),
    customer_has_payment_method: hasPaymentMethod,
  };
  return { body, problems };
}

/** What a customer is known by, as it would have been told. */
const toldOf = (known: Known | null | undefined) => ({
  customer_email: known?.email,
  customer_first_name: known?.firstName,
  customer_last_name: known?.lastName,
});

/** What the caller says, null included, else what was told before. */
const merged = <T>(said: T | null | undefined, before: T | null | undefined): T | null =>
  said === undefined ? (before ?? null) : said;

function required(path: readonly string[], value: unknown, what: string): InputProblem[] {
  if (value !== null) return [];
  return [{ path, code: 'INVALID_INPUT', message: `OnboardFlow needs ${what}; it can’t be left out or cleared.` }];
}

/** OF-5: it is the payment platform's id, and to OnboardFlow another id is another customer. */
function sameCustomer(customerId: string | null, current: SentBody | null): InputProblem[] {
  if (current === null || customerId === null || customerId === current.customer_id) return [];
  const message = 'This record’s customer id can’t change: to OnboardFlow another id is another customer.';
  return [{ path: ['onboardFlow', 'customerId'], code: 'INVALID_INPUT', message }];
}

/** The time of an event is no change in itself, unless the caller names another one than was told. */
function changesOf(current: SentBody | null, body: SentBody, named: Date | null): FieldChange[] {
  const changes: FieldChange[] = TOLD.map(([field, name]) => ({
    field,
    before: told(current?.[name]),
    after: told(body[name]),
  }));
  if (named) {
    const before = current ? toText(current.event_date) : null;
    changes.push({ field: 'onboardFlow.eventDate', before, after: toText(body.event_date) });
  }
  return changes.filter(({ before, after }) => before !== after);
}

const told = (value: string | boolean | undefined): string | null => (value === undefined ? null : String(value));

const toText = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** OF-1: the documented unit of what is sent. OF-6: of a moment that every repetition of the write shares. */
const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);
