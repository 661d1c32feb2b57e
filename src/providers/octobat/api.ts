import { z } from 'zod';
import { wireText } from '../../contract/wire.ts';

/** https://apiv2.octobat.com "The customer object": what is used of it; whatever else is there passes through. */
const paymentSource = z.looseObject({
  id: z.string(),
  payment_source_type: wireText,
  source: wireText,
  country: wireText,
  exp_month: z.number().nullish(),
  exp_year: z.number().nullish(),
  details: z.record(z.string(), z.unknown()).nullish(),
});

export const octobatCustomer = z.looseObject({
  id: z.string(),
  livemode: z.boolean().nullish(),
  name: wireText,
  email: wireText,
  phone_number: wireText,
  billing_address_line1: wireText,
  billing_address_line2: wireText,
  billing_address_city: wireText,
  billing_address_zip: wireText,
  billing_address_state: wireText,
  billing_address_country: wireText,
  business_type: wireText,
  tax_number: wireText,
  octobat_billing_page: wireText,
  payment_sources: z.looseObject({ data: z.array(paymentSource) }).nullish(),
});

export type OctobatCustomer = z.infer<typeof octobatCustomer>;
export type OctobatPaymentSource = z.infer<typeof paymentSource>;

/** "List all customers". */
export const octobatList = z.looseObject({
  has_more: z.boolean(),
  total_count: z.number().int().nonnegative().nullish(),
  data: z.array(octobatCustomer),
});
