import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runAudit } from '../../src/auditCommand.ts';
import { createIds, type NodeKind } from '../../src/ids/ids.ts';
import { createSealer } from '../../src/ids/seal.ts';
import { sameStore } from '../support/changes.ts';
import { ada } from '../support/customers.ts';
import { runCommand } from '../support/program.ts';
import { startWorld, type World } from '../support/world.ts';

/** `clientele audit`: who did what. And that a command takes an id that begins as an option does. */

const ID_SECRET = 'the secret of a test, which is long enough';
const ids = createIds(createSealer(ID_SECRET));
const customerId = Array.from({ length: 10_000 }, (_, number) => `cus_${number}`).find((each) =>
  idOf('customer', each).startsWith('-'),
);
const CUSTOMER = idOf('customer', customerId ?? '');
const RECORD = idOf('record', customerId ?? '');
let write = '';

function idOf(kind: NodeKind, providerId: string): string {
  return ids.seal({ kind, provider: 'onboard-flow', providerId });
}

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { ID_SECRET } });
  const onboardFlow = { customerId, userId: 'user_ada', hasPaymentMethod: false };
  const input = { ...ada, phone: undefined, address: undefined, providers: ['ONBOARD_FLOW'], onboardFlow };
  const { data } = await world.query(
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } outcomes { writeId } } }',
    { input },
    { 'x-request-id': 'mine' },
  );
  expect(data.createCustomer.customer.id).toBe(CUSTOMER);
  write = data.createCustomer.outcomes[0].writeId;
});
afterAll(() => world.close());

async function run(...argv: string[]) {
  const environment = {
    ...world.sandbox.env,
    ...{ AUTH: 'none', ID_SECRET, DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` },
  };
  const program = runCommand(argv, { environment, folder: world.folder });
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}
/** The same without a process of its own. */
async function audit(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  try {
    const code = await runAudit(argv, async () => ({ store: sameStore(world), ids }));
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
const entriesOf = ({ stdout }: { stdout: string }) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('shows entries as a table, their ids as the API gives them', async () => {
  const { code, stdout, stderr } = await run('audit', '--id', CUSTOMER);
  expect([code, stderr]).toEqual([0, '']);
  const [head = '', row = '', ...rest] = stdout.split('\n');
  expect(rest).toEqual(['']);
  const columns = ['when', 'caller', 'action', 'provider', 'fields', 'outcome', 'request', 'write', 'record'];
  expect(head.split(/ +/)).toEqual(columns);
  const [when = '', ...cells] = row.split(/ {2,}/);
  expect(Math.abs(Date.parse(when) - Date.now())).toBeLessThan(600_000);
  const fields = expect.stringMatching(/^[a-zA-Z.,]*email[a-zA-Z.,]*$/);
  expect(cells).toEqual(['anyone', 'CREATE', 'onboard-flow', fields, 'DONE', 'mine', write, RECORD]);
  expect(stdout).not.toMatch(/Lovelace|@example\.com|user_|cus_/);
});

it('shows that somebody exported what is held, of a customer whose id begins with a dash', async () => {
  const held = await run('export', '--id', CUSTOMER);
  expect([held.code, held.stderr]).toEqual([0, '']);
  expect(JSON.parse(held.stdout).customer.id).toBe(CUSTOMER);
  const asked = await audit('--json', '--id', RECORD);
  expect([asked.code, asked.stderr]).toEqual([0, '']);
  const entry = { caller: 'operator', action: 'EXPORT', provider: null, fields: [], outcome: 'DONE' };
  expect(entriesOf(asked)).toMatchObject([
    { ...entry, when: expect.any(String), request: 'clientele export', write: null, record: RECORD },
    { caller: 'anyone', action: 'CREATE', request: 'mine', write, record: RECORD },
  ]);
});

it('narrows them by time, caller and write, and shows as many as are asked for, however many there are', async () => {
  const store = sameStore(world);
  const record = { provider: 'octobat', providerId: 'oc_cu_1' };
  const entry = { action: 'SELF_SERVICE_LINK', provider: 'octobat', record, outcome: 'DONE' } as const;
  for (let number = 0; number < 1_001; number++)
    await store.audit({ ...entry, caller: 'shop', request: `r${number}`, at: new Date(1_000 * number) });
  await store.close();
  const of = await audit('--write', write, '--json');
  const since = await audit('--caller', 'shop', '--since', '1970-01-01T01:16:39+01:00', '--json');
  const all = await audit('--caller', 'shop', '--most', '1001', '--json');
  const last = await audit('--caller', 'shop');
  expect(entriesOf(of)).toMatchObject([{ caller: 'anyone', action: 'CREATE' }]);
  expect(entriesOf(since).map(({ request }) => request)).toEqual(['r1000', 'r999']);
  expect(entriesOf(all).map(({ request }) => request)).toEqual(
    Array.from({ length: 1_001 }, (_, number) => `r${1_000 - number}`),
  );
  expect(last.stdout.split('\n')).toHaveLength(1 + 100 + 1);
  expect(await audit('--caller', 'nobody')).toEqual({ code: 0, stdout: 'There is no such entry.\n', stderr: '' });
});

it('refuses what it does not understand, and says how it is done', async () => {
  const mistakes: (readonly [RegExp, ...string[]])[] = [
    [/--colour/, '--colour'],
    [/--since a time as RFC 3339/, '--since', 'yesterday'],
    [/--most a number from 1/, '--most', '0'],
    [/--most a number from 1/, '--most', '1000001'],
    [/not an id that this gateway made/, '--id', '--json'],
    [/the id of a write, where/, '--id', write],
    [/the id of a customer, where/, '--write', CUSTOMER],
    [/--caller/, '--caller'],
  ];
  for (const [message, ...argv] of mistakes) {
    const { code, stdout, stderr } = await audit(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('clientele audit [--since');
  }
  const help = await audit('--json', '-h');
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/administrator of the database/);
});
