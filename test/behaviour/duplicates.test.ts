import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** Who may be the same customer, told from the directory. */

let world: World;
beforeAll(async () => {
  world = await startWorld({ sandbox: { customers: 300 }, environment: { SYNC_INTERVAL: '3600' } });
  await world.query('{ customers(first: 1) { nodes { id } } }');
});
afterAll(() => world.close());
afreshEach(() => world);

const duplicatesOf = async (id: string, first?: number) => {
  const { data, errors } = await world.query(
    `query ($id: ID!, $first: Int = 5) { customer(id: $id) { possibleDuplicates(first: $first) {
      score evidence customer { id displayName records { provider providerId servedFrom } } } } }`,
    { id, first },
  );
  expect(errors).toEqual([]);
  return data.customer.possibleDuplicates as {
    score: number;
    evidence: string[];
    customer: {
      id: string;
      displayName: string;
      records: { provider: string; providerId: string; servedFrom: string }[];
    };
  }[];
};

describe('possibleDuplicates', () => {
  it('finds the people whom several providers know, as the sandbox knows who they are, and nobody else', async () => {
    const people = world.sandbox
      .truth()
      .map(({ records }) =>
        records.filter(({ provider }) => ['octobat', 'cycle-software', 'nutcache'].includes(provider)),
      );
    const personOf = new Map(
      people.flatMap((records, person) => records.map(({ provider, id }) => [`${provider} ${id}`, person])),
    );
    const { data } = await world.query('{ customers(first: 500) { nodes { id records { provider providerId } } } }');
    let [right, found, sought] = [0, 0, 0];
    for (const { id, records } of data.customers.nodes.slice(0, 120)) {
      const person = personOf.get(textOf(records[0]));
      sought += (people[person ?? -1]?.length ?? 1) - 1;
      for (const { score, customer } of await duplicatesOf(id, 50)) {
        if (score < 0.9) continue;
        found += 1;
        if (customer.records.every((record) => personOf.get(textOf(record)) === person)) right += 1;
      }
    }
    expect(sought).toBeGreaterThan(80);
    expect(right / found).toBeGreaterThanOrEqual(0.98);
    expect(right / sought).toBeGreaterThanOrEqual(0.85);
  });

  it('are told best first, with evidence for a person, from copies alone', async () => {
    const one = await createAda(world, ['OCTOBAT'], {
      firstName: 'Wilhelmina',
      lastName: 'Zonneveld',
      email: 'w.zonneveld@example.org',
    });
    const other = await createAda(world, ['CYCLE_SOFTWARE'], {
      firstName: 'Wilhelmina',
      lastName: 'Zoneveld',
      email: 'w.zonneveld@example.org',
    });
    await duplicatesOf(one);
    world.calls();
    const [best, ...rest] = await duplicatesOf(one);
    expect(best).toMatchObject({ customer: { id: other } });
    expect(best?.score).toBeGreaterThan(0.9);
    expect(best?.evidence).toContain('Same email address');
    expect(rest.every(({ score }) => score <= (best?.score ?? 0))).toBe(true);
    expect(world.calls()).toEqual(expect.not.arrayContaining([expect.stringContaining('cycle-software')]));
    expect((await duplicatesOf(other)).map(({ customer }) => customer.id)).toContain(one);
  });

  it('are none of those that are one already, and none that was erased', async () => {
    const ids = await Promise.all(
      ['OCTOBAT', 'CYCLE_SOFTWARE', 'OCTOBAT'].map((provider) =>
        createAda(world, [provider], { firstName: 'Theodora', lastName: 'Quist', email: 'theodora@quist.example' }),
      ),
    );
    const [first = '', second = '', third = ''] = ids;
    const found = async () => (await duplicatesOf(first)).map(({ customer }) => customer.id).sort();
    expect(await found()).toEqual([second, third].sort());
    await world.query('mutation ($ids: [ID!]!) { linkCustomers(input: { ids: $ids }) { errors { code } } }', {
      ids: [first, second],
    });
    expect(await found()).toEqual([third]);
    await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { errors { code } } }', {
      id: third,
    });
    expect(await found()).toEqual([]);
  });

  it.each([-1, 501])('refuse first: %i', async (first) => {
    const { data } = await world.query('{ customers(first: 1) { nodes { id } } }');
    const { errors } = await world.query(
      'query ($id: ID!, $first: Int) { customer(id: $id) { possibleDuplicates(first: $first) { score } } }',
      { id: data.customers.nodes[0].id, first },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

const textOf = (record: { provider: string; providerId: string } | undefined): string =>
  `${record?.provider.toLowerCase().replace('_', '-')} ${record?.providerId}`;
