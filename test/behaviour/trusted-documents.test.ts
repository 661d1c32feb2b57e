import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse, print } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { asCaller, bearer, type KeyedWorld, keyOf, sha256, startKeyedWorld } from '../support/callers.ts';
import { sendTo } from '../support/http.ts';
import { startWorld } from '../support/world.ts';

/** Where there is a manifest of documents, its operations run and no others, but for callers who may ask for any. */

const READ =
  'query Read($id: String!) { customerByProviderId(provider: OCTOBAT, providerId: $id) { ...Name } } fragment Name on Customer { id displayName }';
const LIST = 'query List { providers { name } }';
const ANONYMOUS = '{ providers { title } }';
const WRITE = 'mutation Write { createCustomer(input: { providers: [OCTOBAT] }) { errors { code } } }';
const FOLLOW = 'subscription Follow { customerChanged { kind } }';
const DOCUMENTS = { 'sha256:read': READ, [sha256(LIST)]: LIST, 3: ANONYMOUS, write: WRITE, follow: FOLLOW };
const VARIABLES = { id: 'oc_cu_1421878635hksc26e4de79' };

const time = { elapsed: 0 };
const clock: Clock = { now: () => Date.now(), elapsed: () => time.elapsed };
const scopes = ['customers:read', 'customers:write'] as const;
const app = { name: 'app', scopes };
const explorer = { name: 'explorer', scopes: [...scopes, 'operations:any'] as const };

let world: KeyedWorld;
let manifest: string;
const change = (documents: unknown): void => {
  writeFileSync(`${manifest}.new`, typeof documents === 'string' ? documents : JSON.stringify(documents));
  renameSync(`${manifest}.new`, manifest);
  time.elapsed += 1_000;
};
beforeAll(async () => {
  const place = await startWorld();
  manifest = join(place.folder, 'documents.json');
  change(DOCUMENTS);
  const environment = { TRUSTED_DOCUMENTS: manifest, GRAPHIQL: 'on', INTROSPECTION: 'on' };
  const keyed = await startKeyedWorld([app, explorer], { clock, environment });
  world = {
    ...keyed,
    close: async () => {
      await keyed.close();
      await place.close();
    },
  };
});
afterAll(() => world.close());
beforeEach(() => {
  change(DOCUMENTS);
  world.calls();
});
const { post, get, send } = sendTo(() => world);
const AS_APP = bearer(keyOf(app));

const codes = async (body: object) => {
  const answer = await post(body, AS_APP);
  return [answer.status, ...answer.codes];
};
const TRUSTED = [200];
const NOT_TRUSTED = [400, 'OPERATION_NOT_TRUSTED'];
const said = (query: string, operationName: string | null = null) =>
  codes({ query, operationName, variables: VARIABLES });

describe('an operation of the manifest', () => {
  it.each(Object.values(DOCUMENTS).filter((each) => each !== FOLLOW))('runs as it stands there: %s', async (query) => {
    expect(await said(query)).toEqual(TRUSTED);
  });

  it('runs in any layout, with comments, its fragments in another order, and __typename as clients add it', async () => {
    const [operation, fragment] = parse(READ).definitions.map(print);
    for (const query of [
      print(parse(READ)),
      READ.replaceAll(' ', '\n,\t '),
      `# a comment\n${READ} # another`,
      `\uFEFF${READ}`,
      `${fragment} ${operation}`,
      READ.replace('displayName', 'displayName __typename'),
      READ.replaceAll('{ ', '{ __typename '),
      READ.replace('...Name', '...Name __typename'),
    ])
      expect([query, await said(query)]).toEqual([query, TRUSTED]);
  });

  it('runs out of a document of several, where it is the one that is asked for', async () => {
    const both = `${READ} query Other { providers { health { state } } }`;
    expect(await said(both, 'Read')).toEqual(TRUSTED);
    expect(await said(both, 'Other')).toEqual(NOT_TRUSTED);
    expect(await said(both)).toEqual(NOT_TRUSTED);
    expect(await said(both, 'Nobody')).toEqual(NOT_TRUSTED);
    expect(await said(READ, 'Nobody')).toEqual(NOT_TRUSTED);
    // Of two of one name nobody knows which is meant.
    expect(await said(`${LIST} query List { providers { health { state } } }`, 'List')).not.toEqual(TRUSTED);
    expect(await said(`query List { providers { health { state } } } ${LIST}`, 'List')).not.toEqual(TRUSTED);
  });

  it('runs by its id, by whatever way a client names it', async () => {
    const byId = (documentId: unknown, more: object = {}) => codes({ documentId, variables: VARIABLES, ...more });
    expect(await byId('sha256:read')).toEqual(TRUSTED);
    expect(await byId('read')).toEqual(TRUSTED);
    expect(await byId('3')).toEqual(TRUSTED);
    expect(await byId(sha256(LIST), { operationName: 'List' })).toEqual(TRUSTED);
    const persistedQuery = { version: 1, sha256Hash: sha256(LIST) };
    expect(await codes({ extensions: { persistedQuery } })).toEqual(TRUSTED);
    expect(await codes({ query: LIST, extensions: { persistedQuery } })).toEqual(TRUSTED);
    const inUrl = [
      { documentId: '3' },
      { extensions: JSON.stringify({ persistedQuery }) },
      { documentId: 'read', variables: JSON.stringify(VARIABLES) },
    ];
    for (const parameters of inUrl) expect((await get(parameters as never, AS_APP)).status).toBe(200);
    expect((await get({ documentId: 'write' }, AS_APP)).status).toBe(405);
  });

  it('runs as a subscription', async () => {
    const response = await fetch(world.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...AS_APP },
      body: JSON.stringify({ query: FOLLOW }),
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('any other operation', () => {
  it.each([
    ['with a field more', READ.replace('displayName', 'displayName email')],
    ['with a field less', READ.replace(' displayName', '')],
    ['with another name for a field', READ.replace('displayName', 'x: displayName')],
    ['with __typename by another name', READ.replace('displayName', 'displayName x: __typename')],
    ['with a directive', READ.replace('displayName', 'displayName @include(if: true)')],
    ['with another argument', READ.replace('OCTOBAT', 'NUTCACHE')],
    ['with another default', READ.replace('$id: String!', '$id: String! = "x"')],
    ['by another name', READ.replace('query Read', 'query Other')],
    ['without a name', READ.replace('query Read(', 'query (')],
    ['with another fragment of that name', READ.replace('on Customer { id displayName }', 'on Customer { id email }')],
    ['of another kind', 'mutation List { providers { name } }'],
    ['about the schema', '{ __schema { queryType { name } } }'],
    ['about nothing', '{ __typename }'],
    ['that is not even of the schema', '{ passwords }'],
    ['with a fragment that there is not', '{ ...Nothing }'],
    ['with a fragment that leads to itself', '{ ...A } fragment A on Query { ...A }'],
  ])('is refused and told nothing of the schema: %s', async (_, query) => {
    const answer = await post({ query, variables: VARIABLES }, AS_APP);
    expect([answer.status, ...answer.codes]).toEqual(NOT_TRUSTED);
    expect(answer.json.errors).toMatchObject([{ message: expect.stringContaining('clientele documents extract') }]);
    expect(answer.text).not.toMatch(/Cannot query|on type|passwords/);
    expect(world.calls()).toEqual([]);
  });

  it('is refused by an id that there is not, whatever it is', async () => {
    for (const documentId of [
      'other',
      '',
      '__proto__',
      'constructor',
      'toString',
      'x'.repeat(500_000),
      'sha256:sha256:read',
    ])
      expect(await codes({ documentId })).toEqual(NOT_TRUSTED);
    for (const documentId of [7, true, {}, ['read']])
      expect(await codes({ documentId })).toEqual([400, 'BAD_USER_INPUT']);
    expect(await codes({ documentId: 'read', query: READ, variables: VARIABLES })).toEqual([400, 'BAD_USER_INPUT']);
    for (const persistedQuery of [{ version: 1 }, 'read', null, { sha256Hash: 7 }])
      expect(await codes({ extensions: { persistedQuery } })).toEqual([400, 'BAD_USER_INPUT']);
    // What is sent beside an id is what is asked for, and nothing is registered by it.
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'mine' } };
    expect(await codes({ query: '{ __typename }', extensions })).toEqual(NOT_TRUSTED);
    expect(await codes({ extensions })).toEqual(NOT_TRUSTED);
  });

  it('is refused where it can’t be read as before', async () => {
    expect(await said('{')).toEqual([400, 'GRAPHQL_PARSE_FAILED']);
    expect(await said('{a'.repeat(5_000) + '}'.repeat(5_000))).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it('runs for whoever may ask for any, and is not by that trusted for others', async () => {
    const any = asCaller(world, keyOf(explorer));
    for (const query of [LIST, '{ __schema { queryType { name } } }', '{ providers { id } }']) {
      expect((await any.query(query)).errors).toEqual([]);
      expect(await said(query)).toEqual(query === LIST ? TRUSTED : NOT_TRUSTED);
      expect((await any.query(query)).errors).toEqual([]);
    }
    const wrong = await any.query('{ passwords }');
    expect(wrong.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codes({ documentId: 'read' })).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('generated: whatever changes what is asked for is refused, whatever changes its looks is not', async () => {
    const words = READ.split(' ');
    const looks = fc.constantFrom(' ', '\n', '\t', ' , ', ' #x\n', '  ');
    const change = fc.record({
      place: fc.nat(words.length - 1),
      word: fc.constantFrom('id', 'email', '...Name', '@a', '}', '{', '"x"'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(looks, { minLength: words.length, maxLength: words.length }),
        fc.option(change),
        async (gaps, changed) => {
          const spelt = words.map((word, place) => (changed?.place === place ? changed.word : word));
          const query = spelt.map((word, place) => word + gaps[place]).join('');
          const isSame = spelt.join(' ') === READ;
          expect((await said(query))[0] === 200).toBe(isSame);
        },
      ),
      { endOnFailure: true, numRuns: 150 },
    );
    expect(world.calls().every((call) => call.startsWith('octobat GET'))).toBe(true);
  });
});

describe('the manifest', () => {
  it('is read anew when it changes, and trusts nobody while it can’t be', async () => {
    expect(await said(LIST)).toEqual(TRUSTED);
    change({ read: READ });
    expect(await said(LIST)).toEqual(NOT_TRUSTED);
    expect(await said(READ)).toEqual(TRUSTED);
    for (const broken of [
      '',
      '{',
      '[]',
      '{"a":7}',
      '{"a":"{"}',
      `{"a":"${LIST} ${LIST}"}`,
      '{"a":"type T { a: Int }"}',
    ]) {
      change(broken);
      expect([broken, await said(READ)]).toEqual([broken, NOT_TRUSTED]);
      expect((await asCaller(world, keyOf(explorer)).query(LIST)).errors).toEqual([]);
    }
    unlinkSync(manifest);
    time.elapsed += 1_000;
    expect(await said(READ)).toEqual(NOT_TRUSTED);
    change(DOCUMENTS);
    expect(await said(LIST)).toEqual(TRUSTED);
  });

  it('keeps the gateway from starting where it can’t be read, and is told by its name', async () => {
    const start = (text: string) => {
      change(text);
      return startKeyedWorld([app], { environment: { TRUSTED_DOCUMENTS: manifest } });
    };
    await expect(start('{')).rejects.toThrow('TRUSTED_DOCUMENTS: it can’t be read as JSON');
    await expect(start('[]')).rejects.toThrow('TRUSTED_DOCUMENTS: it must be an object of documents by their ids');
    await expect(start('{"a b":"hunter2"}')).rejects.toThrow('the document "a b" is not one operation of GraphQL');
  });

  it('may be what graphql-codegen and Relay write: any ids', async () => {
    change({ '9a1cbcb3dd2b54ad9a3f3c9f1b1c4b9e4ce4b3f4': print(parse(LIST)) });
    expect(await codes({ documentId: '9a1cbcb3dd2b54ad9a3f3c9f1b1c4b9e4ce4b3f4' })).toEqual(TRUSTED);
  });

  it('leaves GraphiQL to whoever may ask for any', async () => {
    const page = await send({ method: 'GET', headers: { accept: 'text/html' } });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await said('query IntrospectionQuery { __schema { types { name } } }')).toEqual(NOT_TRUSTED);
  });
});

it('where there is none, an id is told to be of no use', async () => {
  const open = await startWorld();
  const { post: ask } = sendTo(() => open);
  for (const body of [{ documentId: 'x' }, { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }]) {
    const { status, json } = await ask(body);
    expect([status, json.errors[0].message]).toEqual([
      400,
      'This gateway has no trusted documents: send the query itself.',
    ]);
  }
  await open.close();
});

it('where everyone is let in, they may ask for any', async () => {
  change(DOCUMENTS);
  const open = await startWorld({ environment: { TRUSTED_DOCUMENTS: manifest } });
  expect((await open.query('{ __typename }')).errors).toEqual([]);
  await open.close();
});
