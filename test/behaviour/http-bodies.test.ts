import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendTo, startHttpWorld } from '../support/http.ts';
import type { World } from '../support/world.ts';

/** What a body of JSON may hold that some read in one way, some in another, and some not at all. */

let world: World;
beforeAll(async () => {
  world = await startHttpWorld();
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

describe('a body', () => {
  const create = (name: Buffer) =>
    Buffer.concat([
      Buffer.from(
        '{"query":"mutation($i:CreateCustomerInput!){createCustomer(input:$i){errors{code}}}","variables":{"i":{"providers":["CYCLE_SOFTWARE"],"lastName":"',
      ),
      name,
      Buffer.from('"}}}'),
    ]);

  it('that is not UTF-8 is refused whole, and not written with other characters', async () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      const { status, codes, text } = await send({ body: create(Buffer.from(bytes)) });
      expect([status, codes]).toEqual([400, ['BAD_USER_INPUT']]);
      expect(text).toContain('The body is not UTF-8.');
    }
    expect(world.calls()).toEqual([]);
  });

  it('may begin with a mark that says how it is written', async () => {
    const { json } = await send({ body: '\ufeff{"query":"{ __typename }"}' });
    expect(json.data).toEqual({ __typename: 'Query' });
  });

  it('that is packed is not unpacked', async () => {
    for (const coding of ['gzip', 'br', 'identity, gzip', 'x']) {
      const { status, codes } = await post({ query: '{ __typename }' }, { 'content-encoding': coding });
      expect([coding, status, codes]).toEqual([coding, 415, ['BAD_USER_INPUT']]);
    }
  });

  it('may say that it is not packed', async () => {
    expect((await post({ query: '{ __typename }' }, { 'content-encoding': 'identity' })).status).toBe(200);
  });

  it('of which a key comes twice says the last; one that JavaScript has its own meaning for says nothing', async () => {
    const twice = await send({ body: '{"query":"{ a }","query":"{ __typename }"}' });
    expect(twice.json.data).toEqual({ __typename: 'Query' });
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const { codes } = await send({ body: `{"${key}":{"query":"{ __typename }"}}` });
      expect([key, codes]).toEqual([key, ['BAD_USER_INPUT']]);
      const variables = `{"query":"query($n:ProviderName!){provider(name:$n){name}}","variables":{"${key}":{"n":"OCTOBAT"}}}`;
      expect([key, (await send({ body: variables })).codes]).toEqual([key, ['BAD_USER_INPUT']]);
      const input = `{"query":"query($f:CustomerFilter){customers(filter:$f){totalCount}}","variables":{"f":{"${key}":{"text":"x"}}}}`;
      expect([key, (await send({ body: input })).codes]).toEqual([key, ['BAD_USER_INPUT']]);
    }
    expect(({} as Record<string, unknown>).query).toBeUndefined();
  });

  it.each([
    ['lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['objects', (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
  ])('may nest %s deeper than anybody reads, but not so deep that parsing it takes long', async (_, nested) => {
    const deep = nested(19_000);
    const body = (name: string, type: string, use: string) =>
      `{"query":"query($${name}:${type}){customers(${use}){totalCount}}","variables":{"${name}":${deep}}}`;
    for (const [name, type, use] of [
      ['f', 'CustomerFilter', 'filter:$f'],
      ['n', 'Int', 'first:$n'],
      ['p', '[ProviderName!]', 'filter:{providers:$p}'],
      ['d', 'DateTime', 'filter:{changedSince:$d}'],
    ] as const) {
      const { status, codes } = await send({ body: body(name, type, use) });
      expect([type, status, new Set(codes)]).toEqual([type, 400, new Set(['BAD_USER_INPUT'])]);
    }
    const beside = (json: string) => send({ body: `{"query":"{ __typename }","variables":{"x":${json}}}` });
    expect((await beside(deep)).json.data).toEqual({ __typename: 'Query' });
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 1])));
    for (const json of [nested(20_000), nested(100_000), '['.repeat(1_000_000), `[${'{},'.repeat(20_000)}1]`, wide]) {
      const { status, codes } = await beside(json);
      expect([status, codes]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    }
  });

  it.each(['1e999', '-1e999', '9007199254740993', `1${'0'.repeat(5_000)}`])(
    'may hold a number such as %s, and it is none that GraphQL takes',
    async (number) => {
      const body = `{"query":"query($n:Int){customers(first:$n){totalCount}}","variables":{"n":${number}}}`;
      expect((await send({ body })).codes).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('may have a megabyte of an operationName, which is told nowhere', async () => {
    const operationName = 'n'.repeat(1_000_000);
    const { status, codes, text } = await post({ query: '{ __typename }', operationName });
    expect([status, codes, text.length < 1_000]).toEqual([400, ['BAD_USER_INPUT'], true]);
  });
});
