import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  CHANGED,
  changeOf,
  type Known,
  knownAt,
  listen,
  nextChange,
  sameStore,
  subscribers,
  subscribersToBe,
} from '../support/changes.ts';
import { type Stream, subscribe } from '../support/events.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

/** A subscription on the wire: GraphQL over SSE, in distinct connections. */

const AT = new Date('2026-02-03T04:05:06.789Z');

let world: World;
let store: Store;
let octobat: Known;
async function start(options: WorldOptions = {}): Promise<void> {
  world = await startWorld({ ...options, subscriptions: { pollMs: 20, ...options.subscriptions } });
  [octobat] = (await knownAt(world, 'octobat')) as [Known];
  store = sameStore(world);
}
afterEach(async () => {
  await store.close();
  await world.close();
});

/** Tells of one change for each of these names. */
const tell = (...names: readonly string[]): Promise<void> =>
  store.tell(names.map((name) => ({ kind: 'UPDATED' as const, record: octobat, fields: [name], at: AT })));

const nameOf = (event: Parameters<typeof changeOf>[0]): string => changeOf(event).fields[0];

const refusalOf = async (stream: Stream) => ({
  status: stream.status,
  type: stream.headers['content-type'],
  codes: JSON.parse(await stream.text()).errors.map(
    ({ extensions }: { extensions: { code: string } }) => extensions.code,
  ),
});
const MODERN = 'application/graphql-response+json; charset=utf-8';

describe('a stream', () => {
  beforeEach(() => start());

  it('is events as they are written down, and ends with one that says so', async () => {
    const stream = await subscribe(world.gateway.url, { query: 'subscription { customerChanged { kind fields } }' });
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-request-id': expect.any(String),
    });
    await tell('line\nbreak\r\n\r\nevent: complete');
    const event = await stream.next();
    await world.gateway.stop();
    const data = '{"data":{"customerChanged":{"kind":"UPDATED","fields":["line\\nbreak\\r\\n\\r\\nevent: complete"]}}}';
    expect(await stream.text()).toBe(`:\n\nevent: next\nid: ${event?.id}\ndata: ${data}\n\nevent: complete\ndata:\n\n`);
  });

  it('may be asked for by GET, as a browser’s EventSource does', async () => {
    const stream = await subscribe(world.gateway.url, {
      query: CHANGED,
      variables: { ids: [octobat.id] },
      method: 'GET',
    });
    await tell('a');
    expect(nameOf(await stream.next())).toBe('a');
  });

  it('goes on where it was for who comes back: nothing is lost, and nothing told twice', async () => {
    const first = await listen(world);
    await tell('a', 'b', 'c');
    expect(nameOf(await first.next())).toBe('a');
    const { id } = (await first.next()) ?? {};
    first.hangUp();
    await subscribersToBe(world.gateway.url, 0);
    await tell('d');
    const second = await listen(world, {}, { 'last-event-id': id ?? '' });
    await tell('e');
    const events = await second.until((event) => nameOf(event) === 'e');
    expect(events.map(nameOf)).toEqual(['c', 'd', 'e']);
  });

  it('goes on with the oldest that is still told for who was away too long', async () => {
    const first = await listen(world);
    await tell('a', 'b');
    const { id } = (await first.next()) ?? {};
    first.hangUp();
    await store.forgetChangesBefore(new Date(AT.getTime() + 1));
    await store.tell([{ kind: 'UPDATED', record: octobat, fields: ['c'], at: new Date(AT.getTime() + 1) }]);
    const second = await listen(world, {}, { 'last-event-id': id ?? '' });
    expect(nameOf(await second.next())).toBe('c');
  });

  it.each([
    ['made up', async () => 'nothing'],
    [
      'that is another cursor',
      async () => {
        const { data } = await world.query('{ customers(first: 1) { pageInfo { endCursor } } }');
        return data.customers.pageInfo.endCursor as string;
      },
    ],
  ])('is refused to who comes back with an id %s', async (_, idOf) => {
    const stream = await listen(world, {}, { 'last-event-id': await idOf() });
    expect(await refusalOf(stream)).toEqual({ status: 400, type: MODERN, codes: ['BAD_USER_INPUT'] });
    expect(await subscribers(world.gateway.url)).toBe(0);
  });

  it('ends at once when its client hangs up', async () => {
    const streams = await Promise.all([listen(world), listen(world), listen(world)]);
    expect(await subscribers(world.gateway.url)).toBe(3);
    for (const [index, stream] of streams.entries()) {
      stream.hangUp();
      await subscribersToBe(world.gateway.url, 2 - index);
    }
  });

  it('is only for who says that it takes one, and says so to everybody else', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*'])
      for (const method of ['GET', 'POST'] as const) {
        const stream = await subscribe(world.gateway.url, { query: CHANGED, method, headers: { accept } });
        const { errors } = JSON.parse(await stream.text());
        expect([accept, stream.status, errors]).toEqual([
          accept,
          406,
          [
            {
              message: 'A subscription is answered as events: send Accept: text/event-stream.',
              extensions: { code: 'BAD_USER_INPUT', retryable: false, requestId: expect.any(String) },
            },
          ],
        ]);
      }
    const both = await listen(world, {}, { accept: 'application/json, text/event-stream' });
    expect(both.status).toBe(200);
  });

  it('carries the one answer of a query, where nothing else is taken', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const stream = await subscribe(world.gateway.url, { query: '{ __typename }', method });
      expect(await stream.text()).toBe(
        'event: next\ndata: {"data":{"__typename":"Query"},"extensions":{"cost":{"calls":0}}}\n\nevent: complete\ndata:\n\n',
      );
    }
    const mutation = 'mutation { createCustomer(input: { providers: [] }) { errors { code } } }';
    expect((await subscribe(world.gateway.url, { query: mutation, method: 'GET' })).status).toBe(405);
    const wrong = await subscribe(world.gateway.url, { query: '{ nobody }' });
    expect(await refusalOf(wrong)).toEqual({ status: 400, type: MODERN, codes: ['GRAPHQL_VALIDATION_FAILED'] });
  });

  it('ends with complete when the gateway stops, also one that began a moment before', async () => {
    const streams = await Promise.all([listen(world), listen(world, { ids: [octobat.id] })]);
    const late = listen(world);
    const stopped = world.gateway.stop();
    for (const stream of streams) {
      expect(await stream.next()).toEqual({ event: 'complete', id: null, data: null });
      expect(await stream.next()).toBeNull();
    }
    await stopped;
    // It came in time and is completed, or there was nobody to come to.
    const ended = await late.then((stream) => stream.text()).catch(String);
    expect(ended).toMatch(/event: complete\ndata:\n\n$|ECONNREFUSED|ECONNRESET|other side closed/);
  });
});

describe('where there is nothing to tell', () => {
  it('a comment is sent now and then, so that proxies keep the stream open', async () => {
    await start({ subscriptions: { keepAliveMs: 5 } });
    const stream = await listen(world);
    await stream.comments(5);
    await tell('a');
    expect(await nextChange(stream)).toMatchObject({ fields: ['a'] });
  });
});

describe('a client that does not read', () => {
  const NAME = 'x'.repeat(20_000);
  const COUNT = 500;

  /** Subscribes, and reads nothing until it is told to. */
  async function open() {
    const { hostname, port, host } = new URL(world.gateway.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const body = JSON.stringify({ query: 'subscription { customerChanged { fields } }' });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    socket.pause();
    return socket;
  }

  async function tellMuch(): Promise<void> {
    for (let from = 0; from < COUNT; from += 50)
      await tell(...Array.from({ length: 50 }, (_, index) => `<${from + index}>${NAME}`));
  }

  it('is told everything in order when it does, though little of it was held for it', async () => {
    await start({ subscriptions: { waiting: 10 } });
    const [slow, quick] = [await open(), await listen(world)];
    await tellMuch();
    // Everything was handed on: to who reads, it was told.
    await quick.until((event) => nameOf(event).startsWith(`<${COUNT - 1}>`));
    const told: string[] = [];
    let rest = '';
    slow.setEncoding('latin1').resume();
    for await (const chunk of slow) {
      told.push(...((rest + chunk).match(/<\d+>/g) ?? []));
      rest = /<\d*$/.exec(rest + chunk)?.[0] ?? '';
      if (told.includes(`<${COUNT - 1}>`)) break;
    }
    expect(told).toEqual(Array.from({ length: COUNT }, (_, index) => `<${index}>`));
    slow.destroy();
  });

  it('keeps nobody from stopping', async () => {
    await start();
    const [slow, quick] = [await open(), await listen(world)];
    await tellMuch();
    await quick.until((event) => nameOf(event).startsWith(`<${COUNT - 1}>`));
    await world.gateway.stop();
    slow.destroy();
  });
});

describe('there may be so many streams', () => {
  it('of one caller, until one of them ends', async () => {
    await start({ subscriptions: { ofOneCaller: 2 } });
    const [first] = await Promise.all([listen(world), listen(world)]);
    expect(await refusalOf(await listen(world))).toEqual({ status: 429, type: MODERN, codes: ['RATE_LIMITED'] });
    first?.hangUp();
    await subscribersToBe(world.gateway.url, 1);
    expect((await listen(world)).status).toBe(200);
  });

  it('altogether', async () => {
    await start({ subscriptions: { subscribers: 2 } });
    const asked = await Promise.all([listen(world), listen(world), listen(world), listen(world)]);
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503]);
    const refused = asked.find(({ status }) => status === 503);
    expect(refused && (await refusalOf(refused))).toEqual({ status: 503, type: MODERN, codes: ['OVERLOADED'] });
    expect(await subscribers(world.gateway.url)).toBe(2);
  });
});

it('two gateways on one file tell what either of them did', async () => {
  await start();
  const other = await world.another();
  const streams = [await listen(world), await listen({ gateway: other })];
  const [nutcache] = (await knownAt(world, 'nutcache')) as [Known];
  const link = 'mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }';
  await world.query(link, { ids: [octobat.id, nutcache.id] });
  for (const stream of streams) expect(await nextChange(stream)).toMatchObject({ kind: 'LINKED' });
});
