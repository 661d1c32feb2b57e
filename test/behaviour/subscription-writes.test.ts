import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { changeOf, listen } from '../support/changes.ts';
import { ada, createAda } from '../support/customers.ts';
import { type Gate, type Holds, startGate } from '../support/gate.ts';
import { type Syncing, startSyncing } from '../support/sync.ts';
import { letCodesRest } from '../support/verification.ts';
import { ask, startWorld } from '../support/world.ts';

/** What is told of a write that others see before the gateway has read it back: one event a write, and every change by others. */

const SECOND = 1_000;
const AT = new Date('2026-02-03T04:05:06.789Z');

/** A gateway whose way to CycleSoftware has a gate, beside a process that syncs into the same store. */
interface Writing {
  readonly world: Syncing;
  readonly gateway: RunningGateway;
  readonly gate: Gate;
  /** The id of the customer that is the sandbox's own example. */
  readonly id: string;
  readonly providerId: string;
  /** What is told from now on, when it is asked for. */
  listen(): Promise<() => Promise<readonly Told[]>>;
}

interface Told {
  readonly kind: string;
  readonly customerId: string;
  readonly formerIds: readonly string[];
  readonly provider: string;
  readonly fields: readonly string[];
}

async function startWriting(holds: Holds = () => null): Promise<Writing> {
  const world = await startSyncing({ customers: 0 });
  const cycle = world.provider('cycle-software');
  const gate = await startGate(cycle, holds);
  onTestFinished(() => gate.close());
  const gateway = await startGateway(
    { ...world.environment, CYCLE_SOFTWARE_URL: gate.url, CACHE_MAX_AGE: '0' },
    { clock: world.clock, subscriptions: { pollMs: 20 } },
  );
  onTestFinished(() => gateway.stop());
  await world.run('cycle-software');
  const [providerId = ''] = cycle.examples;
  const { data } = await ask(
    gateway.url,
    '{ customers(filter: { providers: [CYCLE_SOFTWARE] }) { nodes { id records { providerId } } } }',
  );
  const listed = data?.customers as { nodes: { id: string; records: { providerId: string }[] }[] } | undefined;
  const id = listed?.nodes.find(({ records }) => records[0]?.providerId === providerId)?.id ?? '';
  world.clock.pass(SECOND);
  return {
    ...{ world, gateway, gate, id, providerId },
    async listen() {
      const stream = await listen({ gateway });
      return async () => {
        const last = {
          kind: 'CONFIRMED',
          record: { provider: 'cycle-software', providerId },
          fields: ['last'],
          at: AT,
        } as const;
        await world.store.tell([last]);
        const events = await stream.until((event) => changeOf(event).fields[0] === 'last');
        return events.slice(0, -1).map(changeOf);
      };
    },
  };
}

const UPDATE =
  'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { errors { message } outcomes { status } } }';
const CREATE =
  'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { message } customer { id } } }';

const update = ({ gateway, id }: Writing, input: object) => ask(gateway.url, UPDATE, { input: { id, ...input } });

/** Somebody else changes the example’s email, as far as anybody can see. */
function changeEmail({ world, providerId }: Writing, email: string, skip = 0): void {
  type Json = Record<string, unknown>;
  const changed = (json: Json): Json => (String(json.customer_id) === providerId ? { ...json, email } : json);
  world.provider('cycle-software').fault({
    ...{ kind: 'mutate', method: 'GET', skip },
    change: (json) => {
      const answer = json as Json;
      return Array.isArray(answer.customers)
        ? { ...answer, customers: (answer.customers as Json[]).map(changed) }
        : changed(answer);
    },
  });
}

/** Holds the answer of the first write, or the first read of a record behind it. */
function behindAWrite(what: 'ANSWER OF THE WRITE' | 'READ-BACK' | 'ANSWER OF THE READ-BACK'): Holds {
  let [isWritten, isHeld] = [false, false];
  return (method, path) => {
    if (method !== 'GET') {
      isWritten = true;
      return what === 'ANSWER OF THE WRITE' ? 'ANSWER' : null;
    }
    if (!isWritten || isHeld || what === 'ANSWER OF THE WRITE' || path.includes('list')) return null;
    isHeld = true;
    return what === 'READ-BACK' ? 'CALL' : 'ANSWER';
  };
}

const MOMENTS = ['ANSWER OF THE WRITE', 'READ-BACK', 'ANSWER OF THE READ-BACK'] as const;

describe.each(MOMENTS)('a write that a sync sees before the %s', (moment) => {
  it('is told once where it is an update', async () => {
    const writing = await startWriting(behindAWrite(moment));
    const told = await writing.listen();
    const updated = update(writing, { lastName: 'King' });
    await writing.gate.arrived(1);
    writing.world.clock.pass(SECOND);
    expect((await writing.world.run('cycle-software')).counts).toMatchObject({ changed: 1 });
    writing.world.clock.pass(SECOND);
    writing.gate.open();
    expect((await updated).data?.updateCustomer).toMatchObject({ errors: [], outcomes: [{ status: 'SUCCEEDED' }] });
    expect(await told()).toMatchObject([
      { kind: 'UPDATED', customerId: writing.id, fields: expect.arrayContaining(['lastName']) },
    ]);
  });

  it('is told once where it is a create', async () => {
    const writing = await startWriting(behindAWrite(moment));
    const told = await writing.listen();
    const created = ask(writing.gateway.url, CREATE, { input: { ...ada, providers: ['CYCLE_SOFTWARE'] } });
    await writing.gate.arrived(1);
    writing.world.clock.pass(SECOND);
    expect((await writing.world.run('cycle-software', { full: true })).counts.missing).toBe(0);
    writing.world.clock.pass(SECOND);
    writing.gate.open();
    const made = (await created).data?.createCustomer as { customer: { id: string } } | undefined;
    expect(await told()).toMatchObject([
      { kind: 'CREATED', customerId: made?.customer.id, provider: 'CYCLE_SOFTWARE' },
    ]);
  });
});

it('a write that a reader sees before it is answered is told once', async () => {
  const writing = await startWriting(behindAWrite('ANSWER OF THE WRITE'));
  const told = await writing.listen();
  const updated = update(writing, { lastName: 'King' });
  await writing.gate.arrived(1);
  const { data } = await ask(writing.gateway.url, 'query ($id: ID!) { customer(id: $id) { lastName } }', {
    id: writing.id,
  });
  expect(data).toEqual({ customer: { lastName: 'King' } });
  writing.gate.open();
  await updated;
  expect(await told()).toMatchObject([{ kind: 'UPDATED', fields: expect.arrayContaining(['lastName']) }]);
});

it('a write that shows on a page which was asked for before it began is told once', async () => {
  const writing = await startWriting(behindAWrite('ANSWER OF THE WRITE'));
  const { world } = writing;
  const pages = await startGate(world.provider('cycle-software'));
  onTestFinished(() => pages.close());
  const other = await world.open({}, { CYCLE_SOFTWARE_URL: pages.url });
  const told = await writing.listen();
  const synced = other.sync.run('cycle-software', { full: true });
  await pages.arrived(1);
  world.clock.pass(SECOND);
  const updated = update(writing, { lastName: 'King' });
  await writing.gate.arrived(1);
  pages.open();
  expect((await synced).counts).toMatchObject({ changed: 1 });
  await other.close();
  writing.gate.open();
  await updated;
  expect(await told()).toMatchObject([{ kind: 'UPDATED', fields: expect.arrayContaining(['lastName']) }]);
});

it('a record that a sync has told of before it was known whose it is, is told to be a part of that customer', async () => {
  const writing = await startWriting(behindAWrite('ANSWER OF THE WRITE'));
  const told = await writing.listen();
  const input = { ...ada, providers: ['CYCLE_SOFTWARE'], joinCustomer: writing.id };
  const created = ask(writing.gateway.url, CREATE, { input });
  await writing.gate.arrived(1);
  writing.world.clock.pass(SECOND);
  await writing.world.run('cycle-software', { full: true });
  writing.world.clock.pass(SECOND);
  writing.gate.open();
  expect((await created).data?.createCustomer).toMatchObject({ errors: [], customer: { id: writing.id } });
  const [first, second, ...more] = await told();
  expect([first, more]).toMatchObject([{ kind: 'CREATED' }, []]);
  expect(second).toMatchObject({ kind: 'LINKED', customerId: writing.id, formerIds: [first?.customerId] });
});

describe('a change by somebody else', () => {
  it('that a sync sees before the write is done is told, and the write as well', async () => {
    const writing = await startWriting((method) => (method === 'GET' ? null : 'CALL'));
    const told = await writing.listen();
    const updated = update(writing, { lastName: 'King' });
    await writing.gate.arrived(1);
    changeEmail(writing, 'somebody@example.com');
    writing.world.clock.pass(SECOND);
    await writing.world.run('cycle-software', { full: true });
    writing.world.clock.pass(SECOND);
    writing.gate.open();
    await updated;
    expect(await told()).toMatchObject([
      { kind: 'UPDATED', fields: ['email'] },
      { kind: 'UPDATED', fields: ['lastName'] },
    ]);
  });

  it('that a write finds which tells nothing itself is told all the same', async () => {
    const world = await startWorld({ subscriptions: { pollMs: 20 } });
    onTestFinished(() => world.close());
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'DIRTY_LEMON'], { kind: 'INDIVIDUAL' });
    await letCodesRest(world, id);
    const stream = await listen(world);
    world.provider('dirty-lemon').fault({
      ...{ kind: 'mutate', method: 'GET' },
      change: (json) => JSON.parse(JSON.stringify(json).replaceAll(ada.email, 'somebody@example.com')),
    });
    const REQUEST =
      'mutation ($id: ID!) { requestCustomerConfirmation(input: { id: $id }) { errors { message } outcomes { status } } }';
    const { data } = await world.query(REQUEST, { id });
    expect(data.requestCustomerConfirmation).toEqual({ errors: [], outcomes: [{ status: 'SUCCEEDED' }] });
    expect(changeOf(await stream.next())).toMatchObject({
      kind: 'UPDATED',
      customerId: id,
      fields: expect.arrayContaining(['email']),
    });
  });

  it('that the write finds is told with it', async () => {
    const writing = await startWriting();
    const told = await writing.listen();
    changeEmail(writing, 'somebody@example.com');
    await update(writing, { lastName: 'King' });
    const fields = (await told()).flatMap((event) => event.fields);
    expect(fields).toEqual(expect.arrayContaining(['email', 'lastName']));
  });

  it('that a second write of the same operation finds is told with it', async () => {
    const writing = await startWriting();
    const told = await writing.listen();
    // The first write reads the record before, right before and after it.
    changeEmail(writing, 'somebody@example.com', 3);
    const both = `mutation ($one: UpdateCustomerInput!, $other: UpdateCustomerInput!) {
      one: updateCustomer(input: $one) { outcomes { status } }
      other: updateCustomer(input: $other) { outcomes { status } }
    }`;
    const { id } = writing;
    const { data } = await ask(writing.gateway.url, both, {
      one: { id, lastName: 'King' },
      other: { id, lastName: 'Byron' },
    });
    const succeeded = { outcomes: [{ status: 'SUCCEEDED' }] };
    expect(data).toEqual({ one: succeeded, other: succeeded });
    const events = await told();
    expect(events.flatMap(({ fields }) => fields)).toContain('email');
  });
});
