import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/contract/provider.ts';
import { mergedField } from '../../src/gateway/merge.ts';
import type { ProviderRecord } from '../../src/gateway/record.ts';
import type { PostalAddress, Profile, ProfileField } from '../../src/model/customer.ts';
import { idOf } from '../support/customers.ts';
import { newAda, newestPhone, read, says } from '../support/merging.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** One customer over several records: the contract's "Merging", line by line. */

describe('generated records', () => {
  const FIELDS = [
    ...(['kind', 'displayName', 'firstName', 'lastName', 'companyName', 'email', 'phone', 'address', 'taxId'] as const),
    ...(['status', 'createdAt', 'updatedAt'] as const),
  ];
  const READERS = Object.fromEntries(
    FIELDS.map((field) => [field, (wire: Partial<Profile>) => wire[field] ?? null]),
  ) as Connection['profile'];

  const asRecord = (wire: Partial<Profile>, index: number): ProviderRecord => ({
    key: { provider: `provider-${index}`, providerId: '1' },
    connection: { profile: READERS } as Connection,
    wire,
    servedFrom: 'LIVE',
    fetchedAt: new Date(0),
    ...{ changedSeenAt: null, problem: null, missingSince: null },
  });

  const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 2 });
  const word = maybe(fc.constantFrom('one', 'two', 'three', 'four'));
  const address: fc.Arbitrary<PostalAddress> = fc.record({
    ...{ line1: word, line2: word, city: word, postalCode: word, region: word },
    ...{ country: maybe(fc.constantFrom('NL', 'FR')), rawCountry: word },
  });
  const time = maybe(fc.date({ min: new Date('2000-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }));
  const profile: fc.Arbitrary<Profile> = fc.record({
    kind: maybe(fc.constantFrom('BUSINESS' as const, 'INDIVIDUAL' as const)),
    ...{ displayName: word, firstName: word, lastName: word, companyName: word, email: word, phone: word },
    address: maybe(address),
    taxId: word,
    status: maybe(fc.constantFrom('ACTIVE' as const, 'INACTIVE' as const)),
    ...{ createdAt: time, updatedAt: time },
  });

  /** The rule once more, as one would say it: of whoever says something, the first; a name and an address as wholes. */
  function expected(profiles: readonly Profile[], field: ProfileField): unknown {
    const saying = <F extends ProfileField>(name: F) =>
      profiles.map((each) => each[name]).filter((value) => value !== null);
    const named = profiles.find((each) => each.firstName !== null || each.lastName !== null);
    const times = (name: 'createdAt' | 'updatedAt') => saying(name).sort((a, b) => Number(a) - Number(b));
    if (field === 'firstName' || field === 'lastName') return named?.[field] ?? null;
    if (field === 'createdAt') return times(field)[0] ?? null;
    if (field === 'updatedAt') return times(field).at(-1) ?? null;
    if (field === 'displayName') {
      const [company] = saying('companyName');
      const person = [named?.firstName, named?.lastName].filter((part) => part != null).join(' ');
      return company ?? (person || (saying('displayName')[0] ?? null));
    }
    return saying(field)[0] ?? null;
  }

  it.each(FIELDS)('merge into one %s as the rule has it', (field) => {
    fc.assert(
      fc.property(fc.array(profile, { maxLength: 5 }), (profiles) => {
        expect(mergedField(profiles.map(asRecord), field)).toEqual(expected(profiles, field));
      }),
      { numRuns: 300 },
    );
  });

  it('merge to nothing where nobody says anything, and to the record where there is one', () => {
    fc.assert(
      fc.property(profile, (only) => {
        for (const field of FIELDS) {
          expect(mergedField([], field)).toBeNull();
          if (field !== 'displayName') expect(mergedField([asRecord(only, 0)], field)).toEqual(only[field]);
        }
      }),
    );
  });
});

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
afterEach(() => {
  for (const provider of world.sandbox.providers) provider.clearFaults();
});

const THREE = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'];

it('takes each field from the first record in trust order that states it', async () => {
  const id = await newAda(world, THREE);
  says(world, 'octobat', { email: 'octobat@example.com', phone_number: null, tax_number: '' });
  says(world, 'cycle-software', { email: 'cycle@example.com', vat_number: 'nl 855630693 b01', phone_numbers: [] });
  says(world, 'dirty-lemon', { email: 'lemon@example.com', phone_number: '+31687654321' });
  expect(await read(world, 'email phone taxId', id)).toEqual({
    email: 'octobat@example.com',
    phone: '+31687654321',
    taxId: 'NL855630693B01',
  });
});

it('passes over a value that can’t be read', async () => {
  const id = await newAda(world, THREE);
  says(world, 'octobat', { email: 'nobody' });
  says(world, 'cycle-software', { email: '' });
  says(world, 'dirty-lemon', { email: 'lemon@example.com' });
  expect(await read(world, 'email', id)).toEqual({ email: 'lemon@example.com' });
});

it('takes the name as a whole: the first record with either part, not the other part of the next', async () => {
  const id = await newAda(world, THREE);
  says(world, 'cycle-software', { company_name: '', first_name: '', insertion: '', name: 'Lovelace' });
  says(world, 'dirty-lemon', { first_name: 'Augusta', last_name: 'King' });
  expect(await read(world, 'firstName lastName displayName', id)).toEqual({
    firstName: null,
    lastName: 'Lovelace',
    // Computed from what was merged: not the name that Octobat, the most trusted, has in one piece.
    displayName: 'Lovelace',
  });
});

it('takes the address as a whole: the first that is not empty, with its gaps', async () => {
  const id = await newAda(world, THREE);
  const nothing = { billing_address_line1: '', billing_address_city: ' ', billing_address_zip: null };
  says(world, 'octobat', { ...nothing, billing_address_country: 'Frankrijk' });
  expect(await read(world, 'address { line1 city postalCode country rawCountry lines }', id)).toEqual({
    address: {
      ...{ line1: null, city: null, postalCode: null, country: 'FR', rawCountry: 'Frankrijk' },
      lines: ['France'],
    },
  });
  world.provider('octobat').clearFaults();
  says(world, 'octobat', { ...nothing, billing_address_country: '' });
  expect(await read(world, 'address { line1 country }', id)).toEqual({
    address: { line1: 'Damrak 1a', country: 'NL' },
  });
});

it('calls a customer by the company, else by the person, else as the first record does', async () => {
  const company = await newAda(world, ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], { companyName: 'Analytical Engines' });
  expect(await read(world, 'displayName companyName lastName', company)).toEqual({
    ...{ displayName: 'Analytical Engines', companyName: 'Analytical Engines', lastName: 'Lovelace' },
  });
  const person = await newAda(world, ['OCTOBAT']);
  expect(await read(world, 'displayName firstName', person)).toEqual({ displayName: 'Ada Lovelace', firstName: null });
  const number = await newAda(world, ['DIRTY_LEMON'], { firstName: null, lastName: null, address: null });
  expect(await read(world, 'displayName', number)).toEqual({ displayName: newestPhone() });
});

it('was created when the earliest record was, and updated when the latest was', async () => {
  const id = await newAda(world, THREE);
  says(world, 'cycle-software', { datetime_created: '2023-01-03 12:30:44' });
  says(world, 'dirty-lemon', { created_at: '2016-09-02T09:40:06.004Z', updated_at: '2016-09-07T02:12:02.012Z' });
  expect(await read(world, 'createdAt updatedAt', id)).toEqual({
    createdAt: '2016-09-02T09:40:06.004Z',
    updatedAt: '2016-09-07T02:12:02.012Z',
  });
  world.provider('dirty-lemon').clearFaults();
  says(world, 'dirty-lemon', { created_at: '2024-01-01T00:00:00Z', updated_at: null });
  expect(await read(world, 'createdAt updatedAt', id)).toEqual({
    createdAt: '2023-01-03T11:30:44.000Z',
    updatedAt: null,
  });
});

it('takes the kind of the more trusted record where two disagree, and infers none', async () => {
  const id = await newAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE'], {
    kind: 'BUSINESS',
    companyName: 'Analytical Engines',
  });
  says(world, 'cycle-software', { customer_type_name: 'Klant' });
  expect(await read(world, 'kind records { kind }', id)).toEqual({
    kind: 'BUSINESS',
    records: [{ kind: 'BUSINESS' }, { kind: null }],
  });
  world.provider('cycle-software').clearFaults();
  // Octobat's B2C may be a company that is not registered for tax: it says nothing, and CycleSoftware does.
  says(world, 'octobat', { business_type: 'B2C' });
  expect(await read(world, 'kind records { kind }', id)).toEqual({
    kind: 'BUSINESS',
    records: [{ kind: null }, { kind: 'BUSINESS' }],
  });
  says(world, 'cycle-software', { customer_type_name: 'E-commerce', company_name: 'Analytical Engines' });
  expect(await read(world, 'kind companyName', id)).toEqual({ kind: null, companyName: 'Analytical Engines' });
});

it('never makes a status of a confirmed phone', async () => {
  const id = await idOf(world, 'DIRTY_LEMON', 'fffd7e80-1691-41f5-8946-9deeaf0b8640');
  expect(await read(world, 'status verification { state }', id)).toEqual({
    status: null,
    verification: { state: 'VERIFIED' },
  });
});

it('trusts in the order of TRUST_ORDER; whoever is not named comes last, in the order of the default', async () => {
  const id = await newAda(world, [...THREE, 'ONBOARD_FLOW'], {
    onboardFlow: { customerId: 'cus_trust', userId: 'u', hasPaymentMethod: true },
  });
  says(world, 'octobat', { email: 'octobat@example.com' });
  says(world, 'cycle-software', { email: 'cycle@example.com' });
  says(world, 'dirty-lemon', { email: 'lemon@example.com' });
  const QUERY = 'query ($id: ID!) { customer(id: $id) { id email records { provider } } providers { name } }';
  const orders = [
    ['cycle-software', ['CYCLE_SOFTWARE', 'OCTOBAT', 'DIRTY_LEMON', 'ONBOARD_FLOW'], 'cycle@example.com'],
    ['onboard-flow', ['ONBOARD_FLOW', 'OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'], 'ada@example.com'],
    ['dirty-lemon, octobat', ['DIRTY_LEMON', 'OCTOBAT', 'CYCLE_SOFTWARE', 'ONBOARD_FLOW'], 'lemon@example.com'],
  ] as const;
  for (const [order, records, email] of orders) {
    const { url } = await world.another({ TRUST_ORDER: order });
    const answer = await ask(url, QUERY, { id });
    const data = answer.data as {
      readonly customer: object;
      readonly providers: readonly { readonly name: string }[];
    };
    // The name by which a customer is known does not follow the order.
    expect(data.customer).toEqual({ id, email, records: records.map((provider) => ({ provider })) });
    expect(
      data.providers.map(({ name }) => name).filter((name) => (records as readonly string[]).includes(name)),
    ).toEqual(records);
  }
});
