import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENTS, MODERN, PLAIN, sendTo, startHttpWorld } from '../support/http.ts';
import { sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** GraphQL over HTTP: methods, parameters, bodies and media types, and what is refused of them. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post, get } = sendTo(() => world);

describe('GraphQL over HTTP', () => {
  it('is asked by POST and by GET, and by no other method', async () => {
    const query = '{ __typename }';
    for (const { status, json } of [await post({ query }), await get({ query })])
      expect({ status, json }).toEqual({
        status: 200,
        json: { data: { __typename: 'Query' }, extensions: { cost: { calls: 0 } } },
      });
    for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'QUERY']) {
      const { status, headers } = await send({ method, path: `/graphql?query=${query}` });
      expect([method, status, headers.allow]).toEqual([method, 405, 'GET, POST']);
    }
  });

  it('takes every parameter of a GET', async () => {
    const query = 'query A($name: ProviderName!) { provider(name: $name) { name } } query B { __typename }';
    const { status, json } = await get({
      query,
      operationName: 'A',
      variables: '{"name":"OCTOBAT"}',
      extensions: '{}',
    });
    expect([status, json.data]).toEqual([200, { provider: { name: 'OCTOBAT' } }]);
    expect((await get({ query: '{ __typename }', variables: '', operationName: '' })).status).toBe(200);
    for (const wrong of ['{', '[1]', '"a"', '1'])
      expect((await get({ query: '{ __typename }', variables: wrong })).codes).toEqual(['BAD_USER_INPUT']);
  });

  it('answers no other site’s page without keys, though its GET needs no permission', async () => {
    const from = (site: string, origin: string) =>
      world.query('{ __typename }', {}, { 'sec-fetch-site': site, origin });
    for (const site of ['cross-site', 'same-site']) {
      const { status, errors } = await from(site, 'http://evil.example');
      expect([status, errors[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
    for (const site of ['same-origin', 'none']) expect((await from(site, 'http://127.0.0.1')).status).toBe(200);
  });

  it('does not write by GET, and sends nothing', async () => {
    const query =
      'mutation M { createCustomer(input: { providers: [CYCLE_SOFTWARE], lastName: "X" }) { errors { code } } }';
    for (const parameters of [{ query }, { query: `query Q { __typename } ${query}`, operationName: 'M' }]) {
      const { status, headers, codes } = await get(parameters as Record<string, string>);
      expect({ status, allow: headers.allow, codes }).toEqual({
        status: 405,
        allow: 'GET, POST',
        codes: ['BAD_USER_INPUT'],
      });
    }
    expect(world.calls()).toEqual([]);
  });

  it('reads JSON and nothing else, least of all what a form of any page can post', async () => {
    const mutation = 'mutation{createCustomer(input:{providers:[CYCLE_SOFTWARE],lastName:"X"}){errors{code}}}';
    const json = JSON.stringify({ query: mutation });
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', new URLSearchParams({ query: mutation }).toString()],
      [
        'multipart/form-data; boundary=x',
        `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${mutation}\r\n--x--`,
      ],
      ['text/plain', json],
      ['application/graphql', mutation],
      ['text/plain; application/json', json],
      ['application/json, text/plain', json],
      ['application/json; charset=utf-16', json],
      ['application/jsonp', json],
      ['', json],
    ] as const) {
      const { status, codes } = await send({ body, headers: { 'content-type': type } });
      expect([type, status, codes]).toEqual([type, 415, ['BAD_USER_INPUT']]);
    }
    for (const type of ['application/json;charset=utf-8', 'Application/JSON; Charset="UTF-8"'])
      expect((await post({ query: '{ __typename }' }, { 'content-type': type })).status).toBe(200);
    expect(world.calls()).toEqual([]);
  });

  it('takes one operation at a time', async () => {
    for (const batch of [
      [],
      [{ query: '{ __typename }' }],
      [{ query: '{ __typename }' }, { query: '{ __typename }' }],
    ]) {
      const { status, codes, text } = await post(batch);
      expect([status, codes]).toEqual([400, ['BAD_USER_INPUT']]);
      expect(text).toContain('Batches are not taken');
    }
  });

  it.each([
    ['no JSON', '{"query"'],
    ['nothing', ''],
    ['null', 'null'],
    ['text', '"{ __typename }"'],
    ['no query', '{}'],
    ['a query that is no text', '{"query":["{ __typename }"]}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
    ['variables that are text', '{"query":"{ __typename }","variables":"{}"}'],
    ['an operationName that is a number', '{"query":"{ __typename }","operationName":1}'],
    ['extensions that are text', '{"query":"{ __typename }","extensions":"x"}'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('refuses a body with %s', async (_, body) => {
    for (const accept of [MODERN, PLAIN]) {
      const { status, codes, json } = await send({ body, headers: { accept } });
      expect([status, codes, Object.keys(json)]).toEqual([400, ['BAD_USER_INPUT'], ['errors']]);
    }
  });

  it('answers in the media type that is asked for', async () => {
    for (const [accept, type] of [
      [MODERN, MODERN],
      [PLAIN, PLAIN],
      ['*/*', PLAIN],
      ['application/*', PLAIN],
      [`${PLAIN};q=0.5, ${MODERN}`, MODERN],
      [`${MODERN};q=0.5, ${PLAIN}`, PLAIN],
      [`text/html, ${MODERN};q=0`, null],
      ['text/html', null],
      [EVENTS, EVENTS],
      [`${EVENTS}, ${PLAIN}`, PLAIN],
      [`text/html, ${EVENTS};q=0`, null],
    ] as const) {
      const { status, headers } = await post({ query: '{ __typename }' }, { accept });
      expect([accept, status, headers['content-type']]).toEqual(
        type ? [accept, 200, `${type}; charset=utf-8`] : [accept, 406, 'text/plain; charset=utf-8'],
      );
    }
    const bare = await sendRaw(
      base,
      `GET /graphql?query={__typename} HTTP/1.1\r\nhost: ${base.host}\r\nconnection: close\r\n\r\n`,
    );
    expect(bare).toContain(`content-type: ${PLAIN}; charset=utf-8`);
  });

  it('is kept by no cache, and sniffed by no browser', async () => {
    for (const { headers } of [
      await post({ query: '{ __typename }' }),
      await get({ query: '{ providers { name } }' }),
      await post({ query: '{' }),
      await post('x'),
      await post({ query: '{ __typename }' }, { 'cache-control': 'max-age=600' }),
    ])
      expect(headers).toMatchObject({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' });
  });
});
