import type { OnboardFlowRecord } from './api.ts';

/** The document's own examples. The requests of the creation and of the update are the same. */

export const SITE_KEY = 'f37F2PPh';

export const exampleBody = {
  event_date: 1583020800,
  user_id: 'user_123XYZ',
  customer_id: 'cus_123XYZ',
  customer_first_name: 'Joe',
  customer_has_payment_method: true,
  customer_email: 'test@onboardflow.com',
};

export const exampleAnswer = (type: 'CUSTOMER_CREATED' | 'CUSTOMER_UPDATED') => ({
  success: true,
  data: {
    id: 979924,
    event_provider: 'API',
    site_user: {},
    site_hash: 'f37F2PPh',
    session_id: 'f37F2PPh-1585922303',
    event_date: 1583020800000,
    event_value: '1923c497cf0fc93ff63414795ec58c59d4ccab38',
    event_type: 'PROVIDER_EVENT',
    event_meta: {
      data: {
        customer: {
          id: 'cus_123XYZ',
          email: 'test@onboardflow.com',
          user_id: 'user_123XYZ',
          image_url: null,
          last_name: null,
          first_name: 'Joe',
          has_payment_method: true,
        },
      },
      type,
      created: 1583020800,
    },
    updated: 1585918703000,
    created: 1585918703000,
  },
});

/** What is to be remembered of the creation, accepted at the moment that its `created` tells. */
export const exampleRecord: OnboardFlowRecord = {
  sent: exampleBody,
  event: {
    id: 979924,
    event_provider: 'API',
    session_id: '1585922303',
    event_date: 1583020800000,
    event_value: '1923c497cf0fc93ff63414795ec58c59d4ccab38',
    event_type: 'PROVIDER_EVENT',
    event_meta: { type: 'CUSTOMER_CREATED', created: 1583020800 },
    updated: 1585918703000,
    created: 1585918703000,
  },
  acceptedAt: '2020-04-03T12:58:23.000Z',
};
