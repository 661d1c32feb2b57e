import { defaultFieldResolver, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { type AccessTable, type FieldAccess, SCOPES, type Scope } from '../contract/scopes.ts';
import { GatewayError } from '../errors.ts';
import type { Operation } from '../gateway/operation.ts';
import { forbiddenPayload } from './payloads.ts';

/**
 * Who may see what, for the gateway's own types; a provider's folder says it for its own. Every field of the schema
 * stands in one of these lists, or the schema is not built: a new field is nobody's until somebody decides.
 */
export const ACCESS: AccessTable = {
  Query: {
    'customers:read': [
      'node',
      'nodes',
      'customer',
      'customerByProviderId',
      'customers',
      'providers',
      'provider',
      'write',
    ],
  },
  Mutation: {
    'customers:write': ['createCustomer', 'updateCustomer', 'linkCustomers', 'unlinkRecord'],
    'customers:confirm': ['confirmCustomer', 'requestCustomerConfirmation'],
    'customers:erase': ['eraseCustomerCopies'],
    'links:create': ['createSelfServiceLink'],
  },
  Subscription: { 'customers:read': ['customerChanged'] },
  CustomerChange: { parent: ['kind', 'customerId', 'formerIds', 'customer', 'provider', 'fields', 'at'] },
  Customer: {
    parent: [
      ...['id', 'kind', 'displayName', 'firstName', 'lastName', 'companyName', 'email', 'phone', 'address', 'taxId'],
      ...['status', 'createdAt', 'updatedAt', 'verification', 'records', 'problems', 'dataQuality'],
      ...['formerIds', 'links', 'conflicts', 'changedSeenAt', 'possibleDuplicates', 'revision'],
    ],
  },
  CustomerRecord: {
    parent: [
      ...['id', 'kind', 'displayName', 'firstName', 'lastName', 'companyName', 'email', 'phone', 'address', 'taxId'],
      ...[
        'status',
        'createdAt',
        'updatedAt',
        'provider',
        'customer',
        'servedFrom',
        'fetchedAt',
        'changedSeenAt',
        'missingSince',
        'problem',
        'extension',
      ],
    ],
    'records:raw': ['providerId', 'raw'],
  },
  PossibleDuplicate: { parent: ['customer', 'score', 'evidence'] },
  FieldConflict: { parent: ['field', 'values'] },
  FieldValue: { parent: ['provider', 'value'] },
  RecordLink: { parent: ['records', 'rule', 'evidence', 'linkedAt', 'linkedBy'] },
  PostalAddress: { parent: ['line1', 'line2', 'city', 'postalCode', 'region', 'country', 'rawCountry', 'lines'] },
  PhoneVerification: { parent: ['state', 'phone', 'sentAt', 'expiresAt', 'verifiedAt'] },
  ProviderProblem: { parent: ['provider', 'code', 'message', 'retryable', 'retryAfterMs'] },
  DataQualityIssue: { parent: ['provider', 'field', 'code', 'message'] },
  CustomerConnection: { parent: ['edges', 'nodes', 'pageInfo', 'totalCount', 'coverage'] },
  CustomerEdge: { parent: ['cursor', 'node'] },
  PageInfo: { parent: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'] },
  ProviderCoverage: { parent: ['provider', 'extent', 'records', 'asOf', 'reason'] },
  Provider: {
    parent: ['id', 'name', 'title', 'configured', 'capabilities', 'records'],
    'providers:read': ['health', 'rateLimits', 'sync'],
  },
  ProviderSync: { parent: ['state', 'records', 'startedAt', 'finishedAt', 'problem'] },
  Capability: { parent: ['operation', 'support', 'note', 'fields', 'linkKinds'] },
  ProviderHealth: { parent: ['state', 'since', 'lastProblem'] },
  RateLimit: { parent: ['window', 'limit', 'remaining', 'resetsAt'] },
  ProviderRecordConnection: { parent: ['edges', 'nodes', 'pageInfo', 'totalCount'] },
  ProviderRecordEdge: { parent: ['cursor', 'node'] },
  CreateCustomerPayload: { parent: ['outcomes', 'errors'], 'customers:read': ['customer'] },
  UpdateCustomerPayload: { parent: ['outcomes', 'errors'], 'customers:read': ['customer'] },
  ConfirmCustomerPayload: { parent: ['outcomes', 'errors'], 'customers:read': ['customer'] },
  RequestCustomerConfirmationPayload: { parent: ['outcomes', 'errors'], 'customers:read': ['customer'] },
  CreateSelfServiceLinkPayload: { parent: ['url', 'expiresAt', 'errors'] },
  LinkCustomersPayload: { parent: ['errors'], 'customers:read': ['customer'] },
  EraseCustomerCopiesPayload: { parent: ['erasedRecords', 'stillHeldBy', 'errors'] },
  UnlinkRecordPayload: { parent: ['errors'], 'customers:read': ['customer', 'separated'] },
  WriteOutcome: {
    parent: ['writeId', 'provider', 'status', 'changes', 'ignoredFields', 'mayHaveOverwritten', 'error'],
    'customers:read': ['record'],
    'records:raw': ['request'],
  },
  FieldChange: { parent: ['field'], 'customers:read': ['before', 'after'] },
  WriteError: { parent: ['code', 'message', 'field', 'provider', 'retryable', 'retryAfterMs'] },
};

/**
 * Puts the tables' rules in front of every field's resolver, before anything is read or sent.
 * @param tables the gateway's own and each provider's: a type stands in one of them
 * @throws Error naming each field that no table classifies, each that two rules claim, and each rule without a field
 */
export function guard(schema: GraphQLSchema, tables: readonly AccessTable[]): void {
  const faults: string[] = [];
  const accessOf = joined(schema, tables, faults);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const rules = rulesOf(type.name, accessOf.get(type.name) ?? {}, faults);
    for (const [name, field] of Object.entries(type.getFields())) {
      const rule = rules.get(name);
      if (rule === undefined)
        faults.push(
          `${type.name}.${name} is not classified: say who may see it, in ACCESS of src/graphql/access.ts or in the access table of the provider’s schema.ts`,
        );
      else if (rule !== 'parent') guardField(field, type.name === 'Mutation', rule);
      rules.delete(name);
    }
    for (const name of rules.keys()) faults.push(`${type.name}.${name} is classified, but there is no such field`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function guardField(field: GraphQLField<unknown, Operation>, isMutation: boolean, scope: Scope): void {
  if (field.subscribe) field.subscribe = guarded(false, field.subscribe, scope);
  field.resolve = guarded(isMutation, field.resolve ?? defaultFieldResolver, scope);
}

/** A provider says who may see its own types: were it to speak of another's, the last word would win in silence. */
function joined(schema: GraphQLSchema, tables: readonly AccessTable[], faults: string[]): Map<string, FieldAccess> {
  const accessOf = new Map<string, FieldAccess>();
  for (const [type, access] of tables.flatMap((table) => Object.entries(table))) {
    if (!isObjectType(schema.getType(type))) faults.push(`${type} is classified, but there is no such type`);
    if (accessOf.has(type)) faults.push(`${type} is classified by two tables`);
    accessOf.set(type, access);
  }
  return accessOf;
}

function rulesOf(type: string, access: FieldAccess, faults: string[]): Map<string, Scope | 'parent'> {
  const rules = new Map<string, Scope | 'parent'>();
  for (const rule of ['parent', ...SCOPES] as const) {
    for (const name of access[rule] ?? []) {
      if (rules.has(name)) faults.push(`${type}.${name} is classified twice`);
      rules.set(name, rule);
    }
  }
  return rules;
}

type Resolver = NonNullable<GraphQLField<unknown, Operation>['resolve']>;

function guarded(isMutation: boolean, resolve: Resolver, scope: Scope): Resolver {
  return (source, args, operation, info) => {
    if (operation.may(scope)) return resolve(source, args, operation, info);
    if (isMutation) return forbiddenPayload(scope);
    // Inside a payload it is a null without an error: what was written stands all the same.
    if (info.operation.operation === 'mutation') return null;
    throw new GatewayError('FORBIDDEN', `This takes the scope ${scope}.`);
  };
}
