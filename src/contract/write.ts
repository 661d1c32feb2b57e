import type { ProviderRequest } from '../http/transport.ts';
import type { InputField } from './capabilities.ts';
import type { Scope } from './scopes.ts';

/** The codes that a mutation's errors carry; the public contract's `WriteErrorCode`. */
export type WriteErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'DUPLICATE'
  | 'ALREADY_CONFIRMED'
  | 'INVALID_CONFIRMATION_TOKEN'
  | 'CAPABILITY_UNSUPPORTED'
  | 'PROVIDER_NOT_CONFIGURED'
  | 'PROVIDER_REJECTED'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_RATE_LIMITED'
  | 'PROVIDER_AUTH_FAILED'
  | 'PROVIDER_BAD_RESPONSE'
  | 'OUTCOME_UNKNOWN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'TOO_MANY_ATTEMPTS'
  | 'FORBIDDEN'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'INTERNAL';

/** One thing that is wrong with the input. `path` leads into the input: `['address', 'country']`. */
export interface InputProblem {
  readonly path: readonly string[];
  readonly code: WriteErrorCode;
  /** What is wrong and what to do; never quotes the value. */
  readonly message: string;
}

/**
 * The unified fields that the caller named, normalised and checked: absent = leave as it is, null = clear.
 * phone is E.164, address.country an ISO code, taxId canonical.
 */
export type Patch = { readonly [F in InputField]?: string | null };

/** What of a customer may stand in for what an input does not name. */
export const KNOWN_FIELDS = ['firstName', 'lastName', 'email'] as const satisfies readonly InputField[];

export type KnownField = (typeof KNOWN_FIELDS)[number];

/** What the merged customer says of them. */
export type Known = { readonly [F in KnownField]: string | null };

/** One value that a write changes. `field` is a path into the input; null is "no value". */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a write would send, worked out without sending anything. */
export interface Draft {
  /** null: the provider has it all already, nothing is to be sent. */
  readonly request: ProviderRequest | null;
  /** The named unified fields that this request stores, or that the provider holds already. */
  readonly held: readonly InputField[];
  /** Named unified fields whose place another field of the same input takes: told as ignored, not refused. */
  readonly overridden?: readonly InputField[];
  readonly changes: readonly FieldChange[];
  /** What this provider needs and did not get, or can't take; with any of these nothing is sent. */
  readonly problems: readonly InputProblem[];
  /** The id that the record will have, where the caller chooses it; told also where something else is missing. */
  readonly providerId?: string;
  /** What of the input takes a scope of its own. */
  readonly requires?: { readonly scope: Scope; readonly path: readonly string[] };
}

export interface CreateIntent<Own> {
  readonly patch: Patch;
  /** The provider's own input, already parsed by its schema; undefined when the caller gave none. */
  readonly own: Own | undefined;
  /** When this write was decided; the same for every repetition of it. */
  readonly decidedAt: Date;
  /** Only where the provider wants some of it, see `wants` in provider.ts. */
  readonly known?: Known | null;
}

export interface UpdateIntent<Wire, Own> extends CreateIntent<Own> {
  /** null: the customer has no record here yet (only where `update.adopts`). */
  readonly current: { readonly providerId: string; readonly wire: Wire } | null;
}

/** What an accepted write left behind. */
export interface Written<Wire> {
  readonly providerId: string;
  /** Where the provider has no read: what is remembered as its record. */
  readonly remembered?: Wire;
  /** True when the provider messaged a confirmation code to the customer's phone. */
  readonly codeSent?: boolean;
}
