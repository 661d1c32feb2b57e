import { describe, expect, it } from 'vitest';
import { at, documented, list, providerFor, send } from './support.ts';

const headers = {
  authorization:
    'nut-basic YVl6T1JtbkdpMHhwaXhCdTQ5b3l6ckpqR2ZGY2Z3Z1Eycnh2aGl0ZDphcGlkb2NzQGFwaWRvY3MuY29tOnBhc3N3b3Jk',
  'api-version': '3',
  OrganizationGuid: '846E176E-7C4B-4BFD-A894-C98F2988927E',
};

describe('the document of Nutcache, replayed', () => {
  it('lists the first page, in the order of its keys: eight of ten, and more to come', async () => {
    const nutcache = await providerFor('nutcache');
    const page = await send(nutcache, 'GET', '/webapi/customers', headers);
    expect([page.status, page.text]).toEqual([200, JSON.stringify(documented('nutcache-list-response'))]);
  });

  it.each(['/webapi/customers/143222', '/api/customers/143222'])('views one at %s', async (path) => {
    const nutcache = await providerFor('nutcache');
    const viewed = await send(nutcache, 'GET', path, headers);
    expect([viewed.status, viewed.text]).toEqual([200, JSON.stringify(documented('nutcache-view-response'))]);
  });
});

describe('Nutcache', () => {
  it.each([
    ['authorization', '', 401],
    ['authorization', headers.authorization.replace('nut-basic', 'Basic'), 401],
    ['api-version', '', 400],
    ['api-version', '2', 400],
    ['OrganizationGuid', '00000000-0000-0000-0000-000000000000', 401],
  ])('refuses %s "%s" by %i', async (name, value, status) => {
    const nutcache = await providerFor('nutcache');
    expect((await send(nutcache, 'GET', '/webapi/customers', { ...headers, [name]: value })).status).toBe(status);
  });

  it('refuses a call without OrganizationGuid', async () => {
    const nutcache = await providerFor('nutcache');
    const { OrganizationGuid: _, ...others } = headers;
    expect((await send(nutcache, 'GET', '/webapi/customers', others)).status).toBe(400);
  });

  it('answers 200 with nobody in it to an unknown id', async () => {
    const nutcache = await providerFor('nutcache');
    for (const id of ['1', '143223', 'abc', '1e5']) {
      const viewed = await send(nutcache, 'GET', `/webapi/customers/${id}`, headers);
      expect([viewed.status, viewed.text]).toEqual([200, '{"customers":[]}']);
    }
  });

  it('links from a short first page to a second one, which has no link', async () => {
    const nutcache = await providerFor('nutcache');
    const second = await send(nutcache, 'GET', '/webapi/customers?limit=10&page=2', headers);
    expect(second.json).not.toHaveProperty('links');
    expect(list(at(second.json, 'customers'))).toHaveLength(1);
    expect(at(second.json, 'customers', 0)).toMatchObject({ status: 2, email: '', Notes: 'Appeler\nle matin' });
  });

  it.each([1, 3, 10, 50])('leads to everybody once by its relative links, %i places a page', async (limit) => {
    const nutcache = await providerFor('nutcache', { customers: 60 });
    const seen: unknown[] = [];
    const sizes: number[] = [];
    for (let path: string | undefined = `customers?limit=${limit}`; path !== undefined; ) {
      const { json } = await send(nutcache, 'GET', `/webapi/${path}`, headers);
      const ids = list(at(json, 'customers')).map((row) => at(row, 'id'));
      seen.push(...ids);
      sizes.push(ids.length);
      const next = at(json, 'links', 0, 'href');
      path = typeof next === 'string' ? next : undefined;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(45);
    if (limit === 1) expect(sizes).toContain(0);
    if (limit === 10) expect(sizes.slice(0, 4)).toEqual([8, 10, 10, 8]);
  });

  it('writes nothing, an empty text and null side by side', async () => {
    const nutcache = await providerFor('nutcache', { customers: 60 });
    const rows = list(at((await send(nutcache, 'GET', '/webapi/customers?limit=100', headers)).json, 'customers'));
    const contacts = new Set(rows.map((row) => at(row, 'contact')));
    expect(contacts).toContain('');
    expect(contacts).toContain(null);
    expect(rows.every((row) => at(row, 'Notes') !== undefined && at(row, 'notes') === undefined)).toBe(true);
    expect(new Set(rows.map((row) => at(row, 'status')))).toEqual(new Set([0, 1, 2]));
  });

  it('can only be read', async () => {
    const nutcache = await providerFor('nutcache');
    expect((await send(nutcache, 'POST', '/webapi/customers', headers, '{}')).status).toBe(405);
    expect((await send(nutcache, 'PUT', '/webapi/customers/143222', headers, '{}')).status).toBe(405);
    expect((await send(nutcache, 'GET', '/webapi/countries/40', headers)).status).toBe(404);
    expect((await send(nutcache, 'GET', '/webapi/customers?page=0', headers)).status).toBe(400);
    expect((await send(nutcache, 'GET', '/webapi/customers?limit=101', headers)).status).toBe(400);
  });

  it('shows the numbers of its countries to whoever sets the gateway up, and to no client', async () => {
    const nutcache = await providerFor('nutcache');
    expect(nutcache.view('countries')).toMatchObject({ 2: 'CA', 40: 'FR' });
  });
});
