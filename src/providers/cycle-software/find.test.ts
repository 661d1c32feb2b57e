import { afterEach, describe, expect, it } from 'vitest';
import { adri, found, giel, retrieved } from './test-data.ts';
import { closeAll, serve, wireOf } from './test-server.ts';

afterEach(closeAll);

const badResponse = expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', provider: 'cycle-software' });

describe('finding', () => {
  it('CS-8 CS-14 takes the bare array, all of it, in one call', async () => {
    const { find, seen } = await serve(() => ({ json: found }));
    expect(await find({ email: 'name@domain.nl' })).toEqual([
      { providerId: '8', wire: wireOf(found[0]) },
      { providerId: '11', wire: wireOf(found[1]) },
    ]);
    expect(seen).toMatchObject([{ path: '/api/v1/customers/find.json', query: { email: 'name@domain.nl' } }]);
  });

  it('CS-8 refuses a page in place of the array, and a 404', async () => {
    const { find } = await serve(({ query }) =>
      query.email === 'a@b.nl' ? { json: { customers: [] } } : { status: 404 },
    );
    await expect(find({ email: 'a@b.nl' })).rejects.toEqual(badResponse);
    await expect(find({ email: 'c@d.nl' })).rejects.toEqual(badResponse);
  });

  it('CS-6 CS-7 asks by the query’s own names, and for the type by its number', async () => {
    const { find, seen } = await serve(() => ({ json: [] }));
    const own = { houseNumber: ' 1 ', houseNumberPostfix: 'a', customerTypeId: 2 };
    await find({ phone: '0733030050', email: 'name@domain.nl', postalCode: '5388GM', country: 'NL', own });
    expect(seen.map(({ query }) => query)).toEqual([
      {
        phone_number: '0733030050',
        email: 'name@domain.nl',
        postal_code: '5388GM',
        country_code: 'NL',
        housenumber: '1',
        housenumber_postfix: 'a',
        customer_type_id: '2',
      },
    ]);
  });

  it.each([
    [{}],
    [{ phone: null, email: '', postalCode: ' ', own: {} }],
    [{ own: { houseNumber: null } }],
    [{ phone: 'none' }],
    [{ own: { customerTypeId: 1.5 } }],
    [{ own: { houseNumber: '1\n' + '2' } }],
  ])('CS-7 CS-14 sends nothing where everybody, or nobody, would be found: %j', async (criteria) => {
    const { find, seen } = await serve(() => ({ json: found }));
    await expect(find(criteria)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(seen).toEqual([]);
  });

  it('CS-15 sends a national number as digits and finds several customers by it', async () => {
    const { find, seen } = await serve(() => ({ json: found }));
    expect(await find({ phone: '073-303 00 50' })).toMatchObject([{ providerId: '8' }, { providerId: '11' }]);
    expect(seen.map(({ query }) => query)).toEqual([{ phone_number: '0733030050' }]);
  });

  it('CS-15 asks for both spellings of an international number, and joins what they find', async () => {
    const { find, seen } = await serve(({ query }) => ({
      json: query.phone_number === '+31733030050' ? [retrieved, adri] : [adri, giel],
    }));
    const records = await find({ phone: '+31 73 303 0050', country: 'NL' });
    expect(records?.map(({ providerId }) => providerId)).toEqual(['1006', '8', '11']);
    expect(seen.map(({ query }) => query)).toHaveLength(2);
    expect(seen.map(({ query }) => query)).toEqual(
      expect.arrayContaining([
        { phone_number: '+31733030050', country_code: 'NL' },
        { phone_number: '0733030050', country_code: 'NL' },
      ]),
    );
  });

  it('CS-15 finds nobody half: one spelling that fails fails the search', async () => {
    const { find } = await serve(({ query }) => (query.phone_number?.startsWith('+') ? { status: 500 } : { json: [] }));
    await expect(find({ phone: '+31733030050' })).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });
});
