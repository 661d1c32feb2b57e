import { z } from 'zod';
import { wireText, withoutKeys } from '../../contract/wire.ts';

/** Also what a created customer's id must look like: it goes into paths from then on. */
export const OCTOBAT_ID = /^oc_cu_[A-Za-z0-9]{1,64}$/;

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

const customer = z.looseObject({
  id: z.string().regex(OCTOBAT_ID),
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
  payment_sources: z.looseObject({ data: z.array(paymentSource) }).nullish(),
});

/** OC-4: the billing page opens without a password, so what is kept of a customer never holds it. */
export const octobatCustomer = z.preprocess(
  (json) => (isObject(json) ? withoutKeys(json, ['octobat_billing_page']) : json),
  customer,
);

/** OC-4: the same answer, read for the page that is handed out on the spot; never kept. */
export const octobatBillingPage = z.object({ id: z.string(), octobat_billing_page: wireText });

const isObject = (json: unknown): json is object => typeof json === 'object' && json !== null && !Array.isArray(json);

export type OctobatCustomer = z.infer<typeof octobatCustomer>;
export type OctobatPaymentSource = z.infer<typeof paymentSource>;

/** "List all customers". */
export const octobatList = z.looseObject({
  has_more: z.boolean(),
  total_count: z.number().int().nonnegative().nullish(),
  data: z.array(octobatCustomer),
});
