import { describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { at, clockAt, documented, list, providerFor, type Received, send } from './support.ts';

const path = '/api/v1/customer/';
const headers = { authorization: 'Token e3c0c748fe9b55386eecc07c339ec4099a8b9b0e', 'content-type': 'application/json' };
const now = clockAt(1_585_918_703_000).now;
const joe = Object(documented('onboard-flow-create-request'));

const write = (flow: RunningSandbox, method: string, body: unknown): Promise<Received> =>
  send(flow, method, path, headers, JSON.stringify(body));

describe('the document of OnboardFlow, replayed', () => {
  it.each([
    ['POST', 'create'],
    ['PUT', 'update'],
  ])('answers its %s with the event, in the order of its keys', async (method, operation) => {
    const flow = await providerFor('onboard-flow', { clock: now });
    const made = await write(flow, method, documented(`onboard-flow-${operation}-request`));
    expect([made.status, made.text]).toEqual([200, JSON.stringify(documented(`onboard-flow-${operation}-response`))]);
  });
});

describe('OnboardFlow', () => {
  it.each(['Bearer e3c0c748fe9b55386eecc07c339ec4099a8b9b0e', 'Token other', ''])(
    'turns away "%s"',
    async (authorization) => {
      const flow = await providerFor('onboard-flow');
      const refused = await send(flow, 'POST', path, { ...headers, authorization }, JSON.stringify(joe));
      expect([refused.status, at(refused.json, 'success')]).toEqual([401, false]);
    },
  );

  it('redirects a path without its last slash and records nothing', async () => {
    const flow = await providerFor('onboard-flow');
    const redirected = await send(flow, 'POST', '/api/v1/customer', headers, JSON.stringify(joe));
    expect([redirected.status, redirected.headers.location]).toEqual([301, path]);
    expect(flow.view('events')).toEqual([]);
  });

  it('says in a 200 that it does not know the site', async () => {
    const flow = await providerFor('onboard-flow');
    const refused = await write(flow, 'POST', { ...joe, site_key: 'other' });
    expect([refused.status, refused.json]).toEqual([200, { success: false, error: 'Unknown site_key' }]);
    expect(flow.view('events')).toEqual([]);
  });

  it.each(['site_key', 'event_date', 'user_id', 'customer_id', 'customer_email', 'customer_has_payment_method'])(
    'wants %s, on an update too',
    async (name) => {
      const flow = await providerFor('onboard-flow');
      const { [name]: _, ...body } = joe;
      for (const method of ['POST', 'PUT']) {
        const refused = await write(flow, method, body);
        expect([refused.status, refused.json]).toEqual([
          400,
          { success: false, errors: { [name]: 'This field is required.' } },
        ]);
      }
    },
  );

  it.each([1_583_020_800_000, 1_583_020_800.5, '1583020800', '2020-03-01', -1])(
    'takes no %s for a date in seconds',
    async (event_date) => {
      const flow = await providerFor('onboard-flow');
      const refused = await write(flow, 'POST', { ...joe, event_date });
      expect([refused.status, Object.keys(Object(at(refused.json, 'errors')))]).toEqual([400, ['event_date']]);
    },
  );

  it('takes no text for a boolean and no form for JSON', async () => {
    const flow = await providerFor('onboard-flow');
    expect((await write(flow, 'POST', { ...joe, customer_has_payment_method: 'true' })).status).toBe(400);
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(flow, 'POST', path, form, JSON.stringify(joe))).status).toBe(415);
  });

  it('records the same event again when it is sent again', async () => {
    const flow = await providerFor('onboard-flow', { clock: now });
    await write(flow, 'POST', joe);
    await write(flow, 'POST', joe);
    await write(flow, 'PUT', joe);
    const events = list(flow.view('events'));
    expect(events.map((event) => at(event, 'id'))).toEqual([979_924, 979_925, 979_926]);
    expect(new Set(events.map((event) => at(event, 'event_value'))).size).toBe(1);
  });

  it('nulls on an update what is left out', async () => {
    const flow = await providerFor('onboard-flow');
    await write(flow, 'POST', {
      ...joe,
      customer_last_name: 'Bloggs',
      customer_image_url: 'https://example.com/joe.png',
    });
    const updated = await write(flow, 'PUT', joe);
    expect(at(updated.json, 'data', 'event_meta', 'data', 'customer')).toMatchObject({
      last_name: null,
      image_url: null,
    });
    expect(flow.view('customers')).toMatchObject([{ id: 'cus_123XYZ', last_name: null }]);
  });

  it('answers by two clocks that are an hour apart', async () => {
    const flow = await providerFor('onboard-flow', { clock: now });
    const data = at((await write(flow, 'POST', joe)).json, 'data');
    const session = Number(String(at(data, 'session_id')).split('-')[1]);
    expect(session - Number(at(data, 'created')) / 1000).toBe(3600);
  });

  it('can’t be read', async () => {
    const flow = await providerFor('onboard-flow');
    expect((await send(flow, 'GET', path, headers)).status).toBe(405);
  });
});
