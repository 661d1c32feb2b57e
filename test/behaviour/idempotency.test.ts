import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createIds } from '../../src/ids/ids.ts';
import { createSealer } from '../../src/ids/seal.ts';
import { bearer, startKeyedWorld } from '../support/callers.ts';
import { ada, adasOnboarding, createAda } from '../support/customers.ts';
import { afreshEach, ask, startWorld, type World } from '../support/world.ts';

/** The same key and the same meaning: one write, one answer, whoever asks how often. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId provider status error { code } } errors { code field retryable } } }`;
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id } outcomes { writeId provider status changes { field after } } errors { code field } } }`;

const create = async (input: Record<string, unknown>, url = world.gateway.url) =>
  // biome-ignore lint/suspicious/noExplicitAny: an answer to a query written in a test has the shape that the test says
  (await ask(url, CREATE, { input: { ...ada, ...input } })).data?.createCustomer as any;
const update = async (input: Record<string, unknown>) => (await world.query(UPDATE, { input })).data.updateCustomer;
const writes = (): string[] => world.calls().filter((call) => !call.includes(' GET '));

/** As the metrics tell an operator. */
async function unknown(): Promise<number> {
  const text = await (await fetch(new URL('/metrics', world.gateway.url))).text();
  return Number(/^clientele_writes_unknown (\d+)$/m.exec(text)?.[1]);
}

let number = 0;
const newKey = (): string => `order ${++number}`;

describe('an idempotency key', () => {
  it('gets the first one’s answer for the same meaning, however it is spelt, and nothing is sent twice', async () => {
    const idempotencyKey = newKey();
    const first = await create({ providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], idempotencyKey });
    expect(first).toMatchObject({ customer: { id: expect.any(String) }, errors: [] });
    expect(writes()).toHaveLength(2);
    const spelt = {
      phone: '06 1234 5678',
      email: ' ada@EXAMPLE.com ',
      address: { ...ada.address, country: 'Nederland' },
    };
    const again = await create({ providers: ['CYCLE_SOFTWARE', 'OCTOBAT'], ...spelt, idempotencyKey });
    expect(again).toEqual(first);
    expect(writes()).toEqual([]);
  });

  it('is one write for many at once, over two gateways on one store', async () => {
    const other = await world.another();
    const idempotencyKey = newKey();
    const asked = Array.from({ length: 20 }, (_, index) =>
      create({ providers: ['OCTOBAT'], idempotencyKey }, (index % 2 ? other : world.gateway).url),
    );
    const answers = await Promise.all(asked);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0].errors).toEqual([]);
    expect(writes()).toHaveLength(1);
  });

  it('is its caller’s, whichever of their API keys is sent: those of one name are one caller, and no other is', async () => {
    const scopes = ['customers:read', 'customers:write'] as const;
    const keyed = await startKeyedWorld([
      ...[
        { name: 'shop', key: 'old', scopes },
        { name: 'shop', key: 'new', scopes },
      ],
      { name: 'desk', key: 'other', scopes },
    ]);
    onTestFinished(() => keyed.close());
    const input = { ...ada, providers: ['OCTOBAT'], idempotencyKey: newKey() };
    const created = async (key: string) => (await keyed.query(CREATE, { input }, bearer(key))).data.createCustomer;
    const first = await created('old');
    expect(await created('new')).toEqual(first);
    const write = { id: first.outcomes[0].writeId };
    const told = async (key: string) =>
      (await keyed.query('query ($id: ID!) { write(id: $id) { status } }', write, bearer(key))).data.write;
    expect([await told('new'), await told('other')]).toEqual([{ status: 'SUCCEEDED' }, null]);
    expect((await created('other')).outcomes[0].writeId).not.toBe(write.id);
    expect(keyed.calls().filter((call) => call.includes(' POST '))).toHaveLength(2);
  });

  it('is refused for another input, and for another mutation', async () => {
    const idempotencyKey = newKey();
    const { customer } = await create({ providers: ['OCTOBAT'], idempotencyKey });
    world.calls();
    const refusal = [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] }];
    const other = await create({ providers: ['OCTOBAT'], firstName: 'Eve', idempotencyKey });
    expect(other).toMatchObject({ customer: null, outcomes: [], errors: refusal });
    expect(await update({ id: customer.id, email: 'eve@example.com', idempotencyKey })).toMatchObject({
      errors: refusal,
    });
    expect(writes()).toEqual([]);
  });

  it('made before the secret was changed goes on, where the former secret is given along', async () => {
    const [former, now] = ['the first secret, long enough', 'the second secret, long enough'];
    const old = await startWorld({ environment: { ID_SECRET: former } });
    onTestFinished(() => old.close());
    const sent = (): string[] => old.calls().filter((call) => !call.includes(' GET '));
    const input = { providers: ['OCTOBAT'], idempotencyKey: newKey() };
    const first = await create(input, old.gateway.url);
    expect(first).toMatchObject({ outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    const lost = { providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], idempotencyKey: newKey() };
    await old.provider('cycle-software').down();
    const half = await create(lost, old.gateway.url);
    expect(half.outcomes).toMatchObject([
      { provider: 'OCTOBAT', status: 'SUCCEEDED' },
      { provider: 'CYCLE_SOFTWARE', status: 'FAILED', error: { code: 'PROVIDER_UNAVAILABLE' } },
    ]);
    await old.provider('cycle-software').up();
    old.calls();

    const heir = await old.another({ ID_SECRET: now, ID_SECRET_PREVIOUS: former });
    const sealed = createIds(createSealer(now, former));
    const again = await create(input, heir.url);
    const opened = ({ customer, outcomes }: typeof first) =>
      [customer.id, outcomes[0].writeId].map((id) => sealed.open(id));
    expect(opened(again)).toEqual(opened(first));
    expect(again).toMatchObject({ outcomes: [{ provider: 'OCTOBAT', status: 'SUCCEEDED' }], errors: [] });
    expect(await create({ ...input, firstName: 'Eve' }, heir.url)).toMatchObject({
      ...{ customer: null, outcomes: [] },
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(sent()).toEqual([]);

    // Only what was not sent is sent.
    const whole = await create(lost, heir.url);
    expect(whole.outcomes.map((each: { status: string }) => each.status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(sent()).toEqual([expect.stringMatching(/^cycle-software /)]);
  });

  it.each(['', ' ', 'x'.repeat(256)])('has to be one: %j is none', async (idempotencyKey) => {
    const answer = await create({ providers: ['OCTOBAT'], idempotencyKey });
    expect(answer.errors).toMatchObject([{ code: 'INVALID_INPUT', field: ['idempotencyKey'] }]);
    expect(writes()).toEqual([]);
  });

  it('is free again, for whatever it is, after an input that was refused or never left', async () => {
    const idempotencyKey = newKey();
    const wrong = await create({ providers: ['OCTOBAT'], email: 'none', idempotencyKey });
    expect(wrong.errors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    await world.provider('octobat').down();
    const lost = await create({ providers: ['OCTOBAT'], idempotencyKey });
    expect(lost.errors).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE', retryable: true }]);
    await world.provider('octobat').up();
    expect(writes()).toEqual([]);
    expect(await create({ providers: ['OCTOBAT'], firstName: 'Eve', idempotencyKey })).toMatchObject({ errors: [] });
    expect(writes()).toHaveLength(1);
  });

  it('finishes only what is unfinished of several providers, as one customer', async () => {
    const idempotencyKey = newKey();
    const onboardFlow = { ...adasOnboarding, customerId: `cus_${number}`, userId: `user_${number}` };
    const input = { providers: ['OCTOBAT', 'CYCLE_SOFTWARE', 'ONBOARD_FLOW'], onboardFlow, idempotencyKey };
    await world.provider('cycle-software').down();
    const first = await create(input);
    expect(first.outcomes).toMatchObject([
      { provider: 'OCTOBAT', status: 'SUCCEEDED' },
      { provider: 'CYCLE_SOFTWARE', status: 'FAILED', error: { code: 'PROVIDER_UNAVAILABLE' } },
      { provider: 'ONBOARD_FLOW', status: 'SUCCEEDED' },
    ]);
    // It is still down: what was done stays done, and the key stays the mutation's.
    world.calls();
    expect((await create(input)).outcomes).toMatchObject([first.outcomes[0], { status: 'FAILED' }, first.outcomes[2]]);
    expect((await create({ ...input, firstName: 'Eve' })).errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    expect(writes()).toEqual([]);
    await world.provider('cycle-software').up();
    world.calls();
    const second = await create(input);
    expect(second).toMatchObject({
      customer: first.customer,
      outcomes: [first.outcomes[0], { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED' }, first.outcomes[2]],
      errors: [],
    });
    expect(writes().map((call) => call.split(' ')[0])).toEqual(['cycle-software']);
    expect(await create(input)).toEqual(second);
    expect(writes()).toEqual([]);
    const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { provider } } }', {
      id: first.customer.id,
    });
    expect(data.customer.records).toHaveLength(3);
  });

  it('answers for an update with what was changed then, and what needed no change', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
    const idempotencyKey = newKey();
    await update({ id, providers: ['OCTOBAT'], email: 'new@example.com' });
    world.calls();
    const first = await update({ id, email: 'new@example.com', idempotencyKey });
    expect(first.outcomes).toMatchObject([
      { provider: 'OCTOBAT', status: 'UNCHANGED', writeId: null },
      { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED', changes: [{ field: 'email', after: 'new@example.com' }] },
    ]);
    expect(writes()).toHaveLength(1);
    const again = await update({ id, email: ' new@example.com', idempotencyKey });
    expect(again).toMatchObject({ customer: first.customer, errors: [] });
    expect(again.outcomes).toEqual(expect.arrayContaining(first.outcomes));
    expect(writes()).toEqual([]);
  });

  it('leaves alone by an update what had it all already, whoever has changed it since', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
    await update({ id, providers: ['CYCLE_SOFTWARE'], email: 'new@example.com' });
    const input = { id, email: 'new@example.com', idempotencyKey: newKey() };
    world.provider('octobat').fault({ kind: 'status', status: 429, method: 'PATCH', times: 1 });
    expect((await update(input)).outcomes).toMatchObject([{ status: 'FAILED' }, { status: 'UNCHANGED' }]);
    await update({ id, providers: ['CYCLE_SOFTWARE'], email: 'newer@example.com' });
    world.calls();
    const second = await update(input);
    expect(second.outcomes).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'UNCHANGED' }]);
    expect(await update(input)).toEqual(second);
    expect(writes().map((call) => call.split(' ')[0])).toEqual(['octobat']);
    // Where nothing was to be written at all, that is the answer as well.
    const nothing = { id, providers: ['OCTOBAT'], email: 'new@example.com', idempotencyKey: newKey() };
    const first = await update(nothing);
    expect(first.outcomes).toMatchObject([{ status: 'UNCHANGED' }]);
    await update({ id, email: 'newest@example.com' });
    world.calls();
    expect(await update(nothing)).toEqual(first);
    expect((await update({ ...nothing, email: 'other@example.com' })).errors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
    expect(writes()).toEqual([]);
  });

  it('makes one customer of what two calls have made, and says why', async () => {
    const input = { providers: ['OCTOBAT', 'CYCLE_SOFTWARE'], idempotencyKey: newKey() };
    await world.provider('cycle-software').down();
    const { customer } = await create(input);
    await world.provider('cycle-software').up();
    expect((await create(input)).errors).toEqual([]);
    const { data } = await world.query(
      'query ($id: ID!) { customer(id: $id) { links { rule records { provider } } } }',
      customer,
    );
    expect(data.customer.links).toMatchObject([
      { rule: 'SAME_CREATE', records: [{ provider: 'OCTOBAT' }, { provider: 'CYCLE_SOFTWARE' }] },
    ]);
  });

  it('never sends again what nobody knows, and settles it by looking', async () => {
    const id = await createAda(world, ['OCTOBAT']);
    const idempotencyKey = newKey();
    const input = { id, email: 'lost@example.com', idempotencyKey };
    world.provider('octobat').fault({ kind: 'reset', method: 'PATCH', afterCommit: true, times: 1 });
    const first = await update(input);
    expect(first.errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
    expect(writes()).toHaveLength(1);
    expect(await unknown()).toBe(1);
    const second = await update(input);
    expect(second).toMatchObject({ customer: { id }, outcomes: [{ status: 'SUCCEEDED' }], errors: [] });
    expect(second.outcomes[0].writeId).toBe(first.outcomes[0].writeId);
    expect(await unknown()).toBe(0);
    expect(writes()).toEqual([]);
  });

  it('does not send again at once what its provider has not done yet: it may still come', async () => {
    const id = await createAda(world, ['OCTOBAT']);
    const input = { id, email: 'gone@example.com', idempotencyKey: newKey() };
    world.provider('octobat').fault({ kind: 'html', status: 502, method: 'PATCH', times: 1 });
    for (const _ of [1, 2]) expect((await update(input)).errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
    expect(writes()).toHaveLength(1);
  });
});

describe('write(id)', () => {
  const WRITE = 'query ($id: ID!) { write(id: $id) { writeId provider status record { id } error { code } } }';

  it('tells what came of a write', async () => {
    const { outcomes } = await create({ providers: ['OCTOBAT'] });
    const [{ writeId }] = outcomes;
    const { data, errors } = await world.query(WRITE, { id: writeId });
    expect(errors).toEqual([]);
    expect(data.write).toEqual({
      ...{ writeId, provider: 'OCTOBAT', status: 'SUCCEEDED', error: null },
      record: { id: expect.any(String) },
    });
  });

  it('takes the id of a write and no other, which is no node', async () => {
    const { customer, outcomes } = await create({ providers: ['OCTOBAT'] });
    const wrong = await world.query(WRITE, { id: customer.id });
    expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const node = await world.query('query ($id: ID!) { node(id: $id) { id } }', { id: outcomes[0].writeId });
    expect(node.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
