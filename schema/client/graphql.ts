/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ChangeKind =
  | 'CONFIRMED'
  | 'CREATED'
  | 'ERASED'
  | 'LINKED'
  | 'UNLINKED'
  | 'UPDATED';

export type ConfirmCustomerInput = {
  confirmationToken: string;
  id: string | number;
  /** A second call with the same key and input gets the first one’s answer; nothing is sent twice. */
  idempotencyKey?: string | null | undefined;
  recordId?: string | number | null | undefined;
};

export type CreateCustomerInput = {
  address?: PostalAddressInput | null | undefined;
  companyName?: string | null | undefined;
  cycleSoftware?: CycleSoftwareCreateInput | null | undefined;
  dirtyLemon?: DirtyLemonCreateInput | null | undefined;
  /** Sends nothing: answers with what would be sent and what would change. */
  dryRun?: boolean | null | undefined;
  email?: string | null | undefined;
  firstName?: string | null | undefined;
  /** A second call with the same key and input gets the first one’s answer; nothing is sent twice. */
  idempotencyKey?: string | null | undefined;
  /** An existing customer to join instead of making a new one. */
  joinCustomer?: string | number | null | undefined;
  kind?: CustomerKind | null | undefined;
  lastName?: string | null | undefined;
  octobat?: OctobatCreateInput | null | undefined;
  onboardFlow?: OnboardFlowCreateInput | null | undefined;
  /** In any spelling; a national number is read in the address’s country, or dirtyLemon.phoneCountry. */
  phone?: string | null | undefined;
  providers: Array<ProviderName>;
  taxId?: string | null | undefined;
};

export type CreateSelfServiceLinkInput = {
  id: string | number;
  kind: SelfServiceLinkKind;
  recordId?: string | number | null | undefined;
};

/** A customer matches when any one of its records does. */
export type CustomerFilter = {
  /** Seen to change since. */
  changedSince?: string | null | undefined;
  /** Of the address: a code or a name. */
  country?: string | null | undefined;
  /** Asks CycleSoftware’s own find. */
  cycleSoftware?: CycleSoftwareFilter | null | undefined;
  email?: string | null | undefined;
  kind?: CustomerKind | null | undefined;
  /** In any spelling; a national number needs phoneCountry. Matches equal E.164 or, where a record has none, equal national digits. */
  phone?: string | null | undefined;
  phoneCountry?: string | null | undefined;
  postalCode?: string | null | undefined;
  providers?: Array<ProviderName> | null | undefined;
  status?: CustomerStatus | null | undefined;
  taxId?: string | null | undefined;
  /** Words of a name, company, email, city or reference; forgives case, accents and a typo. */
  text?: string | null | undefined;
};

export type CustomerKind =
  | 'BUSINESS'
  | 'INDIVIDUAL';

/** null sorts last. RELEVANCE: best first whatever the direction, with text only. */
export type CustomerOrder = {
  direction?: OrderDirection;
  field: CustomerOrderField;
};

export type CustomerOrderField =
  | 'CHANGED_SEEN_AT'
  | 'CREATED_AT'
  | 'DISPLAY_NAME'
  | 'RELEVANCE';

export type CustomerStatus =
  | 'ACTIVE'
  | 'INACTIVE';

export type CycleSoftwareCreateInput = {
  attn?: string | null | undefined;
  cocNumber?: string | null | undefined;
  customerReference?: string | null | undefined;
  /** Klant, Zakelijk or E-commerce; wins over kind. */
  customerTypeName?: string | null | undefined;
  /** 0 to 100. */
  discountPercentage?: number | null | undefined;
  houseNumber?: string | null | undefined;
  houseNumberPostfix?: string | null | undefined;
  initials?: string | null | undefined;
  insertion?: string | null | undefined;
  phoneNumbers?: Array<CycleSoftwarePhoneNumberInput> | null | undefined;
  /** With the house number, wins over address.line1. */
  street?: string | null | undefined;
  title?: string | null | undefined;
};

export type CycleSoftwareFilter = {
  customerTypeId?: number | null | undefined;
  houseNumber?: string | null | undefined;
  houseNumberPostfix?: string | null | undefined;
};

export type CycleSoftwarePhoneNumberInput = {
  name?: string | null | undefined;
  phoneNumber?: string | null | undefined;
  phoneNumberId?: string | null | undefined;
};

export type CycleSoftwareUpdateInput = {
  attn?: string | null | undefined;
  cocNumber?: string | null | undefined;
  customerReference?: string | null | undefined;
  /** Klant, Zakelijk or E-commerce; wins over kind. */
  customerTypeName?: string | null | undefined;
  /** 0 to 100. */
  discountPercentage?: number | null | undefined;
  houseNumber?: string | null | undefined;
  houseNumberPostfix?: string | null | undefined;
  initials?: string | null | undefined;
  insertion?: string | null | undefined;
  /** Numbers named by id change, null clears one, without an id one is added; the others stay. */
  phoneNumbers?: Array<CycleSoftwarePhoneNumberInput> | null | undefined;
  /** With the house number, wins over address.line1. */
  street?: string | null | undefined;
  title?: string | null | undefined;
};

export type DataQualityCode =
  | 'EMAIL_IN_OTHER_FIELD'
  | 'INVALID_EMAIL'
  | 'INVALID_PHONE'
  | 'MISSING_TAX_ID'
  | 'PHONE_COUNTRY_MISMATCH'
  | 'UNKNOWN_COUNTRY'
  | 'UNKNOWN_STATUS';

export type DirtyLemonCreateInput = {
  /** false creates an already confirmed customer. Scope: customers:preconfirm. */
  confirmation?: boolean | null | undefined;
  /** The phone number’s country, where the number alone does not tell it. */
  phoneCountry?: string | null | undefined;
};

export type HealthState =
  | 'DEGRADED'
  | 'DOWN'
  | 'UNKNOWN'
  | 'UP';

export type LinkCustomersInput = {
  /** Why they are one, in words for whoever looks later; at most 1000 characters. */
  evidence?: string | null | undefined;
  ids: Array<string | number>;
};

export type LinkRule =
  /** Somebody said so. */
  | 'MANUAL'
  /** Created by one request. */
  | 'SAME_CREATE'
  /** One provider’s record has the id of the other’s. */
  | 'SHARED_ID';

export type OctobatBusinessType =
  | 'B2B'
  | 'B2C';

export type OctobatCreateInput = {
  businessType?: OctobatBusinessType | null | undefined;
  /** Where the company’s, or the first and last name, would not do. */
  name?: string | null | undefined;
};

export type OctobatUpdateInput = {
  businessType?: OctobatBusinessType | null | undefined;
  name?: string | null | undefined;
};

export type OnboardFlowCreateInput = {
  customerId: string;
  /** When the customer was created; default: when this write was decided, kept for every repetition of it. */
  eventDate?: string | null | undefined;
  hasPaymentMethod: boolean;
  imageUrl?: string | null | undefined;
  userId: string;
};

export type OnboardFlowUpdateInput = {
  /** With userId and hasPaymentMethod it may also tell of a customer that OnboardFlow knew before this gateway. */
  customerId?: string | null | undefined;
  eventDate?: string | null | undefined;
  hasPaymentMethod?: boolean | null | undefined;
  imageUrl?: string | null | undefined;
  userId?: string | null | undefined;
};

export type OrderDirection =
  | 'ASC'
  | 'DESC';

/** In an update each field stands for itself: absent leaves, null clears; address: null clears them all. country: a code or a name. */
export type PostalAddressInput = {
  city?: string | null | undefined;
  country?: string | null | undefined;
  line1?: string | null | undefined;
  line2?: string | null | undefined;
  postalCode?: string | null | undefined;
  region?: string | null | undefined;
};

export type ProviderName =
  /** CycleSoftware */
  | 'CYCLE_SOFTWARE'
  /** Dirty Lemon */
  | 'DIRTY_LEMON'
  /** Nutcache */
  | 'NUTCACHE'
  /** Octobat */
  | 'OCTOBAT'
  /** OnboardFlow */
  | 'ONBOARD_FLOW';

export type ProviderOperation =
  | 'CHANGED_SINCE'
  | 'CONFIRM'
  | 'CREATE'
  | 'LIST'
  | 'READ'
  | 'REQUEST_CONFIRMATION'
  | 'SEARCH'
  | 'SELF_SERVICE_LINK'
  | 'UPDATE';

export type RequestCustomerConfirmationInput = {
  id: string | number;
  /** A second call with the same key and input gets the first one’s answer; nothing is sent twice. */
  idempotencyKey?: string | null | undefined;
  recordId?: string | number | null | undefined;
};

export type SearchExtent =
  | 'COMPLETE'
  | 'FAILED'
  | 'KNOWN_ONLY'
  | 'NOT_CONFIGURED'
  | 'PARTIAL';

export type SelfServiceLinkKind =
  | 'BILLING_ADDRESS'
  | 'BILLING_PAGE'
  | 'CARD'
  | 'SHIPPING_ADDRESS';

export type ServedFrom =
  /** Read from the provider a moment ago, within the allowed age. */
  | 'CACHE'
  /** This is the directory’s copy: the provider could not be asked, as problem tells; or customers were listed, which is done from the directory, unless the request’s Cache-Control says how old an answer may be. */
  | 'DIRECTORY'
  /** The provider has no read: this is what this gateway last sent it. */
  | 'LAST_SENT'
  /** Read from the provider for this request. */
  | 'LIVE'
  /** The provider could not be asked and there is no copy: the profile is null. */
  | 'UNAVAILABLE';

export type Support =
  | 'EMULATED'
  | 'NATIVE'
  | 'UNSUPPORTED';

export type SyncState =
  | 'COMPLETE'
  /** Or it was interrupted. The next run goes on where that can be. */
  | 'FAILED'
  /** It never ran. */
  | 'IDLE'
  | 'RUNNING';

export type UpdateCustomerInput = {
  address?: PostalAddressInput | null | undefined;
  companyName?: string | null | undefined;
  cycleSoftware?: CycleSoftwareUpdateInput | null | undefined;
  /** Sends nothing: answers with what would be sent and what would change. */
  dryRun?: boolean | null | undefined;
  email?: string | null | undefined;
  firstName?: string | null | undefined;
  id: string | number;
  /** A second call with the same key and input gets the first one’s answer; nothing is sent twice. */
  idempotencyKey?: string | null | undefined;
  /** Refuses the whole update with CONFLICT when the customer has changed since. */
  ifRevision?: string | null | undefined;
  kind?: CustomerKind | null | undefined;
  lastName?: string | null | undefined;
  octobat?: OctobatUpdateInput | null | undefined;
  onboardFlow?: OnboardFlowUpdateInput | null | undefined;
  /** In any spelling; a national number is read in the address’s country, or dirtyLemon.phoneCountry. */
  phone?: string | null | undefined;
  providers?: Array<ProviderName> | null | undefined;
  records?: Array<string | number> | null | undefined;
  taxId?: string | null | undefined;
};

export type VerificationState =
  | 'EXPIRED'
  /** The provider’s own fields contradict one another. */
  | 'INCONSISTENT'
  | 'PENDING'
  | 'UNVERIFIED'
  | 'VERIFIED';

export type WriteErrorCode =
  | 'ALREADY_CONFIRMED'
  | 'CAPABILITY_UNSUPPORTED'
  | 'CONFLICT'
  | 'DEADLINE_EXCEEDED'
  | 'DUPLICATE'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INTERNAL'
  | 'INVALID_CONFIRMATION_TOKEN'
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'OUTCOME_UNKNOWN'
  | 'OVERLOADED'
  | 'PROVIDER_AUTH_FAILED'
  | 'PROVIDER_BAD_RESPONSE'
  | 'PROVIDER_NOT_CONFIGURED'
  | 'PROVIDER_RATE_LIMITED'
  | 'PROVIDER_REJECTED'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_UNAVAILABLE'
  | 'RATE_LIMITED'
  | 'TOO_MANY_ATTEMPTS'
  | 'UNAVAILABLE';

export type WriteStatus =
  | 'FAILED'
  /** Not sent, because a conflict or another failure stopped it. */
  | 'NOT_SENT'
  /** Sent, and no trustworthy answer came. It is not sent again by itself; the same idempotencyKey settles it. */
  | 'OUTCOME_UNKNOWN'
  | 'PREVIEWED'
  | 'SUCCEEDED'
  /** Nothing of it to write here. */
  | 'UNCHANGED';

export type CustomerQueryVariables = Exact<{
  provider: ProviderName;
  providerId: string;
}>;


export type CustomerQuery = { customerByProviderId: { id: string, displayName: string | null, kind: CustomerKind | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null, rawCountry: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null, records: Array<{ provider: ProviderName, servedFrom: ServedFrom }>, octobat: { name: string | null, businessType: OctobatBusinessType | null, taxNumber: string | null } | null, cycleSoftware: { insertion: string | null, lastName: string | null, street: string | null, houseNumber: string | null } | null, nutcache: { name: string | null, contact: string | null, country: number | null, tax: number | null } | null, dirtyLemon: { phoneNumber: string | null, confirmedAt: string | null } | null } | null };

export type FiveProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type FiveProvidersQuery = { octobat: { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null } | null, cycleSoftware: { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null } | null, nutcache: { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null } | null, dirtyLemon: { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null } | null, onboardFlow: { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null } | null };

export type CardFragment = { id: string, displayName: string | null, kind: CustomerKind | null, status: CustomerStatus | null, email: string | null, phone: string | null, address: { lines: Array<string>, country: string | null } | null, verification: { state: VerificationState, verifiedAt: string | null } | null, dataQuality: Array<{ field: string, code: DataQualityCode, message: string }> | null };

export type CreateCustomerMutationVariables = Exact<{
  input: CreateCustomerInput;
}>;


export type CreateCustomerMutation = { createCustomer: { customer: { id: string, displayName: string | null, email: string | null, phone: string | null, address: { lines: Array<string> } | null, records: Array<{ id: string, provider: ProviderName, servedFrom: ServedFrom }> } | null, outcomes: Array<{ provider: ProviderName, status: WriteStatus, ignoredFields: Array<string>, request: Record<string, unknown> | null }>, errors: Array<{ code: WriteErrorCode, field: Array<string> | null, message: string, provider: ProviderName | null }> } | null };

export type CustomerByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type CustomerByIdQuery = { customer: { id: string, displayName: string | null, email: string | null, phone: string | null, createdAt: string | null, updatedAt: string | null, verification: { state: VerificationState, sentAt: string | null, expiresAt: string | null, verifiedAt: string | null } | null, problems: Array<{ provider: ProviderName, code: string, message: string, retryable: boolean }>, records: Array<{ provider: ProviderName, providerId: string | null, servedFrom: ServedFrom, fetchedAt: string | null, displayName: string | null, email: string | null, phone: string | null, raw: Record<string, unknown> | null, address: { lines: Array<string> } | null }> } | null };

export type UpdateCustomerMutationVariables = Exact<{
  input: UpdateCustomerInput;
}>;


export type UpdateCustomerMutation = { updateCustomer: { customer: { id: string, displayName: string | null, updatedAt: string | null, revision: string | null, address: { lines: Array<string> } | null } | null, outcomes: Array<{ provider: ProviderName, status: WriteStatus, ignoredFields: Array<string>, request: Record<string, unknown> | null, changes: Array<{ field: string, before: string | null, after: string | null }>, error: { code: WriteErrorCode, message: string } | null }>, errors: Array<{ code: WriteErrorCode, field: Array<string> | null, message: string, provider: ProviderName | null }> } | null };

export type RequestConfirmationMutationVariables = Exact<{
  input: RequestCustomerConfirmationInput;
}>;


export type RequestConfirmationMutation = { requestCustomerConfirmation: { customer: { id: string, verification: { state: VerificationState, sentAt: string | null, expiresAt: string | null } | null } | null, outcomes: Array<{ provider: ProviderName, status: WriteStatus }>, errors: Array<{ code: WriteErrorCode, message: string, retryAfterMs: number | null }> } | null };

export type ConfirmPhoneMutationVariables = Exact<{
  input: ConfirmCustomerInput;
}>;


export type ConfirmPhoneMutation = { confirmCustomer: { customer: { id: string, displayName: string | null, phone: string | null, verification: { state: VerificationState, verifiedAt: string | null } | null } | null, outcomes: Array<{ provider: ProviderName, status: WriteStatus }>, errors: Array<{ code: WriteErrorCode, field: Array<string> | null, message: string }> } | null };

export type SelfServiceLinkMutationVariables = Exact<{
  input: CreateSelfServiceLinkInput;
}>;


export type SelfServiceLinkMutation = { createSelfServiceLink: { url: string | null, expiresAt: string | null, errors: Array<{ code: WriteErrorCode, message: string, provider: ProviderName | null }> } | null };

export type CustomersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: CustomerFilter | null | undefined;
  orderBy?: CustomerOrder | null | undefined;
}>;


export type CustomersQuery = { customers: { totalCount: number | null, nodes: Array<{ id: string, displayName: string | null, kind: CustomerKind | null, email: string | null, phone: string | null, address: { city: string | null, country: string | null } | null, records: Array<{ provider: ProviderName, servedFrom: ServedFrom, fetchedAt: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, coverage: Array<{ provider: ProviderName, extent: SearchExtent, records: number | null, asOf: string | null, reason: string | null }> } | null };

export type FindByPhoneQueryVariables = Exact<{
  filter: CustomerFilter;
}>;


export type FindByPhoneQuery = { customers: { nodes: Array<{ id: string, displayName: string | null, phone: string | null, address: { lines: Array<string> } | null, cycleSoftware: { customerReference: string | null, phoneNumbers: Array<{ name: string | null, phoneNumber: string | null, e164: string | null }> | null } | null }>, coverage: Array<{ provider: ProviderName, extent: SearchExtent, records: number | null, reason: string | null }> } | null };

export type ProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type ProvidersQuery = { providers: Array<{ name: ProviderName, title: string, configured: boolean, health: { state: HealthState, since: string, lastProblem: { code: string, message: string } | null } | null, rateLimits: Array<{ window: string, limit: number, remaining: number, resetsAt: string | null }> | null, sync: { state: SyncState, records: number, startedAt: string | null, finishedAt: string | null, problem: { code: string, message: string } | null } | null, capabilities: Array<{ operation: ProviderOperation, support: Support, note: string | null, fields: Array<string> | null, linkKinds: Array<SelfServiceLinkKind> | null }> }> | null };

export type ProviderRecordsQueryVariables = Exact<{
  provider: ProviderName;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ProviderRecordsQuery = { provider: { title: string, records: { totalCount: number | null, nodes: Array<{ id: string, providerId: string | null, displayName: string | null, email: string | null, extension:
          | { insertion: string | null, houseNumber: string | null }
          | { phoneNumber: string | null, confirmedAt: string | null }
          | { contact: string | null, phone: string | null, country: number | null, tax: number | null }
          | { name: string | null, businessType: OctobatBusinessType | null, taxNumber: string | null }
          | { userId: string | null, hasPaymentMethod: boolean | null }
         | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

type OwnFields_CycleSoftwareCustomer_Fragment = { insertion: string | null, houseNumber: string | null };

type OwnFields_DirtyLemonCustomer_Fragment = { phoneNumber: string | null, confirmedAt: string | null };

type OwnFields_NutcacheCustomer_Fragment = { contact: string | null, phone: string | null, country: number | null, tax: number | null };

type OwnFields_OctobatCustomer_Fragment = { name: string | null, businessType: OctobatBusinessType | null, taxNumber: string | null };

type OwnFields_OnboardFlowCustomer_Fragment = { userId: string | null, hasPaymentMethod: boolean | null };

export type OwnFieldsFragment =
  | OwnFields_CycleSoftwareCustomer_Fragment
  | OwnFields_DirtyLemonCustomer_Fragment
  | OwnFields_NutcacheCustomer_Fragment
  | OwnFields_OctobatCustomer_Fragment
  | OwnFields_OnboardFlowCustomer_Fragment
;

export type PossibleDuplicatesQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type PossibleDuplicatesQuery = { customers: { nodes: Array<{ id: string, displayName: string | null, records: Array<{ provider: ProviderName }>, possibleDuplicates: Array<{ score: number, evidence: Array<string>, customer: { id: string, displayName: string | null, records: Array<{ provider: ProviderName }> } }> | null }> } | null };

export type LinkCustomersMutationVariables = Exact<{
  input: LinkCustomersInput;
}>;


export type LinkCustomersMutation = { linkCustomers: { customer: { id: string, formerIds: Array<string> | null, displayName: string | null, records: Array<{ id: string, provider: ProviderName, displayName: string | null }>, links: Array<{ rule: LinkRule, evidence: Array<string>, linkedAt: string, linkedBy: string }> | null, conflicts: Array<{ field: string, values: Array<{ provider: ProviderName, value: string }> }> | null } | null, errors: Array<{ code: WriteErrorCode, field: Array<string> | null, message: string }> } | null };

export type CustomerChangesSubscriptionVariables = Exact<{
  ids?: Array<string | number> | string | number | null | undefined;
  providers?: Array<ProviderName> | ProviderName | null | undefined;
}>;


export type CustomerChangesSubscription = { customerChanged: { kind: ChangeKind, customerId: string, formerIds: Array<string>, provider: ProviderName | null, fields: Array<string>, at: string, customer: { displayName: string | null, email: string | null, phone: string | null } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CardFragmentDoc = new TypedDocumentString(`
    fragment Card on Customer {
  id
  displayName
  kind
  status
  email
  phone
  address {
    lines
    country
  }
  verification {
    state
    verifiedAt
  }
  dataQuality {
    field
    code
    message
  }
}
    `, {"fragmentName":"Card"}) as unknown as TypedDocumentString<CardFragment, unknown>;
export const OwnFieldsFragmentDoc = new TypedDocumentString(`
    fragment OwnFields on ProviderExtension {
  ... on OctobatCustomer {
    name
    businessType
    taxNumber
  }
  ... on CycleSoftwareCustomer {
    insertion
    houseNumber
  }
  ... on NutcacheCustomer {
    contact
    phone
    country
    tax
  }
  ... on OnboardFlowCustomer {
    userId
    hasPaymentMethod
  }
  ... on DirtyLemonCustomer {
    phoneNumber
    confirmedAt
  }
}
    `, {"fragmentName":"OwnFields"}) as unknown as TypedDocumentString<OwnFieldsFragment, unknown>;
export const CustomerDocument = new TypedDocumentString(`
    query Customer($provider: ProviderName!, $providerId: String!) {
  customerByProviderId(provider: $provider, providerId: $providerId) {
    id
    displayName
    kind
    email
    phone
    address {
      lines
      country
      rawCountry
    }
    dataQuality {
      field
      code
      message
    }
    records {
      provider
      servedFrom
    }
    octobat {
      name
      businessType
      taxNumber
    }
    cycleSoftware {
      insertion
      lastName
      street
      houseNumber
    }
    nutcache {
      name
      contact
      country
      tax
    }
    dirtyLemon {
      phoneNumber
      confirmedAt
    }
  }
}
    `) as unknown as TypedDocumentString<CustomerQuery, CustomerQueryVariables>;
export const FiveProvidersDocument = new TypedDocumentString(`
    query FiveProviders {
  octobat: customerByProviderId(
    provider: OCTOBAT
    providerId: "oc_cu_1421878635hksc26e4de79"
  ) {
    ...Card
  }
  cycleSoftware: customerByProviderId(provider: CYCLE_SOFTWARE, providerId: "11") {
    ...Card
  }
  nutcache: customerByProviderId(provider: NUTCACHE, providerId: "143222") {
    ...Card
  }
  dirtyLemon: customerByProviderId(
    provider: DIRTY_LEMON
    providerId: "fffd7e80-1691-41f5-8946-9deeaf0b8640"
  ) {
    ...Card
  }
  onboardFlow: customerByProviderId(
    provider: ONBOARD_FLOW
    providerId: "cus_123XYZ"
  ) {
    ...Card
  }
}
    fragment Card on Customer {
  id
  displayName
  kind
  status
  email
  phone
  address {
    lines
    country
  }
  verification {
    state
    verifiedAt
  }
  dataQuality {
    field
    code
    message
  }
}`) as unknown as TypedDocumentString<FiveProvidersQuery, FiveProvidersQueryVariables>;
export const CreateCustomerDocument = new TypedDocumentString(`
    mutation CreateCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    customer {
      id
      displayName
      email
      phone
      address {
        lines
      }
      records {
        id
        provider
        servedFrom
      }
    }
    outcomes {
      provider
      status
      ignoredFields
      request
    }
    errors {
      code
      field
      message
      provider
    }
  }
}
    `) as unknown as TypedDocumentString<CreateCustomerMutation, CreateCustomerMutationVariables>;
export const CustomerByIdDocument = new TypedDocumentString(`
    query CustomerById($id: ID!) {
  customer(id: $id) {
    id
    displayName
    email
    phone
    createdAt
    updatedAt
    verification {
      state
      sentAt
      expiresAt
      verifiedAt
    }
    problems {
      provider
      code
      message
      retryable
    }
    records {
      provider
      providerId
      servedFrom
      fetchedAt
      displayName
      email
      phone
      address {
        lines
      }
      raw
    }
  }
}
    `) as unknown as TypedDocumentString<CustomerByIdQuery, CustomerByIdQueryVariables>;
export const UpdateCustomerDocument = new TypedDocumentString(`
    mutation UpdateCustomer($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) {
    customer {
      id
      displayName
      address {
        lines
      }
      updatedAt
      revision
    }
    outcomes {
      provider
      status
      changes {
        field
        before
        after
      }
      ignoredFields
      request
      error {
        code
        message
      }
    }
    errors {
      code
      field
      message
      provider
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateCustomerMutation, UpdateCustomerMutationVariables>;
export const RequestConfirmationDocument = new TypedDocumentString(`
    mutation RequestConfirmation($input: RequestCustomerConfirmationInput!) {
  requestCustomerConfirmation(input: $input) {
    customer {
      id
      verification {
        state
        sentAt
        expiresAt
      }
    }
    outcomes {
      provider
      status
    }
    errors {
      code
      message
      retryAfterMs
    }
  }
}
    `) as unknown as TypedDocumentString<RequestConfirmationMutation, RequestConfirmationMutationVariables>;
export const ConfirmPhoneDocument = new TypedDocumentString(`
    mutation ConfirmPhone($input: ConfirmCustomerInput!) {
  confirmCustomer(input: $input) {
    customer {
      id
      displayName
      phone
      verification {
        state
        verifiedAt
      }
    }
    outcomes {
      provider
      status
    }
    errors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ConfirmPhoneMutation, ConfirmPhoneMutationVariables>;
export const SelfServiceLinkDocument = new TypedDocumentString(`
    mutation SelfServiceLink($input: CreateSelfServiceLinkInput!) {
  createSelfServiceLink(input: $input) {
    url
    expiresAt
    errors {
      code
      message
      provider
    }
  }
}
    `) as unknown as TypedDocumentString<SelfServiceLinkMutation, SelfServiceLinkMutationVariables>;
export const CustomersDocument = new TypedDocumentString(`
    query Customers($first: Int, $after: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
  customers(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes {
      id
      displayName
      kind
      email
      phone
      address {
        city
        country
      }
      records {
        provider
        servedFrom
        fetchedAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
    coverage {
      provider
      extent
      records
      asOf
      reason
    }
  }
}
    `) as unknown as TypedDocumentString<CustomersQuery, CustomersQueryVariables>;
export const FindByPhoneDocument = new TypedDocumentString(`
    query FindByPhone($filter: CustomerFilter!) {
  customers(first: 5, filter: $filter) {
    nodes {
      id
      displayName
      phone
      address {
        lines
      }
      cycleSoftware {
        customerReference
        phoneNumbers {
          name
          phoneNumber
          e164
        }
      }
    }
    coverage {
      provider
      extent
      records
      reason
    }
  }
}
    `) as unknown as TypedDocumentString<FindByPhoneQuery, FindByPhoneQueryVariables>;
export const ProvidersDocument = new TypedDocumentString(`
    query Providers {
  providers {
    name
    title
    configured
    health {
      state
      since
      lastProblem {
        code
        message
      }
    }
    rateLimits {
      window
      limit
      remaining
      resetsAt
    }
    sync {
      state
      records
      startedAt
      finishedAt
      problem {
        code
        message
      }
    }
    capabilities {
      operation
      support
      note
      fields
      linkKinds
    }
  }
}
    `) as unknown as TypedDocumentString<ProvidersQuery, ProvidersQueryVariables>;
export const ProviderRecordsDocument = new TypedDocumentString(`
    query ProviderRecords($provider: ProviderName!, $first: Int, $after: String) {
  provider(name: $provider) {
    title
    records(first: $first, after: $after) {
      totalCount
      nodes {
        id
        providerId
        displayName
        email
        extension {
          ...OwnFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment OwnFields on ProviderExtension {
  ... on OctobatCustomer {
    name
    businessType
    taxNumber
  }
  ... on CycleSoftwareCustomer {
    insertion
    houseNumber
  }
  ... on NutcacheCustomer {
    contact
    phone
    country
    tax
  }
  ... on OnboardFlowCustomer {
    userId
    hasPaymentMethod
  }
  ... on DirtyLemonCustomer {
    phoneNumber
    confirmedAt
  }
}`) as unknown as TypedDocumentString<ProviderRecordsQuery, ProviderRecordsQueryVariables>;
export const PossibleDuplicatesDocument = new TypedDocumentString(`
    query PossibleDuplicates($first: Int) {
  customers(first: $first) {
    nodes {
      id
      displayName
      records {
        provider
      }
      possibleDuplicates {
        score
        evidence
        customer {
          id
          displayName
          records {
            provider
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PossibleDuplicatesQuery, PossibleDuplicatesQueryVariables>;
export const LinkCustomersDocument = new TypedDocumentString(`
    mutation LinkCustomers($input: LinkCustomersInput!) {
  linkCustomers(input: $input) {
    customer {
      id
      formerIds
      displayName
      records {
        id
        provider
        displayName
      }
      links {
        rule
        evidence
        linkedAt
        linkedBy
      }
      conflicts {
        field
        values {
          provider
          value
        }
      }
    }
    errors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<LinkCustomersMutation, LinkCustomersMutationVariables>;
export const CustomerChangesDocument = new TypedDocumentString(`
    subscription CustomerChanges($ids: [ID!], $providers: [ProviderName!]) {
  customerChanged(ids: $ids, providers: $providers) {
    kind
    customerId
    formerIds
    provider
    fields
    at
    customer {
      displayName
      email
      phone
    }
  }
}
    `) as unknown as TypedDocumentString<CustomerChangesSubscription, CustomerChangesSubscriptionVariables>;
