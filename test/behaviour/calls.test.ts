import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAda, idOf, WRITABLE } from '../support/customers.ts';
import { startWorld, type World } from '../support/world.ts';

/** What a selection costs in provider calls: the contract's "Calls", line by line. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld();
  ada = await createAda(world);
});
afterAll(() => world.close());
beforeEach(() => void world.calls());

const READABLE = ['octobat', 'cycle-software', 'dirty-lemon'];
const FIRST = ['octobat'];

/** selection on a customer of four records → the providers that are called, each once. OnboardFlow has no read. */
const SELECTIONS: readonly (readonly [selection: string, called: readonly string[]])[] = [
  ['id', FIRST],
  ['__typename', FIRST],
  ['records { id provider }', FIRST],
  ['records { id provider providerId customer { id } }', FIRST],
  ['records { email }', READABLE],
  ['records { servedFrom }', READABLE],
  ['records { extension { id } }', READABLE],
  ['displayName', READABLE],
  ['email phone address { city } kind taxId status createdAt updatedAt', READABLE],
  ['problems { code }', READABLE],
  ['dataQuality { code }', READABLE],
  ['verification { state }', ['dirty-lemon']],
  ['octobat { name }', ['octobat']],
  ['cycleSoftware { initials }', ['cycle-software']],
  ['dirtyLemon { email }', ['dirty-lemon']],
  ['cycleSoftware { initials } dirtyLemon { email }', ['cycle-software', 'dirty-lemon']],
  ['cycleSoftware { record { email } }', ['cycle-software']],
  ['a: cycleSoftware { initials } b: cycleSoftware { initials } id', ['cycle-software']],
  ['... on Node { id }', FIRST],
  ['... on Profile { email }', READABLE],
  ['... on Customer { dirtyLemon { email } }', ['dirty-lemon']],
  ['...F', ['cycle-software']],
  ['email @skip(if: true) id', FIRST],
  ['email @include(if: $no) cycleSoftware { city }', ['cycle-software']],
  ['email @include(if: $yes)', READABLE],
];

it.each(SELECTIONS)('%s calls %j', async (selection, called) => {
  const fragment = selection.includes('...F')
    ? ' fragment F on Customer { ...G } fragment G on Customer { cycleSoftware { city } }'
    : '';
  const uses = ' x: __typename @include(if: $no) y: __typename @include(if: $yes)';
  for (const root of [
    'node(id: $id) { ... on Customer { %s } }',
    'customer(id: $id) { %s }',
    'nodes(ids: [$id]) { ... on Customer { %s } }',
  ]) {
    const query = `query ($id: ID!, $no: Boolean = false, $yes: Boolean = true) { ${root.replace('%s', selection + uses)} }${fragment}`;
    const { errors } = await world.query(query, { id: ada });
    expect(errors).toEqual([]);
    expect(
      world
        .calls()
        .map((call) => call.split(' ')[0])
        .sort(),
    ).toEqual([...called].sort());
  }
});

it('asks nothing of a customer for what is selected on another type', async () => {
  await world.query(
    'query ($id: ID!) { node(id: $id) { id ... on CustomerRecord { email } ... on NutcacheCustomer { name } } }',
    { id: ada },
  );
  expect(world.calls()).toHaveLength(1);
});

it('calls nobody for a provider whose extension the customer does not have', async () => {
  const id = await idOf(world, 'NUTCACHE', '143222');
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { nutcache { name } octobat { name } } }', {
    id,
  });
  expect(data.customer).toEqual({ nutcache: { name: 'Sample client' }, octobat: null });
  expect(world.calls()).toEqual(['nutcache GET /webapi/customers/143222']);
});

it('asks for each distinct record once, however often and under however many names it is selected', async () => {
  const ids = await Promise.all(
    ['1006', '8', '11', '4'].map((providerId) => idOf(world, 'CYCLE_SOFTWARE', providerId)),
  );
  const aliases = Array.from(
    { length: 50 },
    (_, index) =>
      `a${index}: customer(id: "${ids[index % ids.length]}") { email cycleSoftware { city } records { phone } }`,
  );
  const { errors } = await world.query(
    `{ ${aliases.join(' ')} nodes(ids: ${JSON.stringify([...ids, ...ids])}) { id ... on Customer { email } } }`,
  );
  expect(errors).toEqual([]);
  expect(world.calls().sort()).toEqual(
    ['1006', '8', '11', '4'].map((id) => `cycle-software GET /api/v1/customers/${id}.json`).sort(),
  );
});

it('asks a hundred customers of one provider in a hundred calls, at most sixteen at a time', async () => {
  const crowd = await startWorld({ sandbox: { customers: 150 } });
  try {
    const { data } = await crowd.query(
      '{ provider(name: CYCLE_SOFTWARE) { records(first: 100) { nodes { customer { id } } } } }',
    );
    const ids = data.provider.records.nodes.map((node: { customer: { id: string } }) => node.customer.id);
    expect(new Set(ids).size).toBe(100);
    crowd.provider('cycle-software').clearCalls();
    const { data: read, errors } = await crowd.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { email } } }',
      { ids },
    );
    expect(errors).toEqual([]);
    expect(read.nodes.map((node: { id: string }) => node.id)).toEqual(ids);
    expect(crowd.provider('cycle-software').calls).toHaveLength(100);
    expect(crowd.provider('cycle-software').peak).toBeLessThanOrEqual(16);
  } finally {
    await crowd.close();
  }
});

it('reads nothing again of records that came with a listing', async () => {
  const { errors } = await world.query(
    '{ provider(name: CYCLE_SOFTWARE) { records(first: 3) { nodes { id email extension { id } customer { id cycleSoftware { city } } } } } }',
  );
  expect(errors).toEqual([]);
  expect(world.calls()).toEqual(['cycle-software GET /api/v1/customers/list.json']);
});

it('reads nothing of customers that are listed from the directory', async () => {
  const { data, errors } = await world.query(
    '{ customers(first: 3, filter: { providers: [CYCLE_SOFTWARE] }) { nodes { id email cycleSoftware { city } records { phone } } } }',
  );
  expect(errors).toEqual([]);
  expect(data.customers.nodes).not.toEqual([]);
  expect(world.calls()).toEqual([]);
});

it('reads a record node once, whatever of it is selected', async () => {
  const { data } = await world.query('query ($id: ID!) { customer(id: $id) { records { id extension { id } } } }', {
    id: ada,
  });
  expect(data.customer.records.map((record: { id: string }) => record.id)).toHaveLength(WRITABLE.length);
  world.calls();
  for (const { id, extension } of data.customer.records.slice(0, 3)) {
    await world.query(
      'query ($id: ID!) { node(id: $id) { id ... on CustomerRecord { email customer { id } extension { id } } } }',
      { id },
    );
    expect(world.calls()).toHaveLength(1);
    await world.query('query ($id: ID!) { node(id: $id) { id ... on ProviderExtension { record { email } } } }', {
      id: extension.id,
    });
    expect(world.calls()).toHaveLength(1);
  }
});

it('calls nobody for a provider as a node, its capabilities and its health', async () => {
  const { data } = await world.query(
    '{ providers { id name capabilities { operation support note } health { state } rateLimits { window } } }',
  );
  expect(data.providers.length).toBeGreaterThanOrEqual(5);
  const { data: node } = await world.query(
    'query ($id: ID!) { node(id: $id) { ... on Provider { name configured } } }',
    { id: data.providers[0].id },
  );
  expect(node.node).toEqual({ name: 'OCTOBAT', configured: true });
  expect(world.calls()).toEqual([]);
});

it('looks into a fragment once, however often it is spread: forty doublings are refused, and no work', async () => {
  const levels = Array.from(
    { length: 40 },
    (_, level) => `fragment F${level} on Customer { ...F${level + 1} ...F${level + 1} }`,
  );
  const { errors } = await world.query(
    `query ($id: ID!) { customer(id: $id) { ...F0 } } ${levels.join(' ')} fragment F40 on Customer { cycleSoftware { city } }`,
    { id: ada },
  );
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TOO_COMPLEX']);
  expect(world.calls()).toEqual([]);
});

it('bounds what a small document can ask for through lists inside of lists', async () => {
  const nested = `${'records { id customer { '.repeat(9)}id${' } }'.repeat(9)}`;
  const { data, errors } = await world.query(`query ($id: ID!) { customer(id: $id) { ${nested} } }`, { id: ada });
  expect(data === null || errors.length > 0).toBe(true);
  expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['OPERATION_TOO_COMPLEX']));
  const many = Array.from({ length: 500 }, () => ada);
  const aliases = Array.from({ length: 600 }, (_, index) => `a${index}: email`).join(' ');
  const wide = await world.query(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${aliases} } } }`, {
    ids: many,
  });
  expect(wide.errors.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TOO_COMPLEX']);
});
