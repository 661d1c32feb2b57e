import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendTo, startHttpWorld } from '../support/http.ts';
import { ask, type World } from '../support/world.ts';

/** Who is shown the schema, by introspection, by GraphiQL and by hints. */

let world: World;
beforeAll(async () => {
  world = await startHttpWorld();
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { post } = sendTo(() => world);

describe('the schema', () => {
  const INTROSPECT = '{ __schema { queryType { name } } }';
  const closed = () => world.another({ INTROSPECTION: 'off', GRAPHIQL: 'off' });
  const page = (url: string) => request(url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });

  it('is shown, and GraphiQL served, where everyone is let in', async () => {
    expect((await post({ query: INTROSPECT })).json.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
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
      'query { ...A } fragment A on Query { ...B } fragment B on Query { customer: __schema { types { name } } }',
      'mutation { __typename s: __schema { types { name } } }',
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
    const field = await ask(url, 'query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }', {
      f: { emial: 'x', cycleSoftwar: {} },
    });
    expect(field.errors).toHaveLength(2);
    expect(field.text).not.toMatch(/Did you mean|email|cycleSoftware\b/);
    const { statusCode, body } = await page(url);
    expect([statusCode, await body.text()]).not.toEqual([200, expect.stringMatching(/graphiql/i)]);
  });

  it('helps who may see it', async () => {
    expect((await post({ query: '{ custmer }' })).text).toContain('Did you mean');
  });
});
