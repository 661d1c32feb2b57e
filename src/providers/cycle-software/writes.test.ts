import { describe, expect, it } from 'vitest';
import { INPUT_FIELDS } from '../../contract/capabilities.ts';
import type { Patch } from '../../contract/write.ts';
import type { CycleSoftwareInput } from './inputs.ts';
import { adri, created, giel, retrieved, updated } from './test-data.ts';
import { create, decidedAt, update } from './test-drafts.ts';
import { wireOf } from './test-server.ts';
import { draftUpdate, made } from './writes.ts';

describe('CS-1 an update', () => {
  it('CS-1 sends the whole customer with every property as it was read, unknown and readonly ones too', () => {
    const record = { ...retrieved, loyalty: { points: 3 }, phone_numbers: [{ ...adri.phone_numbers[2], extra: 1 }] };
    const draft = update(record, { email: 'tim@domain.nl' });
    expect(draft).toEqual({
      request: {
        method: 'PUT',
        path: '/api/v1/customers/1006.json',
        route: '/api/v1/customers/:id.json',
        json: { ...record, email: 'tim@domain.nl' },
      },
      held: ['email'],
      changes: [{ field: 'email', before: 'name@domain.nl', after: 'tim@domain.nl' }],
      overridden: [],
      problems: [],
    });
  });

  it('CS-1 CS-11 CS-18 writes the document’s own example from the customer that it changes', () => {
    const draft = update({ ...updated, email: 'old@hotmail.com' }, { email: 'test@hotmail.com' });
    expect(draft.request?.json).toEqual(updated);
  });

  it('CS-5 leaves out what the record leaves out', () => {
    const { company_name: _, ...without } = giel;
    expect(update(without, { companyName: null, firstName: 'G.' }).request?.json).toEqual({
      ...without,
      first_name: 'G.',
    });
  });

  it('sends nothing where the record says it all already, in whatever spelling', () => {
    const patch: Patch = {
      ...{ kind: null, firstName: 'Tim', lastName: 'van LastName', companyName: 'Company name' },
      ...{ email: 'name@domain.nl', phone: '+31612345678', taxId: 'NL855630693B01', 'address.country': 'NL' },
      ...{ 'address.line1': 'Raadhuisplein 1c', 'address.city': 'Nistelrode', 'address.postalCode': '5388GM' },
    };
    const record = {
      ...retrieved,
      ...{ country_code_iso_3166: 'nl', email: ' name@DOMAIN.nl', vat_number: 'nl 855630693 b01', first_name: 'Tim ' },
    };
    const own = { customerTypeName: 'Klant', title: 'Dhr./Mevr.', discountPercentage: 0, phoneNumbers: [] };
    expect(update(record, patch, own)).toEqual({
      request: null,
      held: INPUT_FIELDS.filter((field) => field in patch),
      changes: [],
      overridden: [],
      problems: [],
    });
  });

  it('needs a record', () => {
    const intent = { patch: {}, own: undefined, decidedAt, current: null };
    expect(() => draftUpdate(intent)).toThrow('only a record it has');
  });
});

describe('a creation', () => {
  it('sends what was given, and nothing else', () => {
    const patch: Patch = {
      ...{ kind: 'BUSINESS', firstName: 'Adri', lastName: 'S Aleksnadar', companyName: 'CycleSoftware' },
      ...{ email: 'email@mail.com', phone: '+381602222222', taxId: 'NL855630693B01', 'address.line1': 'street 1b' },
      ...{ 'address.city': 'city', 'address.postalCode': '18000', 'address.country': 'RS' },
    };
    const own: CycleSoftwareInput = {
      ...{ attn: 'attn', title: 'M', initials: 'A', insertion: 'S', cocNumber: '64356582', discountPercentage: 10 },
      phoneNumbers: [
        { phoneNumberId: 'tel', phoneNumber: '011 222' },
        { phoneNumber: '1', name: 'Extra 1' },
      ],
    };
    const { customer_reference: _, datetime_created: __, ...rest } = created;
    const draft = create(patch, own);
    expect(draft.request).toEqual({
      method: 'POST',
      path: '/api/v1/customers.json',
      route: '/api/v1/customers.json',
      json: {
        ...rest,
        ...{ country_code_iso_3166: 'RS', house_number_postfix: 'b' },
        phone_numbers: [
          { phone_number_id: 'tel', phone_number: '011 222' },
          { phone_number: '1', name: 'Extra 1' },
          { phone_number_id: 'mob', phone_number: '+381602222222' },
        ],
      },
    });
    expect(draft.problems).toEqual([]);
    expect([...draft.held].sort()).toEqual(Object.keys(patch).sort());
    expect(draft.changes.every(({ before, after }) => before === null && after !== null)).toBe(true);
  });

  it('CS-6 writes an individual as the shop’s plain customer, and says no type where no kind is said', () => {
    expect(create({ lastName: 'A', kind: 'INDIVIDUAL' }).request?.json).toEqual({
      name: 'A',
      customer_type_name: 'Klant',
    });
    expect(create({ lastName: 'van A', phone: null, kind: null, email: null }).request?.json).toEqual({
      name: 'van A',
    });
  });

  it('needs a last name or a company', () => {
    const problem = {
      path: ['lastName'],
      code: 'INVALID_INPUT',
      message: 'CycleSoftware needs a last name or a company.',
    };
    expect(create({ firstName: 'Adri', lastName: null }, { insertion: 'van' }).problems).toEqual([problem]);
    expect(create({ companyName: 'A' }).problems).toEqual([]);
    expect(create({ lastName: 'A' }).problems).toEqual([]);
  });

  it('CS-2 sends a discount of 0 that is named', () => {
    expect(create({ lastName: 'A' }, { discountPercentage: 0 }).request?.json).toEqual({
      name: 'A',
      discount_percentage: 0,
    });
    expect(create({ lastName: 'A' }, { discountPercentage: null }).request?.json).toEqual({ name: 'A' });
  });
});

describe('what a create has made', () => {
  const patch: Patch = { lastName: 'Bakker', email: 'b@example.com', phone: '+31612345678', companyName: null };
  const { request } = create(patch, { phoneNumbers: [{ phoneNumber: '0201234567', name: 'Work' }] });
  const numbers = [
    { phone_number_id: '7', phone_number: '0201234567' },
    { phone_number_id: 'mob', phone_number: '+31612345678' },
  ];
  const isMade = (json: object): boolean =>
    request !== null &&
    made(request, wireOf({ customer_id: 7, name: 'Bakker', email: 'b@example.com', phone_numbers: numbers, ...json }));

  it('CS-2 CS-19 says all that was sent, and may say more', () => {
    for (const more of [{}, { company_name: '' }, { city: 'Delft', customer_type_name: 'Klant' }])
      expect(isMade(more)).toBe(true);
  });

  it.each([{ name: 'Visser' }, { email: '' }, { phone_numbers: null }, { phone_numbers: numbers.slice(1) }])(
    'is no record that says something else: %j',
    (json) => {
      expect(isMade(json)).toBe(false);
    },
  );
});
