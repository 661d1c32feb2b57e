import type { Member } from '../gateway/gateway.ts';
import type { Builder, InputFields } from './builder.ts';
import type { Customers } from './customer.ts';
import type { defineProviderTypes } from './provider.ts';
import { typeName, type Vocabulary } from './vocabulary.ts';

/** What mutations take. Text is taken as a person writes it: it is normalised and checked by the gateway. */
export function defineInputs(
  builder: Builder,
  words: Vocabulary,
  { extensions }: Customers,
  { linkKind }: ReturnType<typeof defineProviderTypes>,
) {
  const address = builder.inputType('PostalAddressInput', {
    description:
      'In an update each field stands for itself: absent leaves, null clears; address: null clears them all. country: a code or a name.',
    fields: (t) => ({
      line1: t.string(),
      line2: t.string(),
      city: t.string(),
      postalCode: t.string(),
      region: t.string(),
      country: t.string(),
    }),
  });

  const ownInputs = (
    verb: 'Create' | 'Update',
    fieldsOf: (schema: (typeof extensions)[number]['schema']) => InputFields | undefined,
  ) =>
    extensions.flatMap(({ member, schema }) => {
      const fields = fieldsOf(schema);
      return fields ? [{ member, type: builder.inputType(`${typeName(member)}${verb}Input`, { fields }) }] : [];
    });
  const createInputs = ownInputs('Create', (schema) => schema.createInput);
  const updateInputs = ownInputs('Update', (schema) => schema.updateInput);

  const unified: InputFields = (t) => ({
    kind: t.field({ type: words.customerKind }),
    firstName: t.string(),
    lastName: t.string(),
    companyName: t.string(),
    email: t.string(),
    phone: t.string({
      description: 'In any spelling; a national number is read in the address’s country, or dirtyLemon.phoneCountry.',
    }),
    address: t.field({ type: address }),
    taxId: t.string(),
  });
  const idempotencyKey =
    'A second call with the same key and input gets the first one’s answer; nothing is sent twice.';
  const dryRun = 'Sends nothing: answers with what would be sent and what would change.';

  const create = builder.inputType('CreateCustomerInput', {
    fields: (t) => ({
      providers: t.field({ type: [words.providerName], required: true }),
      joinCustomer: t.id({ description: 'An existing customer to join instead of making a new one.' }),
      ...unified(t),
      ...Object.fromEntries(createInputs.map(({ member, type }) => [member.field, t.field({ type })])),
      idempotencyKey: t.string({ description: idempotencyKey }),
      dryRun: t.boolean({ description: dryRun, defaultValue: false }),
    }),
  });
  const update = builder.inputType('UpdateCustomerInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      providers: t.field({ type: [words.providerName] }),
      records: t.idList(),
      ...unified(t),
      ...Object.fromEntries(updateInputs.map(({ member, type }) => [member.field, t.field({ type })])),
      ifRevision: t.string({
        description: 'Refuses the whole update with CONFLICT when the customer has changed since.',
      }),
      idempotencyKey: t.string({ description: idempotencyKey }),
      dryRun: t.boolean({ description: dryRun, defaultValue: false }),
    }),
  });
  const confirm = builder.inputType('ConfirmCustomerInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      recordId: t.id(),
      confirmationToken: t.string({ required: true }),
      idempotencyKey: t.string({ description: idempotencyKey }),
    }),
  });
  const request = builder.inputType('RequestCustomerConfirmationInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      recordId: t.id(),
      idempotencyKey: t.string({ description: idempotencyKey }),
    }),
  });
  const link = builder.inputType('CreateSelfServiceLinkInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      recordId: t.id(),
      kind: t.field({ type: linkKind, required: true }),
    }),
  });
  const linkCustomers = builder.inputType('LinkCustomersInput', {
    fields: (t) => ({
      ids: t.idList({ required: true }),
      evidence: t.string({
        description: 'Why they are one, in words for whoever looks later; at most 1000 characters.',
      }),
    }),
  });
  const unlinkRecord = builder.inputType('UnlinkRecordInput', {
    fields: (t) => ({ recordId: t.id({ required: true }) }),
  });
  const eraseCustomerCopies = builder.inputType('EraseCustomerCopiesInput', {
    fields: (t) => ({ id: t.id({ required: true }) }),
  });
  return { create, update, confirm, request, link, linkCustomers, unlinkRecord, eraseCustomerCopies };
}

/** The providers' own parts of an input, by provider id. A null part is the same as an absent one. */
export function ownInputsOf(
  members: readonly Member[],
  input: Readonly<Record<string, unknown>>,
): Map<string, Readonly<Record<string, unknown>>> {
  return new Map(
    members.flatMap(({ id, field }) => {
      const own = input[field];
      return typeof own === 'object' && own !== null ? [[id, own as Record<string, unknown>]] : [];
    }),
  );
}
