import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ada } from '../support/customers.ts';
import { runCommand } from '../support/program.ts';
import { afreshEach, startWorld, type World } from '../support/world.ts';

/** `clientele writes`: a person looks after writes of which nobody knows whether they were done. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
afreshEach(() => world);

const writes = (...argv: string[]) => run('writes', ...argv);

async function run(...argv: string[]) {
  const environment = {
    ...world.sandbox.env,
    ...{ AUTH: 'none', DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` },
  };
  const program = runCommand(argv, { environment, folder: world.folder });
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id } outcomes { writeId status record { providerId } error { code message } } errors { code } } }`;

const create = async (input: Record<string, unknown>) => (await world.query(CREATE, { input })).data.createCustomer;

async function told(id: string) {
  const { data, errors } = await world.query(
    'query ($id: ID!) { write(id: $id) { status record { providerId } error { code message } } }',
    { id },
  );
  expect(errors).toEqual([]);
  return data.write;
}

let number = 0;
/** What is created with it is another customer's, and can be repeated. */
function newInput(provider: string) {
  number++;
  return {
    ...{ firstName: 'Ada', lastName: 'Lovelace', email: `ada${number}@example.com`, idempotencyKey: `order ${number}` },
    ...(provider === 'OCTOBAT' && { address: ada.address }),
    ...{ providers: [provider] },
    onboardFlow:
      provider === 'ONBOARD_FLOW'
        ? { customerId: `cus_${number}`, userId: `user_${number}`, hasPaymentMethod: false }
        : undefined,
  };
}

/** Loses the answer to a create. */
async function unknownWrite(provider: 'onboard-flow' | 'octobat') {
  const input = newInput(provider === 'octobat' ? 'OCTOBAT' : 'ONBOARD_FLOW');
  world.provider(provider).fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
  const { outcomes } = await create(input);
  expect(outcomes).toMatchObject([{ status: 'OUTCOME_UNKNOWN', writeId: expect.any(String) }]);
  expect(world.calls()).toHaveLength(1);
  return { input, id: outcomes[0].writeId as string };
}

it('lists none where all is known, unless every write is asked for', async () => {
  const none = { code: 0, stderr: '' };
  expect(await writes('list')).toEqual({ ...none, stdout: 'There is no write whose outcome is unknown.\n' });
  expect(await writes('list', '--all')).toEqual({ ...none, stdout: 'There is no write.\n' });
  const { outcomes } = await create(newInput('OCTOBAT'));
  expect((await writes('list')).stdout).toBe('There is no write whose outcome is unknown.\n');
  const all = await writes('list', '--all');
  expect(all.stdout).toMatch(/ CREATE +octobat +DONE /);
  expect(all.stdout).toContain(outcomes[0].writeId);
});

it('lists, shows and settles as done what a person has looked up: it is told so, and never sent again', async () => {
  const older = await unknownWrite('onboard-flow');
  const { input, id } = await unknownWrite('onboard-flow');
  const listed = await writes('list');
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  const [head = '', first = '', second = '', ...rest] = listed.stdout.split('\n');
  expect(head.split(/ +/)).toEqual(['when', 'caller', 'kind', 'provider', 'state', 'fields', 'id']);
  expect([first.endsWith(`  ${id}`), second.endsWith(`  ${older.id}`), rest]).toEqual([true, true, ['']]);
  expect(first.slice(head.indexOf('kind'))).toMatch(/^CREATE +onboard-flow +UNKNOWN +\S*email\S* /);
  expect(first.indexOf(id)).toBe(head.lastIndexOf('id'));

  const shown = await writes('show', id);
  expect([shown.code, shown.stderr]).toEqual([0, '']);
  const before = {
    ...{ id, kind: 'CREATE', provider: 'onboard-flow', providerId: input.onboardFlow?.customerId },
    ...{ caller: expect.any(String), begunAt: expect.any(String), fields: expect.arrayContaining(['email']) },
  };
  const unknown = { status: 'OUTCOME_UNKNOWN', errorCode: 'OUTCOME_UNKNOWN' };
  expect(JSON.parse(shown.stdout)).toEqual({
    ...before,
    ...{ state: 'UNKNOWN', settledAt: expect.any(String), result: unknown },
  });
  for (const { stdout } of [listed, shown]) expect(stdout).not.toMatch(/Lovelace|@example\.com|user_/);

  const resolved = await writes('resolve', id, '--done');
  expect([resolved.code, resolved.stderr]).toEqual([0, '']);
  const after = { state: 'DONE', result: { status: 'SUCCEEDED', errorCode: null } };
  expect(JSON.parse(resolved.stdout)).toMatchObject({ ...before, ...after });
  expect(await told(id)).toMatchObject({ status: 'SUCCEEDED', error: null });
  const { outcomes, errors } = await create(input);
  expect([outcomes, errors]).toMatchObject([[{ writeId: id, status: 'SUCCEEDED' }], []]);
  expect(world.calls()).toEqual([]);
  expect((await writes('list')).stdout).not.toContain(id);

  const again = await writes('resolve', id, '--failed');
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^This write is DONE/) });
  expect(await told(id)).toMatchObject({ status: 'SUCCEEDED' });
});

it('settles as failed what was not done: it is told so, and never sent again', async () => {
  const { input, id } = await unknownWrite('onboard-flow');
  const { code, stdout } = await writes('resolve', id, '--failed');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ state: 'FAILED', result: { status: 'FAILED', errorCode: 'PROVIDER_REJECTED' } },
  });
  const error = { code: 'PROVIDER_REJECTED', message: 'An operator says that it was not done.' };
  expect(await told(id)).toMatchObject({ status: 'FAILED', error });
  expect((await create(input)).outcomes).toMatchObject([{ writeId: id, status: 'FAILED', error }]);
  expect(world.calls()).toEqual([]);
  const audited = (await run('audit', '--json', '--write', id)).stdout.trimEnd().split('\n');
  const entry = { provider: 'onboard-flow', write: id };
  expect(audited.map((line) => JSON.parse(line))).toMatchObject([
    {
      ...{ ...entry, caller: 'operator', action: 'RESOLVE', request: 'clientele writes' },
      outcome: 'FAILED PROVIDER_REJECTED',
    },
    { ...entry, caller: 'anyone', action: 'CREATE', outcome: 'UNKNOWN' },
  ]);
});

it('wants the id of a record that its provider has named, and tells of that record from then on', async () => {
  const { input, id } = await unknownWrite('octobat');
  const unnamed = await writes('resolve', id, '--done');
  expect(unnamed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/with --provider-id/) });
  const unfit = await writes('resolve', id, '--done', '--provider-id', 'oc_cu_../1');
  expect(unfit).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^This is not an id as Octobat/) });
  expect(await told(id)).toMatchObject({ status: 'OUTCOME_UNKNOWN' });

  expect(await run('sync', 'octobat')).toMatchObject({ code: 0 });
  const { data } = await world.query('{ customers(first: 500) { nodes { id email records { providerId } } } }');
  type Node = { id: string; email: string | null; records: { providerId: string }[] };
  const made = data.customers.nodes.find(({ email }: Node) => email === input.email) as Node;
  const providerId = made.records[0]?.providerId ?? '';
  world.calls();
  const { code, stdout } = await writes('resolve', id, '--done', '--provider-id', providerId);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'DONE', providerId });
  expect(await told(id)).toMatchObject({ status: 'SUCCEEDED', record: { providerId } });
  expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
  const again = await create(input);
  expect(again).toMatchObject({ customer: { id: made.id }, outcomes: [{ writeId: id, status: 'SUCCEEDED' }] });
  expect(world.calls().filter((call) => !call.includes(' GET '))).toEqual([]);
});

it('settles a part of a create as the customer’s that the other parts have made', async () => {
  const input = { ...newInput('ONBOARD_FLOW'), providers: ['OCTOBAT', 'ONBOARD_FLOW'], address: ada.address };
  world.provider('onboard-flow').fault({ kind: 'reset', method: 'POST', afterCommit: true, times: 1 });
  const { customer, outcomes } = await create(input);
  expect(outcomes).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'OUTCOME_UNKNOWN' }]);
  expect((await writes('resolve', outcomes[1].writeId, '--done')).code).toBe(0);
  const { data } = await world.query(
    'query ($id: ID!) { customer(id: $id) { records { provider } links { rule linkedBy } } }',
    { id: customer.id },
  );
  expect(data.customer).toEqual({
    records: [{ provider: 'OCTOBAT' }, { provider: 'ONBOARD_FLOW' }],
    links: [{ rule: 'SAME_CREATE', linkedBy: 'operator' }],
  });
});

it('refuses a record’s id where the record is known', async () => {
  const { id } = await unknownWrite('onboard-flow');
  const named = await writes('resolve', id, '--done', '--provider-id', 'cus_other');
  expect(named).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/leave --provider-id out/) });
  expect(await told(id)).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
});

it.each([
  [[], /Say list, show or resolve/],
  [['forget'], /Say list, show or resolve/],
  [['list', '--done'], /--done/],
  [['list', 'x'], /x/],
  [['show'], /Give its id/],
  [['show', 'x'], /not an id that this gateway made/],
  [['resolve'], /Give its id/],
  [['resolve', 'x'], /exactly one of --done and --failed/],
  [['resolve', 'x', '--done', '--failed'], /exactly one of --done and --failed/],
  [['resolve', 'x', '--failed', '--provider-id', '1'], /leave --provider-id out/],
] as const)('refuses %j, and says how it is done', async (argv, message) => {
  const { code, stdout, stderr } = await writes(...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('clientele writes list');
});

it.each([[['--help']], [['resolve', '--help']], [['list', '-h']]])('tells of itself for %j', async (argv) => {
  const { code, stdout, stderr } = await writes(...argv);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/without the values that were written: those are in\s+clientele export/);
});
