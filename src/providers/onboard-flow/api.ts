import { z } from 'zod';
import { exactNumber, wireText } from '../../contract/wire.ts';
import { isoDate } from '../../model/date.ts';

/**
 * OF-2: OnboardFlow answers with events and has no read, so a record here is what was last told, and what was said to
 * that. It is kept as JSON and comes back as JSON.
 */

/** The end of the year 9999, where RFC 3339 ends. */
const LAST_SECOND = 253_402_300_799;

/** "Data Parameters", of the creation and of the update alike, without `site_key` (OF-9). */
export const sentBody = z.object({
  /** OF-1: seconds. */
  event_date: z.number().int().min(0).max(LAST_SECOND),
  user_id: z.string(),
  customer_id: z.string(),
  customer_email: z.string(),
  customer_first_name: z.string().exactOptional(),
  customer_last_name: z.string().exactOptional(),
  customer_image_url: z.string().exactOptional(),
  customer_has_payment_method: z.boolean(),
});

export type SentBody = z.infer<typeof sentBody>;

const digits = z.string().regex(/^[0-9]{1,20}$/);

/**
 * OF-9: what is kept of the acknowledged event, by name. `site_hash` is our site key, `site_user` is nothing that is
 * documented, and the customer in it is told by what was sent.
 */
const keptEvent = z.object({
  id: z.union([z.number(), digits, exactNumber.pipe(digits)]),
  event_provider: wireText,
  /** As the provider gave it, but for the site key that it begins with. */
  session_id: wireText,
  /** OF-1: milliseconds. */
  event_date: wireText,
  event_value: wireText,
  event_type: wireText,
  /** OF-1: `created` in seconds. */
  event_meta: z.object({ type: z.enum(['CUSTOMER_CREATED', 'CUSTOMER_UPDATED']), created: wireText }),
  /** OF-1: milliseconds. */
  created: wireText,
  updated: wireText,
});

export type KeptEvent = z.infer<typeof keptEvent>;

/** What `Written.remembered` is. */
export const onboardFlowRecord = z.object({
  sent: sentBody,
  event: keptEvent,
  acceptedAt: z.string().refine((text) => isoDate(text) !== null),
});

export type OnboardFlowRecord = z.infer<typeof onboardFlowRecord>;

/** Reads a remembered record again, from whatever kept it. */
export const parseRemembered = (json: unknown): OnboardFlowRecord => onboardFlowRecord.parse(json);

/** OF-11: only `true` is documented; that there is a `false`, too, is told by the field being there. */
export const answer = z.looseObject({ success: z.boolean() });

/** OF-9: in the answer the customer's fields have other names than in the request; only its id is asked for. */
export const acknowledgement = z.object({
  data: z.object({
    ...keptEvent.shape,
    event_meta: z.object({
      ...keptEvent.shape.event_meta.shape,
      data: z.object({ customer: z.object({ id: z.union([z.string(), z.number(), exactNumber]) }) }),
    }),
  }),
});
