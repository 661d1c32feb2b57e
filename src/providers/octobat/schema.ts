import { z } from 'zod';
import { ownText } from '../../contract/ownText.ts';
import type { ProviderSchema } from '../../contract/provider.ts';
import { verbatim } from '../../contract/wire.ts';
import type { Builder } from '../../graphql/builder.ts';
import { country } from '../../model/country.ts';
import type { OctobatCustomer, OctobatPaymentSource } from './api.ts';

/** `OctobatCreateInput` and `OctobatUpdateInput` after coercion. */
export const octobatInput = z.object({
  name: ownText(),
  businessType: z.enum(['B2B', 'B2C']).nullish(),
});

/** A GraphQL Int has 32 bits; anything else in its place would fail the whole list. */
const wholeNumber = (value: unknown): number | null =>
  typeof value === 'number' && (value | 0) === value ? value : null;

export function schema(builder: Builder): ProviderSchema<OctobatCustomer> {
  const businessType = builder.enumType('OctobatBusinessType', { values: ['B2B', 'B2C'] as const });

  const paymentSource = builder.objectRef<OctobatPaymentSource>('OctobatPaymentSource').implement({
    fields: (t) => ({
      id: t.string({ nullable: false, resolve: (source) => source.id }),
      type: t.string({ resolve: (source) => verbatim(source.payment_source_type) }),
      source: t.string({ resolve: (source) => verbatim(source.source) }),
      country: t.field({ type: 'CountryCode', resolve: (source) => country(source.country) }),
      expMonth: t.int({ resolve: (source) => wholeNumber(source.exp_month) }),
      expYear: t.int({ resolve: (source) => wholeNumber(source.exp_year) }),
      details: t.field({ type: 'JSONObject', resolve: (source) => source.details ?? null }),
    }),
  });

  return {
    description: 'Octobat’s own fields of a billing customer.',
    fields: (t) => ({
      livemode: t.boolean({
        description: 'As Octobat says; test keys answer true as well (OC-10), so it does not tell the environment.',
        resolve: ({ wire }) => wire.livemode ?? null,
      }),
      name: t.string({ resolve: ({ wire }) => verbatim(wire.name) }),
      email: t.string({ resolve: ({ wire }) => verbatim(wire.email) }),
      phoneNumber: t.string({ resolve: ({ wire }) => verbatim(wire.phone_number) }),
      billingAddressLine1: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_line1) }),
      billingAddressLine2: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_line2) }),
      billingAddressCity: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_city) }),
      billingAddressZip: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_zip) }),
      billingAddressState: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_state) }),
      billingAddressCountry: t.string({ resolve: ({ wire }) => verbatim(wire.billing_address_country) }),
      businessType: t.field({
        type: businessType,
        resolve: ({ wire }) =>
          wire.business_type === 'B2B' || wire.business_type === 'B2C' ? wire.business_type : null,
      }),
      taxNumber: t.string({ resolve: ({ wire }) => verbatim(wire.tax_number) }),
      paymentSources: t.field({
        description: 'Scope: payments:read.',
        type: [paymentSource],
        nullable: { list: true, items: false },
        // OC-11: `raw` has none, so a copy that was made of it says nothing of them; null in an answer says that there are none.
        resolve: ({ wire: { payment_sources: sources } }) => (sources === undefined ? null : (sources?.data ?? [])),
      }),
    }),
    createInput: (t) => ({
      name: t.string({ description: 'Where the company’s, or the first and last name, would not do.' }),
      businessType: t.field({ type: businessType }),
    }),
    updateInput: (t) => ({ name: t.string(), businessType: t.field({ type: businessType }) }),
    access: {
      OctobatCustomer: {
        parent: [
          ...['id', 'record', 'livemode', 'name', 'email', 'phoneNumber', 'businessType', 'taxNumber'],
          ...['billingAddressLine1', 'billingAddressLine2', 'billingAddressCity', 'billingAddressZip'],
          ...['billingAddressState', 'billingAddressCountry'],
        ],
        'payments:read': ['paymentSources'],
      },
      OctobatPaymentSource: { parent: ['id', 'type', 'source', 'country', 'expMonth', 'expYear', 'details'] },
    },
  };
}
