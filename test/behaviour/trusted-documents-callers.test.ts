import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { bearer } from '../support/callers.ts';
import { subscribe } from '../support/events.ts';
import { sendTo } from '../support/http.ts';
import { AS_BOUND, AS_FREE, idOf, manifestOf, startTrustingWorld, type TrustingWorld } from '../support/trusting.ts';
import { startWorld, type World } from '../support/world.ts';

/** Whom trusted documents bind, and what those who are bound learn of the rest. */

const PROVIDERS = '{ providers { name } }';
const CHANGES = 'subscription { customerChanged { kind } }';
const INTROSPECT = '{ __schema { queryType { name } } }';

let world: TrustingWorld;
beforeAll(async () => {
  world = await startTrustingWorld(manifestOf(PROVIDERS, CHANGES), {
    environment: { GRAPHIQL: 'on', INTROSPECTION: 'on' },
  });
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

const codesOf = async (query: string, headers: Record<string, string>) => (await world.post({ query }, headers)).codes;

describe('a caller with operations:any', () => {
  it('runs whatever they like, by text, beside those who don’t, in whichever order they ask', async () => {
    for (const query of ['{ first: __typename }', '{ providers { name configured } }', INTROSPECT]) {
      expect(await codesOf(query, AS_BOUND)).toEqual(['OPERATION_NOT_TRUSTED']);
      for (const _ of [1, 2, 3]) {
        expect(await codesOf(query, AS_FREE)).toEqual([]);
        expect(await codesOf(query, AS_BOUND)).toEqual(['OPERATION_NOT_TRUSTED']);
      }
    }
  });

  it('is told what is wrong with the whole of a document, as ever', async () => {
    const query = `query A ${PROVIDERS} query B { nothing }`;
    const { codes } = await world.post({ query, operationName: 'A' }, AS_FREE);
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('finds documents by their ids, and no others', async () => {
    expect((await world.post({ documentId: idOf(PROVIDERS) }, AS_FREE)).codes).toEqual([]);
    expect((await world.post({ documentId: idOf(INTROSPECT) }, AS_FREE)).codes).toEqual(['OPERATION_NOT_TRUSTED']);
  });

  it('explores with GraphiQL, as nobody else does', async () => {
    const page = await world.get({}, { ...AS_BOUND, accept: 'text/html' });
    expect([page.status, /graphiql/i.test(page.text)]).toEqual([200, true]);
    const { getIntrospectionQuery } = await import('graphql');
    expect(await codesOf(getIntrospectionQuery(), AS_FREE)).toEqual([]);
    expect(await codesOf(getIntrospectionQuery(), AS_BOUND)).toEqual(['OPERATION_NOT_TRUSTED']);
  });
});

describe('a caller who is bound', () => {
  it('learns nothing of the schema from what is not trusted', async () => {
    const asked = [
      ['{ custmer }', 'OPERATION_NOT_TRUSTED'],
      ['{ customer(idd: "x") { id } }', 'OPERATION_NOT_TRUSTED'],
      ['mutation { nothing }', 'OPERATION_NOT_TRUSTED'],
      [`{ ${Array.from({ length: 101 }, (_, place) => `a${place}: __typename`).join(' ')} }`, 'OPERATION_NOT_TRUSTED'],
      ['{ ...F } fragment F on Query { ...F }', 'OPERATION_NOT_TRUSTED'],
      ['{', 'GRAPHQL_PARSE_FAILED'],
      ['', 'GRAPHQL_PARSE_FAILED'],
      ['type Query { a: Int }', 'BAD_USER_INPUT'],
      [`{ a ${'b '.repeat(10_000)} }`, 'OPERATION_TOO_COMPLEX'],
    ] as const;
    for (const [query, code] of asked) {
      const { codes, text } = await world.post({ query });
      expect([query.slice(0, 99), codes]).toEqual([query.slice(0, 99), [code]]);
      expect(text).not.toMatch(/Cannot query|Unknown|Did you mean/);
    }
  });

  it('learns nothing from what stands beside what is trusted', async () => {
    for (const beside of ['query B { nothing }', 'query B { customers { nothing } }', 'fragment F on Nothing { a }']) {
      const query = `query ${PROVIDERS} ${beside}`.replace('query {', 'query A {');
      world.replace(manifestOf(`query A ${PROVIDERS}`, PROVIDERS, CHANGES));
      const { status, codes, text } = await world.post({ query, operationName: 'A' });
      expect([beside, status, codes]).toEqual([beside, 200, []]);
      expect(text).not.toContain('othing');
    }
  });

  it('is refused soon, however the document was made to be hard', async () => {
    const deep = `${'{a'.repeat(700)}{${'b '.repeat(6_000)}}${'}'.repeat(700)}`;
    const many = Array.from({ length: 1_600 }, (_, place) => `query A${place} { a }`).join(' ');
    const chain = Array.from({ length: 1_000 }, (_, place) => `fragment F${place} on T { ...F${place + 1} }`).join(' ');
    for (const query of [deep, `query ${deep} ${many.slice(0, 20_000)}`, `{ ...F0 } ${chain}`])
      expect(['OPERATION_NOT_TRUSTED', 'OPERATION_TOO_COMPLEX', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT']).toContain(
        (await codesOf(query, AS_BOUND))[0],
      );
    const { codes } = await world.post({ query: many, operationName: 'A1' });
    expect(codes).toEqual(['OPERATION_NOT_TRUSTED']);
    expect(await codesOf(PROVIDERS, AS_BOUND)).toEqual([]);
  });

  it('is nobody who is not let in', async () => {
    for (const asked of [{ query: PROVIDERS }, { query: INTROSPECT }, { documentId: 'x' }])
      expect((await world.post(asked, bearer('stranger'))).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('subscribes to what is trusted, and to the end, though that is taken out meanwhile', async () => {
    const begin = (query: string) => subscribe(world.gateway.url, { query, headers: AS_BOUND });
    const refused = await begin('subscription { customerChanged { kind customerId } }');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('OPERATION_NOT_TRUSTED');
    const stream = await begin(CHANGES);
    expect(stream.status).toBe(200);
    world.replace(manifestOf(PROVIDERS));
    expect((await begin(CHANGES)).status).toBe(400);
    const created =
      'mutation { createCustomer(input: { providers: [CYCLE_SOFTWARE], lastName: "King" }) { errors { code } } }';
    expect(await codesOf(created, AS_FREE)).toEqual([]);
    expect((await stream.next())?.data).toEqual({ data: { customerChanged: { kind: 'CREATED' } } });
    stream.hangUp();
  });
});

describe('nobody is bound', () => {
  async function start(environment: Record<string, string>): Promise<ReturnType<typeof sendTo>> {
    const open: World = await startWorld({ environment });
    onTestFinished(() => open.close());
    return sendTo(() => open);
  }

  it('where everyone is let in: documents then are what may be asked for by id', async () => {
    const { post } = await start({ TRUSTED_DOCUMENTS: world.manifestFile });
    expect((await post({ query: INTROSPECT })).codes).toEqual([]);
    expect((await post({ documentId: idOf(PROVIDERS) })).codes).toEqual([]);
    expect((await post({ documentId: idOf(INTROSPECT) })).codes).toEqual(['OPERATION_NOT_TRUSTED']);
  });

  it('where there is no manifest, and a document that is named is refused by saying so', async () => {
    const { post, get } = await start({});
    expect((await post({ query: INTROSPECT })).codes).toEqual([]);
    const persistedQuery = { version: 1, sha256Hash: 'x' };
    for (const named of [
      { documentId: 'x' },
      { documentId: 'x', query: PROVIDERS },
      { extensions: { persistedQuery }, query: PROVIDERS },
    ]) {
      const { status, codes, text } = await post(named);
      expect([status, codes]).toEqual([400, ['BAD_USER_INPUT']]);
      expect(text).toContain('TRUSTED_DOCUMENTS');
    }
    expect((await get({ documentId: 'x' })).codes).toEqual(['BAD_USER_INPUT']);
  });
});
