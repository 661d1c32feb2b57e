import type { GatewayError } from '../errors.ts';
import { Customer } from '../gateway/customer.ts';
import type { Member } from '../gateway/gateway.ts';
import type { PhoneVerification } from '../gateway/verification.ts';
import type { NodeRef } from '../ids/ids.ts';
import { addressLines } from '../model/address.ts';
import type { DataQualityIssue, PostalAddress, Profile, ProfileField } from '../model/customer.ts';
import type { Builder } from './builder.ts';
import { ExtensionView, RecordSource } from './sources.ts';

/** Whatever has an id. */
export interface NodeSource {
  readonly ref: NodeRef;
}

/** Whatever can say a profile: a customer, merged, or one record. */
export interface ProfileSource {
  field<F extends ProfileField>(field: F): Profile[F] | null;
  readonly changedSeenAt: Date | null;
}

export interface ProblemSource {
  readonly member: Member;
  readonly problem: GatewayError;
}

export interface QualitySource extends DataQualityIssue {
  readonly member: Member;
}

export type Vocabulary = ReturnType<typeof defineVocabulary>;

/** The types that more than one noun is told in: names, nodes, profiles, problems. */
export function defineVocabulary(builder: Builder, members: readonly Member[]) {
  const providerName = builder.enumType('ProviderName', {
    values: Object.fromEntries(
      members.map((member) => [member.constant, { value: member.id, description: member.provider.title }]),
    ),
  });
  const customerKind = builder.enumType('CustomerKind', { values: ['BUSINESS', 'INDIVIDUAL'] as const });
  const customerStatus = builder.enumType('CustomerStatus', { values: ['ACTIVE', 'INACTIVE'] as const });

  const node = builder.interfaceRef<NodeSource>('Node').implement({
    resolveType: (source) => {
      if (source instanceof Customer) return 'Customer';
      if (source instanceof RecordSource) return 'CustomerRecord';
      return source instanceof ExtensionView ? extensionType(source) : 'Provider';
    },
    fields: (t) => ({
      id: t.id({
        description:
          'Opaque and stable: it survives restarts, is the same on every replica, and tells nothing of the providers’ own ids.',
        nullable: false,
        resolve: ({ ref }, _args, operation) => operation.gateway.ids.seal(ref),
      }),
    }),
  });

  const address = builder.objectRef<PostalAddress>('PostalAddress').implement({
    fields: (t) => ({
      line1: t.exposeString('line1'),
      line2: t.exposeString('line2'),
      city: t.exposeString('city'),
      postalCode: t.exposeString('postalCode'),
      region: t.exposeString('region'),
      country: t.expose('country', { type: 'CountryCode' }),
      rawCountry: t.exposeString('rawCountry', {
        description: 'The country exactly as the provider wrote it: a name, a code, or the provider’s own number.',
      }),
      lines: t.stringList({
        description: 'Ready to print on an envelope, one entry a line.',
        nullable: false,
        resolve: (source) => addressLines(source),
      }),
    }),
  });

  const profile = builder.interfaceRef<ProfileSource>('Profile').implement({
    description:
      'What every customer and every provider’s record of one can say, in one vocabulary. null = nobody says.',
    resolveType: (source) => (source instanceof Customer ? 'Customer' : 'CustomerRecord'),
    fields: (t) => ({
      kind: t.field({ type: customerKind, resolve: (source) => source.field('kind') }),
      displayName: t.string({
        description: 'What to call this customer on a screen: the company for a business, else the person’s full name.',
        resolve: (source) => source.field('displayName'),
      }),
      firstName: t.string({ resolve: (source) => source.field('firstName') }),
      lastName: t.string({
        description: 'With its insertion: van Wijgergangs.',
        resolve: (source) => source.field('lastName'),
      }),
      companyName: t.string({ resolve: (source) => source.field('companyName') }),
      email: t.field({ type: 'EmailAddress', resolve: (source) => source.field('email') }),
      phone: t.field({ type: 'PhoneNumber', resolve: (source) => source.field('phone') }),
      address: t.field({ type: address, resolve: (source) => source.field('address') }),
      taxId: t.string({
        description: 'VAT or other tax registration number, upper case, without blanks.',
        resolve: (source) => source.field('taxId'),
      }),
      status: t.field({
        description: 'Said by providers that know it; never inferred.',
        type: customerStatus,
        resolve: (source) => source.field('status'),
      }),
      createdAt: t.field({
        description: 'The provider’s own; merged: the earliest.',
        type: 'DateTime',
        resolve: (source) => source.field('createdAt'),
      }),
      updatedAt: t.field({
        description: 'The provider’s own; merged: the latest.',
        type: 'DateTime',
        resolve: (source) => source.field('updatedAt'),
      }),
      changedSeenAt: t.field({
        description: 'When this gateway last saw the content change.',
        type: 'DateTime',
        resolve: ({ changedSeenAt }) => changedSeenAt,
      }),
    }),
  });

  const problem = builder.objectRef<ProblemSource>('ProviderProblem').implement({
    description: 'code is that of the error table, e.g. PROVIDER_TIMEOUT.',
    fields: (t) => ({
      provider: t.field({ type: providerName, nullable: false, resolve: ({ member }) => member.id }),
      code: t.string({ nullable: false, resolve: (source) => source.problem.code }),
      message: t.string({ nullable: false, resolve: (source) => source.problem.message }),
      retryable: t.boolean({ nullable: false, resolve: (source) => source.problem.retryable }),
      retryAfterMs: t.int({ resolve: (source) => source.problem.retryAfterMs ?? null }),
    }),
  });

  const qualityCode = builder.enumType('DataQualityCode', {
    values: [
      ...(['INVALID_EMAIL', 'INVALID_PHONE', 'UNKNOWN_COUNTRY', 'PHONE_COUNTRY_MISMATCH'] as const),
      ...(['EMAIL_IN_OTHER_FIELD', 'MISSING_TAX_ID', 'UNKNOWN_STATUS'] as const),
    ],
  });
  const quality = builder.objectRef<QualitySource>('DataQualityIssue').implement({
    fields: (t) => ({
      provider: t.field({ type: providerName, nullable: false, resolve: ({ member }) => member.id }),
      field: t.exposeString('field', { description: 'Spelt as in the provider’s extension.', nullable: false }),
      code: t.expose('code', { type: qualityCode, nullable: false }),
      message: t.exposeString('message', { nullable: false }),
    }),
  });

  const verificationState = builder.enumType('VerificationState', {
    values: {
      UNVERIFIED: {},
      PENDING: {},
      EXPIRED: {},
      VERIFIED: {},
      INCONSISTENT: { description: 'The provider’s own fields contradict one another.' },
    },
  });
  const verification = builder.objectRef<PhoneVerification>('PhoneVerification').implement({
    fields: (t) => ({
      state: t.expose('state', { type: verificationState, nullable: false }),
      phone: t.expose('phone', { type: 'PhoneNumber' }),
      sentAt: t.expose('sentAt', { type: 'DateTime' }),
      expiresAt: t.expose('expiresAt', {
        description: 'An estimate: the provider says about five minutes.',
        type: 'DateTime',
      }),
      verifiedAt: t.expose('verifiedAt', { type: 'DateTime' }),
    }),
  });

  const pageInfo = builder.objectRef<PageInfoSource>('PageInfo').implement({
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { nullable: false }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', { nullable: false }),
      startCursor: t.string({ resolve: ({ items }) => items[0]?.cursor() ?? null }),
      endCursor: t.string({ resolve: ({ items }) => items.at(-1)?.cursor() ?? null }),
    }),
  });

  return { providerName, customerKind, customerStatus, node, profile, problem, quality, verification, pageInfo };
}

/** A page of anything, as `PageInfo` tells it. */
export interface PageInfoSource {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly items: readonly { readonly cursor: () => string }[];
}

export const extensionType = ({ member }: ExtensionView): string => `${typeName(member)}Customer`;

/** A provider's name as a type's prefix. */
export const typeName = (member: Member): string => member.field.charAt(0).toUpperCase() + member.field.slice(1);
