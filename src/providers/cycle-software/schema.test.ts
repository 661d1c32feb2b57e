import { graphql, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../../graphql/builder.ts';
import type { CycleSoftwareWire } from './api.ts';
import { schema } from './schema.ts';
import { adri, giel, retrieved } from './test-data.ts';
import { wireOf } from './test-server.ts';

/** The provider's types alone, with one customer behind them. */
function build(wire: CycleSoftwareWire) {
  const builder = createBuilder();
  for (const name of ['PhoneNumber', 'DateTime'] as const) builder.scalarType(name, { serialize: (value) => value });
  const own = schema(builder);
  const extension = builder
    .objectRef<{ wire: CycleSoftwareWire }>('CycleSoftwareCustomer')
    .implement({ description: own.description, fields: own.fields });
  const inputs = [
    ['CreateInput', own.createInput],
    ['UpdateInput', own.updateInput],
    ['Filter', own.filterInput],
  ] as const;
  builder.queryType({
    fields: (t) => ({
      customer: t.field({
        type: extension,
        args: Object.fromEntries(
          inputs.flatMap(([name, fields]) =>
            fields ? [[name, t.arg({ type: builder.inputType(`CycleSoftware${name}`, { fields }) })]] : [],
          ),
        ),
        resolve: () => ({ wire }),
      }),
    }),
  });
  return { types: builder.toSchema(), own };
}

const { types, own } = build(wireOf(retrieved));
const printed = printSchema(types).replace(/"""[^"]*"""\s*/g, '');
const declared = (kind: string, name: string) =>
  new RegExp(`^${kind} ${name} {([^}]*)}`, 'm')
    .exec(printed)?.[1]
    ?.trim()
    .split(/\s*\n\s*/);

const texts = (names: string) => names.split(' ').map((name) => `${name}: String`);
const byName = (fields: readonly string[]) => [...fields].sort();

describe('the schema', () => {
  it('has every documented field, named and nullable as promised', () => {
    expect(declared('type', 'CycleSoftwareCustomer')?.sort()).toEqual(
      byName([
        ...texts('customerTypeName customerReference attn title initials insertion firstName lastName companyName'),
        ...texts('street houseNumber houseNumberPostfix postcode city countryCode email vatNumber cocNumber'),
        ...['discountPercentage: Float', 'createdAt: DateTime', 'phoneNumbers: [CycleSoftwarePhoneNumber!]'],
      ]),
    );
  });

  it('CS-18 CS-19 shows a phone’s id as text and nobody’s customer_id', () => {
    expect(declared('type', 'CycleSoftwarePhoneNumber')).toEqual(
      byName(['phoneNumberId: String!', 'phoneNumber: String', 'e164: PhoneNumber', 'name: String']),
    );
  });

  it('takes the inputs that are promised', () => {
    const write = byName([
      ...texts('customerTypeName customerReference attn title initials insertion street houseNumber'),
      ...texts('houseNumberPostfix cocNumber'),
      ...['discountPercentage: Float', 'phoneNumbers: [CycleSoftwarePhoneNumberInput!]'],
    ]);
    expect(declared('input', 'CycleSoftwareCreateInput')?.sort()).toEqual(write);
    expect(declared('input', 'CycleSoftwareUpdateInput')?.sort()).toEqual(write);
    const number = byName(texts('phoneNumberId phoneNumber name'));
    expect(declared('input', 'CycleSoftwarePhoneNumberInput')?.sort()).toEqual(number);
    const filter = byName([...texts('houseNumber houseNumberPostfix'), 'customerTypeId: Int']);
    expect(declared('input', 'CycleSoftwareFilter')?.sort()).toEqual(filter);
  });

  it('says of every field who may see it', () => {
    for (const type of ['CycleSoftwareCustomer', 'CycleSoftwarePhoneNumber']) {
      const fields = declared('type', type)?.map((field) => field.split(':')[0]) ?? [];
      const { parent = [] } = own.access[type] ?? {};
      expect([...parent].sort()).toEqual([...fields, ...(type.endsWith('Customer') ? ['id', 'record'] : [])].sort());
    }
  });
});

describe('the extension', () => {
  const everything = `{ customer {
    customerTypeName customerReference attn title initials insertion firstName lastName companyName street houseNumber
    houseNumberPostfix postcode city countryCode email vatNumber cocNumber discountPercentage createdAt
    phoneNumbers { phoneNumberId phoneNumber e164 name } } }`;
  const ask = async (wire: CycleSoftwareWire) => {
    const { data, errors } = await graphql({ schema: build(wire).types, source: everything });
    expect(errors).toBeUndefined();
    return data?.customer;
  };

  it('CS-2 CS-3 shows the document’s own example, each value in the provider’s spelling', async () => {
    expect(await ask(wireOf(retrieved, '2023-01-03T11:30:44.000Z'))).toEqual({
      customerTypeName: 'Klant',
      customerReference: 'OwnRef',
      attn: 'Name of address',
      title: 'Dhr./Mevr. ',
      initials: 'T',
      insertion: 'van',
      firstName: 'Tim',
      lastName: 'LastName',
      companyName: 'Company name',
      street: 'Raadhuisplein',
      houseNumber: '1',
      houseNumberPostfix: 'c',
      postcode: '5388GM',
      city: 'Nistelrode',
      countryCode: 'NL',
      email: 'name@domain.nl',
      vatNumber: 'NL855630693B01',
      cocNumber: '64356582',
      discountPercentage: 0,
      createdAt: new Date('2023-01-03T11:30:44Z'),
      phoneNumbers: [
        { phoneNumberId: 'mob', phoneNumber: '06-12345678', e164: '+31612345678', name: 'Dhr./Mevr. T UnitTest' },
        { phoneNumberId: 'tel', phoneNumber: '0733030050', e164: '+31733030050', name: 'Dhr./Mevr.  T UnitTest' },
      ],
    });
  });

  it('CS-2 CS-19 shows "" as null, a zero as zero, and an id that is a number as text', async () => {
    expect(
      await ask(wireOf({ ...adri, phone_numbers: [{ phone_number_id: 453383, phone_number: '' }] })),
    ).toMatchObject({
      companyName: null,
      discountPercentage: 0,
      createdAt: null,
      phoneNumbers: [{ phoneNumberId: '453383', phoneNumber: null, e164: null, name: null }],
    });
  });

  it('CS-5 shows what is not there as null', async () => {
    const { company_name: _, phone_numbers: __, discount_percentage: ___, ...rest } = giel;
    const nothing = { companyName: null, phoneNumbers: null, discountPercentage: null };
    expect(await ask(wireOf(rest))).toMatchObject(nothing);
  });
});
