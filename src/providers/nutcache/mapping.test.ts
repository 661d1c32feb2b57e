import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { nutcacheCustomer } from './api.ts';
import { profile, quality, raw, searched } from './mapping.ts';
import type { Countries } from './settings.ts';
import { examples } from './test-data.ts';

const CANADA: Countries = new Map([['40', 'CA']]);

const read = (json: unknown) => parseWire('nutcache', nutcacheCustomer, json);

function profileOf(json: unknown, countries: Countries = null): Record<string, unknown> {
  const wire = read(json);
  return Object.fromEntries(Object.entries(profile(countries)).map(([field, reader]) => [field, reader(wire)]));
}

const issues = (json: unknown, countries: Countries = null) =>
  quality(countries)(read(json)).map(({ field, code }) => `${field} ${code}`);

const bare = { id: 1 };

describe('the profile', () => {
  it('reads the document’s example, field by field', () => {
    expect(profileOf(examples.sampleClient, CANADA)).toEqual({
      displayName: 'Sample client',
      email: '143222@yopmail.com',
      phone: '+11234567890',
      address: {
        ...{ line1: null, line2: null, city: null, postalCode: null, region: null },
        ...{ country: 'CA', rawCountry: '40' },
      },
      status: 'ACTIVE',
    });
  });

  it('reads every field of an address', () => {
    const json = { ...bare, address: ' 1 Rue X ', city: 'Québec', zip_code: 'G1R 4P5', state: 'QC', country: '40' };
    expect(profileOf(json, CANADA).address).toEqual({
      ...{ line1: '1 Rue X', line2: null, city: 'Québec', postalCode: 'G1R 4P5', region: 'QC' },
      ...{ country: 'CA', rawCountry: '40' },
    });
    expect(profileOf(bare, CANADA).address).toBeNull();
  });

  it('takes the mobile phone, else the other, each in the customer’s country', () => {
    const json = { ...bare, mobile_phone: '418-581-0827', phone: '+33952540370', country: 40 };
    expect(profileOf(json, CANADA).phone).toBe('+14185810827');
    expect(profileOf({ ...json, mobile_phone: 'ask Joe' }, CANADA).phone).toBe('+33952540370');
    expect(profileOf(json).phone).toBe('+33952540370');
  });

  it('NC-1 reads the country number by the configured list, else leaves it as it is', () => {
    const address = { rawCountry: '40' };
    expect(profileOf(examples.sampleClient, CANADA).address).toMatchObject({ ...address, country: 'CA' });
    expect(profileOf(examples.sampleClient, null).address).toMatchObject({ ...address, country: null });
    expect(profileOf(examples.android, CANADA).address).toMatchObject({ country: null, rawCountry: '2' });
  });

  it('NC-1 tells of a number that is not in the list, and of none where there is no list', () => {
    expect(issues(examples.android, CANADA)).toEqual(['country UNKNOWN_COUNTRY']);
    expect(issues(examples.android, null)).toEqual([]);
    expect(issues(examples.testClient, CANADA)).toEqual([]);
  });

  it('NC-2 takes the number of a tax record for no tax id', () => {
    expect(profileOf(examples.taxableOnt)).not.toHaveProperty('taxId');
    expect(raw(read(examples.taxableOnt)).tax).toBe(375);
  });

  it('NC-5 takes "" and null for the same nothing', () => {
    expect(profileOf({ ...bare, name: '', email: '', phone: '', address: '', status: '', country: '' })).toEqual(
      profileOf({ ...bare, name: null, email: null, phone: null, address: null, status: null, country: null }),
    );
    expect(profileOf(examples.android)).toMatchObject({ phone: null });
    expect(issues({ ...bare, email: '', phone: '', status: '', country: '' }, CANADA)).toEqual([]);
  });

  it('NC-7 knows two statuses, and a third breaks nothing', () => {
    expect(profileOf(examples.sampleClient).status).toBe('ACTIVE');
    expect(profileOf(examples.inactive).status).toBe('INACTIVE');
    expect(profileOf({ ...bare, status: '1' }).status).toBe('INACTIVE');
    for (const status of [2, -1, 0.5, 1e21, 'archived']) {
      expect(profileOf({ ...bare, status }).status).toBeNull();
      expect(issues({ ...bare, status })).toEqual(['status UNKNOWN_STATUS']);
    }
    expect(issues(bare)).toEqual([]);
  });

  it('NC-10 keeps an email address in the address line, and tells of it', () => {
    expect(profileOf(examples.inactive).address).toMatchObject({ line1: 'Clientinactif@yopmail.com' });
    expect(issues(examples.inactive)).toEqual(['contact EMAIL_IN_OTHER_FIELD', 'address EMAIL_IN_OTHER_FIELD']);
    const everywhere = {
      ...bare,
      name: 'a@b.co',
      city: 'a@b.co',
      state: 'a@b.co',
      zip_code: 'a@b.co',
      Notes: 'a@b.co',
    };
    expect(issues(everywhere).map((issue) => issue.split(' ')[0])).toEqual(['name', 'city', 'state', 'zipCode']);
  });

  it('NC-12 says no times', () => {
    expect(Object.keys(profileOf(examples.sampleClient))).not.toContain('createdAt');
    expect(Object.keys(profileOf(examples.sampleClient))).not.toContain('updatedAt');
  });

  it('NC-13 takes neither `name` for a company’s or a person’s, nor `contact` for the customer', () => {
    const { displayName, ...rest } = profileOf(examples.sampleClient);
    expect(displayName).toBe('Sample client');
    for (const field of ['kind', 'firstName', 'lastName', 'companyName']) expect(rest).not.toHaveProperty(field);
    expect(JSON.stringify(rest)).not.toContain('Sample contact name');
    expect(profileOf({ ...bare, contact: 'Joe' }).displayName).toBeNull();
  });

  it('tells what can’t be read as an email address or a phone number', () => {
    const json = { ...bare, email: 'at home', phone: 'later', mobile_phone: 12 };
    expect(issues(json)).toEqual(['email INVALID_EMAIL', 'mobilePhone INVALID_PHONE', 'phone INVALID_PHONE']);
    for (const { message } of quality(null)(read(json))) expect(message).not.toMatch(/at home|later|12/);
  });
});

describe('names in any case', () => {
  it('NC-6 reads the names of the table and those of the JSON', () => {
    const known = { ...bare, notes: 'n', status: 1, organization: 7 };
    expect(read({ ...bare, notes: 'n', Status: 1, Organization: 7 })).toMatchObject(known);
    expect(read({ ...bare, Notes: 'n', status: 1, organization: 7 })).toMatchObject(known);
    expect(profileOf({ ID: 5, NAME: 'N', Mobile_Phone: '+33952540370' })).toMatchObject({ phone: '+33952540370' });
  });

  it('NC-6 takes what is filled before what is empty, then lower case, in whatever order they come', () => {
    expect(read({ ...bare, Notes: 'A', notes: 'b' }).notes).toBe('b');
    expect(read({ ...bare, notes: 'b', Notes: 'A' }).notes).toBe('b');
    expect(read({ ...bare, Notes: 'A', notes: null }).notes).toBe('A');
    expect(read({ ...bare, notes: '', Notes: 'A' }).notes).toBe('A');
    expect(read({ ...bare, STATUS: 1, Status: 0 }).status).toBe(0);
  });

  it('NC-6 shows every name in raw as it came, documented or not', () => {
    const json = { ...bare, LoyaltyPoints: 3, Name: 'N', name: '', own: 'x' };
    expect(raw(read(json))).toEqual(json);
  });
});

it('NC-13 is found by both phones and by whom one speaks to there', () => {
  const json = { ...bare, mobile_phone: '418-581-0827', Phone: ' 123-456-7890', contact: 'Ada ', name: 'Quai 7' };
  expect(searched(read(json))).toEqual({ phones: ['418-581-0827', '123-456-7890'], words: ['Ada'] });
  expect(searched(read(examples.android))).toEqual({ phones: [], words: [] });
});

describe('any answer', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.constantFrom('', 'a@b.co', '+33952540370', '0', '1', '40'),
    fc.double(),
    fc.constant(null),
  );
  const names = Object.keys(examples.sampleClient).filter((name) => !['id', 'links', 'type'].includes(name));
  const customer = fc
    .tuple(
      fc.oneof(fc.integer({ min: 1, max: 9_999_999_999 }), fc.integer({ min: 1, max: 999 }).map(String)),
      fc.dictionary(fc.constantFrom(...names, ...names.map((name) => name.toUpperCase())), scalar),
      fc.dictionary(fc.string(), fc.jsonValue()),
    )
    .map(([id, known, others]) => JSON.parse(JSON.stringify({ ...others, ...known, id })) as unknown)
    .filter((json) => nutcacheCustomer.safeParse(json).success && !JSON.stringify(json).includes('__proto__'));

  it('is read without ever throwing, and to canonical values', () => {
    fc.assert(
      fc.property(customer, fc.constantFrom(null, CANADA), (json, countries) => {
        const { displayName, email, phone, status } = profileOf(json, countries);
        for (const value of [displayName, email, phone]) expect(value).not.toBe('');
        expect([null, 'ACTIVE', 'INACTIVE']).toContain(status);
        quality(countries)(read(json));
        expect(Object.keys(raw(read(json))).map((name) => name.toLowerCase())).not.toContain('links');
      }),
    );
  });

  it('is refused where an id is missing, or is no id', () => {
    for (const id of [undefined, null, 0, -1, 1.5, 10_000_000_000, '01', '1e3', 'list', {}]) {
      expect(nutcacheCustomer.safeParse({ id }).success).toBe(false);
    }
  });

  it('leaves out links from raw, in any case, and nothing else', () => {
    const { links: _, ...others } = examples.sampleClient;
    expect(raw(read({ ...examples.sampleClient, LINKS: [] }))).toEqual(others);
  });
});
