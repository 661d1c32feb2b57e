import { afterEach, describe, expect, it } from 'vitest';
import { adri, created, giel, listed, retrieved, updated } from './test-data.ts';
import { closeAll, serve, wireOf } from './test-server.ts';

afterEach(closeAll);

const badResponse = expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', provider: 'cycle-software' });
const rejected = expect.objectContaining({ code: 'PROVIDER_REJECTED', delivery: 'refused' });
const post = { method: 'POST', path: '/api/v1/customers.json', route: '', json: created } as const;
const put = { method: 'PUT', path: '/api/v1/customers/4.json', route: '', json: updated } as const;

describe('one customer', () => {
  it('CS-8 CS-20 is read as the object itself, at a path that ends in .json, by an id that is an integer there', async () => {
    const { read, seen } = await serve(() => ({ json: retrieved }));
    expect(await read('1006')).toEqual(wireOf(retrieved, '2023-01-03T11:30:44.000Z'));
    expect(seen).toMatchObject([{ method: 'GET', path: '/api/v1/customers/1006.json', query: {} }]);
  });

  it('CS-20 is taken as well when its id comes as text', async () => {
    const { read } = await serve(() => ({ json: { ...retrieved, customer_id: '1006' } }));
    expect(await read('1006')).toMatchObject({ customer: { customer_id: '1006' } });
  });

  it('is null where the provider has none', async () => {
    const { read } = await serve(() => ({ status: 404, json: { error: true, error_message: 'Not found' } }));
    expect(await read('1006')).toBeNull();
  });

  it('is not taken for another one', async () => {
    const { read, update } = await serve(() => ({ json: retrieved }));
    await expect(read('1007')).rejects.toEqual(badResponse);
    await expect(update(put, '4')).rejects.toEqual(badResponse);
  });

  it.each([
    ['no id', { ...retrieved, customer_id: undefined }],
    ['an id of 0', { ...retrieved, customer_id: 0 }],
    ['a fraction for an id', { ...retrieved, customer_id: 1006.5 }],
    ['an id with a leading zero', { ...retrieved, customer_id: '01006' }],
    ['an object for a text', { ...retrieved, email: {} }],
    ['text for the phone numbers', { ...retrieved, phone_numbers: '' }],
    ['a list', [retrieved]],
    ['text', 'OK'],
    ['null', null],
  ])('is a bad response with %s', async (_, json) => {
    const { read } = await serve(() => ({ json }));
    await expect(read('1006')).rejects.toEqual(badResponse);
  });

  it('CS-10 was created at a time on the clocks of the zone that is set', async () => {
    const { read } = await serve(() => ({ json: retrieved }), { TIME_ZONE: 'America/New_York' });
    expect(await read('1006')).toMatchObject({ createdAt: '2023-01-03T17:30:44.000Z' });
  });
});

describe('writing', () => {
  it('CS-8 takes the 200 with the customer for a creation, and its id for the record’s', async () => {
    const { create, seen } = await serve(() => ({ json: { customer_id: 26196, ...created } }));
    expect(await create(post)).toEqual({ providerId: '26196' });
    expect(seen).toMatchObject([{ method: 'POST', path: '/api/v1/customers.json', body: created }]);
  });

  it('CS-1 gives back numbers that JavaScript can’t hold, to the byte', async () => {
    const [large, fine] = ['9007199254740993', '0.12345678901234567890'];
    const text = `{"ledger":${large},"customer_id":4,"customer_reference":${large},"name":"Berra","rates":[{"vat":${fine}}],"phone_numbers":[{"phone_number_id":"mob","phone_number":${large},"plan":${fine}}]}`;
    const { connection, read, list, update, seen } = await serve(({ path }) => ({
      text: path.endsWith('list.json') ? `{"customers":[${text}],"pagination":{"next_offset":null}}` : text,
    }));
    expect(await list()).toMatchObject({ records: [{ providerId: '4' }] });
    const wire = await read('4');
    const current = { providerId: '4', wire };
    const intent = { patch: { lastName: 'Jansen' }, own: undefined, current, decidedAt: new Date(0) };
    const request = connection.update?.draft(intent).request;
    if (!request) throw new Error('there is something to send');
    await update(request, '4');
    expect(seen.at(-1)?.sent).toBe(text.replace('Berra', 'Jansen'));
    expect(JSON.stringify(connection.raw(wire))).toContain(`"rates":[{"vat":${fine}}]`);
  });

  it('CS-8 takes the 200 with the customer for an update', async () => {
    const { update, seen } = await serve(() => ({ json: updated }));
    expect(await update(put, '4')).toEqual({ providerId: '4' });
    expect(seen).toMatchObject([{ method: 'PUT', path: '/api/v1/customers/4.json', body: updated }]);
  });

  it('says that a customer who is gone was not written', async () => {
    const { update } = await serve(() => ({ status: 404, json: {} }));
    await expect(update(put, '4')).rejects.toEqual(rejected);
  });
});

describe('listing', () => {
  it('CS-8 unwraps the page, and does not take the page’s count for that of all customers', async () => {
    const { list, seen } = await serve(() => ({ json: listed }));
    expect(await list()).toEqual({
      records: [
        { providerId: '8', wire: wireOf(adri) },
        { providerId: '11', wire: wireOf(giel) },
      ],
      next: null,
      total: null,
    });
    expect(seen).toMatchObject([{ path: '/api/v1/customers/list.json', query: {} }]);
  });

  it.each([
    [503, '503'],
    ['503', '503'],
  ])('CS-13 goes on at next_offset as it came: %j', async (offset, mark) => {
    const { list, seen } = await serve(({ query }) => ({
      json: { ...listed, customers: [], pagination: { count: 0, next_offset: 'offset' in query ? null : offset } },
    }));
    const page = await list();
    expect(page).toEqual({ records: [], next: mark, total: null });
    expect(await list(page?.next)).toMatchObject({ next: null });
    expect(seen.map(({ query }) => query)).toEqual([{}, { offset: mark }]);
  });

  it.each([
    ['that leads to itself', '3', 3],
    ['that leads to itself as text', '3', '3'],
    ['that leads back to the first', null, 0],
    ['with a fraction for a mark', null, 3.5],
    ['with a negative mark', null, -1],
    ['with words for a mark', null, 'next'],
    ['with an empty mark', null, ''],
    ['with an object for a mark', null, {}],
    ['without a mark', null, undefined],
  ])('CS-13 refuses a page %s', async (_, mark, next_offset) => {
    const { list } = await serve(() => ({ json: { ...listed, pagination: { count: 2, next_offset } } }));
    await expect(list(mark)).rejects.toEqual(badResponse);
  });

  it('refuses a page with one customer whom no later request could name', async () => {
    const { list } = await serve(() => ({ json: { ...listed, customers: [adri, { ...giel, customer_id: 'a/b' }] } }));
    await expect(list()).rejects.toEqual(badResponse);
  });

  it('CS-10 asks for what was modified on the provider’s clock, page by page, a minute earlier', async () => {
    const { list, seen } = await serve(() => ({ json: listed }));
    await list('503', new Date('2019-01-01T11:01:00Z'));
    expect(seen.map(({ query }) => query)).toEqual([{ modified_since: '2019-01-01 12:00:00', offset: '503' }]);
  });
});

describe('CS-9 an error inside a 200', () => {
  const failure = { error: true, error_message: 'SQLSTATE[HY000] root@10.0.0.3' };

  it.each([
    ['beside a customer', { ...retrieved, ...failure }],
    ['beside a page', { ...listed, ...failure }],
    ['alone', failure],
    ['as text', { error: 'true' }],
    ['as a number', { error: 1 }],
  ])('CS-9 is a refusal for every shape: %s', async (_, json) => {
    const { read, list, find, create, update } = await serve(() => ({ json }));
    for (const call of [() => read('1006'), () => list(), () => find({ email: 'a@b.nl' })]) {
      await expect(call()).rejects.toEqual(rejected);
    }
    await expect(create(post)).rejects.toEqual(rejected);
    await expect(update(put, '1006')).rejects.toEqual(rejected);
    await expect(list()).rejects.not.toThrow('SQLSTATE');
  });

  it.each([[false], [null], [0], ['']])('CS-9 is none where it says %j', async (error) => {
    const { read } = await serve(() => ({ json: { ...retrieved, error } }));
    expect(await read('1006')).toMatchObject({ customer: { customer_id: 1006 } });
  });

  it('CS-9 is of unknown outcome where it says neither', async () => {
    for (const error of ['warning', {}, [], JSON.rawJSON('12345678901234567890')]) {
      const { update } = await serve(() => ({ json: { ...updated, error } }));
      await expect(update(put, '4')).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', delivery: 'unknown' });
    }
  });
});

describe('the line to the provider', () => {
  it('CS-21 carries one scheme and the credentials, once', async () => {
    const { read, seen } = await serve(() => ({ json: retrieved }));
    await read('1006');
    expect(seen[0]?.authorization).toBe('Basic VXNlcm5hbWU6UGFzc3dvcmQ=');
  });

  it('takes HTML with a 200 for no answer', async () => {
    const { read } = await serve(() => ({ text: '<html>maintenance</html>' }));
    await expect(read('1006')).rejects.toEqual(badResponse);
  });
});
