import { none, type ProviderMapping, type Row } from '../../../test/mapping/cells.ts';

/** "Customer object". */
const object = {
  id: 'fffd7e80-1691-41f5-8946-9deeaf0b8640',
  phone_number: '+13333333333',
  unconfirmed_phone_number: '+13333333333',
  country_code: 'US',
  email: 'customer@example.com',
  first_name: 'Yogi',
  last_name: 'Berra',
  confirmation_token: '123456',
  billing_address_url: 'https://api.dirtylemon.com/l/6243c9',
  shipping_address_url: 'https://api.dirtylemon.com/l/192b86',
  card_url: 'https://api.dirtylemon.com/l/0896d5',
  confirmed_at: '2016-09-02T09:40:08.004Z',
  confirmation_sent_at: '2016-09-02T09:40:07.004Z',
  created_at: '2016-09-02T09:40:06.004Z',
  updated_at: '2016-09-07T02:12:02.012Z',
};

const dash = (reason: string): Row => ({ read: none(reason), write: none(reason), clear: none(reason) });
const NO_ADDRESS = dash('its country code is the phone’s, not an address’s');
const NOT_AN_INPUT = { write: none('not an input'), clear: none('not an input') };

const name = (field: 'firstName' | 'lastName', key: string): Row => ({
  read: [
    { has: { [key]: ' Yogi ' }, reads: 'Yogi' },
    { has: { [key]: '' }, reads: null },
    { has: { [key]: null }, reads: null },
  ],
  write: [
    { patch: { [field]: 'Zoë' }, sends: { [key]: 'Zoë' } },
    { on: 'update', has: { [key]: 'Zoë' }, patch: { [field]: 'Zoë' }, sends: null },
  ],
  clear: [{ patch: { [field]: null }, sends: { [key]: null } }],
});

export const mapping: ProviderMapping = {
  settings: { TOKEN: 'token' },
  providerId: object.id,
  record: (has) => ({ ...object, ...has }),
  create: {
    patch: { phone: '+31612345678' },
    body: { unconfirmed_phone_number: '+31612345678', country_code: 'NL', confirmation: true },
  },
  update: () => ({}),
  rows: {
    kind: dash('Dirty Lemon holds no kind'),
    displayName: {
      read: [
        { has: {}, reads: 'Yogi Berra' },
        { has: { first_name: null }, reads: 'Berra' },
        { has: { first_name: null, last_name: '' }, reads: '+13333333333' },
        {
          has: { first_name: null, last_name: null, phone_number: null, unconfirmed_phone_number: null },
          reads: null,
        },
      ],
      write: none('computed from the names, not an input'),
      clear: none('computed from the names, not an input'),
    },
    firstName: name('firstName', 'first_name'),
    lastName: name('lastName', 'last_name'),
    companyName: dash('Dirty Lemon holds no company'),
    'name written': dash('first and last name each have a parameter'),
    email: {
      read: [
        { has: { email: ' Customer@EXAMPLE.com' }, reads: 'Customer@example.com' },
        { has: { email: 'nobody' }, reads: null },
        { has: { email: null }, reads: null },
      ],
      write: [
        { patch: { email: 'a@example.com' }, sends: { email: 'a@example.com' } },
        { on: 'update', has: { email: 'a@EXAMPLE.com' }, patch: { email: 'a@example.com' }, sends: null },
      ],
      clear: [
        { patch: { email: null }, sends: { email: null } },
        { has: { email: null }, patch: { email: null }, sends: null },
      ],
    },
    phone: {
      read: [
        { has: {}, reads: '+13333333333' },
        { has: { phone_number: null, unconfirmed_phone_number: '+14185810827' }, reads: '+14185810827' },
        { has: { phone_number: '+13333333333', unconfirmed_phone_number: '+14185810827' }, reads: '+13333333333' },
        { has: { phone_number: '06 12345678', country_code: 'NL' }, reads: '+31612345678' },
        { has: { phone_number: null, unconfirmed_phone_number: '333-333-333' }, reads: null },
        { has: { phone_number: null, unconfirmed_phone_number: null }, reads: null },
      ],
      write: [
        {
          on: 'create',
          patch: { phone: '+32470123456' },
          sends: { unconfirmed_phone_number: '+32470123456', country_code: 'BE' },
        },
        {
          on: 'create',
          patch: { phone: '+14185810827' },
          own: { phoneCountry: 'Canada' },
          sends: { unconfirmed_phone_number: '+14185810827', country_code: 'CA' },
        },
        // DL-15: an update does not take it.
        { on: 'update', patch: { phone: '+32470123456' }, sends: null, held: [] },
      ],
      clear: [{ patch: { phone: null }, sends: null, held: [] }],
    },
    'address.line1': NO_ADDRESS,
    'address.line2': NO_ADDRESS,
    'address.city': NO_ADDRESS,
    'address.postalCode': NO_ADDRESS,
    'address.region': NO_ADDRESS,
    'address.country': NO_ADDRESS,
    'address.rawCountry': NO_ADDRESS,
    taxId: dash('Dirty Lemon holds no tax number'),
    status: dash('a confirmed phone is no status of the customer'),
    createdAt: {
      read: [
        { has: {}, reads: '2016-09-02T09:40:06.004Z' },
        { has: { created_at: '2016-09-02T11:40:06+02:00' }, reads: '2016-09-02T09:40:06.000Z' },
        { has: { created_at: '2016-09-02 09:40:06' }, reads: null },
        { has: { created_at: null }, reads: null },
      ],
      ...NOT_AN_INPUT,
    },
    updatedAt: {
      read: [
        { has: {}, reads: '2016-09-07T02:12:02.012Z' },
        { has: { updated_at: '' }, reads: null },
      ],
      ...NOT_AN_INPUT,
    },
  },
};
