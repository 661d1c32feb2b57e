import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import type { Known, Patch } from '../../contract/write.ts';
import { octobatCustomer } from './api.ts';
import { octobatInput } from './schema.ts';
import { draftCreate, draftUpdate, made } from './writes.ts';

const decidedAt = new Date('2026-01-02T03:04:05Z');
const id = 'oc_cu_1421878635hksc26e4de79';

const create = (patch: Patch, own?: object) => draftCreate({ patch, own: own && octobatInput.parse(own), decidedAt });

const update = (patch: Patch, { own, wire = {}, known = null, method = 'PATCH' }: UpdateOptions = {}) => {
  const record = { id, name: 'Octobat Inc.', business_type: 'B2B', billing_address_country: 'France' };
  const current = { providerId: id, wire: parseWire('octobat', octobatCustomer, { ...record, ...wire }) };
  const intent = { patch, own: own && octobatInput.parse(own), decidedAt, current };
  return draftUpdate(method)({ ...intent, known: known && { firstName: null, lastName: null, email: null, ...known } });
};
interface UpdateOptions {
  readonly own?: object;
  readonly wire?: object;
  readonly known?: Partial<Known> | null;
  readonly method?: 'PATCH' | 'POST';
}

const person = { name: 'Anna Bijns', business_type: 'B2C' };
const FR = { billing_address_country: 'FR' };

describe('create', () => {
  it('OC-1 OC-5 sends every field that it holds as a form, the country as ISO code', () => {
    const patch: Patch = {
      kind: 'BUSINESS',
      companyName: 'Octobat Inc.',
      email: 'contact@octobat.com',
      phone: '+33952540370',
      'address.line1': '1 rue de Rivoli',
      'address.line2': 'Bât. B',
      'address.city': 'Paris',
      'address.postalCode': '75004',
      'address.region': 'IDF',
      'address.country': 'FR',
      taxId: 'FR60528551658',
    };
    const draft = create(patch);
    expect(draft.request).toEqual({
      method: 'POST',
      path: '/customers',
      route: '/customers',
      form: {
        email: 'contact@octobat.com',
        phone_number: '+33952540370',
        billing_address_line1: '1 rue de Rivoli',
        billing_address_line2: 'Bât. B',
        billing_address_city: 'Paris',
        billing_address_zip: '75004',
        billing_address_state: 'IDF',
        billing_address_country: 'FR',
        tax_number: 'FR60528551658',
        business_type: 'B2B',
        name: 'Octobat Inc.',
      },
    });
    expect(new Set(draft.held)).toEqual(new Set(Object.keys(patch)));
    expect(draft.changes).toContainEqual({ field: 'address.country', before: null, after: 'FR' });
    expect(draft.changes).toHaveLength(11);
    expect(draft.problems).toEqual([]);
  });

  it.each([{}, { 'address.country': null }])('OC-3 needs a country, and never invents one: %o', (country) => {
    const draft = create({ companyName: 'Octobat Inc.', phone: '+33952540370', ...country });
    expect(draft.request?.form).not.toHaveProperty('billing_address_country');
    expect(draft.problems).toMatchObject([{ path: ['address', 'country'], code: 'INVALID_INPUT' }]);
  });

  it('OC-7 OC-8 leaves the business type to the provider where nobody says it, whatever else is said', () => {
    const draft = create({ companyName: 'Octobat Inc.', taxId: 'FR60528551658', 'address.country': 'FR' });
    expect(draft.request?.form).not.toHaveProperty('business_type');
  });

  it.each([
    ['BUSINESS', undefined, 'B2B', true],
    ['INDIVIDUAL', undefined, 'B2C', true],
    ['BUSINESS', 'B2B', 'B2B', true],
    ['BUSINESS', 'B2C', 'B2C', false],
    [undefined, 'B2C', 'B2C', false],
  ])('OC-8 writes kind %s with businessType %s as %s', (kind, businessType, expected, held) => {
    const patch: Patch = kind === undefined ? {} : { kind };
    const draft = create(patch, businessType === undefined ? undefined : { businessType });
    expect(draft.request?.form).toMatchObject({ business_type: expected });
    expect(draft.held.includes('kind')).toBe(held);
  });

  it('sends no clears: there is nothing to clear', () => {
    const draft = create({ email: null, kind: null, companyName: null, firstName: null, lastName: null });
    expect(draft.request?.form).toEqual({});
    expect(draft.changes).toEqual([]);
  });
});

describe('the one name', () => {
  it.each([
    ['octobat.name before all else', { companyName: 'A', firstName: 'B', lastName: 'C' }, { name: 'D' }, 'D', []],
    ['a company that octobat.name says too', { companyName: 'D' }, { name: ' D ' }, 'D', ['companyName']],
    [
      'a person that octobat.name says too',
      { firstName: 'B', lastName: 'C' },
      { name: 'B C' },
      'B C',
      ['firstName', 'lastName'],
    ],
    [
      'the company before the person',
      { companyName: 'A', firstName: 'B', lastName: 'C' },
      undefined,
      'A',
      ['companyName'],
    ],
    ['first and last name', { firstName: 'B', lastName: 'C' }, undefined, 'B C', ['firstName', 'lastName']],
    ['nothing of one part alone', { firstName: 'B' }, undefined, undefined, []],
  ])('OC-16 is, on a create, %s', (_, patch, own, name, held) => {
    const draft = create(patch, own);
    expect(draft.request?.form?.name).toBe(name);
    expect(draft.held).toEqual(held);
  });

  it.each([
    [
      'the other part from the merged customer',
      { firstName: 'Joan' },
      { firstName: 'A', lastName: 'Bijns' },
      'Joan Bijns',
      ['firstName'],
    ],
    [
      'nothing where the other part is not known',
      { firstName: 'Joan' },
      { firstName: 'A', lastName: null },
      undefined,
      [],
    ],
    ['nothing where the merged customer is not known', { lastName: 'Bijns' }, null, undefined, []],
    [
      'no part that would leave half a name',
      { lastName: null },
      { firstName: 'Anna', lastName: 'Bijns' },
      undefined,
      [],
    ],
    ['no name where both are cleared', { firstName: null, lastName: null }, null, '', ['firstName', 'lastName']],
    [
      'no other name where a company is cleared that isn’t kept',
      { companyName: null },
      null,
      undefined,
      ['companyName'],
    ],
  ])('OC-16 takes, on an update of a person, %s', (_, patch, known, name, held) => {
    const draft = update(patch, { wire: person, known });
    expect(draft.request?.form?.name).toBe(name);
    expect(draft.held).toEqual(held);
  });

  it('OC-16 never overwrites a company’s with a person’s', () => {
    const draft = update({ firstName: 'Anna', lastName: 'Bijns' });
    expect(draft).toMatchObject({ request: null, held: [] });
  });

  it.each([{ kind: 'INDIVIDUAL' }, { companyName: null }])(
    'OC-16 is a person’s where the company goes: %o',
    (patch) => {
      const draft = update({ firstName: 'Anna', lastName: 'Bijns', ...patch });
      expect(draft.request?.form).toMatchObject({ name: 'Anna Bijns' });
      expect(new Set(draft.held)).toEqual(new Set(['firstName', 'lastName', ...Object.keys(patch)]));
    },
  );

  it('clears with the company', () => {
    const draft = update({ companyName: null });
    expect(draft.request?.form).toEqual({ name: '', ...FR });
    expect(draft.changes).toEqual([{ field: 'companyName', before: 'Octobat Inc.', after: null }]);
  });
});

describe('update', () => {
  it.each(['PATCH', 'POST'] as const)('OC-2 OC-3 sends by %s what changes, and the country that is known', (method) => {
    const draft = update({ email: 'admin@octobat.com', companyName: 'Octobat Inc.' }, { method });
    expect(draft.request).toEqual({
      method,
      path: `/customers/${id}`,
      route: '/customers/:id',
      form: { email: 'admin@octobat.com', ...FR },
    });
    expect(draft.changes).toEqual([{ field: 'email', before: null, after: 'admin@octobat.com' }]);
    expect(draft.held).toEqual(['email', 'companyName']);
  });

  it.each([null, 'Narnia'])('OC-3 sends no country that it doesn’t know: %s', (billing_address_country) => {
    const draft = update({ email: 'admin@octobat.com' }, { wire: { billing_address_country } });
    expect(draft.request?.form).toEqual({ email: 'admin@octobat.com' });
  });

  it('OC-1 takes France for FR: nothing is to be sent', () => {
    expect(update({ 'address.country': 'FR' })).toMatchObject({
      request: null,
      changes: [],
      held: ['address.country'],
    });
  });

  it('OC-5 clears with the empty value', () => {
    const wire = { email: 'contact@octobat.com', tax_number: 'FR60528551658', billing_address_line1: 'x' };
    const draft = update(
      { email: null, taxId: null, 'address.line1': null, 'address.line2': null, kind: null },
      { wire },
    );
    expect(draft.request?.form).toEqual({
      email: '',
      tax_number: '',
      billing_address_line1: '',
      business_type: '',
      ...FR,
    });
  });

  it.each([
    ['email', 'email', 'contact at octobat'],
    ['phone', 'phone_number', 'ask Anna'],
    ['address.country', 'billing_address_country', 'Narnia'],
    ['taxId', 'tax_number', 'none yet'],
  ] as const)('clears a value of %s that it can’t read', (field, key, value) => {
    const draft = update({ [field]: null }, { wire: { [key]: value } });
    expect(draft.request?.form).toMatchObject({ [key]: '' });
    expect(draft.changes).toEqual([{ field, before: value, after: null }]);
  });

  it('takes another spelling of the same for the same', () => {
    const wire = { phone_number: '09 52 54 03 70', email: 'contact@OCTOBAT.com', tax_number: 'fr 605 285 516 58' };
    const patch = { phone: '+33952540370', email: 'contact@octobat.com', taxId: 'FR60528551658' };
    expect(update(patch, { wire })).toMatchObject({ request: null, held: ['email', 'phone', 'taxId'] });
  });

  it('refuses to be asked about no record', () => {
    const nobody = { patch: {}, own: undefined, decidedAt, current: null };
    expect(() => draftUpdate('PATCH')(nobody)).toThrow('only a record');
  });
});

describe('what a create has made', () => {
  const request = create({
    ...{ companyName: 'Octobat Inc.', email: 'contact@octobat.com', phone: '+33952540370', taxId: 'FR60528551658' },
    'address.country': 'FR',
  }).request;
  const shown = {
    ...{ id, name: 'Octobat Inc.', email: 'contact@octobat.com', phone_number: '+33 9 52 54 03 70' },
    ...{ tax_number: 'FR60528551658', billing_address_country: 'France', business_type: 'B2C' },
  };
  const isMade = (json: object): boolean =>
    request !== null && made(request, parseWire('octobat', octobatCustomer, { ...shown, ...json }));

  it('OC-1 OC-7 OC-9 says all that was sent, in the provider’s spelling, and may say more, or no tax number', () => {
    expect([isMade({}), isMade({ tax_number: null }), isMade({ billing_address_city: 'Paris' })]).toEqual([
      ...[true, true, true],
    ]);
  });

  it.each([{ email: 'other@octobat.com' }, { name: null }, { tax_number: 'FR1' }, { billing_address_country: 'BE' }])(
    'is no record that says something else: %j',
    (json) => {
      expect(isMade(json)).toBe(false);
    },
  );
});
