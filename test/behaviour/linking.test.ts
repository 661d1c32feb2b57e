import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, createAda, idOf } from '../support/customers.ts';
import { ask, startWorld, type World } from '../support/world.ts';

/** Customers that somebody says are one, and records that somebody takes out again. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const CUSTOMER = `id formerIds displayName records { id provider }
  links { rule evidence linkedAt linkedBy records { id provider } }`;
const READ = `query ($id: ID!) { customer(id: $id) { ${CUSTOMER} } }`;
const LINK = `mutation ($input: LinkCustomersInput!) { linkCustomers(input: $input) {
  customer { ${CUSTOMER} } errors { code message field } } }`;
const UNLINK = `mutation ($input: UnlinkRecordInput!) { unlinkRecord(input: $input) {
  customer { ${CUSTOMER} } separated { ${CUSTOMER} } errors { code message field } } }`;

const link = async (ids: readonly string[], evidence?: string) =>
  (await world.query(LINK, { input: { ids, evidence } })).data.linkCustomers;
const unlink = async (recordId: string) => (await world.query(UNLINK, { input: { recordId } })).data.unlinkRecord;
const read = async (id: string) => (await world.query(READ, { id })).data.customer;
const providersOf = (customer: { records: { provider: string }[] }) => customer.records.map(({ provider }) => provider);

/** Two customers that were made one after the other: at Octobat, and at CycleSoftware. */
async function twoAdas(): Promise<[octobat: string, cycleSoftware: string]> {
  return [
    await createAda(world, ['OCTOBAT'], { firstName: 'Augusta' }),
    await createAda(world, ['CYCLE_SOFTWARE'], { firstName: 'Ada' }),
  ];
}

describe('linkCustomers', () => {
  it('makes customers one: the first absorbs the others, and both ids answer with it', async () => {
    const [octobat, cycleSoftware] = await twoAdas();
    const { customer, errors } = await link([cycleSoftware, octobat], '  Said so on the phone. ');
    expect(errors).toEqual([]);
    expect(customer).toMatchObject({ id: cycleSoftware, formerIds: [octobat], displayName: 'Ada Lovelace' });
    expect(providersOf(customer)).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE']);
    expect(customer.links).toEqual([
      {
        rule: 'MANUAL',
        evidence: ['Said so on the phone.'],
        linkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        linkedBy: 'anyone',
        records: customer.records,
      },
    ]);
    for (const id of [octobat, cycleSoftware]) expect(await read(id)).toEqual(customer);
    const other = await world.another();
    expect((await ask(other.url, READ, { id: octobat })).data?.customer).toEqual(customer);
  });

  it('asks no provider for what it does, nor for the ids and links', async () => {
    const ids = await twoAdas();
    world.calls();
    const { data } = await world.query(
      'mutation ($input: LinkCustomersInput!) { linkCustomers(input: $input) { errors { code } } }',
      { input: { ids } },
    );
    expect(data.linkCustomers.errors).toEqual([]);
    expect(world.calls()).toEqual([]);
    await world.query('query ($id: ID!) { customer(id: $id) { id formerIds links { rule } } }', { id: ids[0] });
    expect(world.calls()).toHaveLength(1);
  });

  it('may be sent again: what is one stays one, and nothing is said twice', async () => {
    const [octobat, cycleSoftware] = await twoAdas();
    const first = await link([octobat, cycleSoftware], 'once');
    expect(await link([octobat, cycleSoftware], 'twice')).toEqual(first);
    expect(await link([cycleSoftware, octobat])).toEqual(first);
  });

  it('takes customers whom nobody has linked or written here', async () => {
    const [octobat, nutcache] = [
      await idOf(world, 'OCTOBAT', 'oc_cu_1421878635hksc26e4de79'),
      await idOf(world, 'NUTCACHE', world.provider('nutcache').examples[0] ?? ''),
    ];
    const { customer, errors } = await link([nutcache, octobat]);
    expect(errors).toEqual([]);
    expect(customer).toMatchObject({ id: nutcache, formerIds: [octobat] });
    expect(customer.links).toMatchObject([{ evidence: [] }]);
    expect((await world.query('{ customers(first: 500) { nodes { id } } }')).data.customers.nodes).not.toContainEqual({
      id: octobat,
    });
  });

  it('may join several records of one provider, and several customers at once', async () => {
    const ids = [
      await createAda(world, ['CYCLE_SOFTWARE']),
      await createAda(world, ['CYCLE_SOFTWARE', 'OCTOBAT']),
      await createAda(world, ['CYCLE_SOFTWARE']),
    ];
    const { customer } = await link(ids);
    expect(providersOf(customer)).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE', 'CYCLE_SOFTWARE', 'CYCLE_SOFTWARE']);
    expect(customer).toMatchObject({ id: ids[0], formerIds: ids.slice(1) });
    expect(customer.links.map(({ rule }: { rule: string }) => rule)).toEqual(['SAME_CREATE', 'MANUAL']);
  });

  it('refuses what it can’t take, at its place, and changes nothing', async () => {
    const [octobat, cycleSoftware] = await twoAdas();
    const record = (await read(octobat)).records[0].id;
    const wrong = (ids: readonly string[], evidence?: string) => link(ids, evidence);
    for (const [answer, field] of [
      [await wrong([]), ['ids']],
      [await wrong([octobat]), ['ids']],
      [await wrong([octobat, octobat]), ['ids']],
      [await wrong([octobat, 'forged']), ['ids', '1']],
      [await wrong([record, cycleSoftware]), ['ids', '0']],
      [await wrong(Array.from({ length: 501 }, () => octobat)), ['ids']],
      [await wrong([octobat, cycleSoftware], 'x'.repeat(1_001)), ['evidence']],
    ] as const) {
      expect(answer).toMatchObject({ customer: null, errors: [{ code: 'INVALID_INPUT', field }] });
    }
    expect(providersOf(await read(octobat))).toEqual(['OCTOBAT']);
    expect(await read(cycleSoftware)).toMatchObject({ formerIds: [], links: [] });
  });
});

describe('joinCustomer', () => {
  const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
    customer { ${CUSTOMER} } outcomes { provider status } errors { code field } } }`;
  const create = async (input: Record<string, unknown>) =>
    (await world.query(CREATE, { input: { ...ada, ...input } })).data.createCustomer;

  it('makes records for a customer that there is, known here before or not', async () => {
    for (const id of [
      await createAda(world, ['OCTOBAT', 'DIRTY_LEMON'], { phone: '+31612345600' }),
      await idOf(world, 'NUTCACHE', world.provider('nutcache').examples[1] ?? ''),
    ]) {
      const before = providersOf(await read(id));
      const { customer, outcomes, errors } = await create({ providers: ['CYCLE_SOFTWARE'], joinCustomer: id });
      expect([outcomes, errors]).toEqual([[{ provider: 'CYCLE_SOFTWARE', status: 'SUCCEEDED' }], []]);
      expect(customer).toMatchObject({ id, formerIds: [] });
      expect(new Set(providersOf(customer))).toEqual(new Set([...before, 'CYCLE_SOFTWARE']));
      expect(customer.links.at(-1)).toMatchObject({ rule: 'MANUAL', evidence: ['Created for this customer.'] });
      expect(await read(id)).toEqual(customer);
    }
  });

  it('joins the customer that has absorbed the one named', async () => {
    const [octobat, cycleSoftware] = await twoAdas();
    await link([octobat, cycleSoftware]);
    const { customer } = await create({ providers: ['CYCLE_SOFTWARE'], joinCustomer: cycleSoftware });
    expect(customer.id).toBe(octobat);
    expect(providersOf(customer)).toEqual(['OCTOBAT', 'CYCLE_SOFTWARE', 'CYCLE_SOFTWARE']);
  });

  it('is refused with everything else that is wrong, and nothing is sent', async () => {
    world.calls();
    const input = { providers: ['CYCLE_SOFTWARE'], joinCustomer: 'forged', email: 'nobody' };
    const { customer, outcomes, errors } = await create(input);
    expect([customer, outcomes]).toEqual([null, []]);
    expect(errors.map(({ field }: { field: string[] }) => field.join('.')).sort()).toEqual(['email', 'joinCustomer']);
    expect(world.calls()).toEqual([]);
  });
});

describe('unlinkRecord', () => {
  it('makes two of one customer, each found by its own id', async () => {
    const [octobat, cycleSoftware] = await twoAdas();
    const { customer: one } = await link([octobat, cycleSoftware]);
    const { customer, separated, errors } = await unlink(one.records[1].id);
    expect(errors).toEqual([]);
    expect(customer).toMatchObject({ id: octobat, formerIds: [], links: [], displayName: 'Augusta Lovelace' });
    expect(separated).toMatchObject({ id: cycleSoftware, formerIds: [], links: [], displayName: 'Ada Lovelace' });
    expect([await read(octobat), await read(cycleSoftware)]).toEqual([customer, separated]);
  });

  it('parts what was created together, too; the record that named the customer takes its id along', async () => {
    const id = await createAda(world, ['OCTOBAT', 'CYCLE_SOFTWARE']);
    const before = await read(id);
    expect(before.links).toMatchObject([{ rule: 'SAME_CREATE', linkedBy: 'anyone', records: before.records }]);
    const { customer, separated } = await unlink(before.records[0].id);
    expect([separated.id, providersOf(separated)]).toEqual([id, ['OCTOBAT']]);
    expect(providersOf(customer)).toEqual(['CYCLE_SOFTWARE']);
    expect(customer.id).not.toBe(id);
    expect(await read(customer.id)).toEqual(customer);
  });

  it('refuses a record that is a customer by itself, and what is no record', async () => {
    const [octobat] = await twoAdas();
    const [record] = (await read(octobat)).records;
    for (const id of [record.id, octobat, 'forged']) {
      expect(await unlink(id)).toMatchObject({
        ...{ customer: null, separated: null },
        errors: [{ code: 'INVALID_INPUT', field: ['recordId'] }],
      });
    }
  });
});
