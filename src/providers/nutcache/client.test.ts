import { afterEach, describe, expect, it } from 'vitest';
import { type Call, closeAll, connectToServer } from '../../../test/support/providerServer.ts';
import { systemClock } from '../../clock.ts';
import { provider } from './index.ts';
import { examples, firstPage } from './test-data.ts';

const GUID = '846E176E-7C4B-4BFD-A894-C98F2988927E';

afterEach(closeAll);

/** A server on a free port that answers by URL, 404 for any other, and the provider connected to it. */
async function connect(
  answers: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
  prefix = '',
) {
  const reply = ({ url }: Call) => ({
    status: url in answers ? 200 : 404,
    body: answers[url] ?? { error: 'not found' },
  });
  const { calls, connection, url } = await connectToServer(provider, reply, {
    env: { TOKEN: 'YVl6OmFwaTpwdw==', ORGANIZATION_GUID: GUID, ...env },
    prefix,
  });
  const limits = () => ({ deadlineAt: systemClock.elapsed() + 5000 });
  return {
    url,
    seen: calls,
    urls: () => calls.map(({ url }) => url),
    connection,
    read: (id: string) => connection.read?.(id, limits()),
    list: (mark: string | null = null) => connection.list?.({ mark, changedSince: null }, limits()),
  };
}

const badResponse = expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', provider: 'nutcache' });

describe('reading one customer', () => {
  const one = { '/webapi/customers/143222': { customers: [examples.sampleClient] } };

  it('NC-4 takes the customer out of its list of one', async () => {
    const { read } = await connect(one);
    expect(await read('143222')).toMatchObject({ id: 143222, name: 'Sample client', country: 40, organization: 1686 });
  });

  it('NC-4 takes an empty list, and a 404, for no such customer', async () => {
    const { read } = await connect({ '/webapi/customers/1': { customers: [] } });
    expect(await read('1')).toBeNull();
    expect(await read('2')).toBeNull();
  });

  it('NC-3 asks where the document is seen to ask, or where the setting says', async () => {
    const byDefault = await connect(one);
    await byDefault.read('143222');
    expect(byDefault.urls()).toEqual(['/webapi/customers/143222']);
    const byHeading = await connect({}, { READ_PATH: '/api/customers/:id' });
    await byHeading.read('143222');
    expect(byHeading.urls()).toEqual(['/api/customers/143222']);
  });

  it('NC-3 never takes a customer out of the whole list', async () => {
    const { read } = await connect({ '/webapi/customers/143222': firstPage });
    await expect(read('143222')).rejects.toEqual(badResponse);
  });

  it('takes a number for a text whatever its size, as it is spelt', async () => {
    const customer = { ...examples.sampleClient, phone: JSON.rawJSON('12345678901234567890') };
    const { read } = await connect({ '/webapi/customers/143222': { customers: [customer] } });
    expect(await read('143222')).toMatchObject({ phone: '12345678901234567890' });
  });

  it('refuses another customer than the one asked for, and any other shape', async () => {
    const { read } = await connect({
      '/webapi/customers/1': { customers: [examples.sampleClient] },
      '/webapi/customers/2': examples.sampleClient,
      '/webapi/customers/3': { customers: [{ ...examples.sampleClient, name: {} }] },
      '/webapi/customers/4': { customers: null },
    });
    for (const id of ['1', '2', '3', '4']) await expect(read(id)).rejects.toEqual(badResponse);
  });

  it('NC-11 sends the scheme, the version and the GUID that every example sends', async () => {
    const { read, seen } = await connect(one);
    await read('143222');
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'nut-basic YVl6OmFwaTpwdw==',
      organizationguid: GUID,
      'api-version': '3',
    });
  });
});

describe('listing', () => {
  const second = '/webapi/customers?limit=10&page=2';

  it('reads the document’s page', async () => {
    const { list, urls } = await connect({ '/webapi/customers': firstPage });
    const page = await list();
    expect(urls()).toEqual(['/webapi/customers']);
    expect(page?.records.map(({ providerId }) => providerId)).toEqual(
      Object.values(examples).map(({ id }) => String(id)),
    );
    expect(page).toMatchObject({ next: '2', total: null });
  });

  it('NC-9 goes on after a short page, and after an empty one, until no link leads further', async () => {
    const link = (page: number) => [{ href: `customers?limit=10&page=${page}`, rel: 'navigation-next', type: 'GET' }];
    const { list, urls } = await connect({
      '/webapi/customers': firstPage,
      [second]: { links: link(3), customers: [] },
      '/webapi/customers?limit=10&page=3': { links: [], customers: [examples.surprise] },
    });
    const names: (string | null)[] = [];
    for (let page = await list(); page; page = page.next === null ? undefined : await list(page.next)) {
      names.push(String(page.records.length));
    }
    expect(names).toEqual(['8', '0', '1']);
    expect(urls()).toEqual(['/webapi/customers', second, '/webapi/customers?limit=10&page=3']);
  });

  it('NC-8 joins the relative link to a base URL with a path', async () => {
    const { list, urls } = await connect(
      { '/nut/webapi/customers': firstPage, [`/nut${second}`]: firstPage },
      {},
      '/nut/',
    );
    expect((await list())?.next).toBe('2');
    await expect(list('2')).rejects.toEqual(badResponse);
    expect(urls()).toEqual(['/nut/webapi/customers', `/nut${second}`]);
  });

  it('NC-8 takes the number from a whole URL too, if it is one of our own host', async () => {
    const answers: Record<string, unknown> = {};
    const { list, url } = await connect(answers);
    const links = [{ href: `${url}/webapi/customers?limit=10&page=2`, rel: 'navigation-next' }];
    answers['/webapi/customers'] = { ...firstPage, links };
    expect((await list())?.next).toBe('2');
  });

  it('NC-8 asks no other host, and takes nothing but the number from a link', async () => {
    const other = await connect({});
    const hostile = (href: string) => ({ ...firstPage, links: [{ href, rel: 'navigation-next' }] });
    const { list, urls } = await connect({
      '/webapi/customers': hostile('customers?page=2&limit=1000&include=secrets#x'),
      [second]: hostile(`${other.url}/webapi/customers?limit=10&page=3`),
    });
    expect((await list())?.next).toBe('2');
    await expect(list('2')).rejects.toEqual(badResponse);
    expect(urls()).toEqual(['/webapi/customers', second]);
    expect(other.urls()).toEqual([]);
  });

  it('NC-6 reads the names around the customers in any case', async () => {
    const Links = [{ Href: 'customers?limit=10&page=2', Rel: 'navigation-next' }];
    const { list } = await connect({ '/webapi/customers': { Links, Customers: [examples.surprise] } });
    expect(await list()).toMatchObject({ next: '2', records: [{ providerId: '153745' }] });
  });

  it('refuses a mark that no page has, without asking', async () => {
    const { list, urls } = await connect({});
    await expect(list('2&limit=1000')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(urls()).toEqual([]);
  });
});

describe('what it can do', () => {
  it('NC-12 says of everything that the document leaves out why it can’t be done', async () => {
    const { connection } = await connect({});
    for (const missing of ['create', 'update', 'find', 'confirm', 'requestConfirmation', 'selfServiceLink']) {
      expect(connection).not.toHaveProperty(missing);
    }
    for (const [operation, { support, note }] of Object.entries(provider.capabilities)) {
      expect(support).toBe(['READ', 'LIST'].includes(operation) ? 'NATIVE' : 'UNSUPPORTED');
      if (support === 'UNSUPPORTED') expect(note).toMatch(/^Nutcache.*\.$/);
    }
  });
});
