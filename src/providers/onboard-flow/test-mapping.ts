import { none, type ProviderMapping, type Row } from '../../../test/mapping/cells.ts';

/** "Creating a Customer", without the site key: what is remembered as the record. */
const sent = {
  event_date: 1_583_020_800,
  user_id: 'user_123XYZ',
  customer_id: 'cus_123XYZ',
  customer_first_name: 'Joe',
  customer_has_payment_method: true,
  customer_email: 'test@onboardflow.com',
};
const event = {
  id: 979_924,
  event_provider: 'API',
  session_id: '1585922303',
  event_date: 1_583_020_800_000,
  event_value: '1923c497cf0fc93ff63414795ec58c59d4ccab38',
  event_type: 'PROVIDER_EVENT',
  event_meta: { type: 'CUSTOMER_CREATED', created: 1_583_020_800 },
  updated: 1_585_918_703_000,
  created: 1_585_918_703_000,
};

/** The second in which the table's drafts are decided. */
const event_date = 1_767_323_045;
const dash = (reason: string): Row => ({ read: none(reason), write: none(reason), clear: none(reason) });
const NO_ADDRESS = dash('OnboardFlow holds no address');
const COMPUTED = none('computed from the names, not an input');

const name = (field: 'firstName' | 'lastName', key: string): Row => ({
  read: [
    { has: { [key]: ' Joe ' }, reads: 'Joe' },
    { has: { [key]: undefined }, reads: null },
  ],
  write: [
    { patch: { [field]: 'Zoë' }, sends: { [key]: 'Zoë' } },
    { on: 'update', has: { [key]: 'Zoë' }, patch: { [field]: 'Zoë' }, sends: null },
  ],
  // OF-3: what is left out is nulled there.
  clear: [{ has: { [key]: 'Zoë' }, patch: { [field]: null }, sends: { [key]: undefined } }],
});

export const mapping: ProviderMapping = {
  settings: { TOKEN: 'token', SITE_KEY: 'f37F2PPh' },
  providerId: sent.customer_id,
  record: (has) => ({ sent: { ...sent, ...has }, event, acceptedAt: '2020-04-03T13:58:23.000Z' }),
  create: {
    patch: { email: 'base@example.com' },
    own: { customerId: 'cus_1', userId: 'user_1', hasPaymentMethod: false },
    body: {
      event_date,
      user_id: 'user_1',
      customer_id: 'cus_1',
      customer_email: 'base@example.com',
      customer_has_payment_method: false,
    },
  },
  // OF-3: everything is told again.
  update: (has) => ({ ...sent, ...has, event_date }),
  rows: {
    kind: dash('OnboardFlow holds no kind'),
    displayName: {
      read: [
        { has: { customer_last_name: 'Bloggs' }, reads: 'Joe Bloggs' },
        { has: {}, reads: 'Joe' },
        { has: { customer_first_name: undefined }, reads: 'test@onboardflow.com' },
      ],
      write: COMPUTED,
      clear: COMPUTED,
    },
    firstName: name('firstName', 'customer_first_name'),
    lastName: name('lastName', 'customer_last_name'),
    companyName: dash('OnboardFlow holds no company'),
    'name written': dash('first and last name each have a parameter'),
    email: {
      read: [
        { has: { customer_email: 'Test@ONBOARDFLOW.com' }, reads: 'Test@onboardflow.com' },
        { has: { customer_email: 'nobody' }, reads: null },
      ],
      write: [{ patch: { email: 'a@example.com' }, sends: { customer_email: 'a@example.com' } }],
      clear: [{ patch: { email: null }, refused: 'email' }],
    },
    phone: dash('OnboardFlow holds no phone'),
    'address.line1': NO_ADDRESS,
    'address.line2': NO_ADDRESS,
    'address.city': NO_ADDRESS,
    'address.postalCode': NO_ADDRESS,
    'address.region': NO_ADDRESS,
    'address.country': NO_ADDRESS,
    'address.rawCountry': NO_ADDRESS,
    taxId: dash('OnboardFlow holds no tax number'),
    status: dash('OnboardFlow knows no status'),
    createdAt: dash('its times are those of events: see lastEvent'),
    updatedAt: dash('its times are those of events: see lastEvent'),
  },
  more: {
    'image, optional': {
      read: none('in the extension alone'),
      write: [
        {
          own: { imageUrl: 'https://example.com/joe.png' },
          sends: { customer_image_url: 'https://example.com/joe.png' },
        },
      ],
      clear: [
        {
          has: { customer_image_url: 'https://example.com/joe.png' },
          own: { imageUrl: null },
          sends: { customer_image_url: undefined },
        },
      ],
    },
  },
};
