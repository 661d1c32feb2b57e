import { z } from 'zod';
import { wireText } from '../../contract/wire.ts';

/**
 * A UUID in lower case, as every example has it. Other cases are the same UUID to a machine, but ids are sealed and
 * compared as text: two spellings of one customer would be two customers here.
 */
export const DIRTY_LEMON_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const id = z.string().regex(DIRTY_LEMON_ID);

/**
 * "Customer object", and nothing but what is named here. Unlike the other providers' schemas this one lets nothing
 * through that it doesn't name, so that the confirmation token (DL-1) and the self-service links (DL-2) are in no parsed
 * object, however they are spelt or nested: whatever is cached, stored or shown comes from here.
 */
export const dirtyLemonCustomer = z.object({
  id,
  phone_number: wireText,
  unconfirmed_phone_number: wireText,
  country_code: wireText,
  email: wireText,
  first_name: wireText,
  last_name: wireText,
  confirmed_at: wireText,
  confirmation_sent_at: wireText,
  created_at: wireText,
  updated_at: wireText,
});

export type DirtyLemonCustomer = z.infer<typeof dirtyLemonCustomer>;

/** DL-2: the same answer, read for the one link that is handed out on the spot; never kept. */
export const dirtyLemonLinks = z.object({
  id,
  card_url: wireText,
  billing_address_url: wireText,
  shipping_address_url: wireText,
});

export type DirtyLemonLinks = z.infer<typeof dirtyLemonLinks>;
