import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** What somebody else does to a customer that is being updated: at a provider, or through this gateway. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id revision } outcomes { provider status mayHaveOverwritten writeId error { code } }
  errors { code field retryable provider } } }`;

const update = async (input: Record<string, unknown>) => (await world.query(UPDATE, { input })).data.updateCustomer;
const writes = (): string[] => world.calls().filter((call) => !call.includes(' GET '));

async function revisionOf(id: string, headers: Record<string, string> = {}): Promise<string | null> {
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { revision } }', { id }, headers);
  world.calls();
  return data.customer.revision;
}

/** From the read that comes after so many, CycleSoftware’s customers are others. */
const strangerAt = (skip: number, change: Record<string, unknown>) =>
  world.provider('cycle-software').fault({
    ...{ kind: 'mutate', method: 'GET', skip },
    change: (json) => ({ ...(json as object), ...change }),
  });

describe('a record that is written as a whole', () => {
  it('is not written where somebody has changed it meanwhile, in whatever', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    for (const change of [{ city: 'Utrecht' }, { something_new: 1 }]) {
      const fault = strangerAt(1, change);
      const payload = await update({ id, lastName: `King ${Object.keys(change)}` });
      fault.remove();
      expect(payload).toMatchObject({
        customer: { id },
        outcomes: [
          { provider: 'OCTOBAT', status: 'SUCCEEDED', mayHaveOverwritten: false },
          { provider: 'CYCLE_SOFTWARE', status: 'NOT_SENT', mayHaveOverwritten: false, error: { code: 'CONFLICT' } },
        ],
        errors: [{ code: 'CONFLICT', retryable: true, provider: 'CYCLE_SOFTWARE' }],
      });
      expect(writes().map((call) => call.split(' ')[0])).toEqual(['octobat']);
    }
  });

  it('is written by the same key when it has come to rest, and what else was written stays so', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    const input = { id, lastName: 'King', idempotencyKey: 'at rest' };
    const fault = strangerAt(1, { city: 'Utrecht' });
    expect((await update(input)).errors).toMatchObject([{ code: 'CONFLICT' }]);
    fault.remove();
    world.calls();
    const payload = await update(input);
    expect(payload.outcomes.map(({ status }: { status: string }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(writes().map((call) => call.split(' ')[0])).toEqual(['cycle-software']);
  });

  it('may have overwritten what nobody could see, and says so', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'DIRTY_LEMON']);
    const { outcomes, errors } = await update({ id, lastName: 'King' });
    expect(errors).toEqual([]);
    expect(outcomes).toMatchObject([
      { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED', mayHaveOverwritten: true },
      { provider: 'DIRTY_LEMON', status: 'SUCCEEDED', mayHaveOverwritten: false },
    ]);
    // Asked for afterwards, it is the same.
    const WRITE = 'query ($id: ID!) { write(id: $id) { mayHaveOverwritten } }';
    const { data } = await world.query(WRITE, { id: outcomes[0].writeId });
    expect(data.write).toEqual({ mayHaveOverwritten: true });
  });

  it('is not written where it can’t be read once more', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    world.provider('cycle-software').fault({ kind: 'status', status: 500, method: 'GET', skip: 1, times: 1 });
    const payload = await update({ id, lastName: 'King' });
    expect(payload.outcomes).toMatchObject([{ status: 'NOT_SENT', error: { code: 'PROVIDER_UNAVAILABLE' } }]);
    expect(writes()).toEqual([]);
  });
});

describe('ifRevision', () => {
  it('is what the customer has now, however it was read, and another one after any change', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT', 'ONBOARD_FLOW']);
    const before = await revisionOf(id);
    expect(before).toEqual(expect.any(String));
    const { data } = await world.query('{ customers(first: 500) { nodes { id revision records { servedFrom } } } }');
    const listed = data.customers.nodes.find((each: { id: string }) => each.id === id);
    expect(listed.records[0].servedFrom).toBe('DIRECTORY');
    expect(listed.revision).toBe(before);
    const payload = await update({ id, ifRevision: before, email: 'new@example.com' });
    expect(payload.errors).toEqual([]);
    expect(payload.customer.revision).not.toBe(before);
    expect(payload.customer.revision).toBe(await revisionOf(id));
  });

  it('refuses the whole update where anything else has changed, at whichever record, and sends nothing', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    const ifRevision = await revisionOf(id);
    expect((await update({ id, providers: ['CYCLE_SOFTWARE'], email: 'new@example.com' })).errors).toEqual([]);
    world.calls();
    for (const more of [{}, { dryRun: true }, { providers: ['OCTOBAT'] }]) {
      const payload = await update({ id, ifRevision, lastName: 'King', ...more });
      expect(payload).toMatchObject({
        ...{ customer: null, outcomes: [] },
        errors: [{ code: 'CONFLICT', field: ['ifRevision'], retryable: false }],
      });
    }
    expect((await update({ id, ifRevision: 'none', lastName: 'King' })).errors).toMatchObject([{ code: 'CONFLICT' }]);
    expect(writes()).toEqual([]);
  });

  it('lets one of many through that have seen the same', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    const ifRevision = await revisionOf(id);
    const asked = ['OCTOBAT', 'CYCLE_SOFTWARE', 'OCTOBAT', 'CYCLE_SOFTWARE'].map((provider, index) =>
      update({ id, ifRevision, providers: [provider], lastName: `King ${index}` }),
    );
    const codes = (await Promise.all(asked)).map(({ errors }) => errors[0]?.code ?? null);
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(3);
    expect(writes()).toHaveLength(1);
  });

  it('can’t be told while a record can’t be read, and then nothing is sent', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    const ifRevision = await revisionOf(id);
    world.provider('octobat').fault({ kind: 'status', status: 503 });
    expect(await revisionOf(id)).toBeNull();
    const payload = await update({ id, ifRevision, providers: ['CYCLE_SOFTWARE'], lastName: 'King' });
    expect(payload).toMatchObject({ outcomes: [], errors: [{ code: 'PROVIDER_UNAVAILABLE', provider: 'OCTOBAT' }] });
    expect(writes()).toEqual([]);
  });

  it('is the same for what no update can change: a code that is sent, a phone that is confirmed', async () => {
    const id = await createAda(world, ['DIRTY_LEMON'], { phone: '+31612340099', address: null });
    const before = await revisionOf(id);
    const token = world.provider('dirty-lemon').messages.at(-1)?.text;
    const CONFIRM = `mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { errors { code } } }`;
    const { data } = await world.query(CONFIRM, { input: { id, confirmationToken: token } });
    expect(data.confirmCustomer.errors).toEqual([]);
    expect(await revisionOf(id)).toBe(before);
  });

  it('is looked at again by its key as long as nothing was done', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE']);
    const input = { id, ifRevision: await revisionOf(id), lastName: 'King', idempotencyKey: 'nothing done' };
    world.provider('cycle-software').fault({ kind: 'status', status: 429, method: 'PUT', times: 1 });
    expect((await update(input)).errors).toMatchObject([{ code: 'PROVIDER_RATE_LIMITED' }]);
    expect((await update({ id, lastName: 'Stranger' })).errors).toEqual([]);
    expect((await update(input)).errors).toMatchObject([{ code: 'CONFLICT', field: ['ifRevision'] }]);
  });

  it('gets the first one’s answer by its key, though that has changed the customer', async () => {
    const id = await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']);
    const input = { id, ifRevision: await revisionOf(id), email: 'key@example.com', idempotencyKey: 'seen once' };
    world.provider('octobat').fault({ kind: 'status', status: 429, method: 'PATCH', times: 1 });
    const first = await update(input);
    expect(first.errors).toMatchObject([{ provider: 'OCTOBAT' }]);
    // Part of it was done: whether anything else has changed, its revision does not tell any more.
    const second = await update(input);
    expect(second).toMatchObject({
      customer: { id },
      outcomes: [
        { provider: 'OCTOBAT', status: 'NOT_SENT' },
        { provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED' },
      ],
      errors: [{ code: 'CONFLICT', provider: 'OCTOBAT', field: ['ifRevision'] }],
    });
    const rest = { id, ifRevision: await revisionOf(id), email: 'key@example.com', idempotencyKey: 'the rest' };
    const third = await update(rest);
    expect(third.errors).toEqual([]);
    expect((await update(rest)).outcomes).toEqual(third.outcomes);
    expect((await update({ ...input, ifRevision: 'another' })).errors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  });
});
