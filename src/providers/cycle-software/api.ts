import { z } from 'zod';
import { wireText } from '../../contract/wire.ts';
import { naiveDate } from '../../model/date.ts';

/** CS-20: an integer in the object, text in the path; anything else is nobody's id. */
export const ID_GRAMMAR = /^[1-9][0-9]{0,9}$/;

const customerId = z
  .union([z.number(), z.string()])
  .refine((id) => ID_GRAMMAR.test(String(id)), 'not the id of a customer');

/** CS-18: its `customer_id` is not looked at, and passes through. CS-19: `tel`, `mob` or a number as text. */
const phoneEntry = z.looseObject({ phone_number_id: wireText, phone_number: wireText, name: wireText });

const fields = {
  customer_type_name: wireText,
  customer_reference: wireText,
  postcode: wireText,
  house_number: wireText,
  house_number_postfix: wireText,
  company_name: wireText,
  attn: wireText,
  title: wireText,
  initials: wireText,
  insertion: wireText,
  first_name: wireText,
  name: wireText,
  street: wireText,
  city: wireText,
  country_code_iso_3166: wireText,
  email: wireText,
  vat_number: wireText,
  coc_number: wireText,
  discount_percentage: wireText,
  datetime_created: wireText,
  phone_numbers: z.array(phoneEntry).nullish(),
};

const customerShape = z.looseObject({ customer_id: customerId, ...fields });

/**
 * "Customer (object)". CS-1: checked, and then kept as it came: an update has to send back whatever is there, and in the
 * order in which it came.
 */
export const customer = z.custom<CycleSoftwareCustomer>((json) => customerShape.safeParse(json).success);

export const customers = z.array(customer);

/** "List customers". CS-13: without a readable `next_offset` nobody knows whether this is the end. */
export const customerList = z.looseObject({
  customers,
  pagination: z.looseObject({
    next_offset: z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,15}$/), z.null()]),
  }),
});

const customerFields = z.looseObject(fields);

/** A customer as CycleSoftware writes it. */
export type CycleSoftwareCustomer = z.input<typeof customerShape>;
/** The same before it has an id. */
export type CustomerFields = z.input<typeof customerFields>;
export type PhoneEntry = z.input<typeof phoneEntry>;

/**
 * What the gateway holds of a customer. CS-10: a naive time means nothing without the zone that is set for this
 * connection, and the schema's resolvers have no settings: so it is read once, at the door.
 */
export interface CycleSoftwareWire {
  /** As it came, for a whole-object write has to give it back so. */
  readonly customer: CycleSoftwareCustomer;
  /** `datetime_created` in RFC 3339. */
  readonly createdAt: string | null;
}

/** The door, for an answer and for a copy alike. CS-11: `datetime_created` is often null. */
export const heldAs = (customer: CycleSoftwareCustomer, timeZone: string): CycleSoftwareWire => ({
  customer,
  createdAt: naiveDate(customer.datetime_created, timeZone)?.toISOString() ?? null,
});
