import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseWire } from '../../contract/wire.ts';
import { createBuilder, type ExtensionSource } from '../../graphql/builder.ts';
import { type NutcacheCustomer, nutcacheCustomer } from './api.ts';
import { schema } from './schema.ts';
import { examples } from './test-data.ts';

/** The extension's fields, asked for through GraphQL itself. */
function extension(json: unknown) {
  const builder = createBuilder();
  const { fields } = schema(builder);
  const type = builder.objectRef<ExtensionSource<NutcacheCustomer>>('NutcacheCustomer').implement({ fields });
  const wire = parseWire('nutcache', nutcacheCustomer, json);
  builder.queryType({ fields: (t) => ({ customer: t.field({ type, resolve: () => ({ wire }) }) }) });
  const document = parse(`{ customer {
    organization name contact email phone mobilePhone address city state zipCode country tax status
    legalNotice communicationCultureCode notes
  } }`);
  const result = execute({ schema: builder.toSchema(), document });
  if ('then' in result) throw new Error('nothing here waits');
  return { errors: result.errors, customer: JSON.parse(JSON.stringify(result.data?.customer)) as unknown };
}

describe('NutcacheCustomer', () => {
  it('shows the document’s example in the provider’s own words', () => {
    expect(extension(examples.sampleClient)).toEqual({
      errors: undefined,
      customer: {
        ...{ organization: 1686, name: 'Sample client', contact: 'Sample contact name', email: '143222@yopmail.com' },
        ...{ phone: '123-456-7890', mobilePhone: null, address: null, city: null, state: null, zipCode: null },
        ...{ country: 40, tax: null, status: 0, legalNotice: null, communicationCultureCode: null, notes: null },
      },
    });
  });

  it('NC-2 shows the number of the tax record', () => {
    expect(extension(examples.taxableQc).customer).toMatchObject({ tax: 376 });
  });

  it('NC-7 shows an unknown status, and one that no Int can hold breaks nothing', () => {
    expect(extension({ id: 1, status: 7 }).customer).toMatchObject({ status: 7 });
    for (const status of [2 ** 31, 1.5, 1e21, 'archived', '']) {
      expect(extension({ id: 1, status, country: status })).toMatchObject({
        errors: undefined,
        customer: { status: null, country: null },
      });
    }
    expect(extension({ id: 1, status: -(2 ** 31), tax: '375' }).customer).toMatchObject({
      status: -(2 ** 31),
      tax: 375,
    });
  });

  it('says of every field who may see it', () => {
    const listed = Object.values(schema(createBuilder()).access.NutcacheCustomer ?? {}).flat();
    expect(new Set(listed).size).toBe(18);
  });
});
