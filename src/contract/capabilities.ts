/** What a provider can be asked to do. */
export type ProviderOperation =
  | 'READ'
  | 'LIST'
  | 'SEARCH'
  | 'CHANGED_SINCE'
  | 'CREATE'
  | 'UPDATE'
  | 'CONFIRM'
  | 'REQUEST_CONFIRMATION'
  | 'SELF_SERVICE_LINK';

/**
 * NATIVE: the provider's own; EMULATED: the gateway does it from what it knows; UNSUPPORTED: neither, and it says why.
 */
export type Support = 'NATIVE' | 'EMULATED' | 'UNSUPPORTED';

export type SelfServiceLinkKind = 'CARD' | 'BILLING_ADDRESS' | 'SHIPPING_ADDRESS' | 'BILLING_PAGE';

/** The unified input fields, spelt as their path into the input. */
export const INPUT_FIELDS = [
  'kind',
  'firstName',
  'lastName',
  'companyName',
  'email',
  'phone',
  'address.line1',
  'address.line2',
  'address.city',
  'address.postalCode',
  'address.region',
  'address.country',
  'taxId',
] as const;

export type InputField = (typeof INPUT_FIELDS)[number];

export interface Capability {
  readonly support: Support;
  /** Why not, or how: one sentence for people. */
  readonly note?: string;
  /** CREATE and UPDATE: the unified input fields that can be stored. */
  readonly fields?: readonly InputField[];
  /** SELF_SERVICE_LINK: the kinds of link. */
  readonly linkKinds?: readonly SelfServiceLinkKind[];
}

/** Every operation is spoken of: what a provider can't do is said with its reason, never left out. */
export type Capabilities = Readonly<Record<ProviderOperation, Capability>>;
