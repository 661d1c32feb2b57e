import { none, type ProviderMapping, type Row } from '../../../test/mapping/cells.ts';
import { retrieved } from './test-data.ts';

const [mob, tel] = retrieved.phone_numbers;

/** The numbers of a customer: the document's two with others in their place. */
const numbers = (mobile: string, landline: string, ...more: object[]) => ({
  phone_numbers: [{ ...mob, phone_number: mobile }, { ...tel, phone_number: landline }, ...more],
});
const extra = (phone_number: string) => ({ phone_number_id: '714253', customer_id: 6, phone_number, name: 'Extra 1' });

const COMPUTED = none('computed from the names, not an input');
const NOT_AN_INPUT = { write: none('not an input'), clear: none('not an input') };
const noPlace = (reason: string): Row => ({ read: none(reason), write: none(reason), clear: none(reason) });

/** A text that is one property, as it is. CS-2: "" is how nothing is said. */
const plain = (field: string, key: string): Row => ({
  read: [
    { has: { [key]: '  Île  ' }, reads: 'Île' },
    { has: { [key]: '' }, reads: null },
    { has: { [key]: null }, reads: null },
    { has: { [key]: undefined }, reads: null },
  ],
  write: [
    { patch: { [field]: 'Lyon' }, sends: { [key]: 'Lyon' } },
    { on: 'update', has: { [key]: ' Lyon' }, patch: { [field]: 'Lyon' }, sends: null },
  ],
  clear: [
    { has: { [key]: 'Lyon' }, patch: { [field]: null }, sends: { [key]: '' } },
    { has: { [key]: '' }, patch: { [field]: null }, sends: null },
    // CS-5: what is absent stays absent.
    { has: { [key]: undefined }, patch: { [field]: null }, sends: null },
  ],
});

const street = (name: string, number: string, postfix: string) => ({
  street: name,
  house_number: number,
  house_number_postfix: postfix,
});

export const mapping: ProviderMapping = {
  settings: { USERNAME: 'user', PASSWORD: 'password' },
  providerId: '1006',
  record: (has) => ({ ...retrieved, ...has }),
  create: { patch: { companyName: 'Base' }, body: { company_name: 'Base' } },
  // CS-1: everything goes back.
  update: (has) => ({ ...retrieved, ...has }),
  rows: {
    kind: {
      read: [
        { has: { customer_type_name: 'Zakelijk' }, reads: 'BUSINESS' },
        { has: { customer_type_name: 'Klant' }, reads: null },
        { has: { customer_type_name: 'Klant', company_name: 'CycleSoftware' }, reads: null },
        { has: { customer_type_name: 'E-commerce' }, reads: null },
        { has: { customer_type_name: '' }, reads: null },
      ],
      write: [
        { patch: { kind: 'BUSINESS' }, sends: { customer_type_name: 'Zakelijk' } },
        { on: 'create', patch: { kind: 'INDIVIDUAL' }, sends: { customer_type_name: 'Klant' } },
        {
          on: 'update',
          has: { customer_type_name: 'Zakelijk' },
          patch: { kind: 'INDIVIDUAL' },
          sends: { customer_type_name: 'Klant' },
        },
        {
          patch: { kind: 'BUSINESS' },
          own: { customerTypeName: 'e-commerce' },
          sends: { customer_type_name: 'E-commerce' },
          held: [],
        },
      ],
      clear: [
        { has: { customer_type_name: 'Zakelijk' }, patch: { kind: null }, sends: { customer_type_name: '' } },
        // A type that says no kind has none to clear.
        { patch: { kind: null }, sends: null },
      ],
    },
    displayName: {
      read: [
        { has: {}, reads: 'Company name' },
        { has: { company_name: '' }, reads: 'Tim van LastName' },
        { has: { company_name: '', first_name: '', insertion: '' }, reads: 'LastName' },
        { has: { company_name: '', first_name: '', insertion: '', name: '' }, reads: null },
      ],
      write: COMPUTED,
      clear: COMPUTED,
    },
    firstName: plain('firstName', 'first_name'),
    lastName: {
      read: [
        { has: {}, reads: 'van LastName' },
        { has: { insertion: '' }, reads: 'LastName' },
        { has: { insertion: undefined, name: ' LastName' }, reads: 'LastName' },
        { has: { name: '' }, reads: null },
      ],
      write: [
        // The insertion that it begins with, the record's or the same input's, is taken off.
        { on: 'update', patch: { lastName: 'van Dijk' }, sends: { name: 'Dijk' } },
        { on: 'update', patch: { lastName: 'Van Dijk' }, sends: { name: 'Dijk' } },
        {
          patch: { lastName: 'de Vries' },
          own: { insertion: 'de' },
          sends: { insertion: 'de', name: 'Vries' },
        },
        // "Jansen" would else be read back as "van Jansen".
        { on: 'update', patch: { lastName: 'Jansen' }, sends: { name: 'Jansen', insertion: '' } },
        { on: 'update', patch: { lastName: 'van den Berg' }, sends: { name: 'den Berg' } },
        { on: 'update', patch: { lastName: 'van LastName' }, sends: null },
        { on: 'create', patch: { lastName: 'van Dijk' }, sends: { name: 'van Dijk' } },
      ],
      clear: [
        { has: { insertion: '' }, patch: { lastName: null }, sends: { name: '' } },
        { patch: { lastName: null }, sends: { name: '', insertion: '' } },
      ],
    },
    companyName: plain('companyName', 'company_name'),
    'name written': noPlace('first, insertion, last and company each have a property'),
    email: {
      read: [
        { has: { email: ' Name@DOMAIN.nl ' }, reads: 'Name@domain.nl' },
        { has: { email: 'name at domain' }, reads: null },
        { has: { email: '' }, reads: null },
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
        { has: {}, reads: '+31612345678' },
        { has: numbers('', '0733030050'), reads: '+31733030050' },
        { has: numbers('unreadable', '073 303 0050'), reads: '+31733030050' },
        { has: numbers('', '', extra('+381 60 3333333')), reads: '+381603333333' },
        { has: { ...numbers('0470 12 34 56', ''), country_code_iso_3166: 'be' }, reads: '+32470123456' },
        { has: { country_code_iso_3166: '' }, reads: null },
        { has: { phone_numbers: [] }, reads: null },
        { has: { phone_numbers: undefined }, reads: null },
      ],
      write: [
        // Into the slot that it is read from, else into mob; E.164; the other numbers stay.
        { on: 'update', patch: { phone: '+31687654321' }, sends: numbers('+31687654321', '0733030050') },
        {
          on: 'update',
          has: numbers('', '0733030050', extra('06 1')),
          patch: { phone: '+31687654321' },
          sends: numbers('', '+31687654321', extra('06 1')),
        },
        { on: 'update', has: numbers('', ''), patch: { phone: '+31687654321' }, sends: numbers('+31687654321', '') },
        {
          on: 'update',
          has: { phone_numbers: [] },
          patch: { phone: '+31687654321' },
          sends: { phone_numbers: [{ phone_number_id: 'mob', phone_number: '+31687654321' }] },
        },
        { on: 'update', patch: { phone: '+31612345678' }, sends: null },
        {
          on: 'create',
          patch: { phone: '+31687654321' },
          sends: { phone_numbers: [{ phone_number_id: 'mob', phone_number: '+31687654321' }] },
        },
      ],
      clear: [
        { patch: { phone: null }, sends: numbers('', '0733030050') },
        { has: numbers('', '0733030050'), patch: { phone: null }, sends: numbers('', '') },
        { has: numbers('', ''), patch: { phone: null }, sends: null },
      ],
    },
    'address.line1': {
      read: [
        { has: {}, reads: 'Raadhuisplein 1c' },
        { has: street('street', '1', '2'), reads: 'street 1 2' },
        { has: street('Mauritslaan', '32', ''), reads: 'Mauritslaan 32' },
        { has: street(' Damrak ', '', ''), reads: 'Damrak' },
        { has: { house_number: 1, house_number_postfix: undefined }, reads: 'Raadhuisplein 1' },
        { has: street('', '', ''), reads: null },
      ],
      write: [
        { patch: { 'address.line1': 'Damrak 12bis' }, sends: street('Damrak', '12', 'bis') },
        {
          on: 'update',
          patch: { 'address.line1': 'Damrak 12' },
          sends: street('Damrak', '12', ''),
        },
        // Split only where it reads back the same.
        { on: 'update', patch: { 'address.line1': 'Damrak 1 A' }, sends: street('Damrak 1 A', '', '') },
        { on: 'update', patch: { 'address.line1': '12 Rue de la Paix' }, sends: street('12 Rue de la Paix', '', '') },
        { on: 'create', patch: { 'address.line1': 'Postbus 12-14' }, sends: { street: 'Postbus 12-14' } },
        { on: 'update', patch: { 'address.line1': 'Raadhuisplein 1c' }, sends: null },
        // The provider's own three win.
        {
          patch: { 'address.line1': 'Damrak 1' },
          own: { street: 'Rokin', houseNumber: '2', houseNumberPostfix: 'b' },
          sends: street('Rokin', '2', 'b'),
          held: [],
        },
      ],
      clear: [{ patch: { 'address.line1': null }, sends: street('', '', '') }],
    },
    'address.line2': noPlace('attn is not an address line'),
    'address.city': plain('address.city', 'city'),
    'address.postalCode': plain('address.postalCode', 'postcode'),
    'address.region': noPlace('no region'),
    'address.country': {
      read: [
        { has: { country_code_iso_3166: 'NL' }, reads: 'NL' },
        { has: { country_code_iso_3166: 'sr' }, reads: 'SR' },
        { has: { country_code_iso_3166: 'XX' }, reads: null },
        { has: { country_code_iso_3166: '' }, reads: null },
      ],
      write: [
        { patch: { 'address.country': 'BE' }, sends: { country_code_iso_3166: 'BE' } },
        { on: 'update', has: { country_code_iso_3166: 'be' }, patch: { 'address.country': 'BE' }, sends: null },
      ],
      clear: [{ patch: { 'address.country': null }, sends: { country_code_iso_3166: '' } }],
    },
    'address.rawCountry': {
      read: [{ has: { country_code_iso_3166: 'sr' }, reads: 'sr' }],
      ...NOT_AN_INPUT,
    },
    taxId: {
      read: [
        { has: { vat_number: 'nl 8556.30693 B01' }, reads: 'NL8556.30693B01' },
        { has: { vat_number: '', coc_number: '64356582' }, reads: null },
      ],
      write: [{ patch: { taxId: 'BE0412345678' }, sends: { vat_number: 'BE0412345678' } }],
      clear: [{ patch: { taxId: null }, sends: { vat_number: '' } }],
    },
    status: noPlace('CycleSoftware knows no status'),
    createdAt: {
      read: [
        // Winter, summer, the hour that is skipped and the one that comes twice, on Amsterdam's clocks.
        { has: {}, reads: '2023-01-03T11:30:44.000Z' },
        { has: { datetime_created: '2023-07-03 12:30:44' }, reads: '2023-07-03T10:30:44.000Z' },
        { has: { datetime_created: '2023-03-26 02:30:00' }, reads: '2023-03-26T01:30:00.000Z' },
        { has: { datetime_created: '2023-10-29 02:30:00' }, reads: '2023-10-29T00:30:00.000Z' },
        {
          has: {},
          settings: { TIME_ZONE: 'America/New_York' },
          reads: '2023-01-03T17:30:44.000Z',
        },
        { has: { datetime_created: null }, reads: null },
        { has: { datetime_created: '0000-00-00 00:00:00' }, reads: null },
      ],
      ...NOT_AN_INPUT,
    },
    updatedAt: { read: none('CS-11: no time of change is told'), ...NOT_AN_INPUT },
  },
  more: {
    'discount, a number': {
      read: none('in the extension alone'),
      write: [{ own: { discountPercentage: 7.5 }, sends: { discount_percentage: 7.5 } }],
      clear: [
        { has: { discount_percentage: 10 }, own: { discountPercentage: null }, sends: { discount_percentage: 0 } },
        { own: { discountPercentage: null }, sends: null },
      ],
    },
  },
};
