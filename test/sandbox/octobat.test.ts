import { describe, expect, it } from 'vitest';
import { at, documented, list, providerFor, send } from './support.ts';

const key = 'oc_test_skey_tkHCYYOUVrYyY5rBFZxNzgtt';
const basic = (user: string, password = '') => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const auth = { authorization: basic(key) };
const form = { ...auth, 'content-type': 'application/x-www-form-urlencoded' };
const id = 'oc_cu_1421878635hksc26e4de79';

const encode = (fields: unknown): string => new URLSearchParams(Object.entries(Object(fields))).toString();

describe('the document of Octobat, replayed', () => {
  it('creates the example, but for the id and the page that goes by it', async () => {
    const octobat = await providerFor('octobat');
    const made = await send(octobat, 'POST', '/customers', form, encode(documented('octobat-create-request')));
    expect(made.status).toBe(200);
    const { id: madeId, octobat_billing_page: page, ...rest } = Object(made.json);
    const { id: _, octobat_billing_page: __, ...expected } = Object(documented('octobat-create-response'));
    expect(rest).toEqual(expected);
    expect(madeId).toMatch(/^oc_cu_\d{10}[a-z0-9]{12}$/);
    expect(page).toBe(`https://bp.octobat.com/c/${String(madeId).slice(6)}`);
  });

  it('retrieves the example, in the order of its keys', async () => {
    const octobat = await providerFor('octobat');
    const read = await send(octobat, 'GET', `/customers/${id}`, auth);
    expect(read.text).toBe(JSON.stringify(documented('octobat-retrieve-response')));
  });

  it.each(['PATCH', 'POST'])('updates the example by %s, leaving alone what is not sent', async (method) => {
    const octobat = await providerFor('octobat');
    const updated = await send(octobat, method, `/customers/${id}`, form, encode(documented('octobat-update-request')));
    expect(updated.json).toEqual(documented('octobat-update-response'));
    const read = await send(octobat, 'GET', `/customers/${id}`, auth);
    expect(read.json).toEqual(documented('octobat-update-response'));
  });

  it('lists three, the example first, as it is after its update', async () => {
    const octobat = await providerFor('octobat');
    await send(octobat, 'PATCH', `/customers/${id}`, form, encode(documented('octobat-update-request')));
    const { data, ...page } = Object((await send(octobat, 'GET', '/customers', auth)).json);
    const { data: examples, ...expected } = Object(documented('octobat-list-response'));
    expect(page).toEqual(expected);
    expect(list(data)).toHaveLength(3);
    expect(at(data, 0)).toEqual(at(examples, 0));
  });
});

describe('Octobat', () => {
  it.each([
    ['no key', {}],
    ['another key', { authorization: basic('oc_test_skey_other') }],
    ['a password', { authorization: basic(key, 'x') }],
    ['the key without its colon', { authorization: `Basic ${Buffer.from(key).toString('base64')}` }],
    ['a bearer', { authorization: `Bearer ${key}` }],
  ])('turns away %s', async (_, headers) => {
    const octobat = await providerFor('octobat');
    expect((await send(octobat, 'GET', '/customers', headers)).status).toBe(401);
  });

  it('takes forms, not JSON', async () => {
    const octobat = await providerFor('octobat');
    const json = { ...auth, 'content-type': 'application/json' };
    const made = await send(octobat, 'POST', '/customers', json, '{"billing_address_country":"FR"}');
    expect(made.status).toBe(415);
    expect(at(made.json, 'error', 'type')).toBe('invalid_request_error');
  });

  it('wants a country on create and keeps it as it was sent', async () => {
    const octobat = await providerFor('octobat');
    expect((await send(octobat, 'POST', '/customers', form, 'name=A')).status).toBe(422);
    for (const country of ['FR', 'France', 'fr']) {
      const made = await send(octobat, 'POST', '/customers', form, `billing_address_country=${country}`);
      expect(at(made.json, 'billing_address_country')).toBe(country);
    }
  });

  it('does without the country on update, but refuses an empty one', async () => {
    const octobat = await providerFor('octobat');
    expect((await send(octobat, 'PATCH', `/customers/${id}`, form, 'name=A')).status).toBe(200);
    const refused = await send(octobat, 'PATCH', `/customers/${id}`, form, 'name=B&billing_address_country=');
    expect(refused.status).toBe(422);
    expect(at((await send(octobat, 'GET', `/customers/${id}`, auth)).json, 'name')).toBe('A');
  });

  it('makes a customer B2C when neither type nor tax number is given', async () => {
    const octobat = await providerFor('octobat');
    const typeOf = async (body: string): Promise<unknown> =>
      at((await send(octobat, 'POST', '/customers', form, `billing_address_country=FR&${body}`)).json, 'business_type');
    expect(await typeOf('')).toBe('B2C');
    expect(await typeOf('tax_number=FR1')).toBeNull();
    expect(await typeOf('business_type=B2B')).toBe('B2B');
  });

  it('clears a field by an empty value and refuses an unknown one', async () => {
    const octobat = await providerFor('octobat');
    const cleared = await send(octobat, 'PATCH', `/customers/${id}`, form, 'phone_number=');
    expect(at(cleared.json, 'phone_number')).toBeNull();
    expect((await send(octobat, 'PATCH', `/customers/${id}`, form, 'phone=1')).status).toBe(422);
    expect((await send(octobat, 'PATCH', `/customers/${id}`, form, 'business_type=b2b')).status).toBe(422);
  });

  it('never shows again the tax number of the document, but any other', async () => {
    const octobat = await providerFor('octobat');
    const readBack = async (number: string): Promise<unknown> => {
      const made = await send(octobat, 'POST', '/customers', form, `billing_address_country=FR&tax_number=${number}`);
      expect(at(made.json, 'tax_number')).toBe(number);
      return at((await send(octobat, 'GET', `/customers/${at(made.json, 'id')}`, auth)).json, 'tax_number');
    };
    expect(await readBack('FR60528551658')).toBeNull();
    expect(await readBack('FR40303265045')).toBe('FR40303265045');
  });

  it('has payment sources of a customer who is somebody else', async () => {
    const octobat = await providerFor('octobat', { customers: 60 });
    const page = await send(octobat, 'GET', '/customers?limit=60', auth);
    const foreign = list(at(page.json, 'data')).flatMap((row) =>
      list(at(row, 'payment_sources', 'data')).map((source) => at(source, 'customer') === at(row, 'id')),
    );
    expect(foreign.length).toBeGreaterThan(3);
    expect(foreign).not.toContain(true);
    expect(at(page.json, 'data', 0, 'livemode')).toBe(true);
  });

  it('redirects the path that its definition shows to the one that its example uses', async () => {
    const octobat = await providerFor('octobat');
    const redirected = await send(octobat, 'GET', '/customers/', auth);
    expect([redirected.status, redirected.headers.location]).toEqual([301, '/customers']);
  });

  it('pages both ways', async () => {
    const octobat = await providerFor('octobat', { customers: 40 });
    const idsOf = (json: unknown): unknown[] => list(at(json, 'data')).map((row) => at(row, 'id'));
    const all = idsOf((await send(octobat, 'GET', '/customers?limit=100', auth)).json);
    const forward: unknown[] = [];
    for (let path = '/customers?limit=7'; path !== ''; ) {
      const { json } = await send(octobat, 'GET', path, auth);
      expect(at(json, 'total_count')).toBe(all.length);
      expect(at(json, 'has_before')).toBe(forward.length > 0);
      forward.push(...idsOf(json));
      path = at(json, 'has_more') === true ? `/customers?limit=7&starting_after=${forward.at(-1)}` : '';
    }
    expect(forward).toEqual(all);
    const back = await send(octobat, 'GET', `/customers?limit=7&ending_before=${all[20]}`, auth);
    expect(idsOf(back.json)).toEqual(all.slice(13, 20));
    expect([at(back.json, 'has_before'), at(back.json, 'has_more')]).toEqual([true, true]);
    expect(idsOf((await send(octobat, 'GET', `/customers?ending_before=${all[3]}`, auth)).json)).toEqual(
      all.slice(0, 3),
    );
  });

  it('lists ten unless told, and never more than a hundred', async () => {
    const octobat = await providerFor('octobat', { customers: 40 });
    expect(list(at((await send(octobat, 'GET', '/customers', auth)).json, 'data'))).toHaveLength(10);
    for (const limit of ['101', '0', '-1', 'x', '1.5']) {
      expect((await send(octobat, 'GET', `/customers?limit=${limit}`, auth)).status).toBe(400);
    }
    expect((await send(octobat, 'GET', '/customers?starting_after=oc_cu_nobody', auth)).status).toBe(400);
  });

  it.each(['/customers/oc_cu_0000000000xxxxxxxxxxxx', '/customers/__proto__', '/customers/%00', '/elsewhere'])(
    'knows nobody at %s',
    async (path) => {
      const octobat = await providerFor('octobat');
      expect((await send(octobat, 'GET', path, auth)).status).toBe(404);
    },
  );

  it('says which methods a path has', async () => {
    const octobat = await providerFor('octobat');
    const refused = await send(octobat, 'DELETE', `/customers/${id}`, auth);
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, PATCH, POST']);
  });
});
