import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { SCOPES } from '../../src/contract/scopes.ts';
import { asCaller, bearer, type Key, type KeyedWorld, keyOf, keysText, startKeyedWorld } from '../support/callers.ts';
import { changeOf, type Known, knownAt, link, listen, sameStore, subscribersToBe } from '../support/changes.ts';
import { type Event, subscribe } from '../support/events.ts';
import type { WorldOptions } from '../support/world.ts';

/** Who is told of changes, and for how long. */

const AT = new Date('2026-02-03T04:05:06.789Z');
const ALL: Key = { name: 'everything', scopes: SCOPES };
const READER: Key = { name: 'reader', scopes: ['customers:read'] };

let world: KeyedWorld;
let octobat: Known;
let nutcache: Known;
async function start(keys: readonly Key[], options: WorldOptions = {}): Promise<void> {
  world = await startKeyedWorld([ALL, ...keys], {
    ...options,
    subscriptions: { pollMs: 20, keepAliveMs: 10, ...options.subscriptions },
  });
  [octobat, nutcache] = (await knownAt(asCaller(world, keyOf(ALL)), 'octobat', 'nutcache')) as [Known, Known];
}
afterEach(() => world.close());

async function tell(): Promise<void> {
  const store = sameStore(world);
  await store.tell([{ kind: 'UPDATED', record: octobat, fields: null, at: AT }]);
  await store.close();
}

const codesOf = (event: Event | null) => event?.data?.errors?.map(({ extensions }) => extensions.code);

/** A file is seen to have changed, whatever the clock's grain, when it is another one. */
function replaceKeys(keys: readonly Key[]): void {
  const next = join(world.folder, 'keys.json');
  writeFileSync(next, keysText(keys));
  renameSync(next, world.keysFile);
}

/** A clock that is moved by hand. */
function movable() {
  let moved = 0;
  return {
    clock: { now: () => Date.now() + moved, elapsed: () => performance.now() + moved },
    move(ms: number) {
      moved += ms;
    },
  };
}

it('only who may read is told, and nobody without a key', async () => {
  const keys = SCOPES.map((scope): Key => ({ name: `only ${scope}`, scopes: [scope] }));
  await start([...keys, { name: 'expired', scopes: SCOPES, expiresAt: '2020-01-01T00:00:00Z' }]);
  for (const key of keys) {
    const stream = await listen(world, {}, bearer(keyOf(key)));
    if (key.scopes.includes('customers:read')) expect(stream.status).toBe(200);
    else {
      const { errors, data } = JSON.parse(await stream.text());
      expect([stream.status, data, errors[0].extensions.code]).toEqual([403, undefined, 'FORBIDDEN']);
    }
  }
  for (const headers of [{}, bearer(keyOf({ name: 'expired' })), bearer('made-up')]) {
    const stream = await listen(world, {}, headers);
    expect([stream.status, JSON.parse(await stream.text()).errors[0].extensions.code]).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
  }
  await subscribersToBe(world.gateway.url, 1);
});

it('an event shows no more of a customer than a query would', async () => {
  await start([READER]);
  const query = 'subscription { customerChanged { customer { displayName records { providerId raw } } } }';
  const [all, reader] = await Promise.all(
    [ALL, READER].map((key) => subscribe(world.gateway.url, { query, headers: bearer(keyOf(key)) })),
  );
  await tell();
  const [seen, shown] = [await all?.next(), await reader?.next()];
  expect(changeOf(seen ?? null).customer.records).toEqual([
    { providerId: octobat.providerId, raw: expect.any(Object) },
  ]);
  expect(changeOf(shown ?? null).customer).toEqual({
    displayName: 'Octobat Inc.',
    records: [{ providerId: null, raw: null }],
  });
  expect(codesOf(shown ?? null)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(JSON.stringify(shown)).not.toContain(octobat.providerId);
});

it.each([
  ['when nothing happens', 10],
  ['when there is something to tell', 600_000],
])('a key that is taken out ends its streams, %s, and no other', async (_, keepAliveMs) => {
  const { clock, move } = movable();
  await start([READER], { clock, subscriptions: { keepAliveMs } });
  const [ended, stays] = [await listen(world, {}, bearer(keyOf(READER))), await listen(world, {}, bearer(keyOf(ALL)))];
  replaceKeys([ALL]);
  move(1_001);
  await tell();
  const events = await ended.until(({ event }) => event === 'complete');
  // It may have been told of what happened a moment before; of its end it is told last.
  expect(codesOf(events.at(-2) ?? null)).toEqual(['UNAUTHENTICATED']);
  if (keepAliveMs > 10) expect(events).toHaveLength(2);
  expect(await ended.next()).toBeNull();
  expect(changeOf(await stays.next())).toMatchObject({ kind: 'UPDATED' });
  await subscribersToBe(world.gateway.url, 1);
});

it('a key whose time is over ends its streams', async () => {
  const { clock, move } = movable();
  await start([{ ...READER, expiresAt: new Date(Date.now() + 3_600_000).toISOString() }], { clock });
  const stream = await listen(world, {}, bearer(keyOf(READER)));
  await stream.comments(2);
  move(3_600_001);
  expect(codesOf(await stream.next())).toEqual(['UNAUTHENTICATED']);
  expect(await stream.next()).toEqual({ event: 'complete', id: null, data: null });
});

it('a scope that is taken away is gone from the next event on', async () => {
  const { clock, move } = movable();
  await start([READER], { clock });
  const stream = await listen(world, {}, bearer(keyOf(READER)));
  replaceKeys([ALL, { ...READER, scopes: ['payments:read'] }]);
  move(1_001);
  await tell();
  const event = await stream.next();
  expect([event?.data?.data, codesOf(event)]).toEqual([{ customerChanged: null }, ['FORBIDDEN']]);
});

it('an error that nobody foresaw is masked in its event, and the stream goes on', async () => {
  await start([]);
  const all = asCaller(world, keyOf(ALL));
  await link(all, [octobat.id, nutcache.id]);
  const query = 'subscription { customerChanged { kind customer { displayName links { evidence } } } }';
  const stream = await subscribe(world.gateway.url, {
    query,
    headers: { ...bearer(keyOf(ALL)), 'x-request-id': 'r-1' },
  });
  const database = new DatabaseSync(join(world.folder, 'clientele.db'));
  database.exec(`UPDATE link SET evidence = '{"pw":"hunter2"'`);
  await tell();
  const event = await stream.next();
  expect(changeOf(event)).toMatchObject({ kind: 'UPDATED', customer: { displayName: 'Octobat Inc.', links: null } });
  expect(event?.data?.errors).toMatchObject([
    {
      message: 'Something went wrong here, not with your request. Quote the requestId.',
      path: ['customerChanged', 'customer', 'links'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r-1' },
    },
  ]);
  expect(JSON.stringify(event)).not.toContain('hunter2');
  database.exec(`UPDATE link SET evidence = '["seen"]'`);
  database.close();
  await tell();
  expect(changeOf(await stream.next()).customer.links).toEqual([{ evidence: ['seen'] }]);
});
