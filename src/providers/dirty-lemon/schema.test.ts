import { graphql, printType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { createBuilder, type ExtensionSource } from '../../graphql/builder.ts';
import { addScalars } from '../../graphql/scalars.ts';
import { type DirtyLemonCustomer, dirtyLemonCustomer } from './api.ts';
import { schema } from './schema.ts';

let source: ExtensionSource<DirtyLemonCustomer>;

/** The provider's types alone, put together as simply as can be. */
function build() {
  const builder = createBuilder();
  addScalars(builder);
  const own = schema(builder);
  const { createInput } = own;
  if (!createInput) throw new Error('has an input to create');
  const type = builder.objectRef<ExtensionSource<DirtyLemonCustomer>>('DirtyLemonCustomer');
  type.implement({ description: own.description, fields: own.fields });
  const input = builder.inputType('DirtyLemonCreateInput', { fields: createInput });
  builder.queryType({
    fields: (t) => ({
      customer: t.field({ type, args: { input: t.arg({ type: input }) }, resolve: () => source }),
    }),
  });
  return { own, schema: builder.toSchema() };
}

const built = build();
const printed = (name: string) => {
  const type = built.schema.getType(name);
  return type ? printType(type) : `no ${name}`;
};

const FIELDS = `{ phoneNumber unconfirmedPhoneNumber countryCode email firstName lastName
  confirmedAt confirmationSentAt createdAt updatedAt }`;

async function read(json: object) {
  source = {
    wire: parseWire('dirty-lemon', dirtyLemonCustomer, { id: 'fffd7e80-1691-41f5-8946-9deeaf0b8640', ...json }),
  };
  const { data, errors } = await graphql({ schema: built.schema, source: `{ customer ${FIELDS} }` });
  expect(errors).toBeUndefined();
  return data?.customer;
}

describe('DirtyLemonCustomer', () => {
  it('DL-1 DL-2 has no field for the token or the links', () => {
    const lines = printed('DirtyLemonCustomer').split('\n');
    expect(lines.filter((line) => /^ {2}\w+: /.test(line))).toEqual([
      '  confirmationSentAt: DateTime',
      '  confirmedAt: DateTime',
      '  countryCode: CountryCode',
      '  createdAt: DateTime',
      '  email: String',
      '  firstName: String',
      '  lastName: String',
      '  phoneNumber: String',
      '  unconfirmedPhoneNumber: String',
      '  updatedAt: DateTime',
    ]);
  });

  it('DL-16 tells the provider’s own values as they are', async () => {
    const read16 = await read({
      phone_number: '333-333-333',
      unconfirmed_phone_number: '+13333333333',
      country_code: 'us',
      email: ' Yogi@Berra ',
      first_name: ' Yogi',
      last_name: '',
      confirmed_at: '2016-09-02T09:40:08.004Z',
      confirmation_sent_at: '2016-09-02 09:40:07',
      created_at: 1472809206004,
    });
    expect(read16).toEqual({
      phoneNumber: '333-333-333',
      unconfirmedPhoneNumber: '+13333333333',
      countryCode: 'US',
      email: ' Yogi@Berra ',
      firstName: ' Yogi',
      lastName: null,
      confirmedAt: new Date('2016-09-02T09:40:08.004Z'),
      confirmationSentAt: null,
      createdAt: null,
      updatedAt: null,
    });
  });

  it('is all null where the provider says nothing', async () => {
    expect(Object.values((await read({})) ?? {})).toEqual(Array(10).fill(null));
  });

  it('has a rule of access for every field', () => {
    const type = built.schema.getType('DirtyLemonCustomer');
    const names = type && 'getFields' in type ? Object.keys(type.getFields()) : [];
    const listed = Object.values(built.own.access.DirtyLemonCustomer ?? {}).flat();
    expect(new Set(listed)).toEqual(new Set(['id', 'record', ...names]));
    expect(listed).toHaveLength(names.length + 2);
  });
});

it('DL-5 DirtyLemonCreateInput asks for a confirmation unless it is told otherwise', () => {
  expect(printed('DirtyLemonCreateInput')).toContain('confirmation: Boolean = true');
  expect(printed('DirtyLemonCreateInput')).toContain('phoneCountry: String');
  expect(built.own.updateInput).toBeUndefined();
});
