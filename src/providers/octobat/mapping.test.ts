import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { OCTOBAT_ID, type OctobatCustomer, octobatCustomer } from './api.ts';
import { provider } from './index.ts';
import { profile, quality, raw, searched } from './mapping.ts';

const PAGE = 'https://bp.octobat.com/c/1421878635hksc26e4de79';

/** "The customer object" and "Retrieve a customer". */
const retrieved = {
  id: 'oc_cu_1421878635hksc26e4de79',
  object: 'customer',
  livemode: true,
  name: 'Octobat Inc.',
  email: 'contact@octobat.com',
  phone_number: '+33 9 52 54 03 70',
  billing_address_line1: null,
  billing_address_line2: null,
  billing_address_city: 'Paris',
  billing_address_zip: '75004',
  billing_address_state: null,
  billing_address_country: 'France',
  business_type: 'B2B',
  tax_number: null,
  octobat_billing_page: PAGE,
  payment_sources: {
    object: 'list',
    data: [
      {
        id: 'oc_ps_1459584112d83k4ef3e3bd',
        object: 'payment_source',
        customer: 'oc_cu_1459413729au6o6a9ae061',
        source: 'card_1029383qsfqs',
        payment_source_type: 'Credit Card',
        details: {},
        country: 'FR',
        exp_month: 12,
        exp_year: 2017,
      },
    ],
  },
};

/** "Create a customer". */
const created = { ...retrieved, tax_number: 'FR60528551658', payment_sources: { object: 'list', data: [] } };

const parse = (json: unknown): OctobatCustomer => parseWire('octobat', octobatCustomer, json);
const wireOf = (fields: object): OctobatCustomer => parse({ ...retrieved, ...fields });
const profileOf = (wire: OctobatCustomer) =>
  Object.fromEntries(Object.entries(profile).map(([field, read]) => [field, read(wire)]));

describe('the document’s examples', () => {
  it.each([
    ['retrieved', retrieved, null],
    ['created', created, 'FR60528551658'],
  ])('the customer %s reads as it stands there', (_, example, taxId) => {
    expect(profileOf(parse(example))).toEqual({
      kind: 'BUSINESS',
      displayName: 'Octobat Inc.',
      companyName: 'Octobat Inc.',
      email: 'contact@octobat.com',
      phone: '+33952540370',
      address: {
        line1: null,
        line2: null,
        city: 'Paris',
        postalCode: '75004',
        region: null,
        country: 'FR',
        rawCountry: 'France',
      },
      taxId,
    });
  });

  it('OC-4 OC-11 shows the provider’s own JSON but for the billing page and the means of payment', () => {
    const { octobat_billing_page, payment_sources, ...shown } = retrieved;
    expect(raw(parse(retrieved))).toEqual(shown);
  });
});

describe('the wire schema', () => {
  it('OC-4 keeps no billing page, and neither does what is shown of a copy that has one', () => {
    const wire = parse({ ...retrieved, links: [{ octobat_billing_page: PAGE }] });
    expect(JSON.stringify([wire, raw(wire), raw({ ...wire, octobat_billing_page: PAGE })])).not.toContain('bp.octobat');
    expect(wire.payment_sources?.data).toHaveLength(1);
  });

  it('OC-4 keeps no secret, whatever it is filed under', () => {
    const secret = fc.constantFrom('octobat_billing_page', 'access_token', 'API_KEY', 'client_secret', 'Password');
    const { nested } = fc.letrec((tie) => ({
      nested: fc.oneof(
        { maxDepth: 4 },
        fc.dictionary(secret, fc.constant('canary'), { maxKeys: 2 }),
        fc.array(tie('nested'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'details', 'self'), tie('nested'), { maxKeys: 2 }),
      ),
    }));
    fc.assert(
      fc.property(nested, (more) => {
        const [source] = retrieved.payment_sources.data;
        const wire = wireOf({ more, payment_sources: { data: [{ ...source, more }] } });
        expect(JSON.stringify([wire, raw(wire)])).not.toContain('canary');
      }),
    );
  });

  it('lets what it doesn’t know pass', () => {
    expect(raw(wireOf({ loyalty: { level: 3 } }))).toMatchObject({ loyalty: { level: 3 } });
  });

  it.each([
    ['no object', 'customer'],
    ['a list', [retrieved]],
    ['no id', { ...retrieved, id: undefined }],
    ['an id that leads elsewhere', { ...retrieved, id: 'oc_cu_1/../x' }],
    ['an object in place of text', { ...retrieved, name: {} }],
    ['sources that are no list', { ...retrieved, payment_sources: { data: {} } }],
  ])('refuses %s', (_, json) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }));
  });

  it.each(['oc_ps_1', 'oc_cu_', 'oc_cu_1\n', 'OC_CU_1', 'oc_cu_1/x', 'oc_cu_é', `oc_cu_${'1'.repeat(65)}`])(
    'takes %j for no id',
    (id) => {
      expect(id).not.toMatch(OCTOBAT_ID);
    },
  );
});

describe('reading', () => {
  it.each([
    ['France', 'FR'],
    ['FR', 'FR'],
    ['fr', 'FR'],
    ['Frankreich', 'FR'],
    ['Narnia', null],
    ['', null],
  ])('OC-1 reads the country %j as %s and keeps how it was written', (written, country) => {
    const address = profile.address?.(wireOf({ billing_address_country: written }));
    expect(address).toMatchObject({ country, rawCountry: written || null });
  });

  it('reads a national phone in the country of the address', () => {
    const wire = wireOf({ phone_number: '09 52 54 03 70' });
    expect(profile.phone?.(wire)).toBe('+33952540370');
  });

  it.each(['B2C', null, '', 'b2b', 'other'])(
    'OC-8 takes a customer of type %j neither for a company nor for a person',
    (business_type) => {
      const wire = wireOf({ business_type, tax_number: 'FR60528551658' });
      expect(profileOf(wire)).toMatchObject({ kind: null, companyName: null, displayName: 'Octobat Inc.' });
    },
  );

  it('OC-9 takes B2B at its word without a tax number, and says that one is missing', () => {
    expect(profile.kind?.(parse(retrieved))).toBe('BUSINESS');
    expect(quality(parse(retrieved))).toMatchObject([{ field: 'taxNumber', code: 'MISSING_TAX_ID' }]);
    expect(quality(parse(created))).toEqual([]);
    expect(quality(wireOf({ business_type: 'B2C' }))).toEqual([]);
  });

  it('OC-15 makes no time of creation or change out of the digits of the id', () => {
    expect(profile.createdAt).toBeUndefined();
    expect(profile.updatedAt).toBeUndefined();
    expect(provider.capabilities.CHANGED_SINCE).toMatchObject({ note: expect.stringContaining('no time') });
  });

  it('OC-16 splits no name', () => {
    expect(profile.firstName).toBeUndefined();
    expect(profile.lastName).toBeUndefined();
    expect(profile.displayName?.(wireOf({ name: ' Anna  Bijns ', business_type: 'B2C' }))).toBe('Anna  Bijns');
  });

  it('has no address where none is kept', () => {
    const none = { billing_address_city: '', billing_address_zip: ' ', billing_address_country: null };
    expect(profile.address?.(wireOf(none))).toBeNull();
  });
});

it.each([
  ['email', 'INVALID_EMAIL', { email: 'contact at octobat' }],
  ['billingAddressCountry', 'UNKNOWN_COUNTRY', { billing_address_country: 'Narnia' }],
  ['phoneNumber', 'INVALID_PHONE', { phone_number: '12' }],
  ['phoneNumber', 'PHONE_COUNTRY_MISMATCH', { phone_number: '+31612345678' }],
  ['billingAddressLine1', 'EMAIL_IN_OTHER_FIELD', { billing_address_line1: 'contact@octobat.com' }],
  ['billingAddressLine2', 'EMAIL_IN_OTHER_FIELD', { billing_address_line2: 'contact@octobat.com' }],
])('quality tells %s %s', (field, code, fields) => {
  expect(quality(parse({ ...created, ...fields }))).toEqual([{ field, code, message: expect.any(String) }]);
});

const wireText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, undefined, '', ' ', 'France', 'FR', 'B2B', '+33 9 52 54 03 70', 'a@b.c', 'FR 60528551658'),
);
const texts = Object.keys(retrieved).filter((key) => !['id', 'livemode', 'payment_sources'].includes(key));
const anyWire = fc.record(Object.fromEntries(texts.map((field) => [field, wireText])));

it('reads whatever passes the wire schema, and gives canonical values or null', () => {
  fc.assert(
    fc.property(anyWire, (fields) => {
      const wire = wireOf(fields);
      const { address, ...values } = profileOf(wire);
      for (const value of [...Object.values(values), ...Object.values(address ?? {})]) {
        if (value !== null) expect(value).toBe(String(value).normalize().trim() || 'empty');
      }
      for (const issue of quality(wire)) expect(issue.message).not.toBe('');
      expect(raw(wire)).toMatchObject({ id: wire.id });
    }),
  );
});

it('is found by its phone as it is written, and by nothing else that its profile has not', () => {
  expect(searched(parse(retrieved))).toEqual({ phones: ['+33 9 52 54 03 70'], words: [] });
  expect(searched(parse({ ...retrieved, phone_number: ' ' }))).toEqual({ phones: [], words: [] });
});
