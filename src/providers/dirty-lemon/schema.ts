import { z } from 'zod';
import { ownTextAs } from '../../contract/ownText.ts';
import type { ProviderSchema } from '../../contract/provider.ts';
import { verbatim } from '../../contract/wire.ts';
import type { Builder } from '../../graphql/builder.ts';
import { country } from '../../model/country.ts';
import { isoDate } from '../../model/date.ts';
import type { DirtyLemonCustomer } from './api.ts';

/** `DirtyLemonCreateInput` after coercion. A null is the default: nobody is confirmed unless `false` is said. */
export const dirtyLemonInput = z.object({
  phoneCountry: ownTextAs((value, context) => {
    const code = country(value);
    if (code !== null) return code;
    context.addIssue({ code: 'custom', message: 'must be a country: an ISO 3166 code, or its name' });
    return z.NEVER;
  }),
  confirmation: z
    .boolean()
    .nullish()
    .transform((confirmation) => confirmation ?? true),
});

export function schema(_builder: Builder): ProviderSchema<DirtyLemonCustomer> {
  return {
    description:
      'The confirmation token is never readable, and its self-service links are made by createSelfServiceLink.',
    fields: (t) => ({
      phoneNumber: t.string({ resolve: ({ wire }) => verbatim(wire.phone_number) }),
      unconfirmedPhoneNumber: t.string({ resolve: ({ wire }) => verbatim(wire.unconfirmed_phone_number) }),
      countryCode: t.field({
        description: 'The phone number’s country, not an address.',
        type: 'CountryCode',
        resolve: ({ wire }) => country(wire.country_code),
      }),
      email: t.string({ resolve: ({ wire }) => verbatim(wire.email) }),
      firstName: t.string({ resolve: ({ wire }) => verbatim(wire.first_name) }),
      lastName: t.string({ resolve: ({ wire }) => verbatim(wire.last_name) }),
      confirmedAt: t.field({ type: 'DateTime', resolve: ({ wire }) => isoDate(wire.confirmed_at) }),
      confirmationSentAt: t.field({ type: 'DateTime', resolve: ({ wire }) => isoDate(wire.confirmation_sent_at) }),
      createdAt: t.field({ type: 'DateTime', resolve: ({ wire }) => isoDate(wire.created_at) }),
      updatedAt: t.field({ type: 'DateTime', resolve: ({ wire }) => isoDate(wire.updated_at) }),
    }),
    createInput: (t) => ({
      phoneCountry: t.string({ description: 'The phone number’s country, where the number alone does not tell it.' }),
      confirmation: t.boolean({
        description: 'false creates an already confirmed customer. Scope: customers:preconfirm.',
        defaultValue: true,
      }),
    }),
    access: {
      DirtyLemonCustomer: {
        parent: [
          ...['id', 'record', 'phoneNumber', 'unconfirmedPhoneNumber', 'countryCode', 'email', 'firstName', 'lastName'],
          ...['confirmedAt', 'confirmationSentAt', 'createdAt', 'updatedAt'],
        ],
      },
    },
  };
}
