import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AS_FREE, idOf, manifestOf, startTrustingWorld, type TrustingWorld } from '../support/trusting.ts';

/** Which operations of a caller run who is bound to trusted documents, whichever way they are sent. */

const PERSON = `query Person($provider: ProviderName! = OCTOBAT, $providerId: String!) {
  customerByProviderId(provider: $provider, providerId: $providerId) {
    ...Names
    octobat { ...Octobat }
  }
}

fragment Octobat on OctobatCustomer { name }

fragment Names on Customer { displayName shown: email @include(if: true) }
`;
const PROVIDERS = '{ providers { name } }';
const TYPES = '{ providers { title: __typename } } fragment Unused on Provider { name }';
const variables = { providerId: 'oc_cu_1421878635hksc26e4de79' };
const answered = { customerByProviderId: { displayName: 'Octobat Inc.', octobat: { name: 'Octobat Inc.' } } };

let world: TrustingWorld;
beforeAll(async () => {
  world = await startTrustingWorld(manifestOf(PERSON, PROVIDERS, TYPES));
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

const post = (parameters: Record<string, unknown>, headers?: Record<string, string>) =>
  world.post({ variables, ...parameters }, headers);

async function expectRefused(parameters: Record<string, unknown>, code = 'OPERATION_NOT_TRUSTED') {
  const answer = await post(parameters);
  expect([parameters, answer.status, answer.codes]).toEqual([parameters, 400, [code]]);
  expect(answer.json.data).toBeUndefined();
  expect(world.calls()).toEqual([]);
  return answer.json.errors[0].message as string;
}

describe('a trusted document', () => {
  it('runs as its text, by its id and by Apollo’s extension, by POST and by GET', async () => {
    const persistedQuery = { version: 1, sha256Hash: idOf(PERSON).replace('sha256:', '') };
    for (const named of [
      { query: PERSON },
      { documentId: idOf(PERSON) },
      { extensions: { persistedQuery } },
      { extensions: { persistedQuery: { ...persistedQuery, sha256Hash: idOf(PERSON) } } },
      { query: PERSON, documentId: idOf(PERSON) },
      { query: null, documentId: idOf(PERSON) },
      { query: PERSON.replaceAll('\n', ' '), extensions: { persistedQuery } },
      { documentId: idOf(PERSON), operationName: 'Person' },
    ]) {
      const { status, json } = await post(named);
      expect([named, status, json.errors]).toEqual([named, 200, undefined]);
      expect(json.data).toMatchObject(answered);
      const asText = Object.entries({ variables, ...named }).flatMap(([name, value]) =>
        value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
      );
      expect((await world.get(Object.fromEntries(asText))).json.data).toMatchObject(answered);
    }
    expect((await world.post({ query: PROVIDERS })).status).toBe(200);
    expect((await world.post({ query: 'query { providers { name } }' })).status).toBe(200);
    expect((await world.post({ query: '{ providers { title: __typename } }' })).status).toBe(200);
  });

  it('runs whatever its layout, its comments and the order of its fragments', async () => {
    const [operation = '', octobat = '', names = ''] = PERSON.split('\n\n');
    for (const query of [
      [names, operation, octobat].join('\n'),
      PERSON.replaceAll(/\s+/g, ',\t\r\n# and so on\n'),
      `\uFEFF${PERSON.replaceAll(/\s+/g, ' ').replaceAll(/ ?([{}():!$=@]) ?/g, '$1')}`,
    ])
      expect([query, (await post({ query })).json.data]).toMatchObject([query, answered]);
  });

  it('runs with the __typenames that clients add, and answers them', async () => {
    const query = PERSON.replaceAll(/\{(?! \.\.\.|$)/g, '{ __typename').replaceAll('\n}', '\n __typename }');
    const { json } = await post({ query });
    expect(json.errors).toBeUndefined();
    expect(json.data.customerByProviderId.octobat).toMatchObject({ __typename: 'OctobatCustomer' });
  });

  it('runs beside others, which don’t count', async () => {
    const others = 'query Person2 { nothing { of } } fragment Unused on Nothing { is { valid } }';
    const query = `${PERSON}${others}`;
    expect((await post({ query, operationName: 'Person' })).json.data).toMatchObject(answered);
    world.calls();
    await expectRefused({ query, operationName: 'Person2' });
    await expectRefused({ query }, 'BAD_USER_INPUT');
    await expectRefused({ query, operationName: 'Unused' }, 'BAD_USER_INPUT');
    // The requested one is the first of its name, here and where it is executed.
    await expectRefused({ query: `query Person { providers { name } } ${PERSON}`, operationName: 'Person' });
  });

  it('is no write by GET', async () => {
    const created = 'mutation { createCustomer(input: { providers: [OCTOBAT] }) { errors { code } } }';
    world.replace(manifestOf(PERSON, PROVIDERS, TYPES, created));
    expect((await world.get({ documentId: idOf(created) })).status).toBe(405);
    expect((await world.get({ query: created })).status).toBe(405);
    expect((await world.post({ documentId: idOf(created) })).status).toBe(200);
  });
});

describe('what is not trusted is refused, and nothing is sent', () => {
  it('when anything is asked for beyond it, or otherwise', async () => {
    const changes: readonly (readonly [string, string])[] = [
      ['displayName', 'displayName kind'],
      ['displayName', 'displayName displayName'],
      ['displayName', 'name: displayName'],
      ['displayName', '__typename @include(if: true)'],
      ['displayName', 'displayName type: __typename'],
      // Without the name alone, what stands behind it would be another field's.
      ['email @include', 'email __typename @include'],
      ['(provider: $provider', ' __typename(provider: $provider'],
      ['octobat {', 'octobat __typename {'],
      ['shown: email', 'email'],
      ['if: true', 'if: false'],
      ['@include', '@skip'],
      ['= OCTOBAT', '= NUTCACHE'],
      ['= OCTOBAT', ''],
      ['$providerId: String!', '$providerId: ID!'],
      ['provider: $provider,', 'provider: OCTOBAT,'],
      ['{ name }', '{ name taxNumber }'],
      ['query Person', 'query Person2'],
      ['query Person(', 'query ('],
      ['query Person', 'mutation Person'],
      ['providerId: String!)', 'providerId: String!) @include(if: true)'],
      ['...Names', '... on Customer { displayName shown: email @include(if: true) }'],
      ['fragment Names on Customer', 'fragment Names on Node'],
    ];
    for (const [from, to] of changes) {
      expect(PERSON).toContain(from);
      await expectRefused({ query: PERSON.replaceAll(from, to) });
    }
    await expectRefused({ query: '{ providers { title type: __typename } }' });
    for (const query of ['{ providers { name configured } }', 'query P { providers { name } }', '{ __typename }'])
      await expectRefused({ query });
  });

  it('by an id that is not known, whatever it looks like', async () => {
    const ids = ['', 'sha256:', idOf('{ nothing }'), '__proto__', 'constructor', 'toString', 'Person', PERSON];
    for (const id of [...ids, idOf(PERSON).toUpperCase(), 'x'.repeat(1_000_000)]) {
      const persistedQuery = { version: 1, sha256Hash: id };
      for (const named of [{ documentId: id }, { documentId: id, query: PERSON }, { extensions: { persistedQuery } }]) {
        const { status, codes, text } = await post(named);
        expect([id.slice(0, 99), status, codes]).toEqual([id.slice(0, 99), 400, ['OPERATION_NOT_TRUSTED']]);
        expect(text.length).toBeLessThan(1_000);
      }
    }
    expect((await post({ documentId: 'x'.repeat(1_048_576) })).codes).toEqual(['REQUEST_TOO_LARGE']);
    expect(world.calls()).toEqual([]);
  });

  it('by a name that is none', async () => {
    const sha256Hash = idOf(PERSON);
    for (const documentId of [7, true, [idOf(PERSON)], { id: idOf(PERSON) }])
      await expectRefused({ documentId }, 'BAD_USER_INPUT');
    for (const persistedQuery of ['x', 7, [], {}, { sha256Hash }, { version: 2, sha256Hash }, { version: 1 }])
      await expectRefused({ query: PERSON, extensions: { persistedQuery } }, 'BAD_USER_INPUT');
    const persistedQuery = { version: 1, sha256Hash };
    await expectRefused({ documentId: idOf(PERSON), extensions: { persistedQuery } }, 'BAD_USER_INPUT');
    await expectRefused({}, 'BAD_USER_INPUT');
    expect((await world.get({ extensions: '{"persistedQuery":' })).codes).toEqual(['BAD_USER_INPUT']);
  });

  it('by a name beside the text of another operation, whoever asks', async () => {
    for (const query of [PROVIDERS, PERSON.replace('displayName', 'kind')])
      for (const headers of [{}, AS_FREE]) {
        const { status, codes } = await post({ query, documentId: idOf(PERSON) }, headers);
        expect([status, codes]).toEqual([400, ['BAD_USER_INPUT']]);
      }
    await expectRefused({ query: '{', documentId: idOf(PERSON) }, 'GRAPHQL_PARSE_FAILED');
    expect(world.calls()).toEqual([]);
  });

  it('and says what to do, with nothing of what was sent', async () => {
    const message = await expectRefused({ query: '{ hunter2 }' });
    expect(message).toBe(
      'This gateway runs only operations of its trusted documents. Extract the frontend’s operations anew (clientele documents extract), or ask with a key that has operations:any.',
    );
    expect(await expectRefused({ documentId: 'hunter2' })).toMatch(/^No trusted document has this id\. Extract the /);
  });

  it('however it is asked for an answer', async () => {
    for (const accept of ['application/json', 'text/event-stream', '*/*']) {
      const { status, codes } = await world.post({ query: '{ __typename }' }, { accept });
      expect([accept, status, codes]).toEqual([accept, 400, ['OPERATION_NOT_TRUSTED']]);
    }
    expect((await world.get({ query: '{ __typename }' })).codes).toEqual(['OPERATION_NOT_TRUSTED']);
  });
});
