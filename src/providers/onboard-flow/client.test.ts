import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, connectToServer, type Reply } from '../../../test/support/providerServer.ts';
import type { Clock } from '../../clock.ts';
import { parseRemembered } from './api.ts';
import { provider } from './index.ts';
import { exampleAnswer, exampleBody, exampleRecord, SITE_KEY } from './test-data.ts';

const clock: Clock = { now: () => Date.parse(exampleRecord.acceptedAt), elapsed: () => performance.now() };

afterEach(closeAll);

const INTENT = {
  patch: { firstName: 'Joe', email: 'test@onboardflow.com' },
  own: { customerId: 'cus_123XYZ', userId: 'user_123XYZ', hasPaymentMethod: true },
  decidedAt: new Date('2020-03-01T00:00:00Z'),
};

/** A server on a free port that gives one answer to everything, and the provider connected to it. */
async function connect(answer: { status?: number; json?: unknown; breaks?: true }) {
  const reply = ({ json, ...rest }: typeof answer): Reply => ({ ...rest, body: json });
  const { calls: seen, connection } = await connectToServer(provider, () => reply(answer), {
    env: { TOKEN: 'e3c0c748fe9b55386eecc07c339ec4099a8b9b0e', SITE_KEY },
    clock,
  });
  const { create, update } = connection;
  if (!create || !update) throw new Error('OnboardFlow takes both');
  const limits = () => ({ deadlineAt: clock.elapsed() + 5000 });
  const current = { providerId: 'cus_123XYZ', wire: exampleRecord };
  const created = create.draft(INTENT);
  const updated = update.draft({ ...INTENT, patch: { lastName: 'Berra' }, current });
  if (!created.request || !updated.request) throw new Error('both have something to send');
  const [post, put] = [created.request, updated.request];
  return {
    ...{ seen, connection, drafts: [created, updated] },
    create: () => create.send(post, limits()),
    update: () => update.send(put, 'cus_123XYZ', limits()),
  };
}

const accepted = { json: exampleAnswer('CUSTOMER_CREATED') };
const answerWith = (data: object) => ({ json: { success: true, data: { ...accepted.json.data, ...data } } });
const badResponse = { code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown', provider: 'onboard-flow' };

describe('telling of a customer', () => {
  it('sends the document’s request, and remembers what was sent and acknowledged', async () => {
    const { create, seen } = await connect(accepted);
    expect(await create()).toEqual({ providerId: 'cus_123XYZ', remembered: exampleRecord });
    expect(seen).toHaveLength(1);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ site_key: SITE_KEY, ...exampleBody });
  });

  it('OF-10 creates by POST and updates by PUT at one URL, with a Token', async () => {
    const { create, update, seen } = await connect(accepted);
    await create();
    await update();
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/customer/',
      'PUT /api/v1/customer/',
    ]);
    for (const { headers } of seen) {
      expect(headers.authorization).toBe('Token e3c0c748fe9b55386eecc07c339ec4099a8b9b0e');
      expect(headers['content-type']).toMatch(/^application\/json/);
    }
  });

  it('OF-2 takes the customer’s id for the record’s, never the event’s', async () => {
    const { create, update } = await connect(accepted);
    expect((await create()).providerId).toBe('cus_123XYZ');
    expect((await update()).providerId).toBe('cus_123XYZ');
    expect(provider.idGrammar.test('cus_123XYZ')).toBe(true);
    for (const id of ['', 'a b', 'é', 'a\r', 'x'.repeat(256)]) expect(provider.idGrammar.test(id)).toBe(false);
  });

  it('OF-2 takes numbers for ids whatever their size', async () => {
    const large = JSON.rawJSON('12345678901234567890');
    const { create } = await connect(answerWith({ id: large, updated: large }));
    const { remembered } = await create();
    expect(remembered).toMatchObject({ event: { id: '12345678901234567890', updated: '12345678901234567890' } });
    expect(parseRemembered(JSON.parse(JSON.stringify(remembered)))).toEqual(remembered);
  });

  it('OF-2 trusts no event of another customer', async () => {
    const data = { ...exampleAnswer('CUSTOMER_CREATED').data.event_meta, data: { customer: { id: 'cus_other' } } };
    const { create } = await connect(answerWith({ event_meta: data }));
    await expect(create()).rejects.toMatchObject(badResponse);
  });

  it('OF-6 repeats the same bytes when the same draft is sent again', async () => {
    const { create, seen } = await connect(accepted);
    await create();
    await create();
    expect(seen[1]?.body).toBe(seen[0]?.body);
  });

  it('OF-7 sends once, and says that it can’t know when the answer is lost', async () => {
    const { create, seen } = await connect({ breaks: true });
    await expect(create()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', delivery: 'unknown' });
    expect(seen).toHaveLength(1);
  });

  it('OF-11 takes `success: false` in a 200 for a refusal, whatever else it holds', async () => {
    for (const json of [{ success: false }, { success: false, error: 'no' }, { ...accepted.json, success: false }]) {
      const { create } = await connect({ json });
      await expect(create()).rejects.toMatchObject({ code: 'PROVIDER_REJECTED', delivery: 'refused', answer: json });
    }
  });

  it('takes a 404 for a refusal: nothing there took the event', async () => {
    const { update } = await connect({ status: 404, json: {} });
    await expect(update()).rejects.toMatchObject({ code: 'PROVIDER_REJECTED', delivery: 'refused' });
  });

  it.each([
    ['nothing said of success', { data: accepted.json.data }],
    ['success in words', { ...accepted.json, success: 'true' }],
    ['no event', { success: true }],
    ['an event without an id', answerWith({ id: null }).json],
    ['an event of another type', answerWith({ event_meta: { ...accepted.json.data.event_meta, type: 'OTHER' } }).json],
    ['an event without its customer', answerWith({ event_meta: { type: 'CUSTOMER_CREATED' } }).json],
    ['a list', []],
  ])('OF-11 does not trust an answer with %s', async (_, json) => {
    const { create } = await connect({ json });
    await expect(create()).rejects.toMatchObject(badResponse);
  });

  it('takes an event that says little more than whose it is', async () => {
    const event_meta = { type: 'CUSTOMER_UPDATED', data: { customer: { id: 'cus_123XYZ' } } };
    const { update } = await connect({ json: { success: true, data: { id: 7, event_meta } } });
    const { remembered } = await update();
    expect(remembered).toMatchObject({ event: { id: 7, event_meta: { type: 'CUSTOMER_UPDATED' } } });
    expect(parseRemembered(JSON.parse(JSON.stringify(remembered)))).toEqual(JSON.parse(JSON.stringify(remembered)));
  });
});

describe('OF-9 the site key', () => {
  it('OF-9 is in the body that is sent, and in no draft', async () => {
    const { create, seen, drafts } = await connect(accepted);
    await create();
    expect(seen[0]?.body).toContain(`"site_key":"${SITE_KEY}"`);
    expect(JSON.stringify(drafts)).not.toContain(SITE_KEY);
    expect(provider.settings.SITE_KEY?.secret).toBe(true);
  });

  it('OF-9 is taken off the session’s id', async () => {
    const { create } = await connect(accepted);
    expect((await create()).remembered).toMatchObject({ event: { session_id: '1585922303' } });
  });

  it('OF-9 is in nothing that is remembered or shown, wherever the answer puts it', async () => {
    const text = fc.constantFrom(
      SITE_KEY,
      `${SITE_KEY}-${SITE_KEY}`,
      `x${SITE_KEY}`,
      `${SITE_KEY}-1`,
      'plain',
      null,
      12,
    );
    const hidden = fc.record(
      {
        ...{ event_provider: text, session_id: text, event_date: text, event_value: text, event_type: text },
        ...{ created: text, updated: text, site_hash: text, site_user: fc.array(text) },
        [SITE_KEY]: text,
      },
      { requiredKeys: [] },
    );
    const answer = { ...accepted };
    const { create, connection } = await connect(answer);
    await fc.assert(
      fc.asyncProperty(hidden, text, async (data, metaCreated) => {
        const event_meta = { ...accepted.json.data.event_meta, created: metaCreated, site_key: SITE_KEY };
        Object.assign(answer, answerWith({ ...data, event_meta }));
        const { remembered } = await create();
        expect(JSON.stringify(remembered)).not.toContain(SITE_KEY);
        expect(JSON.stringify(connection.raw(remembered))).not.toContain(SITE_KEY);
      }),
    );
  });
});

describe('what it can do', () => {
  it('OF-2 OF-3 has no read and no list, and takes customers that it has no record of', async () => {
    const { connection } = await connect(accepted);
    for (const missing of ['read', 'list', 'find', 'confirm', 'requestConfirmation', 'selfServiceLink']) {
      expect(connection).not.toHaveProperty(missing);
    }
    expect(connection.update?.adopts).toBe(true);
    const supports = Object.values(provider.capabilities).map(({ support }) => support);
    expect(supports).toEqual([
      ...['EMULATED', 'EMULATED'],
      ...['UNSUPPORTED', 'UNSUPPORTED'],
      ...['NATIVE', 'NATIVE'],
      ...Array(3).fill('UNSUPPORTED'),
    ]);
    for (const { note } of Object.values(provider.capabilities)) expect(note).toMatch(/\.$/);
  });
});
