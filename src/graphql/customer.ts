import type { AccessTable } from '../contract/scopes.ts';
import { conflictsOf, type FieldConflict } from '../gateway/conflicts.ts';
import { type Customer, listedCustomer, openCustomer, recordAt, verifies } from '../gateway/customer.ts';
import { type PossibleDuplicate, possibleDuplicates } from '../gateway/directory/duplicates.ts';
import type { Member } from '../gateway/gateway.ts';
import { formerIdsOf, type Link, type LinkRule, linksOf } from '../gateway/links.ts';
import type { Operation } from '../gateway/operation.ts';
import { isGone, problemOf, type ServedFrom } from '../gateway/record.ts';
import { revisionOf } from '../gateway/revision.ts';
import { type PhoneVerification, verificationOf } from '../gateway/verification.ts';
import type { Builder } from './builder.ts';
import { customerAsks, recordAsked, weightOf } from './selection.ts';
import { ExtensionView, extensionOf, RecordSource } from './sources.ts';
import { extensionType, type ProblemSource, type QualitySource, typeName, type Vocabulary } from './vocabulary.ts';

export type Customers = ReturnType<typeof defineCustomers>;

/** Customer, CustomerRecord and the providers' extensions: three views of the same records, so they stand together. */
export function defineCustomers(builder: Builder, members: readonly Member[], words: Vocabulary) {
  const record = builder.objectRef<RecordSource>('CustomerRecord');
  const customer = builder.objectRef<Customer>('Customer');
  const servedFrom = builder.enumType('ServedFrom', {
    values: {
      LIVE: { description: 'Read from the provider for this request.' },
      CACHE: { description: 'Read from the provider a moment ago, within the allowed age.' },
      DIRECTORY: {
        description:
          'This is the directory’s copy: the provider could not be asked, as problem tells; or customers were listed, which is done from the directory, unless the request’s Cache-Control says how old an answer may be.',
      },
      LAST_SENT: { description: 'The provider has no read: this is what this gateway last sent it.' },
      UNAVAILABLE: { description: 'The provider could not be asked and there is no copy: the profile is null.' },
    } satisfies Record<ServedFrom | 'UNAVAILABLE', object>,
  });

  const extension = builder.interfaceRef<ExtensionView>('ProviderExtension').implement({
    description: 'A provider’s own fields of one record, in its own words and spelling.',
    interfaces: [words.node],
    resolveType: extensionType,
    fields: (t) => ({
      record: t.field({
        type: record,
        resolve: (source) => new RecordSource(source.member, source.record.key, source.record),
      }),
    }),
  });
  const access: AccessTable[] = [];
  const extensions = members.map((member) => {
    const schema = member.provider.schema(builder);
    access.push(schema.access);
    const ref = builder.objectRef<ExtensionView>(`${typeName(member)}Customer`).implement({
      description: schema.description,
      interfaces: [words.node, extension],
      fields: schema.fields,
    });
    return { member, schema, ref };
  });

  record.implement({
    description: 'One provider’s record of a customer, in the unified vocabulary.',
    interfaces: [words.node, words.profile],
    fields: (t) => ({
      provider: t.field({ type: words.providerName, nullable: false, resolve: ({ member }) => member.id }),
      providerId: t.string({
        description: 'The provider’s own id. Scope: records:raw.',
        resolve: ({ key }) => key.providerId,
      }),
      customer: t.field({
        type: customer,
        resolve: ({ key }, _args, operation, info) => openCustomer(operation, key, customerAsks(operation, info)),
      }),
      servedFrom: t.field({
        type: servedFrom,
        nullable: false,
        resolve: (source) => source.record?.servedFrom ?? ('UNAVAILABLE' as const),
      }),
      fetchedAt: t.field({
        description:
          'When the provider (LIVE, CACHE, DIRECTORY) or this gateway’s last write (LAST_SENT) said so; null when UNAVAILABLE.',
        type: 'DateTime',
        resolve: (source) => source.record?.fetchedAt ?? null,
      }),
      missingSince: t.field({
        description: 'Since when the provider says that it has no such record; the profile is then the last copy.',
        type: 'DateTime',
        resolve: (source) => source.record?.missingSince ?? null,
      }),
      problem: t.field({
        description: 'Why it is not LIVE or CACHE.',
        type: words.problem,
        resolve: ({ member, problem }) => problem && { member, problem },
      }),
      extension: t.field({
        description: 'This provider’s own fields, without asking any other provider.',
        type: extension,
        resolve: ({ member, record: read }) => read && new ExtensionView(member, read),
      }),
      raw: t.field({
        description: 'The provider’s own JSON, secrets and links removed. Scope: records:raw.',
        type: 'JSONObject',
        resolve: ({ record: read }) => read?.connection.raw(read.wire) ?? null,
      }),
    }),
  });

  const linkRule = builder.enumType('LinkRule', {
    values: {
      SAME_CREATE: { description: 'Created by one request.' },
      SHARED_ID: { description: 'One provider’s record has the id of the other’s.' },
      MANUAL: { description: 'Somebody said so.' },
    } satisfies Record<LinkRule, object>,
  });
  const link = builder.objectRef<Link & Pick<Customer, 'read'>>('RecordLink').implement({
    fields: (t) => ({
      records: t.field({
        type: [record],
        nullable: false,
        resolve: ({ records, read }, _args, operation, info) => {
          operation.spend(records.length * weightOf(info));
          return records.map(async (key) => {
            const reading = recordAsked(info) ? await read(key) : undefined;
            return new RecordSource(operation.member(key.provider), key, reading);
          });
        },
      }),
      rule: t.expose('rule', { type: linkRule, nullable: false }),
      evidence: t.stringList({ nullable: false, resolve: ({ evidence }) => [...evidence] }),
      linkedAt: t.field({ type: 'DateTime', nullable: false, resolve: ({ at }) => at }),
      linkedBy: t.string({
        description: 'The caller’s name.',
        nullable: false,
        resolve: ({ by }) => by,
      }),
    }),
  });

  const fieldValue = builder.objectRef<FieldConflict['values'][number]>('FieldValue').implement({
    fields: (t) => ({
      provider: t.expose('provider', { type: words.providerName, nullable: false }),
      value: t.exposeString('value', { nullable: false }),
    }),
  });
  const conflict = builder.objectRef<FieldConflict>('FieldConflict').implement({
    description: 'field: as in the profile; of an address, address.city.',
    fields: (t) => ({
      field: t.exposeString('field', { nullable: false }),
      values: t.field({ type: [fieldValue], nullable: false, resolve: ({ values }) => values }),
    }),
  });

  const duplicate = builder.objectRef<PossibleDuplicate>('PossibleDuplicate').implement({
    description: 'score: 0 to 1.',
    fields: (t) => ({
      customer: t.field({
        type: customer,
        nullable: false,
        resolve: (source, _args, operation, info) =>
          listedCustomer(operation, source.customer, customerAsks(operation, info)),
      }),
      score: t.exposeFloat('score', { nullable: false }),
      evidence: t.stringList({ nullable: false, resolve: ({ evidence }) => [...evidence] }),
    }),
  });

  customer.implement({
    description:
      'A person or business, once, whichever providers hold a record of it. Its profile is merged over the records in the configured order of trust: the name and the address as wholes, every other field from the first record that states it.',
    interfaces: [words.node, words.profile],
    fields: (t) => ({
      formerIds: t.field({
        description: 'Ids that this customer answered to before a link; caches may drop them.',
        type: ['ID'],
        nullable: { list: true, items: false },
        resolve: (source, _args, operation) => formerIdsOf(operation, source),
      }),
      links: t.field({
        description: 'Why these records are held to be one customer.',
        type: [link],
        nullable: { list: true, items: false },
        resolve: async (source, _args, operation, info) => {
          const links = await linksOf(operation, source);
          operation.spend(links.length * weightOf(info));
          return links.map((each) => ({ ...each, read: source.read }));
        },
      }),
      verification: t.field({
        description: 'The phone verification of a provider that verifies phones.',
        type: words.verification,
        resolve: (source, _args, operation) => verificationOfCustomer(source, operation),
      }),
      revision: t.string({
        description:
          'A hash of the writable fields of every record behind it, null when one could not be read: give it back as ifRevision.',
        resolve: (source, _args, operation) => revisionOfCustomer(source, operation),
      }),
      records: t.field({
        description:
          'Every provider’s record of this customer, in the order of trust. A provider that can’t be reached keeps its place.',
        type: [record],
        nullable: false,
        resolve: (source, _args, operation, info) => {
          operation.spend(source.records.length * weightOf(info));
          return source.records.map(
            (key) => new RecordSource(operation.member(key.provider), key, source.reading(key)),
          );
        },
      }),
      problems: t.field({
        description: 'The providers that could not be asked for this answer; merged fields then come from the others.',
        type: [words.problem],
        nullable: false,
        resolve: (source, _args, operation) => problemsOf(source, operation),
      }),
      conflicts: t.field({
        description: 'Where the records disagree after normalisation.',
        type: [conflict],
        nullable: { list: true, items: false },
        resolve: ({ stating }) => conflictsOf(stating),
      }),
      dataQuality: t.field({
        description: 'What looks wrong in the providers’ data, e.g. an email in an address line.',
        type: [words.quality],
        nullable: { list: true, items: false },
        resolve: (source, _args, operation) => qualityOf(source, operation),
      }),
      possibleDuplicates: t.field({
        description:
          'Customers that may be the same one, best first. Nothing is merged by itself on a guess. Told from the directory: no provider is asked.',
        type: [duplicate],
        nullable: { list: true, items: false },
        args: { first: t.arg.int({ defaultValue: 5 }) },
        resolve: async (source, { first }, operation, info) => {
          const found = await possibleDuplicates(operation, source, first);
          operation.spend(found.length * weightOf(info));
          return found;
        },
      }),
      ...Object.fromEntries(
        extensions.map(({ member, ref, schema }) => [
          member.field,
          t.field({
            description: schema.description,
            type: ref,
            resolve: (source) => {
              const key = recordAt(source, member.id);
              return key ? extensionOf(member, source.reading(key) ?? null) : null;
            },
          }),
        ]),
      ),
    }),
  });

  return { customer, record, extensions, access };
}

function problemsOf(customer: Customer, operation: Operation): ProblemSource[] {
  return customer.records.flatMap((key) => {
    const reading = customer.reading(key) ?? null;
    const problem = isGone(reading) ? null : problemOf(reading);
    return problem ? [{ member: operation.member(key.provider), problem }] : [];
  });
}

function qualityOf(customer: Customer, operation: Operation): QualitySource[] {
  return customer.readable.flatMap(({ key, connection, wire }) => {
    const member = operation.member(key.provider);
    return connection.quality(wire).map((issue) => ({ member, ...issue }));
  });
}

function revisionOfCustomer(customer: Customer, { gateway: { ids } }: Operation): string | null {
  const revision = revisionOf(
    ids,
    customer.records.map((key) => [key, customer.reading(key) ?? null]),
  );
  return 'problem' in revision ? null : revision[0];
}

/** Of the first record whose provider verifies phones and could be asked: a copy may be true no more. */
async function verificationOfCustomer(customer: Customer, operation: Operation): Promise<PhoneVerification | null> {
  const { gateway } = operation;
  const record = customer.readable.find(({ key, problem }) => !problem && verifies(operation.member(key.provider)));
  const facts = record?.connection.verification?.(record.wire);
  if (!record || !facts) return null;
  const known = await gateway.store.record(record.key);
  return verificationOf(facts, known?.codeSentAt ?? null, gateway.clock.now());
}
