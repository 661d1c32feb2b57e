import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { type DirtyLemonCustomer, dirtyLemonCustomer } from './api.ts';
import { provider } from './index.ts';
import { profile, quality, raw, searched, verification } from './mapping.ts';

const parse = (json: unknown): DirtyLemonCustomer => parseWire('dirty-lemon', dirtyLemonCustomer, json);
const profileOf = (wire: DirtyLemonCustomer) =>
  Object.fromEntries(Object.entries(profile).map(([field, read]) => [field, read(wire)]));

/** "Customer object" and "Retrieve a customer". */
const retrieved = {
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

/** "Create a customer". */
const created = {
  id: '32139dfd-87c3-4552-8e91-0d9de718bff6',
  phone_number: null,
  unconfirmed_phone_number: '+14185810827',
  country_code: 'CA',
  email: 'yogi@berra.com',
  first_name: 'Yogi',
  last_name: 'Berra',
  confirmation_token: '152200',
  billing_address_url: null,
  shipping_address_url: null,
  card_url: null,
  confirmed_at: '2017-04-14T18:48:52.367Z',
  confirmation_sent_at: null,
  created_at: '2017-04-14T18:48:52.367Z',
  updated_at: '2017-04-14T18:48:52.967Z',
};

/** "Confirm a customer". */
const confirmed = {
  ...created,
  phone_number: '+14185810827',
  email: null,
  first_name: null,
  last_name: null,
  confirmed_at: '2017-04-14T18:53:59.246Z',
  updated_at: '2017-04-14T18:53:59.253Z',
};

const wireOf = (json: Partial<typeof created> | Record<string, unknown>) => parse({ ...created, ...json });

describe('the document’s examples', () => {
  it.each([
    [
      'retrieved',
      retrieved,
      {
        displayName: 'Yogi Berra',
        firstName: 'Yogi',
        lastName: 'Berra',
        email: 'customer@example.com',
        phone: '+13333333333',
        createdAt: new Date('2016-09-02T09:40:06.004Z'),
        updatedAt: new Date('2016-09-07T02:12:02.012Z'),
      },
    ],
    [
      'created',
      created,
      {
        displayName: 'Yogi Berra',
        firstName: 'Yogi',
        lastName: 'Berra',
        email: 'yogi@berra.com',
        phone: '+14185810827',
        createdAt: new Date('2017-04-14T18:48:52.367Z'),
        updatedAt: new Date('2017-04-14T18:48:52.967Z'),
      },
    ],
    [
      'confirmed',
      confirmed,
      {
        displayName: '+14185810827',
        firstName: null,
        lastName: null,
        email: null,
        phone: '+14185810827',
        createdAt: new Date('2017-04-14T18:48:52.367Z'),
        updatedAt: new Date('2017-04-14T18:53:59.253Z'),
      },
    ],
  ])('the customer %s reads as it stands there', (_, example, expected) => {
    expect(profileOf(parse(example))).toEqual(expected);
    expect(quality(parse(example))).toEqual([]);
  });

  it('DL-1 DL-2 shows the provider’s own JSON but for the token and the links', () => {
    const { confirmation_token, billing_address_url, shipping_address_url, card_url, ...shown } = retrieved;
    expect(raw(parse(retrieved))).toEqual(shown);
  });
});

describe('verification', () => {
  it('DL-7 tells a phone that nobody confirmed as such, though confirmed_at is set', () => {
    expect(verification(parse(created))).toMatchObject({
      phone: null,
      unconfirmedPhone: '+14185810827',
      confirmedAt: new Date('2017-04-14T18:48:52.367Z'),
    });
  });

  it('DL-7 makes no status of the customer out of a confirmed phone', () => {
    expect(profile.status).toBeUndefined();
  });

  it('DL-8 tells the confirmed phone beside the unconfirmed one that stays', () => {
    expect(verification(parse(confirmed))).toEqual({
      phone: '+14185810827',
      unconfirmedPhone: '+14185810827',
      confirmedAt: new Date('2017-04-14T18:53:59.246Z'),
      sentAt: null,
    });
  });

  it.each([created, confirmed])(
    'DL-9 DL-11 does not guess when a code was sent where the provider doesn’t say',
    (example) => {
      expect(verification(parse(example)).sentAt).toBeNull();
    },
  );

  it('DL-11 tells when a code was sent where the provider does', () => {
    expect(verification(parse(retrieved)).sentAt).toEqual(new Date('2016-09-02T09:40:07.004Z'));
  });

  it('DL-16 keeps a number that it can’t read: it is still what was confirmed', () => {
    const facts = verification(wireOf({ phone_number: ' 333-333-333 ', country_code: 'US' }));
    expect(facts).toMatchObject({ phone: '333-333-333' });
  });
});

describe('reading', () => {
  it.each([
    [
      'the confirmed number',
      { phone_number: '+14185810827', unconfirmed_phone_number: '+14185550199' },
      '+14185810827',
    ],
    ['the unconfirmed number where there is none', { phone_number: null }, '+14185810827'],
    ['the unconfirmed number where it is empty', { phone_number: '' }, '+14185810827'],
    ['nothing where the confirmed number can’t be read', { phone_number: '12' }, null],
    [
      'DL-13 a national number in the phone’s country',
      { phone_number: '06-12345678', country_code: 'nl' },
      '+31612345678',
    ],
    ['DL-16 a number in no valid range', { phone_number: '+13333333333', country_code: 'US' }, '+13333333333'],
  ])('takes for the phone %s', (_, fields, expected) => {
    expect(profile.phone?.(wireOf(fields))).toBe(expected);
  });

  it('DL-13 makes no address of the phone’s country', () => {
    expect(profile.address).toBeUndefined();
  });

  it.each([
    [{ first_name: ' Yogi ', last_name: '' }, 'Yogi'],
    [{ first_name: null, last_name: 'Berra' }, 'Berra'],
    [{ first_name: '', last_name: '  ' }, '+14185810827'],
    [{ first_name: null, last_name: null, unconfirmed_phone_number: null }, null],
  ])('calls %o %s', (fields, expected) => {
    expect(profile.displayName?.(wireOf(fields))).toBe(expected);
  });
});

describe('quality', () => {
  it.each([
    ['email', 'INVALID_EMAIL', { email: 'yogi at berra' }],
    ['countryCode', 'UNKNOWN_COUNTRY', { country_code: 'Moon' }],
    ['phoneNumber', 'INVALID_PHONE', { phone_number: '333-333-333' }],
    ['unconfirmedPhoneNumber', 'INVALID_PHONE', { unconfirmed_phone_number: '333-333-333' }],
    ['phoneNumber', 'PHONE_COUNTRY_MISMATCH', { phone_number: '+31612345678' }],
    ['unconfirmedPhoneNumber', 'PHONE_COUNTRY_MISMATCH', { unconfirmed_phone_number: '+31612345678' }],
    ['firstName', 'EMAIL_IN_OTHER_FIELD', { first_name: 'yogi@berra.com' }],
    ['lastName', 'EMAIL_IN_OTHER_FIELD', { last_name: 'yogi@berra.com' }],
  ])('tells %s %s', (field, code, fields) => {
    expect(quality(wireOf(fields))).toEqual([{ field, code, message: expect.any(String) }]);
  });
});

const wireText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.constantFrom(
    null,
    undefined,
    '',
    ' ',
    '+',
    '0000-00-00T00:00:00Z',
    '2016-02-30T00:00:00Z',
    'US',
    '+14185810827',
    '@',
  ),
);
const { id: _, ...fields } = dirtyLemonCustomer.shape;
const anyWire = fc
  .record(Object.fromEntries(Object.keys(fields).map((field) => [field, wireText])))
  .map((values) => ({ ...values, id: created.id }));

it('reads whatever passes the wire schema, and gives canonical values or null', () => {
  fc.assert(
    fc.property(anyWire, (json) => {
      const wire = dirtyLemonCustomer.safeParse(json).data;
      // What is no JSON (NaN, Infinity) doesn't pass.
      if (!wire) return;
      const values = [...Object.values(profileOf(wire)), ...Object.values(verification(wire))];
      for (const value of values) {
        if (value instanceof Date) expect(value.getTime()).not.toBeNaN();
        else if (value !== null) expect(value).toBe(String(value).normalize().trim() || 'empty');
      }
      for (const issue of quality(wire)) expect(issue.message).not.toBe('');
      expect(raw(wire)).toEqual(wire);
    }),
  );
});

it('tells of every operation what it can do, and why it can’t', () => {
  const { LIST, SEARCH, CHANGED_SINCE, SELF_SERVICE_LINK } = provider.capabilities;
  expect(LIST).toMatchObject({ support: 'EMULATED', note: expect.stringContaining('created here') });
  expect(SEARCH).toMatchObject({ support: 'UNSUPPORTED', note: expect.any(String) });
  expect(CHANGED_SINCE).toMatchObject({ support: 'UNSUPPORTED', note: expect.any(String) });
  expect(SELF_SERVICE_LINK.linkKinds).toEqual(['CARD', 'BILLING_ADDRESS', 'SHIPPING_ADDRESS']);
});

it('DL-8 is found by the confirmed phone and by the unconfirmed, told once where they are one', () => {
  expect(searched(parse(retrieved))).toEqual({ phones: ['+13333333333'], words: [] });
  expect(searched(parse({ ...retrieved, unconfirmed_phone_number: '+14185810827' })).phones).toEqual([
    ...['+13333333333', '+14185810827'],
  ]);
  expect(searched(parse({ ...retrieved, phone_number: null, unconfirmed_phone_number: '' })).phones).toEqual([]);
});
