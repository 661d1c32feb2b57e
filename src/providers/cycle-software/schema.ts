import type { ProviderSchema } from '../../contract/provider.ts';
import { verbatim } from '../../contract/wire.ts';
import type { Builder, InputFields } from '../../graphql/builder.ts';
import type { CountryCode } from '../../model/customer.ts';
import type { CycleSoftwareWire, PhoneEntry } from './api.ts';
import { countryOf, discountOf, profile } from './mapping.ts';
import { numberOf } from './phoneNumbers.ts';

/** A phone number with the country that its national spelling is read in. */
interface PhoneNumberSource {
  readonly entry: PhoneEntry;
  readonly region: CountryCode | null;
}

export function schema(builder: Builder): ProviderSchema<CycleSoftwareWire> {
  // CS-18: whose number it is, is never shown: the document's own example has another customer's id there.
  const phoneNumber = builder.objectRef<PhoneNumberSource>('CycleSoftwarePhoneNumber').implement({
    fields: (t) => ({
      phoneNumberId: t.string({
        description: 'tel (landline), mob (mobile) or the provider’s own id.',
        nullable: false,
        resolve: ({ entry }) => verbatim(entry.phone_number_id) ?? '',
      }),
      phoneNumber: t.string({ resolve: ({ entry }) => verbatim(entry.phone_number) }),
      e164: t.field({ type: 'PhoneNumber', resolve: ({ entry, region }) => numberOf(entry, region) }),
      name: t.string({ resolve: ({ entry }) => verbatim(entry.name) }),
    }),
  });

  const phoneNumberInput = builder.inputType('CycleSoftwarePhoneNumberInput', {
    fields: (t) => ({ phoneNumberId: t.string(), phoneNumber: t.string(), name: t.string() }),
  });

  return {
    description: 'CycleSoftware’s own fields of a bicycle shop’s customer.',
    fields: (t) => ({
      customerTypeName: t.string({ resolve: ({ wire }) => verbatim(wire.customer.customer_type_name) }),
      customerReference: t.string({ resolve: ({ wire }) => verbatim(wire.customer.customer_reference) }),
      attn: t.string({ resolve: ({ wire }) => verbatim(wire.customer.attn) }),
      title: t.string({ resolve: ({ wire }) => verbatim(wire.customer.title) }),
      initials: t.string({ resolve: ({ wire }) => verbatim(wire.customer.initials) }),
      insertion: t.string({ resolve: ({ wire }) => verbatim(wire.customer.insertion) }),
      firstName: t.string({ resolve: ({ wire }) => verbatim(wire.customer.first_name) }),
      lastName: t.string({
        description: 'The provider’s name: the last name without its insertion.',
        resolve: ({ wire }) => verbatim(wire.customer.name),
      }),
      companyName: t.string({ resolve: ({ wire }) => verbatim(wire.customer.company_name) }),
      street: t.string({ resolve: ({ wire }) => verbatim(wire.customer.street) }),
      houseNumber: t.string({ resolve: ({ wire }) => verbatim(wire.customer.house_number) }),
      houseNumberPostfix: t.string({ resolve: ({ wire }) => verbatim(wire.customer.house_number_postfix) }),
      postcode: t.string({ resolve: ({ wire }) => verbatim(wire.customer.postcode) }),
      city: t.string({ resolve: ({ wire }) => verbatim(wire.customer.city) }),
      countryCode: t.string({ resolve: ({ wire }) => verbatim(wire.customer.country_code_iso_3166) }),
      email: t.string({ resolve: ({ wire }) => verbatim(wire.customer.email) }),
      vatNumber: t.string({ resolve: ({ wire }) => verbatim(wire.customer.vat_number) }),
      cocNumber: t.string({ resolve: ({ wire }) => verbatim(wire.customer.coc_number) }),
      discountPercentage: t.float({ description: 'In percent.', resolve: ({ wire }) => discountOf(wire.customer) }),
      createdAt: t.field({ type: 'DateTime', resolve: ({ wire }) => profile.createdAt?.(wire) ?? null }),
      phoneNumbers: t.field({
        type: [phoneNumber],
        nullable: { list: true, items: false },
        resolve: ({ wire: { customer } }) => {
          const region = countryOf(customer);
          return customer.phone_numbers?.map((entry) => ({ entry, region })) ?? null;
        },
      }),
    }),
    createInput: (t) => ({ ...input(t), phoneNumbers: t.field({ type: [phoneNumberInput] }) }),
    updateInput: (t) => ({
      ...input(t),
      phoneNumbers: t.field({
        description: 'Numbers named by id change, null clears one, without an id one is added; the others stay.',
        type: [phoneNumberInput],
      }),
    }),
    filterInput: (t) => ({ houseNumber: t.string(), houseNumberPostfix: t.string(), customerTypeId: t.int() }),
    access: {
      CycleSoftwareCustomer: {
        parent: [
          ...['id', 'record', 'customerTypeName', 'customerReference', 'attn', 'title', 'initials', 'insertion'],
          ...['firstName', 'lastName', 'companyName', 'street', 'houseNumber', 'houseNumberPostfix', 'postcode'],
          ...['city', 'countryCode', 'email', 'vatNumber', 'cocNumber', 'discountPercentage', 'createdAt'],
          ...['phoneNumbers'],
        ],
      },
      CycleSoftwarePhoneNumber: { parent: ['phoneNumberId', 'phoneNumber', 'e164', 'name'] },
    },
  };
}

/** What both inputs take. */
const input = (t: Parameters<InputFields>[0]) => ({
  customerTypeName: t.string({ description: 'Klant, Zakelijk or E-commerce; wins over kind.' }),
  customerReference: t.string(),
  attn: t.string(),
  title: t.string(),
  initials: t.string(),
  insertion: t.string(),
  street: t.string({ description: 'With the house number, wins over address.line1.' }),
  houseNumber: t.string(),
  houseNumberPostfix: t.string(),
  cocNumber: t.string(),
  discountPercentage: t.float({ description: '0 to 100.' }),
});
