import { fileURLToPath } from 'node:url';
import { none, type ProviderMapping, type ReadExample, type Row } from '../../../test/mapping/cells.ts';

/** "Viewing a Customer". */
const viewed = {
  type: 'customers',
  id: 143222,
  Organization: 1686,
  name: 'Sample client',
  status: 0,
  links: [{ href: 'customers/143222', rel: 'self', type: 'GET' }],
  email: '143222@yopmail.com',
  contact: 'Sample contact name',
  address: null,
  city: null,
  zip_code: null,
  phone: '123-456-7890',
  mobile_phone: null,
  country: 40,
  state: null,
  legal_notice: null,
  communication_culture_code: null,
  Notes: null,
  tax: null,
};

const READ_ONLY = none('Nutcache’s customers can only be read');
const reads = (...examples: [ReadExample, ...ReadExample[]]): Row => ({
  read: examples,
  write: READ_ONLY,
  clear: READ_ONLY,
});
const nobodySays = (reason: string): Row => ({ read: none(reason), write: READ_ONLY, clear: READ_ONLY });
const settings = { COUNTRIES: fileURLToPath(new URL('test-countries.json', import.meta.url)) };

const plain = (key: string): Row =>
  reads(
    { has: { [key]: ' Île ' }, reads: 'Île' },
    { has: { [key]: '' }, reads: null },
    { has: { [key]: null }, reads: null },
    // NC-6: the table and the JSON spell names in different cases.
    { has: { [key]: undefined, [key.toUpperCase()]: 'Lyon' }, reads: 'Lyon' },
  );

export const mapping: ProviderMapping = {
  settings: { TOKEN: 'token', ORGANIZATION_GUID: '846E176E-7C4B-4BFD-A894-C98F2988927E' },
  providerId: '143222',
  record: (has) => ({ customers: [{ ...viewed, ...has }] }),
  rows: {
    kind: nobodySays('company or person is not stated'),
    displayName: reads(
      { has: { name: ' Sample client ' }, reads: 'Sample client' },
      { has: { name: '', contact: 'Sample contact name' }, reads: null },
    ),
    firstName: nobodySays('`name` is a person or a company'),
    lastName: nobodySays('`name` is a person or a company'),
    companyName: nobodySays('`name` is a person or a company'),
    'name written': nobodySays('read only'),
    email: reads(
      { has: { email: ' 143222@YOPMAIL.com' }, reads: '143222@yopmail.com' },
      { has: { email: 'nobody', contact: 'a@example.com' }, reads: null },
      { has: { email: '' }, reads: null },
    ),
    phone: reads(
      { has: { mobile_phone: '06 12 34 56 78', phone: '01 42 68 53 00' }, settings, reads: '+33612345678' },
      { has: { mobile_phone: '', phone: '01 42 68 53 00' }, settings, reads: '+33142685300' },
      { has: { mobile_phone: 'unreadable', phone: '01 42 68 53 00' }, settings, reads: '+33142685300' },
      { has: { phone: '+33 1 42 68 53 00' }, reads: '+33142685300' },
      // Without a map, nobody knows whose national number it is.
      { has: { phone: '01 42 68 53 00' }, reads: null },
    ),
    'address.line1': plain('address'),
    'address.line2': nobodySays('one line'),
    'address.city': plain('city'),
    'address.postalCode': plain('zip_code'),
    'address.region': plain('state'),
    'address.country': reads(
      { has: { country: 40 }, reads: null },
      { has: { country: 40 }, settings, reads: 'FR' },
      { has: { country: '40' }, settings, reads: 'FR' },
      { has: { country: 41 }, settings, reads: null },
      { has: { country: null }, settings, reads: null },
    ),
    'address.rawCountry': reads({ has: { country: 40 }, reads: '40' }, { has: { country: 40 }, settings, reads: '40' }),
    taxId: nobodySays('`tax` is a record number'),
    status: reads(
      { has: { status: 0 }, reads: 'ACTIVE' },
      { has: { status: 1 }, reads: 'INACTIVE' },
      { has: { status: 2 }, reads: null },
      { has: { status: '1' }, reads: 'INACTIVE' },
      { has: { status: undefined, Status: 1 }, reads: 'INACTIVE' },
      { has: { status: null }, reads: null },
    ),
    createdAt: nobodySays('no times'),
    updatedAt: nobodySays('no times'),
  },
};
