import { z } from 'zod';
import { ownText } from '../../contract/ownText.ts';
import type { ProviderSchema } from '../../contract/provider.ts';
import { verbatim } from '../../contract/wire.ts';
import type { Builder } from '../../graphql/builder.ts';
import { epochMilliseconds, epochSeconds } from '../../model/date.ts';
import { text } from '../../model/text.ts';
import { webUrl } from '../../model/url.ts';
import type { OnboardFlowRecord } from './api.ts';
import { eventDateOf } from './mapping.ts';

/**
 * OF-5: the payment platform's id. Stripe's are letters, digits and `_`; others let their customers choose, up to an email
 * address. Nothing that means something to a path, a query or a shell is an id: it will be pasted into one some day.
 */
export const CUSTOMER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:@+=~-]{0,254}$/;

/**
 * `OnboardFlowCreateInput` and `OnboardFlowUpdateInput` after coercion. What is required is told by the draft, which
 * knows what was told before.
 */
export const onboardFlowInput = z.object({
  customerId: ownText().refine((id) => id === undefined || id === null || CUSTOMER_ID.test(id), {
    error: 'must be 1 to 255 letters, digits and _ . : @ + = ~ -, the first a letter or digit',
  }),
  userId: ownText(),
  hasPaymentMethod: z.boolean().nullish(),
  imageUrl: z
    .string()
    .nullish()
    .transform((value, context) => {
      if (value === undefined || text(value) === null) return value === undefined ? undefined : null;
      const url = webUrl(value);
      if (url !== null) return url;
      context.addIssue({ code: 'custom', message: 'must be an absolute http or https URL without credentials' });
      return z.NEVER;
    }),
  eventDate: z
    .date()
    .nullish()
    .refine((date) => !date || epochSeconds(date.getTime() / 1000) !== null, {
      error: 'must be between the years 1990 and 2100',
    }),
});

export function schema(builder: Builder): ProviderSchema<OnboardFlowRecord> {
  const eventType = builder.enumType('OnboardFlowEventType', {
    values: ['CUSTOMER_CREATED', 'CUSTOMER_UPDATED'] as const,
  });

  const event = builder.objectRef<OnboardFlowRecord>('OnboardFlowEvent').implement({
    fields: (t) => ({
      id: t.string({
        description: 'The provider’s id of the event.',
        nullable: false,
        resolve: ({ event }) => String(event.id),
      }),
      type: t.field({ type: eventType, nullable: false, resolve: ({ event }) => event.event_meta.type }),
      eventDate: t.field({ type: 'DateTime', nullable: false, resolve: eventDateOf }),
      acceptedAt: t.field({
        type: 'DateTime',
        nullable: false,
        resolve: ({ acceptedAt }) => new Date(acceptedAt),
      }),
      eventType: t.string({ resolve: ({ event }) => verbatim(event.event_type) }),
      provider: t.string({ resolve: ({ event }) => verbatim(event.event_provider) }),
      sessionId: t.string({ resolve: ({ event }) => verbatim(event.session_id) }),
      value: t.string({ resolve: ({ event }) => verbatim(event.event_value) }),
      createdAt: t.field({ type: 'DateTime', resolve: ({ event }) => epochMilliseconds(event.created) }),
      updatedAt: t.field({ type: 'DateTime', resolve: ({ event }) => epochMilliseconds(event.updated) }),
    }),
  });

  return {
    description: 'A provider that only takes events: this is what this gateway last sent, and what was acknowledged.',
    fields: (t) => ({
      customerId: t.string({
        description: 'The payment platform’s own id of this customer. Scope: records:raw.',
        resolve: ({ wire }) => wire.sent.customer_id,
      }),
      userId: t.string({
        description: 'The caller’s own id of the user.',
        resolve: ({ wire }) => verbatim(wire.sent.user_id),
      }),
      email: t.string({ resolve: ({ wire }) => verbatim(wire.sent.customer_email) }),
      firstName: t.string({ resolve: ({ wire }) => verbatim(wire.sent.customer_first_name) }),
      lastName: t.string({ resolve: ({ wire }) => verbatim(wire.sent.customer_last_name) }),
      imageUrl: t.field({ type: 'URL', resolve: ({ wire }) => webUrl(wire.sent.customer_image_url) }),
      hasPaymentMethod: t.boolean({ resolve: ({ wire }) => wire.sent.customer_has_payment_method }),
      lastEvent: t.field({ type: event, resolve: ({ wire }) => wire }),
    }),
    createInput: (t) => ({
      customerId: t.string({ required: true }),
      userId: t.string({ required: true }),
      hasPaymentMethod: t.boolean({ required: true }),
      imageUrl: t.string(),
      eventDate: t.field({
        description:
          'When the customer was created; default: when this write was decided, kept for every repetition of it.',
        type: 'DateTime',
      }),
    }),
    updateInput: (t) => ({
      customerId: t.string({
        description:
          'With userId and hasPaymentMethod it may also tell of a customer that OnboardFlow knew before this gateway.',
      }),
      userId: t.string(),
      hasPaymentMethod: t.boolean(),
      imageUrl: t.string(),
      eventDate: t.field({ type: 'DateTime' }),
    }),
    access: {
      OnboardFlowCustomer: {
        parent: [
          ...['id', 'record', 'userId', 'email', 'firstName', 'lastName', 'imageUrl'],
          ...['hasPaymentMethod', 'lastEvent'],
        ],
        'records:raw': ['customerId'],
      },
      OnboardFlowEvent: {
        parent: [
          ...['id', 'type', 'eventDate', 'acceptedAt', 'eventType', 'provider'],
          ...['sessionId', 'value', 'createdAt', 'updatedAt'],
        ],
      },
    },
  };
}
