import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAda } from '../support/customers.ts';
import { runCommand } from '../support/program.ts';
import { startWorld, type World } from '../support/world.ts';

/** `clientele export`: what is held on a customer, for whoever has the right to know. */

let world: World;
let ada: string;
beforeAll(async () => {
  world = await startWorld();
  ada = await createAda(world);
  await world.query('{ customers(first: 1) { nodes { id } } }');
});
afterAll(() => world.close());

async function exported(...argv: string[]) {
  const environment = {
    ...world.sandbox.env,
    ...{ AUTH: 'none', DATABASE_URL: `file:${join(world.folder, 'clientele.db')}` },
  };
  const program = runCommand(['export', ...argv], { environment, folder: world.folder });
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

it('writes every copy, what was last sent, why records are one and what happened, and asks no provider', async () => {
  world.calls();
  const { code, stdout, stderr } = await exported('--id', ada);
  expect([code, stderr]).toEqual([0, '']);
  const held = JSON.parse(stdout);
  expect(held.customer).toEqual({ id: ada, formerIds: [] });
  expect(held.records.map(({ provider }: { provider: string }) => provider).sort()).toEqual([
    ...['cycle-software', 'dirty-lemon', 'octobat', 'onboard-flow'],
  ]);
  for (const record of held.records) {
    expect(record).toMatchObject({
      providerId: expect.any(String),
      profile: { email: 'ada@example.com' },
      raw: expect.any(Object),
      changedSeenAt: expect.any(String),
      foundBy: {
        terms: expect.arrayContaining(['email ada@example.com']),
        words: expect.arrayContaining(['lovelace']),
      },
    });
  }
  expect(held.links).toMatchObject([
    { rule: 'SAME_CREATE', records: held.records.map(({ id }: { id: string }) => id) },
  ]);
  expect(held.changes.map(({ kind }: { kind: string }) => kind)).toContain('CREATED');
  const flow = held.records.find(({ provider }: { provider: string }) => provider === 'onboard-flow');
  expect(flow).toMatchObject({
    lastSent: { sent: { customer_email: 'ada@example.com' } },
    lastSentAt: expect.any(String),
  });
  expect(world.calls()).toEqual([]);
  expect(stdout).not.toMatch(/confirmation_token|_url"|site_key/);
});

it('writes no control character that a provider has said, to whatever terminal it is', async () => {
  const change = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json).replaceAll('"Ada', '"Ada\x7f\x80\x9b2J\x9f'));
  world.provider('octobat').fault({ kind: 'mutate', method: 'GET', change });
  const READ = 'query ($id: ID!) { customer(id: $id) { octobat { name } } }';
  const { data } = await world.query(READ, { id: ada });
  expect(JSON.stringify(data)).toContain('\x9b2J');
  const { stdout } = await exported('--id', ada);
  expect(stdout).toContain('Ada\\u007f\\u0080\\u009b2J\\u009f');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(JSON.stringify(JSON.parse(stdout))).toContain('Ada\x7f\x80\x9b2J\x9f');
});

it('writes of what was erased that it was', async () => {
  const { data } = await world.query('{ customerByProviderId(provider: NUTCACHE, providerId: "143222") { id } }');
  const { id } = data.customerByProviderId;
  await world.query('mutation ($id: ID!) { eraseCustomerCopies(input: { id: $id }) { erasedRecords } }', { id });
  const { code, stdout } = await exported('--id', id);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).records).toMatchObject([
    { provider: 'nutcache', profile: null, raw: null, foundBy: null, lastSent: null, erasedAt: expect.any(String) },
  ]);
});

it.each([
  [[], /Give the customer’s id/],
  [['--id', 'x'], /not an id that this gateway made/],
  [['--customer', 'x'], /--customer/],
  [['x'], /x/],
] as const)('refuses %j, and says how it is done', async (argv, message) => {
  const { code, stdout, stderr } = await exported(...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('clientele export --id <customer id>');
});
