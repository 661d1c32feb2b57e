import { CountryCodeResolver, DateTimeResolver, EmailAddressResolver, PhoneNumberResolver } from 'graphql-scalars';
import { expect, it } from 'vitest';
import type { Connection, Provider, Page as ProviderPage } from '../../src/contract/provider.ts';
import { country } from '../../src/model/country.ts';
import type { PostalAddress, Profile } from '../../src/model/customer.ts';
import { email } from '../../src/model/email.ts';
import { phone } from '../../src/model/phone.ts';
import { taxId } from '../../src/model/taxId.ts';
import { text } from '../../src/model/text.ts';
import { extensionOf } from './extension.ts';
import { isNative, type Subject } from './subject.ts';

const limitsOf = ({ clock }: Subject) => ({ deadlineAt: clock.elapsed() + 10_000 });

/** What is read of a provider whose answers are well. */
export function testReading(provider: Provider, subject: () => Subject, connection: () => Connection): void {
  const { id } = provider;
  /** Every record that the simulated provider holds of anybody. */
  const held = () =>
    subject()
      .world.sandbox.truth()
      .flatMap(({ records }) => records.filter((each) => each.provider === id));

  if (isNative(provider, 'READ')) {
    it('reads what is there, each field of the profile canonical', async () => {
      const { read, profile, quality, raw } = connection();
      for (const { id: providerId } of held()) {
        const wire = await read?.(providerId, limitsOf(subject()));
        expect([providerId, wire]).not.toEqual([providerId, null]);
        for (const [field, reader] of Object.entries(profile)) expectCanonical(field as keyof Profile, reader(wire));
        for (const issue of quality(wire)) expect(issue.message).toMatch(/\w/);
        expectNoSecrets(subject(), raw(wire));
      }
    });

    it('gives null for what is not there, and asks once', async () => {
      const unknown = subject().sandbox.idOf(4_000_000);
      expect(provider.idGrammar.test(unknown)).toBe(true);
      subject().received();
      expect(await connection().read?.(unknown, limitsOf(subject()))).toBeNull();
      expect(subject().received()).toEqual({ reads: [expect.any(String)], writes: [] });
    });
  }

  it('gives every field of a record that it has, without an error', async () => {
    for (const providerId of await someRecords(subject())) {
      const answer = await readWhole(subject(), providerId);
      expect([providerId, answer.errors]).toEqual([providerId, []]);
      const [record] = answer.data.customerByProviderId.records;
      expect(record).toMatchObject({ provider: subject().constant, providerId, problem: null });
      expect(record.servedFrom).toBe(isNative(provider, 'READ') ? 'LIVE' : 'LAST_SENT');
      expect(record.extension.__typename.toLowerCase()).toBe(`${subject().field}customer`.toLowerCase());
      expect(answer.data.customerByProviderId[subject().field].id).toBe(record.extension.id);
      expectNoSecrets(subject(), record.raw);
      expectNoSecrets(subject(), answer.data);
    }
  });

  if (isNative(provider, 'READ')) {
    it('shows in raw no secret that no document speaks of, however deep it lies', async () => {
      const [providerId = ''] = await someRecords(subject());
      subject().sandbox.fault({ kind: 'mutate', method: 'GET', change: withSecrets });
      const { data, errors, text } = await readWhole(subject(), providerId);
      expect(errors).toEqual([]);
      expect(data.customerByProviderId.records[0].raw).not.toBeNull();
      expect(text).not.toContain('hunter2');
    });
  }

  it('answers null, and no error, for a customer that is nobody', async () => {
    const { data, errors } = await readWhole(subject(), subject().sandbox.idOf(4_000_000));
    expect([data, errors]).toEqual([{ customerByProviderId: null }, []]);
  });

  if (isNative(provider, 'LIST')) {
    it('lists everybody once, page after page', async () => {
      const listed: string[] = [];
      const marks = new Set<string | null>();
      for (let mark: string | null = null, pages = 0; pages < 100; pages++) {
        expect(marks.has(mark)).toBe(false);
        marks.add(mark);
        const page: ProviderPage<unknown> | undefined = await connection().list?.(
          { mark, changedSince: null },
          limitsOf(subject()),
        );
        for (const { providerId } of page?.records ?? []) expect(provider.idGrammar.test(providerId)).toBe(true);
        listed.push(...(page?.records.map(({ providerId }) => providerId) ?? []));
        mark = page?.next ?? null;
        if (mark === null) break;
      }
      expect(new Set(listed).size).toBe(listed.length);
      expect(listed.sort()).toEqual(expect.arrayContaining(held().map((each) => each.id)));
    });

    it('says in a listing whatever it says of a record that is read: the one stands in for the other', async () => {
      const { list, read, profile, quality, searched, sharedId, verification, raw } = connection();
      const extension = extensionOf(provider);
      const page = await list?.({ mark: null, changedSince: null }, limitsOf(subject()));
      expect(page?.records.length).toBeGreaterThan(0);
      for (const { providerId, wire } of page?.records.slice(0, 30) ?? []) {
        const alone = await read?.(providerId, limitsOf(subject()));
        for (const [field, reader] of Object.entries(profile))
          expect([field, reader(wire)]).toEqual([field, reader(alone)]);
        for (const tell of [quality, searched, sharedId, verification]) expect(tell?.(wire)).toEqual(tell?.(alone));
        expect(await extension.resolve(wire)).toEqual(await extension.resolve(alone));
        // What is kept has the same hash, so that nothing seems to have changed.
        expect(JSON.stringify(raw(wire))).toBe(JSON.stringify(raw(alone)));
      }
    });

    it('is paged by callers in pages of any size, everybody once', async () => {
      const all = await pagesOf(subject(), 500);
      expect(new Set(all).size).toBe(all.length);
      expect(await pagesOf(subject(), 7)).toEqual(all);
    });
  }
}

/** The same JSON with secrets in every object, by names that say so. */
export function withSecrets(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withSecrets);
  if (typeof json !== 'object' || json === null) return json;
  const names = ['api_token', 'apiKey', 'Client-Secret', 'PASSWORD', 'site_key', 'refresh_tokens'];
  const secrets = Object.fromEntries(names.map((name) => [name, 'hunter2']));
  const own = Object.entries(json).map(([key, value]) => [key, withSecrets(value)]);
  return { ...Object.fromEntries(own), ...secrets, more: { deeper: [secrets] } };
}

async function pagesOf({ ask, constant }: Subject, first: number): Promise<string[]> {
  const listed: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 100; pages++) {
    const answer = await ask(
      `query ($first: Int!, $after: String) { provider(name: ${constant}) {
        records(first: $first, after: $after) { nodes { providerId } pageInfo { hasNextPage endCursor } } } }`,
      { first, after },
    );
    expect(answer.errors).toEqual([]);
    const { nodes, pageInfo }: Page = answer.data.provider.records;
    expect(nodes.length).toBeLessThanOrEqual(first);
    listed.push(...nodes.map(({ providerId }) => providerId));
    if (!pageInfo.hasNextPage) return listed;
    after = pageInfo.endCursor;
  }
  throw new Error('the pages do not end');
}

interface Page {
  readonly nodes: readonly { readonly providerId: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Records to read: those that were there before; where the provider has no read, one that is made. */
export async function someRecords(subject: Subject): Promise<string[]> {
  if (isNative(subject.provider, 'READ')) {
    return [
      ...subject.sandbox.examples,
      ...subject.world.sandbox
        .truth()
        .flatMap(({ records }) =>
          records.filter((each) => each.provider === subject.provider.id).map((each) => each.id),
        ),
    ].slice(0, 8);
  }
  return [(await createOne(subject)).providerId];
}

export const readWhole = (subject: Subject, providerId: string): ReturnType<typeof subject.ask> =>
  subject.ask(
    `query ($providerId: String!) { customerByProviderId(provider: ${subject.constant}, providerId: $providerId) {
      ${subject.everything('Customer')} } }`,
    { providerId },
  );

export interface Created {
  readonly customerId: string;
  readonly recordId: string;
  readonly providerId: string;
  readonly input: Record<string, unknown>;
}

/** A customer made at this provider alone. */
export async function createOne(subject: Subject): Promise<Created> {
  const input = await subject.createInput();
  const { data, errors } = await subject.ask(
    `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
      customer { id records { id providerId } } errors { code message } } }`,
    { input },
  );
  expect([errors, data.createCustomer.errors]).toEqual([[], []]);
  const { id, records } = data.createCustomer.customer;
  return { customerId: id, recordId: records[0].id, providerId: records[0].providerId, input };
}

function expectCanonical<F extends keyof Profile>(field: F, value: unknown): void {
  if (value === null) return;
  const check: { readonly [Field in keyof Profile]: (value: never) => unknown } = {
    kind: (kind: string) => expect(['BUSINESS', 'INDIVIDUAL']).toContain(kind),
    status: (status: string) => expect(['ACTIVE', 'INACTIVE']).toContain(status),
    email: (address: string) => {
      expect(email(address)).toBe(address);
      expect(EmailAddressResolver.serialize(address)).toBe(address);
    },
    phone: (number: string) => {
      expect(phone(number, null)).toBe(number);
      expect(PhoneNumberResolver.serialize(number)).toBe(number);
    },
    taxId: (number: string) => expect(taxId(number)).toBe(number),
    address: (address: PostalAddress) => {
      for (const part of Object.values(address)) if (part !== null) expect(text(part)).toBe(part);
      if (address.country !== null) {
        expect(country(address.country)).toBe(address.country);
        expect(CountryCodeResolver.serialize(address.country)).toBe(address.country);
      }
      expect(Object.values(address).some((part) => part !== null)).toBe(true);
    },
    createdAt: (at: Date) => expect(DateTimeResolver.serialize(at)).toEqual(at),
    updatedAt: (at: Date) => expect(DateTimeResolver.serialize(at)).toEqual(at),
    displayName: (name: string) => expect(text(name)).toBe(name),
    firstName: (name: string) => expect(text(name)).toBe(name),
    lastName: (name: string) => expect(text(name)).toBe(name),
    companyName: (name: string) => expect(text(name)).toBe(name),
  };
  check[field](value as never);
}

/** No credential, no code that a person received, no key that says so, and no link to the provider's own pages. */
export function expectNoSecrets({ sandbox }: Subject, shown: unknown): void {
  const json = JSON.stringify(shown);
  for (const [name, value] of Object.entries(sandbox.env)) {
    // A word as short as "Username" can stand anywhere; what is not a word can't.
    if (!name.endsWith('_URL') && value.length > 5 && !/^[A-Z][a-z]+$/.test(value)) expect(json).not.toContain(value);
  }
  for (const { text: code } of sandbox.messages) expect(json).not.toContain(code);
  expect(json).not.toMatch(/"[^"]*(?:token|secret|password|api_?key|site_?key|site_?hash)[^"]*":/i);
  expect(json).not.toMatch(/"https?:[^"]*"(?!:)/);
}
