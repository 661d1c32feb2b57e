import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deedAt } from '../conformance/storeRecords.ts';
import { changeOf, type Known, knownAt, link, listen, nextChange, sameStore, unlink } from '../support/changes.ts';
import { createAda } from '../support/customers.ts';
import { subscribe } from '../support/events.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** What whoever subscribes is told of what happens to customers. */

const AT = new Date('2026-02-03T04:05:06.789Z');

let world: World;
let octobat: Known;
let nutcache: Known;
beforeEach(async () => {
  world = await startWorld({ subscriptions: { pollMs: 20 } });
  [octobat, nutcache] = (await knownAt(world, 'octobat', 'nutcache')) as [Known, Known];
});
afterEach(() => world.close());

const updated = ({ provider, providerId }: Known, fields: string[] | null = ['email']) => ({
  kind: 'UPDATED' as const,
  record: { provider, providerId },
  fields,
  at: AT,
});

describe('whoever subscribes is told', () => {
  it('of customers that are linked and parted, without a call to a provider', async () => {
    const stream = await listen(world);
    const { records } = await link(world, [nutcache.id, octobat.id]);
    world.calls();
    const linked = await nextChange(stream);
    expect(linked).toEqual({
      ...{ kind: 'LINKED', customerId: nutcache.id, formerIds: [octobat.id], provider: null, fields: [] },
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      customer: { id: nutcache.id, displayName: expect.any(String) },
    });
    expect(world.calls()).toEqual([]);

    await unlink(world, records.find(({ provider }) => provider === 'OCTOBAT')?.id ?? '');
    world.calls();
    const parted = [await nextChange(stream), await nextChange(stream)];
    expect(parted).toMatchObject([{ kind: 'UNLINKED' }, { kind: 'UNLINKED' }]);
    expect(new Set(parted.map(({ customerId }) => customerId))).toEqual(new Set([octobat.id, nutcache.id]));
    for (const { customer, customerId } of parted) expect(customer.id).toBe(customerId);
    expect(world.calls()).toEqual([]);
  });

  it('of what is created, updated and confirmed, when it is done and the directory shows it', async () => {
    const stream = await listen(world);
    const ada = await createAda(world, ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], { kind: 'INDIVIDUAL' });
    const created = [await nextChange(stream), await nextChange(stream)];
    expect(
      new Set(created.map(({ kind, customerId, provider }) => `${kind} ${provider} ${customerId === ada}`)),
    ).toEqual(new Set(['CREATED CYCLE_SOFTWARE true', 'CREATED DIRTY_LEMON true']));
    expect(created[1].customer).toEqual({ id: ada, displayName: 'Ada Lovelace' });

    const update = 'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { message } } }';
    await world.query(update, { input: { id: ada, providers: ['CYCLE_SOFTWARE'], lastName: 'King' } });
    expect(await nextChange(stream)).toMatchObject({
      ...{ kind: 'UPDATED', customerId: ada, provider: 'CYCLE_SOFTWARE', fields: expect.arrayContaining(['lastName']) },
      customer: { displayName: 'Ada King' },
    });

    const code = /\d{4,}/.exec(world.provider('dirty-lemon').messages.at(-1)?.text ?? '')?.[0];
    const confirm =
      'mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { errors { message } } }';
    await world.query(confirm, { input: { id: ada, confirmationToken: code } });
    expect(await nextChange(stream)).toMatchObject({ kind: 'CONFIRMED', customerId: ada, provider: 'DIRTY_LEMON' });
  });

  it('of what another process writes into the same store, with its fields, provider and time', async () => {
    const [stream, store] = [await listen(world), sameStore(world)];
    await store.tell([updated(octobat), { ...updated(nutcache, null), kind: 'CONFIRMED' }]);
    await store.close();
    const about = { formerIds: [], at: AT.toISOString() };
    expect(await nextChange(stream)).toMatchObject({
      ...{ kind: 'UPDATED', customerId: octobat.id, provider: 'OCTOBAT', fields: ['email'], ...about },
      customer: { id: octobat.id, displayName: 'Octobat Inc.' },
    });
    expect(await nextChange(stream)).toMatchObject({
      ...{ kind: 'CONFIRMED', customerId: nutcache.id, provider: 'NUTCACHE', fields: [], ...about },
    });
  });

  it('of an erasure by all the ids that led to the customer, and sees nothing of it', async () => {
    await link(world, [octobat.id, nutcache.id]);
    const streams = [await listen(world, { ids: [octobat.id] }), await listen(world, { providers: ['NUTCACHE'] })];
    streams.push(await listen(world, { ids: [nutcache.id] }));
    const store = sameStore(world);
    await store.erase(octobat, deedAt(AT));
    await store.close();
    for (const stream of streams)
      expect(await nextChange(stream)).toEqual({
        ...{ kind: 'ERASED', customerId: octobat.id, formerIds: [nutcache.id], provider: null, fields: [] },
        ...{ at: AT.toISOString(), customer: null },
      });
  });

  it('of everything in order, each once, though it comes faster than it is read', async () => {
    const [stream, store] = [await listen(world), sameStore(world)];
    const fields = Array.from({ length: 1_500 }, (_, index) => `f${index}`);
    for (let from = 0; from < fields.length; from += 50)
      await store.tell(fields.slice(from, from + 50).map((field) => updated(octobat, [field])));
    await store.close();
    const events = await stream.until((event) => changeOf(event).fields[0] === fields.at(-1));
    expect(events.map((event) => changeOf(event).fields[0])).toEqual(fields);
    expect(new Set(events.map(({ id }) => id)).size).toBe(fields.length);
  });

  it('nothing of what was before', async () => {
    await link(world, [nutcache.id, octobat.id]);
    const [stream, store] = [await listen(world), sameStore(world)];
    await store.tell([updated(octobat)]);
    await store.close();
    expect(await nextChange(stream)).toMatchObject({ kind: 'UPDATED' });
  });

  it('of a customer that can’t be answered without a provider, with an error in its place', async () => {
    const [stream, store] = [await listen(world), sameStore(world)];
    await store.tell([
      { kind: 'UPDATED', record: { provider: 'cycle-software', providerId: '1006' }, fields: null, at: AT },
    ]);
    await store.close();
    const event = await stream.next();
    expect(changeOf(event)).toMatchObject({ kind: 'UPDATED', provider: 'CYCLE_SOFTWARE', customer: null });
    expect(event?.data?.errors).toMatchObject([
      { path: ['customerChanged', 'customer'], extensions: { code: 'PROVIDER_UNAVAILABLE' } },
    ]);
    expect(world.calls()).toEqual([]);
  });
});

it('a customer whose record could not be read since it was written to is told with that problem, as it was before', async () => {
  const query = `subscription { customerChanged { kind customer {
    displayName problems { provider code } octobat { name } records { servedFrom problem { code message retryable } } } } }`;
  const stream = await subscribe(world.gateway.url, { query });
  world.provider('octobat').fault({ kind: 'status', status: 503, method: 'GET', skip: 1 });
  const update =
    'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { message } outcomes { status } } }';
  const { data } = await world.query(update, { input: { id: octobat.id, companyName: 'Another Ltd.' } });
  expect(data.updateCustomer).toMatchObject({ errors: [], outcomes: [{ status: 'SUCCEEDED' }] });
  world.calls();
  const event = await stream.next();
  const problem = { code: 'PROVIDER_UNAVAILABLE', message: expect.stringContaining('written to'), retryable: true };
  expect(changeOf(event)).toEqual({
    kind: 'UPDATED',
    customer: {
      displayName: 'Octobat Inc.',
      problems: [{ provider: 'OCTOBAT', code: 'PROVIDER_UNAVAILABLE' }],
      octobat: null,
      records: [{ servedFrom: 'DIRECTORY', problem }],
    },
  });
  expect(event?.data?.errors).toMatchObject([{ path: ['customerChanged', 'customer', 'octobat'] }]);
  expect(world.calls()).toEqual([]);
});

describe('whoever names customers is told of those alone', () => {
  it('also by an id that a customer had before it was linked', async () => {
    await link(world, [octobat.id, nutcache.id]);
    const [cycleSoftware] = (await knownAt(world, 'cycle-software')) as [Known];
    const [former, other, store] = [
      await listen(world, { ids: [nutcache.id] }),
      await listen(world, { ids: [cycleSoftware.id] }),
      sameStore(world),
    ];
    await store.tell([updated(octobat), updated(cycleSoftware), updated(nutcache)]);
    await store.close();
    expect(await nextChange(former)).toMatchObject({ customerId: octobat.id, provider: 'OCTOBAT' });
    expect(await nextChange(former)).toMatchObject({ customerId: octobat.id, provider: 'NUTCACHE' });
    expect(await nextChange(other)).toMatchObject({ customerId: cycleSoftware.id });
  });

  it('and of the link by which it goes over into another', async () => {
    const stream = await listen(world, { ids: [nutcache.id] });
    await link(world, [octobat.id, nutcache.id]);
    expect(await nextChange(stream)).toMatchObject({
      kind: 'LINKED',
      customerId: octobat.id,
      formerIds: [nutcache.id],
    });
  });

  it.each([
    ['no id', 'nobody', 'BAD_USER_INPUT'],
    ['a record’s id', null, 'BAD_USER_INPUT'],
  ])('and refused with %s', async (_, given, code) => {
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id } } }', { id: octobat.id });
    const ids = [octobat.id, given ?? data.customer.records[0].id];
    const stream = await listen(world, { ids });
    expect([stream.status, stream.headers['content-type']]).toEqual([
      400,
      'application/graphql-response+json; charset=utf-8',
    ]);
    expect(JSON.parse(await stream.text()).errors).toMatchObject([{ extensions: { code } }]);
  });

  it('at most 500', async () => {
    const stream = await listen(world, { ids: Array(501).fill(octobat.id) });
    expect(stream.status).toBe(400);
    expect(JSON.parse(await stream.text()).errors).toMatchObject([
      { message: expect.stringContaining('500'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect((await listen(world, { ids: Array(500).fill(octobat.id) })).status).toBe(200);
  });
});

it('whoever names providers is told what was made or seen there, and of links of customers that are there', async () => {
  const [cycleSoftware] = (await knownAt(world, 'cycle-software')) as [Known];
  const [stream, store] = [await listen(world, { providers: ['NUTCACHE', 'DIRTY_LEMON'] }), sameStore(world)];
  await store.tell([updated(octobat), updated(nutcache, ['phone'])]);
  await link(world, [cycleSoftware.id, octobat.id]);
  await link(world, [cycleSoftware.id, nutcache.id]);
  await store.tell([updated(octobat), updated(nutcache, ['name'])]);
  await store.close();
  expect(await nextChange(stream)).toMatchObject({ provider: 'NUTCACHE', fields: ['phone'] });
  expect(await nextChange(stream)).toMatchObject({ kind: 'LINKED', formerIds: [nutcache.id] });
  expect(await nextChange(stream)).toMatchObject({ provider: 'NUTCACHE', fields: ['name'] });
});

it('one subscription is one field, and no more than a document may hold', async () => {
  const codeOf = async (query: string) => {
    const { errors, status } = await ask(world.gateway.url, query, {}, { accept: 'text/event-stream' });
    return [status, errors[0]?.extensions.code];
  };
  expect(await codeOf('subscription { a: customerChanged { at } b: customerChanged { at } }')).toEqual([
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expect(await codeOf('subscription { customerChanged { nothing } }')).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
});

it('several may be told at once, each of what it asked for', async () => {
  const streams = await Promise.all([
    listen(world),
    listen(world, { ids: [octobat.id] }),
    subscribe(world.gateway.url, { query: 'subscription { customerChanged { kind } }' }),
  ]);
  const store = sameStore(world);
  await store.tell([updated(nutcache), updated(octobat, ['x'])]);
  await store.close();
  const [all, one, kinds] = streams;
  expect((await nextChange(all)).customerId).toBe(nutcache.id);
  expect((await nextChange(all)).customerId).toBe(octobat.id);
  expect((await nextChange(one)).customerId).toBe(octobat.id);
  expect(await nextChange(kinds)).toEqual({ kind: 'UPDATED' });
});
