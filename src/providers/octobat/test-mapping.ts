import { none, type ProviderMapping, type Row } from '../../../test/mapping/cells.ts';

/** "Retrieve a customer". */
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
  octobat_billing_page: 'https://bp.octobat.com/c/1421878635hksc26e4de79',
  payment_sources: { object: 'list', data: [] },
};

const person = { business_type: 'B2C', name: 'Ada Lovelace' };
const adaKing = { firstName: 'Ada', lastName: 'King' };
const ONE_NAME = none('OC-16: one name, never split');
const COMPUTED = none('computed from the names, not an input');
const NO_TIME = { read: none('OC-15: no times'), write: none('not an input'), clear: none('not an input') };

/** A text that is one form field, as it is. */
const plain = (field: 'line2' | 'city' | 'postalCode' | 'region', key: string): Row => ({
  read: [
    { has: { [key]: '  Île  ' }, reads: 'Île' },
    { has: { [key]: 'Île' }, reads: 'Île' },
    { has: { [key]: ' ' }, reads: null },
    { has: { [key]: null }, reads: null },
  ],
  write: [
    { patch: { [`address.${field}`]: 'Lyon' }, sends: { [key]: 'Lyon' } },
    { on: 'update', has: { [key]: ' Lyon ' }, patch: { [`address.${field}`]: 'Lyon' }, sends: null },
  ],
  clear: [
    { has: { [key]: 'Lyon' }, patch: { [`address.${field}`]: null }, sends: { [key]: '' } },
    { has: { [key]: null }, patch: { [`address.${field}`]: null }, sends: null },
  ],
});

export const mapping: ProviderMapping = {
  settings: { API_KEY: 'key' },
  providerId: retrieved.id,
  record: (has) => ({ ...retrieved, ...has }),
  create: { patch: { 'address.country': 'FR' }, body: { billing_address_country: 'FR' } },
  // OC-3: the country goes along where it is known.
  update: () => ({ billing_address_country: 'FR' }),
  rows: {
    kind: {
      read: [
        { has: { business_type: 'B2B' }, reads: 'BUSINESS' },
        { has: { business_type: 'B2B', tax_number: null }, reads: 'BUSINESS' },
        { has: { business_type: 'B2C' }, reads: null },
        { has: { business_type: 'B2C', tax_number: 'FR60528551658' }, reads: null },
        { has: { business_type: null }, reads: null },
        { has: { business_type: 'B2G' }, reads: null },
      ],
      write: [
        { has: { business_type: 'B2C' }, patch: { kind: 'BUSINESS' }, sends: { business_type: 'B2B' } },
        { patch: { kind: 'INDIVIDUAL' }, sends: { business_type: 'B2C' } },
        { patch: { kind: 'BUSINESS' }, own: { businessType: 'B2C' }, sends: { business_type: 'B2C' }, held: [] },
        { on: 'update', patch: { kind: 'BUSINESS' }, sends: null },
        // OC-7: not said, not sent.
        { on: 'create', patch: { companyName: 'Acme' }, sends: { name: 'Acme' } },
      ],
      clear: [{ patch: { kind: null }, sends: { business_type: '' } }],
    },
    displayName: {
      read: [
        { has: { name: ' Octobat Inc. ' }, reads: 'Octobat Inc.' },
        { has: person, reads: 'Ada Lovelace' },
        { has: { name: '' }, reads: null },
      ],
      write: COMPUTED,
      clear: COMPUTED,
    },
    firstName: {
      read: ONE_NAME,
      write: [{ has: person, patch: adaKing, sends: { name: 'Ada King' } }],
      clear: [{ has: person, patch: { firstName: null, lastName: null }, sends: { name: '' } }],
    },
    lastName: {
      read: ONE_NAME,
      write: [{ has: person, patch: adaKing, sends: { name: 'Ada King' } }],
      clear: [{ has: person, patch: { firstName: null, lastName: null }, sends: { name: '' } }],
    },
    companyName: {
      read: [
        { has: { name: ' Octobat Inc. ' }, reads: 'Octobat Inc.' },
        { has: { name: 'Octobat Inc.', business_type: 'B2C' }, reads: null },
        { has: { name: 'Octobat Inc.', business_type: null }, reads: null },
      ],
      write: [{ patch: { companyName: 'Acme' }, sends: { name: 'Acme' } }],
      clear: [
        { patch: { companyName: null }, sends: { name: '' } },
        // Nobody's company is there: a person's name stays.
        { has: person, patch: { companyName: null }, sends: null },
      ],
    },
    'name written': {
      read: ONE_NAME,
      write: [
        { patch: { ...adaKing, companyName: 'Acme' }, own: { name: 'Z' }, sends: { name: 'Z' }, held: [] },
        { patch: { ...adaKing, companyName: 'Acme' }, sends: { name: 'Acme' }, held: ['companyName'] },
        { patch: adaKing, own: { name: 'Ada King' }, sends: { name: 'Ada King' } },
        // One part alone: the other is the merged customer's, or it is not stored.
        {
          on: 'update',
          has: person,
          patch: { lastName: 'King' },
          known: { firstName: 'Ada', lastName: 'Lovelace' },
          sends: { name: 'Ada King' },
        },
        { on: 'update', has: person, patch: { lastName: 'King' }, sends: null, held: [] },
        {
          on: 'update',
          has: person,
          patch: { firstName: 'Ada' },
          known: { firstName: 'Augusta', lastName: null },
          sends: null,
          held: [],
        },
        { on: 'create', patch: { lastName: 'King' }, sends: {}, held: [] },
        // A person's name does not overwrite a company's.
        { on: 'update', patch: adaKing, sends: null, held: [] },
        {
          on: 'update',
          patch: { ...adaKing, kind: 'INDIVIDUAL' },
          sends: { name: 'Ada King', business_type: 'B2C' },
        },
      ],
      clear: [{ own: { name: null }, sends: { name: '' } }],
    },
    email: {
      read: [
        { has: { email: ' Contact@OCTOBAT.com ' }, reads: 'Contact@octobat.com' },
        { has: { email: 'contact at octobat' }, reads: null },
        { has: { email: '' }, reads: null },
        { has: { email: null }, reads: null },
      ],
      write: [
        { patch: { email: 'a@example.com' }, sends: { email: 'a@example.com' } },
        { on: 'update', has: { email: 'a@EXAMPLE.com' }, patch: { email: 'a@example.com' }, sends: null },
      ],
      clear: [
        { patch: { email: null }, sends: { email: '' } },
        { has: { email: 'unreadable' }, patch: { email: null }, sends: { email: '' } },
      ],
    },
    phone: {
      read: [
        { has: { phone_number: '+33 9 52 54 03 70' }, reads: '+33952540370' },
        { has: { phone_number: '09 52 54 03 70' }, reads: '+33952540370' },
        { has: { phone_number: '06 12345678', billing_address_country: 'Nederland' }, reads: '+31612345678' },
        { has: { phone_number: '09 52 54 03 70', billing_address_country: null }, reads: null },
        { has: { phone_number: '' }, reads: null },
      ],
      write: [
        { patch: { phone: '+31612345678' }, sends: { phone_number: '+31612345678' } },
        { on: 'update', has: { phone_number: '09.52.54.03.70' }, patch: { phone: '+33952540370' }, sends: null },
      ],
      clear: [{ patch: { phone: null }, sends: { phone_number: '' } }],
    },
    'address.line1': {
      read: [
        { has: { billing_address_line1: ' 12 rue des Archives ' }, reads: '12 rue des Archives' },
        { has: { billing_address_line1: '' }, reads: null },
      ],
      write: [{ patch: { 'address.line1': 'Damrak 1a' }, sends: { billing_address_line1: 'Damrak 1a' } }],
      clear: [
        {
          has: { billing_address_line1: 'Damrak 1a' },
          patch: { 'address.line1': null },
          sends: { billing_address_line1: '' },
        },
      ],
    },
    'address.line2': plain('line2', 'billing_address_line2'),
    'address.city': plain('city', 'billing_address_city'),
    'address.postalCode': plain('postalCode', 'billing_address_zip'),
    'address.region': plain('region', 'billing_address_state'),
    'address.country': {
      read: [
        { has: { billing_address_country: 'France' }, reads: 'FR' },
        { has: { billing_address_country: 'FR' }, reads: 'FR' },
        { has: { billing_address_country: ' fr ' }, reads: 'FR' },
        { has: { billing_address_country: 'Frankrijk' }, reads: 'FR' },
        { has: { billing_address_country: 'DEUTSCHLAND' }, reads: 'DE' },
        { has: { billing_address_country: 'Atlantis' }, reads: null },
        { has: { billing_address_country: null }, reads: null },
      ],
      write: [
        { patch: { 'address.country': 'DE' }, sends: { billing_address_country: 'DE' } },
        { on: 'update', patch: { 'address.country': 'FR' }, sends: null },
      ],
      clear: [{ patch: { 'address.country': null }, sends: { billing_address_country: '' } }],
    },
    'address.rawCountry': {
      read: [
        { has: { billing_address_country: 'France' }, reads: 'France' },
        { has: { billing_address_country: 'Atlantis' }, reads: 'Atlantis' },
      ],
      write: none('not an input'),
      clear: none('not an input'),
    },
    taxId: {
      read: [
        { has: { tax_number: ' fr 605 28551658 ' }, reads: 'FR60528551658' },
        { has: { tax_number: 'n/a' }, reads: null },
        { has: { tax_number: null }, reads: null },
      ],
      write: [{ patch: { taxId: 'NL855630693B01' }, sends: { tax_number: 'NL855630693B01' } }],
      clear: [{ has: { tax_number: 'FR60528551658' }, patch: { taxId: null }, sends: { tax_number: '' } }],
    },
    status: { read: none('Octobat knows no status'), write: none('not an input'), clear: none('not an input') },
    createdAt: NO_TIME,
    updatedAt: NO_TIME,
  },
};
