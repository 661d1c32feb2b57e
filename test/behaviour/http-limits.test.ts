import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { letEveryoneIn } from '../../src/server/auth.ts';
import { createLogger } from '../../src/server/log.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer } from '../../src/server/server.ts';
import { idOf } from '../support/customers.ts';
import { sendTo, startHttpWorld } from '../support/http.ts';
import { openRaw, sendRaw } from '../support/raw.ts';
import type { World } from '../support/world.ts';

/** How much a request may be: its bytes, its time, and what its document may ask for. */

let world: World;
let base: URL;
beforeAll(async () => {
  world = await startHttpWorld();
  base = new URL(world.gateway.url);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());
const { send, post } = sendTo(() => world);

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
      trusted: null,
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
