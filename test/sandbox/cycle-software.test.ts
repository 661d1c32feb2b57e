import { describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import { at, clockAt, documented, list, providerFor, type Received, send } from './support.ts';

const root = '/api/v1/customers';
const headers = {
  authorization: 'Basic VXNlcm5hbWU6UGFzc3dvcmQ=',
  accept: 'application/json',
  'content-type': 'application/json; charset=utf-8',
};

const get = (cycle: RunningSandbox, path: string): Promise<Received> => send(cycle, 'GET', `${root}${path}`, headers);
const write = (cycle: RunningSandbox, method: string, path: string, body: unknown): Promise<Received> =>
  send(cycle, method, `${root}${path}`, headers, JSON.stringify(body));
const failure = (error_message: string) => ({ error: true, error_message });
const idsOf = (rows: unknown): unknown[] => list(rows).map((row) => at(row, 'customer_id'));

describe('the document of CycleSoftware, replayed', () => {
  it('gets customer 1006, in the order of its keys', async () => {
    const cycle = await providerFor('cycle-software');
    const got = await get(cycle, '/1006.json');
    expect([got.status, got.text]).toEqual([200, JSON.stringify(documented('cycle-software-get-response'))]);
    expect(got.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('creates 26196 and answers 200', async () => {
    const cycle = await providerFor('cycle-software');
    const made = await write(cycle, 'POST', '.json', documented('cycle-software-create-request'));
    expect([made.status, made.json]).toEqual([200, documented('cycle-software-create-response')]);
    expect((await get(cycle, '/26196.json')).json).toEqual(documented('cycle-software-create-response'));
  });

  it('updates customer 4', async () => {
    const cycle = await providerFor('cycle-software');
    const updated = await write(cycle, 'PUT', '/4.json', documented('cycle-software-update-request'));
    expect([updated.status, updated.json]).toEqual([200, documented('cycle-software-update-response')]);
  });

  it('finds two customers by one phone number, one of them without company_name', async () => {
    const cycle = await providerFor('cycle-software');
    const found = await get(cycle, '/find.json?phone_number=0733030050');
    expect(found.json).toEqual(documented('cycle-software-find-response'));
    expect(at(found.json, 1)).not.toHaveProperty('company_name');
  });

  it('lists what was modified since', async () => {
    const cycle = await providerFor('cycle-software');
    const listed = await get(cycle, '/list.json?modified_since=2019-01-01%2012:00:00');
    expect(listed.json).toEqual(documented('cycle-software-list-response'));
  });

  it('tells its limits in headers, the day ending at midnight in Amsterdam', async () => {
    const clock = clockAt('2023-03-07T12:00:00Z');
    const cycle = await providerFor('cycle-software', { clock: clock.now });
    expect((await get(cycle, '/1006.json')).headers).toMatchObject({
      'x-ratelimit-minutely-limit': '360',
      'x-ratelimit-minutely-remaining': '359',
      'x-ratelimit-daily-limit': '15000',
      'x-ratelimit-daily-remaining': '14999',
      'x-ratelimit-daily-reset': '1678230000',
    });
  });
});

describe('CycleSoftware', () => {
  it.each([
    ['no credentials', ''],
    ['another password', `Basic ${Buffer.from('Username:other').toString('base64')}`],
    ['the doubled scheme of the document’s split header', 'Basic Basic VXNlcm5hbWU6UGFzc3dvcmQ='],
  ])('turns away %s, with its limits in the headers', async (_, authorization) => {
    const cycle = await providerFor('cycle-software');
    const refused = await send(cycle, 'GET', `${root}/1006.json`, { authorization });
    expect([refused.status, refused.json]).toEqual([401, failure('Invalid credentials')]);
    expect(refused.headers['x-ratelimit-minutely-remaining']).toBe('360');
  });

  it('wants .json at the end of a path and JSON in a body', async () => {
    const cycle = await providerFor('cycle-software');
    expect((await get(cycle, '/1006')).status).toBe(404);
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(cycle, 'POST', `${root}.json`, form, 'name=A')).status).toBe(415);
    expect((await send(cycle, 'POST', `${root}.json`, headers, '[1]')).status).toBe(400);
    expect((await send(cycle, 'POST', `${root}.json`, headers, '{"name":')).status).toBe(400);
  });

  it('answers 404 with an error to an unknown customer', async () => {
    const cycle = await providerFor('cycle-software');
    for (const path of ['/6.json', '/01006.json', '/abc.json', '/1006.json.json', '/constructor.json']) {
      const got = await get(cycle, path);
      expect([got.status, got.json]).toEqual([404, failure('Customer not found')]);
    }
    expect((await write(cycle, 'PUT', '/6.json', { name: 'A' })).status).toBe(404);
  });

  it('empties on PUT whatever is not sent, and drops the phone numbers that are not listed', async () => {
    const cycle = await providerFor('cycle-software');
    const body = { name: 'Only', phone_numbers: [{ phone_number_id: 'mob', phone_number: '06 11111111', name: 'x' }] };
    const updated = await write(cycle, 'PUT', '/8.json', body);
    expect(updated.json).toMatchObject({
      customer_id: 8,
      name: 'Only',
      street: '',
      email: '',
      customer_type_name: '',
      discount_percentage: 0,
    });
    expect(at(updated.json, 'phone_numbers')).toEqual([
      { phone_number_id: 'mob', customer_id: 8, phone_number: '06 11111111', name: 'x' },
    ]);
    expect((await get(cycle, '/8.json')).json).toEqual(updated.json);
    expect(at((await write(cycle, 'PUT', '/8.json', { name: 'Only' })).json, 'phone_numbers')).toEqual([]);
  });

  it('ignores what is readonly', async () => {
    const cycle = await providerFor('cycle-software');
    const body = {
      customer_id: 999,
      name: 'T',
      datetime_created: '2000-01-01 00:00:00',
      phone_numbers: [{ phone_number_id: 'tel', customer_id: 6 }],
    };
    expect((await write(cycle, 'PUT', '/1006.json', body)).json).toMatchObject({
      customer_id: 1006,
      datetime_created: '2023-01-03 12:30:44',
      phone_numbers: [{ customer_id: 1006 }],
    });
  });

  it('gives a phone number without an id the next number, as text', async () => {
    const cycle = await providerFor('cycle-software');
    const made = await write(cycle, 'POST', '.json', {
      name: 'A',
      phone_numbers: [{ phone_number: '1' }, { phone_number: '2' }],
    });
    expect(list(at(made.json, 'phone_numbers')).map((one) => at(one, 'phone_number_id'))).toEqual(['714254', '714255']);
  });

  it.each([
    [{}, 'name or company_name is required'],
    [{ city: 'Utrecht', name: '' }, 'name or company_name is required'],
    [{ name: 'A', customer_type_name: 'Business' }, 'Unknown customer_type_name'],
    [{ name: 'A', house_number: 1 }, 'Invalid value for house_number'],
    [{ name: 'A', discount_percentage: '10' }, 'Invalid value for discount_percentage'],
    [{ name: 'A', phone_numbers: {} }, 'Invalid value for phone_numbers'],
  ])('says in a 200 that %j is refused', async (body, message) => {
    const cycle = await providerFor('cycle-software');
    const before = (await get(cycle, '/4.json')).text;
    for (const [method, path] of [
      ['POST', '.json'],
      ['PUT', '/4.json'],
    ] as const) {
      const refused = await write(cycle, method, path, body);
      expect([refused.status, refused.json]).toEqual([200, failure(message)]);
    }
    expect((await get(cycle, '/4.json')).text).toBe(before);
  });

  it('takes a company without a name, and does not give its id to a refused create', async () => {
    const cycle = await providerFor('cycle-software');
    await write(cycle, 'POST', '.json', {});
    expect(at((await write(cycle, 'POST', '.json', { company_name: 'B.V.' })).json, 'customer_id')).toBe(26196);
    expect(at((await write(cycle, 'POST', '.json', { company_name: 'B.V.' })).json, 'customer_id')).toBe(26197);
  });

  it.each([
    ['phone_number=073-3030050', [8, 11]],
    ['phone_number=06 12345678', []],
    ['phone_number=%2B31733030050', []],
    ['postal_code=5388 gm', [1006]],
    ['postal_code=5388GM&housenumber=2', []],
    ['housenumber=2&housenumber_postfix=b', [11]],
    ['email=NAME@domain.nl', [1006]],
    ['query=wijger', [11]],
    ['query=giel van wij', [11]],
    ['country_code=be', [11]],
    ['customer_type_id=3', [11]],
  ])('finds by %s', async (query, expected) => {
    const cycle = await providerFor('cycle-software');
    expect(idsOf((await get(cycle, `/find.json?${query.replaceAll(' ', '%20')}`)).json)).toEqual(expected);
  });

  it.each(['postcode=5388GM', 'house_number=1', 'country_code_iso_3166=BE', 'phone=0733030050', ''])(
    'ignores a name that is none of its queries, and finds everybody: "%s"',
    async (query) => {
      const cycle = await providerFor('cycle-software');
      expect(idsOf((await get(cycle, `/find.json?${query}`)).json)).toEqual([4, 8, 11, 1006]);
    },
  );

  it('finds generated and written customers by phone and e-mail', async () => {
    const cycle = await providerFor('cycle-software', { customers: 500 });
    const page = await get(cycle, '/list.json');
    const row = list(at(page.json, 'customers')).findLast(
      (one) => at(one, 'email') !== '' && at(one, 'phone_numbers', 0, 'phone_number') !== '',
    );
    const found = async (query: string): Promise<unknown[]> => idsOf((await get(cycle, `/find.json?${query}`)).json);
    const email = encodeURIComponent(String(at(row, 'email')));
    expect(await found(`email=${email}`)).toEqual([at(row, 'customer_id')]);
    expect(
      await found(`phone_number=${encodeURIComponent(String(at(row, 'phone_numbers', 0, 'phone_number')))}`),
    ).toEqual([at(row, 'customer_id')]);
    await write(cycle, 'PUT', `/${at(row, 'customer_id')}.json`, { name: 'A', email: 'new@example.org' });
    expect(await found(`email=${email}`)).toEqual([]);
    expect(await found('email=new@example.org')).toEqual([at(row, 'customer_id')]);
  });

  it('pages by a mark that is no count of customers', async () => {
    const cycle = await providerFor('cycle-software', {
      customers: 60,
      settings: { 'cycle-software': { pageSize: 20 } },
    });
    const all: unknown[] = [];
    let mark: unknown = '';
    for (const marks: unknown[] = []; mark !== null; marks.push(mark)) {
      const { json } = await get(cycle, `/list.json?offset=${mark}`);
      expect(at(json, 'pagination', 'count')).toBe(list(at(json, 'customers')).length);
      all.push(...idsOf(at(json, 'customers')));
      mark = at(json, 'pagination', 'next_offset');
      expect(marks).not.toContain(mark);
      expect(mark).not.toBe(all.length);
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(40);
    expect((await get(cycle, '/list.json?offset=20')).json).toMatchObject(failure('Invalid offset'));
  });

  it('lists a customer again who was modified, by Dutch wall clock', async () => {
    const clock = clockAt('2024-07-01T10:00:00Z');
    const cycle = await providerFor('cycle-software', { clock: clock.now });
    await write(cycle, 'PUT', '/4.json', { name: 'A' });
    const since = async (time: string): Promise<unknown[]> =>
      idsOf(at((await get(cycle, `/list.json?modified_since=${encodeURIComponent(time)}`)).json, 'customers'));
    expect(await since('2024-07-01 12:00:00')).toEqual([4]);
    expect(await since('2024-07-01 12:00:01')).toEqual([]);
    expect((await get(cycle, '/list.json?modified_since=2024-07-01T10:00:00Z')).json).toMatchObject(
      failure('Invalid modified_since'),
    );
  });

  it('shifts the marks of a filtered list when a customer is modified meanwhile', async () => {
    const clock = clockAt('2024-07-01T10:00:00Z');
    const cycle = await providerFor('cycle-software', {
      clock: clock.now,
      settings: { 'cycle-software': { pageSize: 1 } },
    });
    const path = '/list.json?modified_since=2019-01-01%2012:00:00';
    const first = await get(cycle, path);
    expect(idsOf(at(first.json, 'customers'))).toEqual([8]);
    await write(cycle, 'PUT', '/4.json', { name: 'A' });
    const second = await get(cycle, `${path}&offset=${at(first.json, 'pagination', 'next_offset')}`);
    expect(idsOf(at(second.json, 'customers'))).toEqual([8]);
  });

  it('refuses the 361st call of any sixty seconds', async () => {
    const clock = clockAt('2023-03-07T12:00:00Z');
    const cycle = await providerFor('cycle-software', { clock: clock.now });
    for (let call = 0; call < 360; call++) {
      expect((await get(cycle, '/4.json')).status).toBe(200);
      if (call === 0) clock.turn(30_000);
    }
    const refused = await get(cycle, '/4.json');
    expect([refused.status, refused.headers['x-ratelimit-minutely-remaining']]).toEqual([429, '0']);
    expect(refused.headers['x-ratelimit-daily-remaining']).toBe('14640');
    clock.turn(30_000);
    expect((await get(cycle, '/4.json')).status).toBe(200);
    expect((await get(cycle, '/4.json')).status).toBe(429);
  });

  it('refuses what is beyond the day until midnight in Amsterdam', async () => {
    const clock = clockAt('2023-03-07T22:58:00Z');
    const settings = { 'cycle-software': { dailyLimit: 2 } };
    const cycle = await providerFor('cycle-software', { clock: clock.now, settings });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call++) statuses.push((await get(cycle, '/4.json')).status);
    expect(statuses).toEqual([200, 200, 429]);
    clock.turn(60_000);
    expect((await get(cycle, '/4.json')).status).toBe(429);
    clock.turn(60_000);
    const after = await get(cycle, '/4.json');
    expect([after.status, after.headers['x-ratelimit-daily-reset']]).toEqual([200, '1678316400']);
  });
});
