import type { ProviderSchema } from '../../contract/provider.ts';
import { verbatim, type WireText } from '../../contract/wire.ts';
import type { Builder } from '../../graphql/builder.ts';
import type { NutcacheCustomer } from './api.ts';

/** What GraphQL's Int can hold (32 bits), else null: a number we can't show must not break the query (NC-7). */
function int(value: WireText): number | null {
  const digits = verbatim(value)?.trim() ?? '';
  const number = /^-?[0-9]{1,10}$/.test(digits) ? Number(digits) : Number.NaN;
  // `| 0` keeps what fits into 32 bits as it is, and changes whatever doesn't.
  return (number | 0) === number ? number | 0 : null;
}

export function schema(_builder: Builder): ProviderSchema<NutcacheCustomer> {
  return {
    description: 'Nutcache’s own fields of a customer to be invoiced.',
    fields: (t) => ({
      organization: t.int({ resolve: ({ wire }) => int(wire.organization) }),
      name: t.string({ resolve: ({ wire }) => verbatim(wire.name) }),
      contact: t.string({ resolve: ({ wire }) => verbatim(wire.contact) }),
      email: t.string({ resolve: ({ wire }) => verbatim(wire.email) }),
      phone: t.string({ resolve: ({ wire }) => verbatim(wire.phone) }),
      mobilePhone: t.string({ resolve: ({ wire }) => verbatim(wire.mobile_phone) }),
      address: t.string({ resolve: ({ wire }) => verbatim(wire.address) }),
      city: t.string({ resolve: ({ wire }) => verbatim(wire.city) }),
      state: t.string({ resolve: ({ wire }) => verbatim(wire.state) }),
      zipCode: t.string({ resolve: ({ wire }) => verbatim(wire.zip_code) }),
      country: t.int({
        description: 'The provider’s own country number.',
        resolve: ({ wire }) => int(wire.country),
      }),
      tax: t.int({
        description: 'The provider’s own tax record number: neither a rate nor a tax id.',
        resolve: ({ wire }) => int(wire.tax),
      }),
      status: t.int({ resolve: ({ wire }) => int(wire.status) }),
      legalNotice: t.string({ resolve: ({ wire }) => verbatim(wire.legal_notice) }),
      communicationCultureCode: t.string({ resolve: ({ wire }) => verbatim(wire.communication_culture_code) }),
      notes: t.string({ resolve: ({ wire }) => verbatim(wire.notes) }),
    }),
    access: {
      NutcacheCustomer: {
        parent: [
          ...['id', 'record', 'organization', 'name', 'contact', 'email', 'phone', 'mobilePhone'],
          ...['address', 'city', 'state', 'zipCode', 'country', 'tax', 'status'],
          ...['legalNotice', 'communicationCultureCode', 'notes'],
        ],
      },
    },
  };
}
