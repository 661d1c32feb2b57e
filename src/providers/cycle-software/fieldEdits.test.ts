import { describe, expect, it } from 'vitest';
import { INPUT_FIELDS } from '../../contract/capabilities.ts';
import type { Patch } from '../../contract/write.ts';
import { retrieved, updated } from './test-data.ts';
import { body, update } from './test-drafts.ts';

describe('values', () => {
  it.each<[keyof Patch, string, string, string | null]>([
    ['firstName', 'first_name', 'Thomas', 'Tim'],
    ['companyName', 'company_name', 'Other', 'Company name'],
    ['email', 'email', 'a@b.nl', 'name@domain.nl'],
    ['address.city', 'city', 'Rosmalen', 'Nistelrode'],
    ['address.postalCode', 'postcode', '5243RB', '5388GM'],
    ['address.country', 'country_code_iso_3166', 'BE', 'NL'],
    ['taxId', 'vat_number', 'BE0412345678', 'NL855630693B01'],
  ])('CS-2 %s goes into %s, and is cleared with ""', (field, key, after, before) => {
    const set = update(retrieved, { [field]: after });
    expect(set).toMatchObject({ held: [field], changes: [{ field, before, after }] });
    expect(set.request?.json).toEqual(body(retrieved, { [key]: after }));
    const cleared = update(retrieved, { [field]: null });
    expect(cleared).toMatchObject({ held: [field], changes: [{ field, before, after: null }] });
    expect(cleared.request?.json).toEqual(body(retrieved, { [key]: '' }));
  });

  it('clears and tells what could not be read', () => {
    expect(update({ ...retrieved, email: 'see notes' }, { email: null })).toMatchObject({
      request: { json: body(retrieved, { email: '' }) },
      changes: [{ field: 'email', before: 'see notes', after: null }],
    });
  });

  it.each([
    [null, 10, 0, '10', '0'],
    [0, 10, 0, '10', '0'],
    [12.5, 0, 12.5, '0', '12.5'],
    [12.5, null, 12.5, null, '12.5'],
    [5, '12.50', 5, '12.5', '5'],
  ])('CS-2 discountPercentage %j over %j is the number %j', (discountPercentage, current, written, before, after) => {
    const record = { ...retrieved, discount_percentage: current };
    expect(update(record, {}, { discountPercentage })).toMatchObject({
      request: { json: body(retrieved, { discount_percentage: written }) },
      changes: [{ field: 'cycleSoftware.discountPercentage', before, after }],
    });
  });

  it.each([
    [null, null],
    [0, 0],
    [12.5, '12.50'],
  ])('CS-2 discountPercentage %j over %j changes nothing', (discountPercentage, current) => {
    const record = { ...retrieved, discount_percentage: current };
    expect(update(record, {}, { discountPercentage }).request).toBeNull();
  });

  it('writes own texts, and tells them by their own names', () => {
    const own = { customerReference: null, attn: 'A', title: 'Mevr.', initials: 'X', insertion: 'de', cocNumber: '1' };
    const draft = update(retrieved, {}, own);
    const written = { attn: 'A', title: 'Mevr.', initials: 'X', insertion: 'de', coc_number: '1' };
    expect(draft.request?.json).toEqual(body(retrieved, { customer_reference: '', ...written }));
    expect(draft.changes.map(({ field }) => field)).toEqual(Object.keys(own).map((name) => `cycleSoftware.${name}`));
  });

  it('holds no second line and no region', () => {
    const every = Object.fromEntries(INPUT_FIELDS.map((field) => [field, null]));
    const absent: readonly string[] = ['address.line2', 'address.region'];
    expect(update(retrieved, every).held).toEqual(INPUT_FIELDS.filter((field) => !absent.includes(field)));
  });
});

describe('CS-6 the customer’s type', () => {
  const type = (name: string) => ({ ...retrieved, customer_type_name: name });

  it.each<['BUSINESS' | 'INDIVIDUAL' | null, string, string]>([
    ['BUSINESS', 'Klant', 'Zakelijk'],
    ['INDIVIDUAL', 'Zakelijk', 'Klant'],
    ['INDIVIDUAL', 'E-commerce', 'Klant'],
    [null, 'Zakelijk', ''],
  ])('CS-6 kind %s over %s is written by name: %j', (kind, current, written) => {
    const draft = update(type(current), { kind });
    expect(draft).toMatchObject({
      held: ['kind'],
      changes: [{ field: 'kind', before: current === 'Zakelijk' ? 'BUSINESS' : null, after: kind }],
    });
    expect(draft.request?.json).toEqual(type(written));
  });

  it.each<['BUSINESS' | 'INDIVIDUAL' | null, string]>([
    ['BUSINESS', 'zakelijk'],
    ['INDIVIDUAL', 'Klant'],
    [null, 'E-commerce'],
    [null, ''],
  ])('CS-6 kind %s leaves the type %j', (kind, current) => {
    expect(update(type(current), { kind })).toMatchObject({ request: null, held: ['kind'], changes: [], problems: [] });
  });

  it('CS-6 customerTypeName wins, and kind is held where it says the same', () => {
    const draft = update(type('Klant'), { kind: 'BUSINESS' }, { customerTypeName: 'E-commerce' });
    expect(draft.request?.json).toEqual(type('E-commerce'));
    expect(draft.held).toEqual([]);
    expect(draft.overridden).toEqual(['kind']);
    expect(draft.changes).toEqual([{ field: 'cycleSoftware.customerTypeName', before: 'Klant', after: 'E-commerce' }]);
    expect(update(type('Klant'), { kind: 'BUSINESS' }, { customerTypeName: 'Zakelijk' }).held).toEqual(['kind']);
    expect(update(type('Klant'), { kind: null }, { customerTypeName: 'E-commerce' }).held).toEqual(['kind']);
  });

  it('CS-4 a company’s name changes no type, and a type no company', () => {
    expect(update(retrieved, { kind: 'BUSINESS' }).request?.json).toMatchObject({ company_name: 'Company name' });
    expect(update(updated, { companyName: 'New' }).request?.json).toMatchObject({ customer_type_name: 'Klant' });
  });
});

describe('CS-3 the last name', () => {
  it.each([
    ['van Jansen', undefined, { name: 'Jansen' }, 'van Jansen'],
    ['Van  Jansen', undefined, { name: 'Jansen' }, 'van Jansen'],
    ['Jansen', undefined, { name: 'Jansen', insertion: '' }, 'Jansen'],
    ['de Jansen', 'de', { name: 'Jansen', insertion: 'de' }, 'de Jansen'],
    ['Jansen', 'de', { name: 'Jansen', insertion: 'de' }, 'de Jansen'],
    ['van Jansen', null, { name: 'van Jansen', insertion: '' }, 'van Jansen'],
    [null, undefined, { name: '', insertion: '' }, null],
  ])('CS-3 %j with the insertion %j over "van" "LastName"', (lastName, insertion, difference, after) => {
    const draft = update(retrieved, { lastName }, insertion === undefined ? {} : { insertion });
    expect(draft.request?.json).toEqual(body(retrieved, difference));
    expect(draft.held).toEqual(['lastName']);
    expect(draft.changes).toContainEqual({ field: 'lastName', before: 'van LastName', after });
  });

  it('CS-3 moves an insertion out of the name without a change to the whole', () => {
    const record = { ...retrieved, insertion: '', name: 'van LastName' };
    const draft = update(record, { lastName: 'van LastName' }, { insertion: 'van' });
    expect(draft.request?.json).toEqual(retrieved);
    expect(draft.changes).toEqual([{ field: 'cycleSoftware.insertion', before: null, after: 'van' }]);
  });
});

describe('the first line of the address', () => {
  const parts = (street: string, house_number: string, house_number_postfix: string) => ({
    ...{ street, house_number, house_number_postfix },
  });

  it.each([
    ['Bruggen 38', parts('Bruggen', '38', '')],
    ['Damrak 1 A', parts('Damrak 1 A', '', '')],
    [null, parts('', '', '')],
  ])('%j is split only where it reads back, and takes all three with it', (line1, difference) => {
    const draft = update(retrieved, { 'address.line1': line1 });
    expect(draft.request?.json).toEqual(body(retrieved, difference));
    expect(draft.changes).toEqual([{ field: 'address.line1', before: 'Raadhuisplein 1c', after: line1 }]);
  });

  it('yields to the own fields, and is held where it reads the same', () => {
    const draft = update(retrieved, { 'address.line1': 'Bruggen 38' }, { houseNumberPostfix: 'd' });
    expect(draft.request?.json).toEqual(body(retrieved, { house_number_postfix: 'd' }));
    expect(draft.held).toEqual([]);
    const own = { street: 'Bruggen', houseNumber: '38', houseNumberPostfix: null };
    expect(update(retrieved, { 'address.line1': 'Bruggen 38' }, own).held).toEqual(['address.line1']);
  });
});
