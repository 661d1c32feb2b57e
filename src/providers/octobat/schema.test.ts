import { graphql, printType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { createBuilder, type ExtensionSource } from '../../graphql/builder.ts';
import { addScalars } from '../../graphql/scalars.ts';
import { type OctobatCustomer, octobatCustomer } from './api.ts';
import { octobatInput, schema } from './schema.ts';

let source: ExtensionSource<OctobatCustomer>;

/** The provider's types alone, put together as simply as can be. */
function build() {
  const builder = createBuilder();
  addScalars(builder);
  const own = schema(builder);
  const type = builder.objectRef<ExtensionSource<OctobatCustomer>>('OctobatCustomer');
  type.implement({ description: own.description, fields: own.fields });
  const { createInput, updateInput } = own;
  if (!createInput || !updateInput) throw new Error('has an input to create and to update');
  const create = builder.inputType('OctobatCreateInput', { fields: createInput });
  const update = builder.inputType('OctobatUpdateInput', { fields: updateInput });
  builder.queryType({
    fields: (t) => ({
      customer: t.field({
        type,
        args: { create: t.arg({ type: create }), update: t.arg({ type: update }) },
        resolve: () => source,
      }),
    }),
  });
  return { own, schema: builder.toSchema() };
}

const built = build();

const fieldsOf = (name: string) => {
  const type = built.schema.getType(name);
  const lines = type ? printType(type).split('\n') : [];
  return lines.filter((line) => /^ {2}\w+(: |$)/.test(line)).map((line) => line.trim());
};

async function read(fields: string, json: object) {
  source = { wire: parseWire('octobat', octobatCustomer, { id: 'oc_cu_1421878635hksc26e4de79', ...json }) };
  const { data, errors } = await graphql({ schema: built.schema, source: `{ customer { ${fields} } }` });
  expect(errors).toBeUndefined();
  return data?.customer;
}

describe('OctobatCustomer', () => {
  it('OC-4 has no field for the billing page', () => {
    expect(fieldsOf('OctobatCustomer')).toEqual([
      'billingAddressCity: String',
      'billingAddressCountry: String',
      'billingAddressLine1: String',
      'billingAddressLine2: String',
      'billingAddressState: String',
      'billingAddressZip: String',
      'businessType: OctobatBusinessType',
      'email: String',
      'livemode: Boolean',
      'name: String',
      'paymentSources: [OctobatPaymentSource!]',
      'phoneNumber: String',
      'taxNumber: String',
    ]);
    expect(fieldsOf('OctobatBusinessType')).toEqual(['B2B', 'B2C']);
  });

  it('OC-1 OC-10 tells the provider’s own words as they are', async () => {
    const fields = 'livemode name email phoneNumber billingAddressCountry businessType taxNumber';
    const json = {
      livemode: true,
      name: ' Octobat Inc.',
      email: 'none',
      phone_number: '+33 9 52 54 03 70',
      billing_address_country: 'France',
      business_type: 'other',
      tax_number: '',
    };
    expect(await read(fields, json)).toEqual({
      livemode: true,
      name: ' Octobat Inc.',
      email: 'none',
      phoneNumber: '+33 9 52 54 03 70',
      billingAddressCountry: 'France',
      businessType: null,
      taxNumber: null,
    });
    expect(await read('livemode businessType', { business_type: 'B2C' })).toEqual({
      livemode: null,
      businessType: 'B2C',
    });
  });

  it('OC-11 tells the means of payment without the customer that they name, behind a scope', async () => {
    expect(fieldsOf('OctobatPaymentSource')).toEqual([
      'country: CountryCode',
      'details: JSONObject',
      'expMonth: Int',
      'expYear: Int',
      'id: String!',
      'source: String',
      'type: String',
    ]);
    expect(built.own.access.OctobatCustomer?.['payments:read']).toEqual(['paymentSources']);
    const card = {
      id: 'oc_ps_1459584112d83k4ef3e3bd',
      customer: 'oc_cu_1459413729au6o6a9ae061',
      source: 'card_1029383qsfqs',
      payment_source_type: 'Credit Card',
      details: { brand: 'visa', token: 'tok_1' },
      country: 'FR',
      exp_month: 12,
      exp_year: 2017,
    };
    const odd = { id: 'oc_ps_2', exp_month: 1.5, exp_year: 2 ** 31, country: 'Narnia' };
    const json = { payment_sources: { data: [card, odd] } };
    expect(await read('paymentSources { id type source country expMonth expYear details }', json)).toEqual({
      paymentSources: [
        {
          id: 'oc_ps_1459584112d83k4ef3e3bd',
          type: 'Credit Card',
          source: 'card_1029383qsfqs',
          country: 'FR',
          expMonth: 12,
          expYear: 2017,
          details: { brand: 'visa' },
        },
        { id: 'oc_ps_2', type: null, source: null, country: null, expMonth: null, expYear: null, details: null },
      ],
    });
    expect(await read('paymentSources { id }', { payment_sources: null })).toEqual({ paymentSources: [] });
    expect(await read('paymentSources { id }', {})).toEqual({ paymentSources: null });
  });

  it.each(['OctobatCustomer', 'OctobatPaymentSource'])('%s has a rule of access for every field', (name) => {
    const names = fieldsOf(name).map((line) => line.split(':')[0]);
    const own = name === 'OctobatCustomer' ? ['id', 'record'] : [];
    expect(
      Object.values(built.own.access[name] ?? {})
        .flat()
        .sort(),
    ).toEqual([...names, ...own].sort());
  });
});

describe('the inputs', () => {
  it.each(['OctobatCreateInput', 'OctobatUpdateInput'])('%s takes a name and a business type', (name) => {
    expect(fieldsOf(name)).toEqual(['businessType: OctobatBusinessType', 'name: String']);
  });

  it.each([
    [{}, {}],
    [{ name: ' Octobat ' }, { name: 'Octobat' }],
    [{ name: ' ' }, { name: null }],
    [
      { name: null, businessType: null },
      { name: null, businessType: null },
    ],
  ])('%o is parsed to %o', (input, expected) => {
    expect(octobatInput.parse(input)).toEqual(expected);
  });

  it.each(['a\nb', 'a\0b', 'x'.repeat(256)])('a name of %j is refused', (name) => {
    expect(octobatInput.safeParse({ name }).error?.issues).toMatchObject([{ path: ['name'] }]);
  });
});
