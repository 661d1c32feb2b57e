import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { brokenProviders, PASSWORD } from '../support/brokenProvider.ts';
import { createAda } from '../support/customers.ts';
import { MODERN, PLAIN, sendTo, startHttpWorld } from '../support/http.ts';
import { runModule } from '../support/program.ts';
import { ask, type World } from '../support/world.ts';

/** What is answered when something is wrong: the status, the code, and nothing that nobody should read. */

let world: World;
beforeAll(async () => {
  world = await startHttpWorld();
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { post } = sendTo(() => world);

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
    [
      'a subscription with a directive that lacks its argument',
      { query: 'subscription { customerChanged @include { kind } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a fragment in a circle', { query: '{ ...A } fragment A on Query { ...A }' }, 'GRAPHQL_VALIDATION_FAILED'],
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
          ...{ AUTH: 'none', PORT: '0', LOG_LEVEL: 'trace', ID_SECRET: 'x'.repeat(32), SYNC_INTERVAL: '0' },
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
    const told = lines.filter(({ msg }) => msg === 'unforeseen error').map(({ requestId }) => requestId);
    // The directory can't make a profile of it either, behind whoever asks.
    expect(told).toContain('directory');
    expect(told.filter((requestId) => requestId !== 'directory')).toEqual([
      ...asked.map((_, place) => `unforeseen-${place}`),
      'unforeseen-update',
    ]);
  });
});
