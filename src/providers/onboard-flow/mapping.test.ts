import fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createBuilder, type ExtensionSource } from '../../graphql/builder.ts';
import { type OnboardFlowRecord, onboardFlowRecord, parseRemembered } from './api.ts';
import { eventDateOf, profile, quality, raw, searched, sharedId } from './mapping.ts';
import { schema } from './schema.ts';
import { exampleBody, exampleRecord, SITE_KEY } from './test-data.ts';

const profileOf = (wire: OnboardFlowRecord): Record<string, unknown> =>
  Object.fromEntries(Object.entries(profile).map(([field, reader]) => [field, reader(wire)]));

const sent = (own: Partial<OnboardFlowRecord['sent']>): OnboardFlowRecord => ({
  ...exampleRecord,
  sent: { ...exampleBody, ...own },
});

/** The extension's fields, asked for through GraphQL itself. */
function extension(wire: OnboardFlowRecord) {
  const builder = createBuilder();
  const instant = { serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : null) };
  builder.scalarType('DateTime', { ...instant, parseValue: (value) => new Date(String(value)) });
  builder.scalarType('URL', { serialize: String, parseValue: (value) => new URL(String(value)) });
  const { fields } = schema(builder);
  const type = builder.objectRef<ExtensionSource<OnboardFlowRecord>>('OnboardFlowCustomer').implement({ fields });
  builder.queryType({ fields: (t) => ({ customer: t.field({ type, resolve: () => ({ wire }) }) }) });
  const document = parse(`{ customer {
    customerId userId email firstName lastName imageUrl hasPaymentMethod
    lastEvent { id type eventDate acceptedAt eventType provider sessionId value createdAt updatedAt }
  } }`);
  const result = execute({ schema: builder.toSchema(), document });
  if ('then' in result) throw new Error('nothing here waits');
  return { errors: result.errors, customer: JSON.parse(JSON.stringify(result.data?.customer)) as unknown };
}

it('OF-5 states the payment platform’s id, exactly as it is there, and is found by the caller’s own', () => {
  expect(sharedId(exampleRecord)).toBe('cus_123XYZ');
  expect(sharedId(sent({ customer_id: '' }))).toBeNull();
  expect(searched(exampleRecord)).toEqual({ phones: [], words: ['user_123XYZ'] });
});

describe('the profile', () => {
  it('OF-9 is read from what was sent, whose names are not those of the answer', () => {
    expect(profileOf(exampleRecord)).toEqual({
      displayName: 'Joe',
      firstName: 'Joe',
      lastName: null,
      email: 'test@onboardflow.com',
    });
    expect(profileOf(sent({ customer_last_name: ' van Berra ' }))).toMatchObject({
      displayName: 'Joe van Berra',
      lastName: 'van Berra',
    });
  });

  it('is displayed by its email where it has no name', () => {
    const { customer_first_name: _, ...nameless } = exampleBody;
    expect(profileOf({ ...exampleRecord, sent: nameless }).displayName).toBe('test@onboardflow.com');
  });

  it('OF-8 has no times of its own: an event’s are not the customer’s', () => {
    expect(Object.keys(profile)).toEqual(['displayName', 'firstName', 'lastName', 'email']);
  });

  it('tells of an email that is none', () => {
    expect(quality(exampleRecord)).toEqual([]);
    expect(quality(sent({ customer_email: 'at home' }))).toMatchObject([{ field: 'email', code: 'INVALID_EMAIL' }]);
  });
});

describe('OnboardFlowCustomer', () => {
  it('OF-1 OF-2 shows what was sent, and the event with each time in its own unit', () => {
    expect(extension(sent({ customer_image_url: 'https://example.com/joe.png' }))).toEqual({
      errors: undefined,
      customer: {
        customerId: 'cus_123XYZ',
        userId: 'user_123XYZ',
        email: 'test@onboardflow.com',
        firstName: 'Joe',
        lastName: null,
        imageUrl: 'https://example.com/joe.png',
        hasPaymentMethod: true,
        lastEvent: {
          id: '979924',
          type: 'CUSTOMER_CREATED',
          eventDate: '2020-03-01T00:00:00.000Z',
          acceptedAt: '2020-04-03T12:58:23.000Z',
          eventType: 'PROVIDER_EVENT',
          provider: 'API',
          sessionId: '1585922303',
          value: '1923c497cf0fc93ff63414795ec58c59d4ccab38',
          createdAt: '2020-04-03T12:58:23.000Z',
          updatedAt: '2020-04-03T12:58:23.000Z',
        },
      },
    });
  });

  it('OF-1 takes no time in another unit: what else says it stands in', () => {
    const event = { ...exampleRecord.event, event_date: 1583020800, created: 1585918703 };
    expect(eventDateOf({ ...exampleRecord, event })).toEqual(new Date('2020-03-01T00:00:00Z'));
    const silent = { ...event, event_meta: { type: 'CUSTOMER_UPDATED' as const, created: 1583020800000 } };
    expect(eventDateOf({ ...sent({ event_date: 1000000000 }), event: silent })).toEqual(new Date(1e12));
    expect(extension({ ...exampleRecord, event }).customer).toMatchObject({ lastEvent: { createdAt: null } });
  });

  it('OF-8 shows clocks that disagree as they are', () => {
    const event = { ...exampleRecord.event, created: 1585922303000, updated: 1585918703000, session_id: '1' };
    expect(extension({ ...exampleRecord, event }).customer).toMatchObject({
      lastEvent: { createdAt: '2020-04-03T13:58:23.000Z', updatedAt: '2020-04-03T12:58:23.000Z', sessionId: '1' },
    });
  });

  it('OF-5 shows the payment platform’s id to those only who may see raw records', () => {
    const { access } = schema(createBuilder());
    expect(access.OnboardFlowCustomer?.['records:raw']).toEqual(['customerId']);
    expect(access.OnboardFlowCustomer?.parent).toHaveLength(9);
    expect(access.OnboardFlowEvent?.parent).toHaveLength(10);
  });
});

describe('a remembered record', () => {
  it('survives being kept as JSON', () => {
    expect(parseRemembered(JSON.parse(JSON.stringify(exampleRecord)))).toEqual(exampleRecord);
  });

  it('OF-9 loses a site key that something else put beside it', () => {
    const polluted = {
      sent: { ...exampleBody, site_key: SITE_KEY },
      event: { ...exampleRecord.event, site_hash: SITE_KEY, site_user: { key: SITE_KEY } },
      acceptedAt: exampleRecord.acceptedAt,
    };
    expect(JSON.stringify(parseRemembered(polluted))).not.toContain(SITE_KEY);
    expect(JSON.stringify(raw(polluted))).not.toMatch(/site_key|site_hash/);
  });

  it('is refused in any other shape', () => {
    for (const json of [null, {}, exampleBody, { ...exampleRecord, acceptedAt: 'yesterday' }]) {
      expect(() => parseRemembered(json)).toThrow();
    }
  });

  it('is read without ever throwing, whatever it holds', () => {
    const text = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.constantFrom(1583020800, 1583020800000, ''));
    const own = fc.record({
      sent: fc.record({
        event_date: fc.integer({ min: 0, max: 253402300799 }),
        user_id: fc.string(),
        customer_id: fc.string(),
        customer_email: fc.string(),
        customer_first_name: fc.string(),
        customer_image_url: fc.oneof(fc.string(), fc.webUrl()),
        customer_has_payment_method: fc.boolean(),
      }),
      event: fc.record(
        {
          id: fc.nat(),
          event_meta: fc.record({ type: fc.constantFrom('CUSTOMER_CREATED', 'CUSTOMER_UPDATED'), created: text }),
          event_date: text,
          session_id: text,
          event_value: text,
          created: text,
          updated: text,
          unknown: fc.jsonValue(),
        },
        { requiredKeys: ['id', 'event_meta'] },
      ),
      acceptedAt: fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    });
    fc.assert(
      fc.property(own, (json) => {
        const wire = onboardFlowRecord.parse(JSON.parse(JSON.stringify(json)));
        for (const value of Object.values(profileOf(wire))) expect(value).not.toBe('');
        quality(wire);
        raw(wire);
        expect(extension(wire).errors).toBeUndefined();
      }),
    );
  });
});
