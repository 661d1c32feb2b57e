import { describe, expect, it } from 'vitest';
import type { Profile } from '../../model/customer.ts';
import { type CycleSoftwareCustomer, customer } from './api.ts';
import { profile, quality, raw, searched } from './mapping.ts';
import { adri, created, found, giel, retrieved, updated } from './test-data.ts';
import { wireOf } from './test-server.ts';

const address = (line1: string, postalCode: string, city: string, country: string, rawCountry = country) => ({
  ...{ line1, line2: null, city, postalCode, region: null, country, rawCountry },
});
const read = (json: CycleSoftwareCustomer, createdAt: string | null = null) =>
  Object.fromEntries(Object.entries(profile).map(([field, reader]) => [field, reader(wireOf(json, createdAt))]));

/** Nothing but an id, and what is given. */
const of = (fields: Record<string, unknown>) => customer.parse({ customer_id: 1, ...fields });
const field = <F extends keyof Profile>(name: F, fields: Record<string, unknown>) =>
  profile[name]?.(wireOf(of(fields)));

describe('the document’s own examples', () => {
  it('reads "Get customer"', () => {
    expect(read(retrieved, '2023-01-03T11:30:44.000Z')).toEqual({
      kind: null,
      displayName: 'Company name',
      firstName: 'Tim',
      lastName: 'van LastName',
      companyName: 'Company name',
      email: 'name@domain.nl',
      phone: '+31612345678',
      address: address('Raadhuisplein 1c', '5388GM', 'Nistelrode', 'NL'),
      taxId: 'NL855630693B01',
      createdAt: new Date('2023-01-03T11:30:44Z'),
    });
  });

  it('reads "Create customer"', () => {
    expect(read({ customer_id: 26196, ...created })).toEqual({
      kind: 'BUSINESS',
      displayName: 'CycleSoftware',
      firstName: 'Adri',
      lastName: 'S Aleksnadar',
      companyName: 'CycleSoftware',
      email: 'email@mail.com',
      phone: '+381602222222',
      address: address('street 1 2', '18000', 'city', 'SR', 'sr'),
      taxId: 'NL855630693B01',
      createdAt: null,
    });
  });

  it('CS-2 reads "Update customer", of which half is empty', () => {
    expect(read(updated)).toEqual({
      kind: null,
      displayName: 'Name 64070233d1b8c',
      firstName: null,
      lastName: 'Name 64070233d1b8c',
      companyName: null,
      email: 'test@hotmail.com',
      phone: null,
      address: address('Bruggen 38', '5243RB', 'Rosmalen', 'NL'),
      taxId: null,
      createdAt: null,
    });
  });

  it('CS-5 reads "Find customers", of which one has no company_name at all', () => {
    expect(read(found[0])).toEqual({
      kind: null,
      displayName: 'Adri Van Name 235238848',
      firstName: 'Adri',
      lastName: 'Van Name 235238848',
      companyName: null,
      email: 'test235238848@cyclesoftware.nl',
      phone: '+31733030050',
      address: address('Mauritslaan 32B', '8448PE', 'Heerenveen', 'NL'),
      taxId: null,
      createdAt: null,
    });
    expect(read(found[1])).toEqual(read(giel));
    expect(read(found[1])).toMatchObject({ companyName: null, displayName: 'Giel van Wijgergangs' });
  });
});

describe('reading', () => {
  it('CS-3 composes the name without the title, and an insertion alone is nobody’s name', () => {
    expect(field('displayName', { ...giel, title: 'Dhr./Mevr. ' })).toBe('Giel van Wijgergangs');
    expect(field('lastName', { insertion: 'van', name: '' })).toBeNull();
    expect(field('displayName', { insertion: 'van', name: ' ', first_name: 'Tim' })).toBe('Tim');
  });

  it.each([
    ['Zakelijk', '', 'BUSINESS'],
    ['zakelijk ', 'CycleSoftware', 'BUSINESS'],
    ['Klant', 'Company name', null],
    ['E-commerce', 'Company name', null],
    ['', 'Company name', null],
  ])('CS-4 CS-6 tells the kind by the type %j alone, with the company %j', (customer_type_name, company_name, kind) => {
    expect(field('kind', { customer_type_name, company_name })).toBe(kind);
  });

  it('CS-11 tells no time of change, and none of creation where none is told', () => {
    expect(profile).not.toHaveProperty('updatedAt');
    expect(profile.createdAt?.(wireOf(updated))).toBeNull();
  });

  it.each([
    ['06-12345678', 'NL', '+31612345678'],
    ['06 24238848', 'NL', '+31624238848'],
    ['0733030050', 'nl', '+31733030050'],
    ['073 303 0050', 'NL', '+31733030050'],
    ['+381 60 2222222', 'NL', '+381602222222'],
    ['0733030050', '', null],
    ['see notes', 'NL', null],
  ])('CS-16 reads the phone %s of a customer in %s', (phone_number, country_code_iso_3166, e164) => {
    const phone_numbers = [{ phone_number_id: 'tel', phone_number }];
    expect(field('phone', { country_code_iso_3166, phone_numbers })).toBe(e164);
  });

  it('CS-19 reads mob, else tel, else the first number that can be read, whatever its id', () => {
    const entry = (phone_number_id: unknown, phone_number: string) => ({ phone_number_id, phone_number });
    const tel = entry('tel', '0733030050');
    const extra = entry(453383, '0624238848');
    const phone = (...phone_numbers: unknown[]) => field('phone', { country_code_iso_3166: 'NL', phone_numbers });
    expect(phone(extra, tel, entry('mob', '0612345678'))).toBe('+31612345678');
    expect(phone(extra, tel, entry('mob', 'none'))).toBe('+31733030050');
    expect(phone(entry('9', ''), extra, entry('tel', ''))).toBe('+31624238848');
    expect(phone(entry(null, '0624238848'))).toBe('+31624238848');
  });

  it('CS-17 takes the country at its word, in any case, and tells that the phone is another’s', () => {
    const wire = wireOf({ customer_id: 26196, ...created });
    expect(profile.address?.(wire)).toMatchObject({ country: 'SR', rawCountry: 'sr' });
    expect(quality(wire).map(({ field, code }) => [field, code])).toEqual([
      ['phoneNumbers.mob', 'PHONE_COUNTRY_MISMATCH'],
      ['phoneNumbers.714253', 'PHONE_COUNTRY_MISMATCH'],
    ]);
  });

  it('CS-22 takes no chamber of commerce number for a tax number', () => {
    expect(field('taxId', { vat_number: '', coc_number: '64356582' })).toBeNull();
  });

  it('CS-18 keeps whose a number is out of the raw JSON, and all else in it', () => {
    const { phone_numbers, ...rest } = retrieved;
    expect(raw(wireOf({ ...retrieved, loyalty: { points: 3 } }))).toEqual({
      ...rest,
      loyalty: { points: 3 },
      phone_numbers: phone_numbers.map(({ customer_id: _, ...entry }) => entry),
    });
    expect(raw(wireOf({ customer_id: 1, phone_numbers: null }))).toEqual({ customer_id: 1, phone_numbers: null });
  });
});

describe('quality', () => {
  it('finds nothing in the Dutch examples', () => {
    for (const json of [retrieved, updated, adri]) expect(quality(wireOf(json))).toEqual([]);
  });

  it('names what looks wrong as the extension does', () => {
    const phone_numbers = [
      { phone_number_id: 'mob', phone_number: 'none' },
      { phone_number_id: '9', phone_number: '+381 60 2222222' },
    ];
    const wire = wireOf(
      of({
        ...{ email: 'name@', country_code_iso_3166: 'NL', phone_numbers },
        ...{ attn: 'to a@b.nl', street: 'c@d.nl', name: 'e@f.nl', first_name: 'g@h.nl', city: 'i@j.nl' },
      }),
    );
    expect(quality(wire).map(({ field, code }) => `${field} ${code}`)).toEqual([
      'email INVALID_EMAIL',
      'phoneNumbers.mob INVALID_PHONE',
      'phoneNumbers.9 PHONE_COUNTRY_MISMATCH',
      ...['attn', 'street', 'city', 'firstName', 'lastName'].map((name) => `${name} EMAIL_IN_OTHER_FIELD`),
    ]);
    expect(quality(wireOf(of({ country_code_iso_3166: 'Utopia' })))).toMatchObject([
      { field: 'countryCode', code: 'UNKNOWN_COUNTRY' },
    ]);
  });
});

it('CS-15 CS-22 is found by every phone number, by its reference and by its number at the chamber of commerce', () => {
  expect(searched(wireOf(retrieved))).toEqual({ phones: ['06-12345678', '0733030050'], words: ['OwnRef', '64356582'] });
  expect(searched(wireOf({ customer_id: 26196, ...created }))).toEqual({
    ...{ phones: ['+381 60 2222222', '+381 60 3333333'], words: ['64356582'] },
  });
  expect(searched(wireOf(of({ phone_numbers: null, customer_reference: 7 })))).toEqual({ phones: [], words: ['7'] });
});
