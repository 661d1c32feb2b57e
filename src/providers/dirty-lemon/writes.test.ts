import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import type { Patch } from '../../contract/write.ts';
import { dirtyLemonCustomer } from './api.ts';
import { provider } from './index.ts';
import { dirtyLemonInput } from './schema.ts';
import { draftCreate, draftUpdate, made } from './writes.ts';

const decidedAt = new Date('2026-01-02T03:04:05Z');
const id = 'fffd7e80-1691-41f5-8946-9deeaf0b8640';
const wireOf = (json: object = {}) =>
  parseWire('dirty-lemon', dirtyLemonCustomer, {
    id,
    phone_number: '+13333333333',
    country_code: 'US',
    email: 'customer@example.com',
    first_name: 'Yogi',
    last_name: 'Berra',
    ...json,
  });

const create = (patch: Patch, own?: Record<string, unknown>) =>
  draftCreate({ patch, own: own && dirtyLemonInput.parse(own), decidedAt });
const update = (patch: Patch, json: object = {}, method: 'PATCH' | 'PUT' = 'PATCH') =>
  draftUpdate(method)({
    patch,
    own: undefined,
    decidedAt,
    current: { providerId: id, wire: wireOf(json) },
  });

describe('create', () => {
  const phone = '+31612345678';

  it('DL-4 posts to the collection', () => {
    expect(create({ phone }).request).toMatchObject({ method: 'POST', path: '/v1/customers', route: '/v1/customers' });
  });

  it('sends every field that it holds, and tells of each', () => {
    const draft = create({ phone, firstName: 'Yogi', lastName: 'Berra', email: 'yogi@berra.com' });
    expect(draft.request?.json).toEqual({
      unconfirmed_phone_number: phone,
      country_code: 'NL',
      first_name: 'Yogi',
      last_name: 'Berra',
      email: 'yogi@berra.com',
      confirmation: true,
    });
    expect(draft.changes).toEqual([
      { field: 'phone', before: null, after: phone },
      { field: 'dirtyLemon.phoneCountry', before: null, after: 'NL' },
      { field: 'firstName', before: null, after: 'Yogi' },
      { field: 'lastName', before: null, after: 'Berra' },
      { field: 'email', before: null, after: 'yogi@berra.com' },
    ]);
    expect(new Set(draft.held)).toEqual(new Set(provider.capabilities.CREATE.fields));
    expect(draft.problems).toEqual([]);
  });

  it('sends no nulls, and counts them as held', () => {
    const draft = create({ phone, firstName: null, email: null });
    expect(draft.request?.json).toEqual({ unconfirmed_phone_number: phone, country_code: 'NL', confirmation: true });
    expect(draft.held).toEqual(['phone', 'firstName', 'email']);
  });

  it.each([{}, { phone: null }])('DL-14 needs a phone: %o', (patch) => {
    const { problems, held } = create(patch, { phoneCountry: 'US' });
    expect(problems).toEqual([{ path: ['phone'], code: 'INVALID_INPUT', message: expect.any(String) }]);
    expect(held).toEqual([]);
  });

  it.each([
    ['the number’s own', phone, undefined, 'NL'],
    ['the number’s own where null is said', phone, { phoneCountry: null }, 'NL'],
    ['the number’s own where nothing is said', phone, { phoneCountry: '' }, 'NL'],
    ['the caller’s, where several share the calling code', '+13333333333', { phoneCountry: 'ca' }, 'CA'],
    ['the caller’s, by its name', '+13333333333', { phoneCountry: 'Canada' }, 'CA'],
  ])('DL-13 sends as the phone’s country %s', (_, number, own, country_code) => {
    const draft = create({ phone: number }, own);
    expect(draft.request?.json).toMatchObject({ country_code });
    expect(draft.problems).toEqual([]);
  });

  it.each([
    ['nobody tells it', '+13333333333', undefined],
    ['an address’s country is no phone’s', '+13333333333', { confirmation: true }],
    ['the number has another calling code', phone, { phoneCountry: 'US' }],
  ])('DL-13 refuses to guess the phone’s country: %s', (_, number, own) => {
    const { problems } = create({ phone: number, 'address.country': 'CA' }, own);
    expect(problems).toEqual([
      { path: ['dirtyLemon', 'phoneCountry'], code: 'INVALID_INPUT', message: expect.not.stringContaining(number) },
    ]);
  });

  it.each([undefined, {}, { confirmation: null }, { confirmation: true }])(
    'DL-5 says that a code is wanted, whichever way "without" is meant: %o',
    (own) => {
      const draft = create({ phone }, own);
      expect(draft.request?.json).toMatchObject({ confirmation: true });
      expect(draft.requires).toBeUndefined();
    },
  );

  it('DL-5 takes a scope of its own to create a confirmed customer', () => {
    const draft = create({ phone }, { confirmation: false });
    expect(draft.request?.json).toMatchObject({ confirmation: false });
    expect(draft.requires).toEqual({ scope: 'customers:preconfirm', path: ['dirtyLemon', 'confirmation'] });
    expect(draft.changes).toContainEqual({ field: 'dirtyLemon.confirmation', before: null, after: 'false' });
  });
});

describe('update', () => {
  it.each(['PATCH', 'PUT'] as const)('DL-3 sends only what changes, by %s', (method) => {
    const draft = update({ email: 'yogi@berra.com', firstName: 'Yogi' }, {}, method);
    expect(draft.request).toEqual({
      method,
      path: `/v1/customers/${id}`,
      route: '/v1/customers/:id',
      json: { email: 'yogi@berra.com' },
    });
    expect(draft.changes).toEqual([{ field: 'email', before: 'customer@example.com', after: 'yogi@berra.com' }]);
    expect(draft.held).toEqual(['firstName', 'email']);
  });

  it('sends nothing where all is there already', () => {
    const draft = update({ email: 'customer@example.com', lastName: 'Berra' }, { last_name: ' Berra ' });
    expect(draft).toMatchObject({ request: null, changes: [], held: ['lastName', 'email'] });
  });

  it('clears with a JSON null', () => {
    const draft = update({ email: null, firstName: null, lastName: null });
    expect(draft.request?.json).toEqual({ email: null, first_name: null, last_name: null });
  });

  it('clears an email that it can’t read, and nothing that isn’t there', () => {
    const draft = update({ email: null, firstName: null }, { email: 'yogi at berra', first_name: '' });
    expect(draft.request?.json).toEqual({ email: null });
    expect(draft.changes).toEqual([{ field: 'email', before: 'yogi at berra', after: null }]);
  });

  it('DL-15 can’t hold a phone: it is neither sent nor dropped in silence', () => {
    const draft = update({ phone: '+31612345678', email: 'yogi@berra.com' });
    expect(draft.request?.json).toEqual({ email: 'yogi@berra.com' });
    expect(draft.held).toEqual(['email']);
    expect(provider.capabilities.UPDATE.fields).toEqual(['firstName', 'lastName', 'email']);
  });

  it('refuses to be asked about no record', () => {
    const nobody = { patch: {}, own: undefined, decidedAt, current: null };
    expect(() => draftUpdate('PATCH')(nobody)).toThrow('only a record');
  });
});

describe('the own input', () => {
  it.each([
    [{ phoneCountry: 'Nederland' }, 'NL'],
    [{ phoneCountry: null }, null],
    [{}, null],
  ])('DL-13 says of which country the phone is: %j', (own, region) => {
    expect(provider.inputs.phoneRegion?.(dirtyLemonInput.parse(own))).toBe(region);
  });

  it('tells a country that it doesn’t know with its path, and without its value', () => {
    for (const phoneCountry of ['Narnia', `Narnia${' '.repeat(300)}x`, 'Narnia\0']) {
      const issues = dirtyLemonInput.safeParse({ phoneCountry }).error?.issues;
      expect(issues).toMatchObject([{ path: ['phoneCountry'], message: expect.not.stringContaining('Narnia') }]);
    }
  });
});

describe('what a create has made', () => {
  const { request } = create({ phone: '+13333333333', firstName: 'Yogi' }, { phoneCountry: 'US' });
  const isMade = (json: object): boolean => request !== null && made(request, wireOf(json));

  it('DL-8 DL-16 has the phone, confirmed or not, in whatever spelling, and the name', () => {
    for (const number of ['333-333-3333', '+1 333 333 3333'])
      expect(isMade({ phone_number: null, unconfirmed_phone_number: number })).toBe(true);
    expect(isMade({ unconfirmed_phone_number: null })).toBe(true);
    expect(isMade({ first_name: 'Lawrence' })).toBe(false);
    expect(isMade({ phone_number: '+14185810827', unconfirmed_phone_number: null })).toBe(false);
  });
});
