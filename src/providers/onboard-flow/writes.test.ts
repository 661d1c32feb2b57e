import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Patch } from '../../contract/write.ts';
import { sentBody } from './api.ts';
import { onboardFlowInput } from './schema.ts';
import { exampleBody, exampleRecord } from './test-data.ts';
import { draftCreate, draftUpdate, type OnboardFlowInput } from './writes.ts';

const DECIDED = new Date('2020-03-01T00:00:00.999Z');
const OWN = { customerId: 'cus_123XYZ', userId: 'user_123XYZ', hasPaymentMethod: true };
const NAMED: Patch = { firstName: 'Joe', email: 'test@onboardflow.com' };
const current = { providerId: 'cus_123XYZ', wire: exampleRecord };

const create = (patch: Patch, own?: OnboardFlowInput) => draftCreate({ patch, own, decidedAt: DECIDED });
const update = (patch: Patch, own?: OnboardFlowInput, from: typeof current | null = current) =>
  draftUpdate({ patch, own, decidedAt: DECIDED, current: from });

const paths = (draft: ReturnType<typeof create>) => draft.problems.map(({ path }) => path.join('.'));
const bodyOf = (draft: ReturnType<typeof create>) => draft.request?.json;

describe('a creation', () => {
  it('is the document’s example, field by field', () => {
    const draft = create(NAMED, OWN);
    expect(draft.problems).toEqual([]);
    expect(draft.request).toEqual({
      method: 'POST',
      path: '/api/v1/customer/',
      route: '/api/v1/customer/',
      json: exampleBody,
    });
    expect(draft.providerId).toBe('cus_123XYZ');
    expect(draft.held).toEqual(['firstName', 'email']);
    expect(draft.changes).toEqual([
      { field: 'firstName', before: null, after: 'Joe' },
      { field: 'email', before: null, after: 'test@onboardflow.com' },
      { field: 'onboardFlow.customerId', before: null, after: 'cus_123XYZ' },
      { field: 'onboardFlow.userId', before: null, after: 'user_123XYZ' },
      { field: 'onboardFlow.hasPaymentMethod', before: null, after: 'true' },
    ]);
  });

  it('holds the last name and the image as well, leaves out what is null, and nothing else', () => {
    const patch: Patch = { ...NAMED, firstName: null, lastName: 'van Berra', phone: '+31612345678', taxId: null };
    const draft = create(patch, { ...OWN, imageUrl: 'https://example.com/joe.png' });
    expect(bodyOf(draft)).toEqual({
      ...{ event_date: 1583020800, user_id: 'user_123XYZ', customer_id: 'cus_123XYZ' },
      ...{ customer_last_name: 'van Berra', customer_image_url: 'https://example.com/joe.png' },
      ...{ customer_has_payment_method: true, customer_email: 'test@onboardflow.com' },
    });
    expect(draft.held).toEqual(['firstName', 'lastName', 'email']);
  });

  it('OF-4 asks whether there is a payment method, and keeps a false', () => {
    expect(paths(create(NAMED, { ...OWN, hasPaymentMethod: undefined }))).toEqual(['onboardFlow.hasPaymentMethod']);
    expect(bodyOf(create(NAMED, { ...OWN, hasPaymentMethod: false }))).toMatchObject({
      customer_has_payment_method: false,
    });
  });

  it('tells everything that is missing at once, and sends nothing', () => {
    const draft = create({ firstName: 'Joe' });
    expect(paths(draft)).toEqual([
      'onboardFlow.customerId',
      'onboardFlow.userId',
      'onboardFlow.hasPaymentMethod',
      'email',
    ]);
    expect(new Set(draft.problems.map(({ code }) => code))).toEqual(new Set(['INVALID_INPUT']));
    expect(draft.request).toBeNull();
    expect(paths(create({ email: null }, { ...OWN, userId: null }))).toEqual(['onboardFlow.userId', 'email']);
  });

  it('OF-1 sends the event’s date in seconds', () => {
    const eventDate = new Date('2001-09-09T01:46:40.500Z');
    expect(bodyOf(create(NAMED, { ...OWN, eventDate }))).toMatchObject({ event_date: 1_000_000_000 });
  });

  it('OF-6 dates the event by the decision, not by now, and a repetition is the same to the byte', () => {
    const first = create(NAMED, OWN);
    expect(bodyOf(first)).toMatchObject({ event_date: 1583020800 });
    expect(bodyOf(create(NAMED, { ...OWN, eventDate: null }))).toEqual(bodyOf(first));
    expect(JSON.stringify(create(NAMED, OWN))).toBe(JSON.stringify(first));
  });
});

describe('an update', () => {
  it('OF-3 tells every field again, those that do not change too', () => {
    const draft = update({ lastName: 'Berra' });
    expect(bodyOf(draft)).toEqual({ ...exampleBody, customer_last_name: 'Berra' });
    expect(draft.changes).toEqual([{ field: 'lastName', before: null, after: 'Berra' }]);
    expect(draft.held).toEqual(['lastName']);
  });

  it('OF-3 leaves out an optional field that is cleared, and only that', () => {
    const { customer_first_name, ...rest } = exampleBody;
    const draft = update({ firstName: null });
    expect(bodyOf(draft)).toEqual(rest);
    expect(draft.changes).toEqual([{ field: 'firstName', before: customer_first_name, after: null }]);
    const withImage = {
      ...current,
      wire: { ...exampleRecord, sent: { ...exampleBody, customer_image_url: 'https://a.b/c' } },
    };
    expect(bodyOf(update({}, { imageUrl: null }, withImage))).toEqual(exampleBody);
    expect(bodyOf(update({ firstName: 'Yogi' }, {}, withImage))).toMatchObject({ customer_image_url: 'https://a.b/c' });
  });

  it('can’t clear what is required', () => {
    const draft = update({ email: null }, { customerId: null, userId: null, hasPaymentMethod: null });
    expect(paths(draft)).toEqual([
      'onboardFlow.customerId',
      'onboardFlow.userId',
      'onboardFlow.hasPaymentMethod',
      'email',
    ]);
    expect(draft.request).toBeNull();
  });

  it('OF-10 goes to the URL of the creation, as a PUT and without an id in it', () => {
    const { request } = update({ lastName: 'Berra' });
    expect(request).toMatchObject({ method: 'PUT', path: '/api/v1/customer/' });
    expect(request?.path).toBe(create(NAMED, OWN).request?.path);
  });

  it('OF-5 never changes the customer’s id', () => {
    const draft = update({ lastName: 'Berra' }, { customerId: 'cus_other' });
    expect(draft.problems).toMatchObject([{ path: ['onboardFlow', 'customerId'], code: 'INVALID_INPUT' }]);
    expect(draft.request).toBeNull();
    expect(update({ lastName: 'Berra' }, { customerId: 'cus_123XYZ' }).problems).toEqual([]);
  });

  it('OF-7 sends no event when nothing changes', () => {
    expect(update(NAMED, OWN)).toMatchObject({
      request: null,
      held: ['firstName', 'email'],
      changes: [],
      problems: [],
    });
    expect(update({ phone: null }).request).toBeNull();
  });

  it('OF-6 takes a date that the caller names for a change, once', () => {
    const named = update({}, { eventDate: new Date('2020-03-02T00:00:00Z') });
    expect(named.changes).toEqual([
      { field: 'onboardFlow.eventDate', before: '2020-03-01T00:00:00.000Z', after: '2020-03-02T00:00:00.000Z' },
    ]);
    expect(bodyOf(named)).toEqual({ ...exampleBody, event_date: 1583107200 });
    expect(update({}, { eventDate: new Date('2020-03-01T00:00:00Z') }).request).toBeNull();
  });

  it('may tell of a customer that has no record here, from what the caller gives', () => {
    const draft = update(NAMED, OWN, null);
    expect(draft.request).toMatchObject({ method: 'PUT', json: exampleBody });
    expect(draft.providerId).toBe('cus_123XYZ');
    expect(draft.changes).toContainEqual({ field: 'onboardFlow.customerId', before: null, after: 'cus_123XYZ' });
    expect(paths(update({ firstName: 'Joe' }, { customerId: 'cus_1' }, null))).toEqual([
      ...['onboardFlow.userId', 'onboardFlow.hasPaymentMethod', 'email'],
    ]);
  });
});

describe('of a customer who is known by others', () => {
  const known = { firstName: 'Yogi', lastName: null, email: 'yogi@example.com' };
  const tell = (patch: Patch, own?: OnboardFlowInput, from: typeof current | null = null) =>
    draftUpdate({ patch, own, decidedAt: DECIDED, current: from, known });

  it('OF-3 an event tells what is known and not named', () => {
    const { customer_first_name, customer_email, ...ids } = exampleBody;
    expect(bodyOf(tell({}, OWN))).toEqual({ ...ids, customer_email: known.email, customer_first_name: 'Yogi' });
    expect(bodyOf(tell({ firstName: 'Joe', email: customer_email }, OWN))).toEqual(exampleBody);
    expect(bodyOf(tell({ firstName: null }, OWN))).toEqual({ ...ids, customer_email: known.email });
    expect(paths(tell({ email: null }, OWN))).toEqual(['email']);
    expect(bodyOf(draftCreate({ patch: {}, own: OWN, decidedAt: DECIDED, known }))).toEqual(bodyOf(tell({}, OWN)));
  });

  it('OF-4 OF-5 an event has no id and no payment method but the caller’s', () => {
    expect(paths(tell({}))).toEqual(['onboardFlow.customerId', 'onboardFlow.userId', 'onboardFlow.hasPaymentMethod']);
  });

  it('OF-3 what was last told wins', () => {
    expect(bodyOf(tell({ lastName: 'Berra' }, undefined, current))).toEqual({
      ...exampleBody,
      customer_last_name: 'Berra',
    });
  });
});

describe('the own input', () => {
  const problem = (input: unknown) => onboardFlowInput.safeParse(input).error?.issues.map(({ path }) => path.join('.'));

  it('is normalised', () => {
    expect(onboardFlowInput.parse({ customerId: ' cus_1 ', userId: ' u ', imageUrl: ' HTTPS://Example.com ' })).toEqual(
      {
        ...{ customerId: 'cus_1', userId: 'u', imageUrl: 'https://example.com/' },
      },
    );
    expect(onboardFlowInput.parse({ userId: '', imageUrl: ' ' })).toEqual({ userId: null, imageUrl: null });
    expect(Object.keys(onboardFlowInput.parse({}))).toEqual([]);
  });

  it('OF-5 takes an id as payment platforms write them, and no other text', () => {
    for (const customerId of ['a b', 'é', 'x'.repeat(256), 'a\r\nb', '\ud800']) {
      expect(problem({ customerId })).toEqual(['customerId']);
    }
    expect(problem({ customerId: 'x'.repeat(255) })).toBeUndefined();
  });

  it('refuses control characters, and what is too long, in the user’s id', () => {
    for (const userId of ['a\nb', 'a\0b', 'x'.repeat(256)]) expect(problem({ userId })).toEqual(['userId']);
  });

  it('takes an image’s address as it is written', () => {
    const imageUrl = `https://example.com/${'x'.repeat(1000)}`;
    expect(onboardFlowInput.parse({ imageUrl })).toEqual({ imageUrl });
    expect(onboardFlowInput.parse({ imageUrl: 'https://example.com/e\u0301' }).imageUrl).toMatch('/e%CC%81');
  });

  it('refuses an image that is no web address, without quoting it', () => {
    for (const imageUrl of ['javascript:alert(1)', 'joe.png', 'https://a:b@example.com/', 'ftp://example.com/']) {
      expect(problem({ imageUrl })).toEqual(['imageUrl']);
      expect(JSON.stringify(onboardFlowInput.safeParse({ imageUrl }).error?.issues)).not.toContain(imageUrl);
    }
  });

  it('OF-1 refuses a date that can’t be told apart from another unit', () => {
    for (const eventDate of [new Date(1_583_020_800), new Date('2101-01-01T00:00:00Z')]) {
      expect(problem({ eventDate })).toEqual(['eventDate']);
    }
  });
});

it('whatever is asked for, a draft is problems or a body that can be sent', () => {
  const word = fc.option(fc.string({ minLength: 1 }), { nil: null });
  const patch = fc.record({ firstName: word, lastName: word, email: word }, { requiredKeys: [] });
  const own = fc.record(
    { customerId: word, userId: word, hasPaymentMethod: fc.boolean(), imageUrl: word },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(patch, own, fc.constantFrom(current, null), (fields, input, from) => {
      const draft = update(fields, input, from);
      expect(draft.held).toEqual(['firstName', 'lastName', 'email'].filter((field) => field in fields));
      if (draft.problems.length > 0) expect(draft.request).toBeNull();
      else if (draft.request) expect(sentBody.parse(draft.request.json)).toEqual(draft.request.json);
      else expect(draft.changes).toEqual([]);
    }),
  );
});
