import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAudits } from 'graphql-http';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { letEveryoneIn } from '../../src/server/auth.ts';
import { createLogger } from '../../src/server/log.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer } from '../../src/server/server.ts';
import { brokenProviders, PASSWORD } from '../support/brokenProvider.ts';
import { createAda, idOf } from '../support/customers.ts';
import { runModule } from '../support/program.ts';
import { openRaw, sendRaw } from '../support/raw.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** What goes over the wire: GraphQL over HTTP, and everything that is not GraphQL. */

const MODERN = 'application/graphql-response+json';
const PLAIN = 'application/json';
const APP = 'https://app.example.com';

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startWorld({ environment: { CORS_ORIGINS: `${APP},http://localhost:3000` } });
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | AsyncIterable<Buffer>;
}

async function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
  const type = method === 'POST' ? { 'content-type': 'application/json' } : {};
  const response = await request(new URL(path, base), {
    method: method as 'POST',
    headers: { accept: MODERN, ...type, ...headers },
    ...(body !== undefined && { body: body as string }),
  });
  const text = await response.body.text();
  const json = text !== '' && /json/.test(String(response.headers['content-type'])) ? JSON.parse(text) : undefined;
  const codes: string[] = (json?.errors ?? []).map((error: { extensions: { code: string } }) => error.extensions.code);
  return { status: response.statusCode, headers: response.headers, text, json, codes };
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  send({ body: typeof body === 'string' ? body : JSON.stringify(body), headers });

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}, method = 'GET') =>
  send({ method, path: `/graphql?${new URLSearchParams(parameters)}`, headers });

// ------------------------------------------------------------------------------------------- GraphQL over HTTP

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => world.gateway.url, fetchFn: fetch });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s: the gateway %s',
    async (_id, _name, audit) => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    },
  );

  it('is asked by POST and by GET, and by no other method', async () => {
    const query = '{ __typename }';
    for (const { status, json } of [await post({ query }), await get({ query })])
      expect({ status, json }).toEqual({ status: 200, json: { data: { __typename: 'Query' } } });
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
    expect([status, json]).toEqual([200, { data: { provider: { name: 'OCTOBAT' } } }]);
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
      ['text/event-stream', null],
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

// ------------------------------------------------------------------------------------------------------ errors

describe('what is not executed', () => {
  const datetime = 'query ($at: DateTime) { provider(name: OCTOBAT) { records(changedSince: $at) { totalCount } } }';
  const named = 'query A { __typename } query B { __typename }';

  it.each([
    ['a document that can’t be parsed', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['an empty document', { query: '' }, 'GRAPHQL_PARSE_FAILED'],
    ['a document of comments', { query: '# nothing' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that there is not', { query: '{ nobody }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['an enum value that there is not', { query: '{ provider(name: ACME) { name } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a literal that a scalar refuses',
      { query: datetime.replace('($at: DateTime)', '').replace('$at', '"x"') },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a fragment in a circle', { query: '{ ...A } fragment A on Query { ...A }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an operation of a type that there is not',
      { query: 'subscription { customerChanged { at } }' },
      'BAD_USER_INPUT',
    ],
    ['a variable that a custom scalar refuses', { query: datetime, variables: { at: 'tomorrow' } }, 'BAD_USER_INPUT'],
    [
      'a variable that is no enum value',
      { query: 'query ($n: ProviderName!) { provider(name: $n) { name } }', variables: { n: 'ACME' } },
      'BAD_USER_INPUT',
    ],
    [
      'a variable that is missing',
      { query: 'query ($n: ProviderName!) { provider(name: $n) { name } }' },
      'BAD_USER_INPUT',
    ],
    ['an operationName that there is not', { query: named, operationName: 'C' }, 'BAD_USER_INPUT'],
    ['one of several, unnamed', { query: named }, 'BAD_USER_INPUT'],
    ['a document without an operation', { query: 'fragment A on Query { __typename }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s is 400 with its code, and 200 to who accepts plain JSON only', async (_, body, code) => {
    for (const [accept, status] of [
      [MODERN, 400],
      [PLAIN, 200],
    ] as const) {
      const answer = await post(body, { accept });
      expect([answer.status, new Set(answer.codes), Object.keys(answer.json)]).toEqual([
        status,
        new Set([code]),
        ['errors'],
      ]);
      for (const error of answer.json.errors)
        expect(error.extensions).toEqual({ code, retryable: false, requestId: answer.headers['x-request-id'] });
    }
    expect(world.calls()).toEqual([]);
  });

  it('has the status of its code whatever the caller accepts, where it is no fault of the document', async () => {
    const keyed = await world.another({ AUTH: 'required', API_KEYS_FILE: keysFile() });
    for (const accept of [MODERN, PLAIN]) {
      const { status, headers, errors, data } = await ask(keyed.url, '{ __typename }', {}, { accept });
      expect({ status, challenge: headers['www-authenticate'], code: errors[0]?.extensions.code, data }).toEqual({
        status: 401,
        challenge: 'Bearer',
        code: 'UNAUTHENTICATED',
        data: undefined,
      });
      const twice = await post(
        {
          query:
            'mutation ($i: ConfirmCustomerInput!) { a: confirmCustomer(input: $i) { errors { code } } b: confirmCustomer(input: $i) { errors { code } } }',
        },
        { accept },
      );
      expect([twice.status, twice.codes]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    }
  });

  function keysFile(): string {
    const path = join(world.folder, 'keys.json');
    writeFileSync(path, '[]');
    return path;
  }
});

describe('an error of what was executed', () => {
  it('is 200, with its code, its provider and what to do', async () => {
    const ada = await createAda(world);
    onTestFinished(() => world.provider('octobat').clearFaults());
    world.provider('octobat').fault({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    for (const accept of [MODERN, PLAIN]) {
      const answer = await post(
        {
          query: 'query ($id: ID!) { customer(id: $id) { octobat { name } cycleSoftware { city } } }',
          variables: { id: ada },
        },
        { accept, 'x-request-id': 'mine' },
      );
      expect(answer.status).toBe(200);
      expect(answer.json.errors).toMatchObject([
        {
          path: ['customer', 'octobat'],
          extensions: {
            code: 'PROVIDER_RATE_LIMITED',
            provider: 'OCTOBAT',
            retryable: true,
            retryAfterMs: 7_000,
            requestId: 'mine',
          },
        },
      ]);
      expect(Object.keys(answer.json.errors[0].extensions).sort()).toEqual([
        'code',
        'provider',
        'requestId',
        'retryAfterMs',
        'retryable',
      ]);
    }
  });

  it('is the caller’s where an id, a cursor or an argument is', async () => {
    for (const query of [
      '{ customer(id: "x") { id } }',
      '{ node(id: "") { id } }',
      '{ customers(after: "x") { totalCount } }',
      '{ customers(first: -1) { totalCount } }',
      '{ customers(first: 501) { totalCount } }',
      'query ($id: ID = "x") { customer(id: $id) { id } }',
    ]) {
      const { status, json, codes } = await post({ query, variables: { id: null } });
      expect([query, status, codes]).toEqual([query, 200, ['BAD_USER_INPUT']]);
      expect(Object.values(json.data)).toEqual([null]);
    }
  });

  it('of a provider’s credentials leaves the caller signed in', async () => {
    onTestFinished(() => world.provider('octobat').clearFaults());
    world.provider('octobat').fault({ kind: 'status', status: 401, body: PASSWORD });
    const { status, headers, codes, text } = await post({
      query:
        '{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { octobat { name } } }',
    });
    expect([status, headers['www-authenticate'], codes]).toEqual([200, undefined, ['PROVIDER_AUTH_FAILED']]);
    expect(text).not.toContain(PASSWORD);
  });
});

// ----------------------------------------------------------------------------------------------------- too much

describe('a request that is too much', () => {
  const LIMIT = 1024 * 1024;
  const sized = (bytes: number) => {
    const frame = JSON.stringify({ query: '{ __typename }', variables: { pad: '' } });
    return JSON.stringify({ query: '{ __typename }', variables: { pad: 'x'.repeat(bytes - frame.length) } });
  };
  async function* inChunks(text: string): AsyncGenerator<Buffer> {
    for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
  }

  it('may have a megabyte and no byte more, told or not', async () => {
    for (const [bytes, status, codes] of [
      [LIMIT, 200, []],
      [LIMIT + 1, 413, ['REQUEST_TOO_LARGE']],
      [20 * LIMIT, 413, ['REQUEST_TOO_LARGE']],
    ] as const) {
      const body = sized(bytes);
      for (const each of [body, inChunks(body)]) {
        const answer = await send({ body: each });
        expect([bytes, answer.status, answer.codes]).toEqual([bytes, status, codes]);
      }
    }
  });

  it('is refused by its length before its body is read', async () => {
    const head = `POST /graphql HTTP/1.1\r\nhost: ${base.host}\r\ncontent-type: application/json\r\ncontent-length: ${LIMIT + 1}\r\n\r\n`;
    expect(await sendRaw(base, head)).toMatch(/^HTTP\/1\.1 413 .*connection: close.*REQUEST_TOO_LARGE/is);
  });

  it('is refused as soon as it is too long, and leaves nothing on the connection', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const head = `POST /graphql HTTP/1.1\r\nhost: ${base.host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    const answer = await sendRaw(base, head + chunk.repeat(17));
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*connection: close.*REQUEST_TOO_LARGE/is);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('holds no connection by sending slowly', async () => {
    const unforeseen: unknown[] = [];
    const parts = {
      gateway: {
        clock: systemClock,
        deadlineMs: 1_000,
        unforeseen: (error: unknown) => unforeseen.push(error),
      } as never,
      schema: (await import('graphql')).buildSchema('type Query { a: Int }'),
      authenticate: letEveryoneIn([]),
      corsOrigins: [],
      introspection: false,
      graphiql: null,
      logger: createLogger('silent'),
      metrics: createMetrics(),
    };
    const server = await startServer(parts, '127.0.0.1', 0, 100);
    const url = new URL(server.url);
    const head = `POST /graphql HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n`;
    expect(await sendRaw(url, `${head}content-length: 100\r\n\r\n{"query":`)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await sendRaw(url, head)).toMatch(/^HTTP\/1\.1 408 /);
    const hungUp = await openRaw(url);
    hungUp.socket.write(`${head}content-length: 100\r\n\r\n{"query":`);
    hungUp.socket.resetAndDestroy();
    await server.stop(1_000);
    expect(unforeseen).toEqual([]);
  });

  it('can’t hide a second request in the first', async () => {
    for (const lines of [
      'content-length: 5\r\ntransfer-encoding: chunked',
      'content-length: 5\r\ncontent-length: 6',
      'transfer-encoding: chunked, identity',
    ])
      expect(await sendRaw(base, `POST /graphql HTTP/1.1\r\nhost: ${base.host}\r\n${lines}\r\n\r\n0\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 400 /,
      );
  });

  const refused = async (query: string) => {
    const { status, codes } = await post({ query });
    return [status, ...new Set(codes)];
  };
  const TOO_COMPLEX = [400, 'OPERATION_TOO_COMPLEX'];
  const many = (count: number, one: (place: number) => string) =>
    Array.from({ length: count }, (_, place) => one(place)).join(' ');

  it('asks a hundred times at once and no more, by aliases or through fragments', async () => {
    const id = await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79');
    const field = (place: number) => `a${place}: customer(id: ${JSON.stringify(id)}) { id }`;
    expect(await refused(`{ ${many(100, field)} }`)).toEqual([200]);
    expect(world.calls()).toHaveLength(1);
    for (const query of [
      `{ ${many(101, field)} }`,
      `{ ...A ...B } fragment A on Query { ${many(50, field)} } fragment B on Query { ${many(51, (place) => field(50 + place))} }`,
      `{ ... { ${many(51, field)} } ... on Query { ... { ${many(51, (place) => field(50 + place))} } } }`,
      `mutation { ${many(101, (place) => `a${place}: createCustomer(input: { providers: [], dryRun: true }) { errors { code } }`)} }`,
    ])
      expect(await refused(query)).toEqual(TOO_COMPLEX);
    expect(world.calls()).toEqual([]);
  });

  it('is not nested deeper than any answer is', async () => {
    const nested = (depth: number) =>
      `{ customers { nodes { ${'records { customer { '.repeat(depth)}id${' } }'.repeat(depth)} } } }`;
    expect(await refused(nested(24))).toEqual(TOO_COMPLEX);
    const through = `{ customers { nodes { ...A0 } } } ${many(20, (place) => `fragment A${place} on Customer { records { customer { ${place < 19 ? `...A${place + 1}` : 'id'} } } }`)}`;
    expect(await refused(through)).toEqual(TOO_COMPLEX);
    for (const query of [
      '{a'.repeat(5_000) + '}'.repeat(5_000),
      '{a'.repeat(200_000),
      `{ customers(first: ${'['.repeat(200_000)}`,
    ])
      expect(await refused(query)).toEqual(TOO_COMPLEX);
    expect(world.calls()).toEqual([]);
  });

  it('is refused quickly when it is made to be compared with itself', async () => {
    for (const query of [
      `{ ${'__typename '.repeat(5_000)} }`,
      `{ ${'__typename '.repeat(80_000)} }`,
      `{ ${many(30_000, (place) => `a${place}: __typename`)} }`,
      `{ customers { nodes { ${many(2_000, () => 'id')} } } }`,
      // Each of forty fragments holds the next one twice: written out they would be 10^12 fields.
      `{ ...F0 } ${many(40, (place) => `fragment F${place} on Query { ${place < 39 ? `... { ...F${place + 1} } ... { ...F${place + 1} }` : many(200, (n) => `a${n}: __typename`)} }`)}`,
    ])
      expect(await refused(query)).toEqual(TOO_COMPLEX);
    expect(
      (
        await refused(
          '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
        )
      )[0],
    ).toBe(400);
  });

  it('confirms once in an operation, however it is written', async () => {
    const input = 'input: { id: "x", confirmationToken: "1" }';
    const confirm = (alias = '') => `${alias}confirmCustomer(${input}) { errors { code } }`;
    for (const query of [
      `mutation { ${confirm('a: ')} ${confirm('b: ')} }`,
      `mutation { ${confirm()} ${confirm('again: ')} }`,
      `mutation { ${confirm()} ...More } fragment More on Mutation { ${confirm('more: ')} }`,
      `mutation { ...A ...B } fragment A on Mutation { ...C } fragment B on Mutation { ${confirm('b: ')} } fragment C on Mutation { ... { ${confirm('c: ')} } }`,
      `mutation { ${confirm('a: ')} ... on Mutation { ... @include(if: false) { ${confirm('b: ')} } } }`,
      `mutation One { ${confirm()} } mutation Two { ${confirm('a: ')} ${confirm('b: ')} }`,
    ])
      expect((await post({ query, operationName: query.includes(' One ') ? 'One' : null })).codes).toEqual([
        'OPERATION_TOO_COMPLEX',
      ]);
    for (const query of [
      `mutation { ${confirm()} ${confirm()} }`,
      `mutation { ${confirm('a: ')} ...A } fragment A on Mutation { ${confirm('a: ')} }`,
    ])
      expect((await post({ query })).codes).toEqual([]);
    expect(world.calls()).toEqual([]);
  });
});

// ---------------------------------------------------------------------------------------------------- around it

describe('X-Request-Id', () => {
  it('is taken from the caller, or made, and is in the answer and its errors', async () => {
    for (const id of ['a', 'req-1.2:3_4', 'x'.repeat(128)]) {
      const { headers, json } = await post({ query: '{' }, { 'x-request-id': id });
      expect([headers['x-request-id'], json.errors[0].extensions.requestId]).toEqual([id, id]);
    }
    const [one, other] = [await post({ query: '{' }), await post({ query: '{' })];
    expect(one.headers['x-request-id']).toMatch(/^[\w-]{20,}$/);
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
    for (const path of ['/health/live', '/metrics', '/nowhere'])
      expect((await send({ method: 'GET', path, headers: { 'x-request-id': 'mine' } })).headers['x-request-id']).toBe(
        'mine',
      );
  });

  it.each(['', ' ', 'a b', 'x'.repeat(129), '"quoted"', '<script>', 'é', 'a,b', '{"a":1}', '\u001b[31m'])(
    'is not %j',
    async (id) => {
      const answer = await sendRaw(
        base,
        Buffer.from(
          `GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`,
        ),
      );
      // Node refuses a header with a control character by itself.
      if (answer.startsWith('HTTP/1.1 400')) return;
      expect(answer).toMatch(/^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r$/m);
    },
  );

  it('is not two', async () => {
    const answer = await sendRaw(
      base,
      `GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\nx-request-id: a\r\nx-request-id: b\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r$/m);
  });
});

describe('a page of another origin', () => {
  const ALLOW = 'access-control-allow-origin';
  const cors = (headers: Record<string, unknown>) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control'));

  it('may call from the origins named, exactly, and read what helps it', async () => {
    for (const origin of [APP, 'http://localhost:3000']) {
      const { status, headers } = await post({ query: '{ __typename }' }, { origin });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ [ALLOW]: origin, 'access-control-expose-headers': 'x-request-id, retry-after' });
      expect(headers.vary).toMatch(/origin/i);
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    expect((await post('x', { origin: APP })).headers[ALLOW]).toBe(APP);
  });

  it('is told nothing from any other', async () => {
    for (const origin of [
      'null',
      '*',
      'https://evil.example',
      `${APP}.evil.example`,
      `${APP}:443`,
      `${APP}/`,
      'http://app.example.com',
      'https://APP.example.com',
      'http://localhost:3001',
    ]) {
      for (const { headers } of [
        await post({ query: '{ __typename }' }, { origin }),
        await send({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }),
      ]) {
        expect([origin, cors(headers)]).toEqual([origin, []]);
        expect(headers.vary).toMatch(/origin/i);
      }
    }
    expect(cors((await post({ query: '{ __typename }' })).headers)).toEqual([]);
  });

  it('is told by a preflight what it may send', async () => {
    const { status, headers, text } = await send({
      method: 'OPTIONS',
      headers: {
        origin: APP,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-evil',
      },
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      [ALLOW]: APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, cache-control, x-request-id',
    });
  });

  it('is told nothing at all where no origin is named', async () => {
    const closed = await world.another({ CORS_ORIGINS: '' });
    const { headers } = await ask(closed.url, '{ __typename }', {}, { origin: APP });
    expect(cors(headers)).toEqual([]);
  });
});

describe('beside GraphQL', () => {
  it('health is told without asking a provider', async () => {
    for (const provider of world.sandbox.providers) provider.fault({ kind: 'status', status: 503 });
    onTestFinished(() => {
      for (const provider of world.sandbox.providers) provider.clearFaults();
    });
    for (const [path, body] of [
      ['/health/live', 'live\n'],
      ['/health/ready', 'ready\n'],
    ]) {
      const { status, text, headers } = await send({ method: 'GET', path: path ?? '' });
      expect([status, text]).toEqual([200, body]);
      expect(headers['cache-control']).toContain('no-store');
      expect((await send({ method: 'HEAD', path: path ?? '' })).status).toBe(200);
      expect((await send({ path: path ?? '' })).status).toBe(405);
    }
    expect(world.calls()).toEqual([]);
  });

  it('metrics tell of operations and of provider calls by their routes, and of nobody', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'], { phone: '+31612000555' });
    await world.query('query CanaryOperation($id: ID!) { customer(id: $id) { displayName } }', { id });
    await post({ query: '{ canaryField }' });
    await post({ query: '{ customer(id: "canary") { id } }' }, { 'x-request-id': 'canary' });
    await send({ method: 'GET', path: '/canary?canary' });
    const { status, headers, text } = await send({ method: 'GET', path: '/metrics' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(text).toMatch(
      /^clientele_provider_call_seconds_count\{provider="octobat",method="GET",route="\/customers\/:id",outcome="200"\} \d+$/m,
    );
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="mutation",outcome="ok"\} \d+$/m);
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="none",outcome="GRAPHQL_VALIDATION_FAILED"\} \d+$/m);
    expect(text).toMatch(/^clientele_operation_seconds_count\{type="query",outcome="partial"\} \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    const labels = [...text.matchAll(/\b(\w+)="([^"]*)"/g)].filter(
      ([line]) => !/^(le|kind|version|space|type|major|minor|patch)=/.test(line ?? ''),
    );
    const values = new Set(labels.map(([, , value = '']) => value));
    for (const value of values)
      expect(value).toMatch(
        /^(?:[a-z-]+|[A-Z_]+|GET|POST|PUT|PATCH|\d{3}|(?:\/(?:[A-Za-z0-9._-]+|:id(?:\.json)?))+\/?)$/,
      );
    const providerIds = world.sandbox.providers
      .flatMap(({ calls }) => calls.map(({ path }) => path.split('/').at(-1) ?? ''))
      .filter((part) => /\d{3}/.test(part));
    expect(providerIds.length).toBeGreaterThan(2);
    for (const secret of [id, ...providerIds, 'anary', 'Lovelace', 'ada@', '31612000555', 'Damrak'])
      expect(text).not.toContain(secret);
  });

  it('is nothing', async () => {
    const status = async (path: string) =>
      Number(
        (await sendRaw(base, `GET ${path} HTTP/1.1\r\nhost: ${base.host}\r\nconnection: close\r\n\r\n`)).slice(9, 12),
      );
    for (const path of [
      '/',
      '/graphql/',
      '/GraphQL',
      '/favicon.ico',
      '/.env',
      '/../package.json',
      '//graphql',
      '/%67raphql',
      '*',
    ])
      expect([path, await status(path)]).toEqual([path, 404]);
  });
});

describe('the schema', () => {
  const INTROSPECT = '{ __schema { queryType { name } } }';
  const closed = () => world.another({ INTROSPECTION: 'off', GRAPHIQL: 'off' });
  const page = (url: string) => request(url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });

  it('is shown, and GraphiQL served, where everyone is let in', async () => {
    expect((await post({ query: INTROSPECT })).json).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
    const { statusCode, headers, body } = await page(world.gateway.url);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(await body.text()).toMatch(/graphiql/i);
  });

  it('is not shown where it is switched off, not by a guess either, and there is no GraphiQL', async () => {
    const { url } = await closed();
    for (const query of [
      INTROSPECT,
      '{ __type(name: "Customer") { name } }',
      '{ ... { s: __schema { types { name } } } }',
    ])
      expect((await ask(url, query)).errors[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect((await ask(url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    for (const query of [
      '{ custmer }',
      '{ customer(idd: "x") { id } }',
      '{ provider(name: OCTOBOT) { name } }',
      '{ providers { nam } }',
      '{ providers { ... on Provder { name } } }',
      'query ($i: CustomerFiltr) { customers(filter: $i) { totalCount } }',
      'mutation { createCustomer(input: { providers: [], firstNam: "x" }) { errors { code } } }',
    ]) {
      const { errors, text } = await ask(url, query);
      expect(errors.length).toBeGreaterThan(0);
      expect(text).not.toMatch(/Did you mean|customers|"OCTOBAT|firstName|CustomerFilter\b/);
    }
    const variables = await ask(url, 'query ($n: ProviderName!) { provider(name: $n) { name } }', { n: 'OCTOBOT' });
    expect(variables.text).not.toContain('OCTOBAT');
    const { statusCode, body } = await page(url);
    expect([statusCode, await body.text()]).not.toEqual([200, expect.stringMatching(/graphiql/i)]);
  });

  it('helps who may see it', async () => {
    expect((await post({ query: '{ custmer }' })).text).toContain('Did you mean');
  });
});

// ---------------------------------------------------------------------------------------------------- unforeseen

describe('an error that nobody foresaw', () => {
  it('comes out masked with its request id, and its words are in no log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clientele-broken-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const main = new URL('../../src/main.ts', import.meta.url).href;
    const program = runModule(
      `import { startGateway } from '${main}';
       const { url, providers } = await startGateway(process.env, { providersFolder: new URL('${brokenProviders(join(folder, 'providers')).href}') });
       console.log(JSON.stringify({ ready: true, url, providers }));`,
      {
        environment: {
          ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'trace', ID_SECRET: 'x'.repeat(32) },
          ...{ DATABASE_URL: `file:${join(folder, 'a.db')}`, OCTOBAT_API_KEY: world.sandbox.env.OCTOBAT_API_KEY ?? '' },
          OCTOBAT_URL: world.provider('octobat').url,
        },
      },
    );
    const { url } = await program.ready();
    const customer = (selection: string) =>
      `{ customerByProviderId(provider: OCTOBAT, providerId: "oc_cu_1421878635hksc26e4de79") { ${selection} } }`;
    const given = await ask(url, customer('id'));
    const { id } = (given.data as { customerByProviderId: { id: string } }).customerByProviderId;
    const asked = [
      ...[
        'displayName',
        'firstName',
        'lastName',
        'companyName',
        'taxId',
        'email',
        'kind',
        'createdAt',
        'address { country }',
        'dataQuality { code }',
      ].map(customer),
      customer('records { raw }'),
      '{ provider(name: OCTOBAT) { health { state } } }',
      'mutation { createCustomer(input: { providers: [OCTOBAT], firstName: "A" }) { errors { code } } }',
    ];
    for (const [place, query] of asked.entries()) {
      const requestId = `unforeseen-${place}`;
      const { status, errors, text, data } = await ask(url, query, {}, { 'x-request-id': requestId });
      expect([query, status, errors.map(({ extensions }) => extensions)]).toEqual([
        query,
        200,
        [{ code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId }],
      ]);
      expect(data).not.toBeUndefined();
      expect(text).not.toMatch(/hunter2|\.ts|node_modules|file:/);
      expect(program.stderr()).toContain(requestId);
    }
    // What may have been sent is told as an outcome, not as an error of the request.
    const update = `mutation { updateCustomer(input: { id: "${id}", companyName: "B" }) { errors { code message } } }`;
    const updated = await ask(url, update, {}, { 'x-request-id': 'unforeseen-update' });
    expect(updated.data).toMatchObject({ updateCustomer: { errors: [{}] } });
    expect(updated.text).not.toContain('hunter2');

    expect(program.stdout() + program.stderr()).not.toContain('hunter2');
    const lines = program
      .stderr()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ msg }) => msg === 'unforeseen error');
    expect(told.map(({ requestId }) => requestId)).toEqual([
      ...asked.map((_, place) => `unforeseen-${place}`),
      'unforeseen-update',
    ]);
  });
});
