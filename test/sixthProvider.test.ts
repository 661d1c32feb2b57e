import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as Main from '../src/main.ts';
import type * as SandboxModule from '../src/sandbox/sandbox.ts';
import { ask } from './support/world.ts';

/** A sixth provider is one new folder and no other edit: a made-up one is put into a copy of the project. */

const PROJECT = fileURLToPath(new URL('../', import.meta.url));
const FIXTURE = new URL('fixtures/sixth-provider/harbor-crm/', import.meta.url);
const LEFT_OUT = new Set(['node_modules', '.git', 'data', 'docs']);
const run = promisify(execFile);

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'clientele-sixth-'));
  for (const name of readdirSync(PROJECT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  cpSync(FIXTURE, join(copy, 'src/providers/harbor-crm'), { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a program of the copy with this very Node. @returns what it printed */
async function node(...argv: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, argv, { cwd: copy }).catch((failure) => failure);
  return `${stdout}${stderr}`;
}

it('is in the schema and in the README’s tables after npm run generate, by its folder’s name alone', async () => {
  await node('scripts/generate.ts');
  const schema = readFileSync(join(copy, 'schema/schema.graphql'), 'utf8');
  expect(schema).toMatch(/\bHARBOR_CRM\b/);
  expect(schema).toContain('harborCrm: HarborCrmCustomer');
  const readme = readFileSync(join(copy, 'README.md'), 'utf8');
  expect(readme).toContain('[harbor-crm](src/providers/harbor-crm/README.md)');
  expect(readme).toContain('`HARBOR_CRM_TOKEN`');
}, 60_000);

it('is typed by the contract, without a word outside of its folder', async () => {
  expect(await node('node_modules/typescript/bin/tsc', '-p', '.', '--singleThreaded')).toBe('');
}, 60_000);

it('passes the conformance suite because its folder is there', async () => {
  expect(existsSync(join(copy, 'test/conformance/provider.test.ts'))).toBe(true);
  await node(
    ...['node_modules/vitest/vitest.mjs', 'run', '-t', 'harbor-crm', '--reporter=json', '--outputFile=report.json'],
    ...['test/conformance/provider.test.ts', 'src/providers/harbor-crm'],
  );
  const report = JSON.parse(readFileSync(join(copy, 'report.json'), 'utf8')) as Record<string, number>;
  expect(report.numFailedTests).toBe(0);
  expect(report.numPassedTests).toBeGreaterThan(20);
}, 120_000);

it('answers: created together with another provider, it is one customer with its own fields', async () => {
  const { startGateway } = (await import(pathToFileURL(join(copy, 'src/main.ts')).href)) as typeof Main;
  const { startSandbox } = (await import(
    pathToFileURL(join(copy, 'src/sandbox/sandbox.ts')).href
  )) as typeof SandboxModule;
  const sandbox = await startSandbox({ customers: 0 });
  const database = `file:${join(copy, 'data/sixth.db')}`;
  const gateway = await startGateway({
    ...sandbox.env,
    AUTH: 'none',
    PORT: '0',
    LOG_LEVEL: 'silent',
    SYNC_INTERVAL: '0',
    DATABASE_URL: database,
  });
  try {
    const { data, errors } = await ask(
      gateway.url,
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { code field message }
        customer { displayName records { provider } harborCrm { __typename record { email } } octobat { name } } } }`,
      {
        input: {
          providers: ['HARBOR_CRM', 'OCTOBAT'],
          firstName: 'Ada',
          lastName: 'Lovelace',
          email: 'ada@example.com',
          address: { country: 'NL' },
        },
      },
    );
    expect(errors).toEqual([]);
    expect(data?.createCustomer).toEqual({
      errors: [],
      customer: {
        displayName: 'Ada Lovelace',
        records: [{ provider: 'OCTOBAT' }, { provider: 'HARBOR_CRM' }],
        harborCrm: { __typename: 'HarborCrmCustomer', record: { email: 'ada@example.com' } },
        octobat: { name: 'Ada Lovelace' },
      },
    });
  } finally {
    await gateway.stop();
    await sandbox.close();
  }
});
