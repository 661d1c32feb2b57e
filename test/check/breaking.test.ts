import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { breakingChanges } from '../../scripts/checks/breaking.ts';

const WHOLE = 'type Query { customer: Customer }\ntype Customer { id: ID! email: String emails: [String] }\n';
const WITHOUT_EMAIL = 'type Query { customer: Customer }\ntype Customer { id: ID! emails: [String] }\n';
const WITH_PHONE =
  'type Query { customer: Customer }\ntype Customer { id: ID! email: String phone: String emails: [String] }\n';

// A test that is run by a git hook would work on the hook's repository.
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) vi.stubEnv(name, undefined);
vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
afterAll(() => void vi.unstubAllEnvs());

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clientele-breaking-'));
  mkdirSync(join(root, 'schema'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(schema: string, changelog = '# Changelog\n'): void {
  writeFileSync(join(root, 'schema/schema.graphql'), schema);
  writeFileSync(join(root, 'CHANGELOG.md'), changelog);
}

function git(...argv: readonly string[]): void {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@a', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@a' };
  const { status, stderr } = spawnSync('git', argv, { cwd: root, encoding: 'utf8', env: { ...process.env, ...who } });
  if (status !== 0) throw new Error(stderr);
}

function commit(schema: string, changelog?: string): void {
  put(schema, changelog);
  git('add', '.');
  git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', 'x');
}

it('refuses a breaking change that is not committed yet, and says which line is missing', async () => {
  git('init', '--quiet');
  commit(WHOLE);
  put(WITHOUT_EMAIL);
  const { ok, lines } = await breakingChanges(root);
  expect({ ok, lines }).toEqual({ ok: false, lines: [expect.stringMatching(/`Customer\.email`$/)] });
  expect(lines[0]).toContain('CHANGELOG.md needs a line, new since HEAD');
});

it.each([
  ['names the field', '# Changelog\n- `Customer.email` is gone: read `emails`.\n', true],
  ['names the field at the end of a sentence', '# Changelog\n- Gone is Customer.email.\n', true],
  ['names another field', '# Changelog\n- `Customer.emails` is gone.\n', false],
  ['names the field of another type', '# Changelog\n- `Old.Customer.email` is gone.\n', false],
  ['names the type alone', '# Changelog\n- `Customer` has changed.\n', false],
])('takes a breaking change where a new line %s', async (_, changelog, ok) => {
  git('init', '--quiet');
  commit(WHOLE);
  put(WITHOUT_EMAIL, changelog);
  expect((await breakingChanges(root)).ok).toBe(ok);
});

it('takes no line that was there before', async () => {
  git('init', '--quiet');
  commit(WHOLE, '# Changelog\n- `Customer.email` is new.\n');
  put(WITHOUT_EMAIL, '# Changelog\n- `Customer.email` is new.\n');
  expect((await breakingChanges(root)).ok).toBe(false);
});

it('holds a clean tree to its last commit', async () => {
  git('init', '--quiet');
  commit(WHOLE);
  commit(WITHOUT_EMAIL);
  const { ok, lines } = await breakingChanges(root);
  expect({ ok, lines }).toEqual({ ok: false, lines: [expect.stringContaining('new since HEAD~1')] });
  commit(WITHOUT_EMAIL, '# Changelog\n- something else\n');
  expect((await breakingChanges(root)).ok).toBe(true);
});

it('holds a dirty tree to HEAD, whatever is uncommitted', async () => {
  git('init', '--quiet');
  commit(WHOLE);
  commit(WITHOUT_EMAIL);
  writeFileSync(join(root, 'note.txt'), 'not committed');
  expect(await breakingChanges(root)).toEqual({ ok: true, lines: ['0 breaking changes since HEAD'] });
});

it('lets additions pass', async () => {
  git('init', '--quiet');
  commit(WHOLE);
  commit(WITH_PHONE);
  expect(await breakingChanges(root)).toEqual({ ok: true, lines: ['0 breaking changes since HEAD~1'] });
});

it('says so where there is nothing to compare with', async () => {
  put(WHOLE);
  const said = async () => {
    const { ok, lines } = await breakingChanges(root);
    return [ok, ...lines];
  };
  const nothing = 'nothing to compare the schema with:';
  // The temporary folder may itself lie in somebody's working tree.
  vi.stubEnv('GIT_CEILING_DIRECTORIES', tmpdir());
  expect(await said()).toEqual([true, `${nothing} this is not a git working tree`]);
  vi.stubEnv('GIT_CEILING_DIRECTORIES', undefined);
  git('init', '--quiet');
  expect(await said()).toEqual([true, `${nothing} there is no HEAD here`]);
  commit(WHOLE);
  expect(await said()).toEqual([true, `${nothing} there is no HEAD~1 here`]);
  git('rm', '--quiet', 'schema/schema.graphql');
  git('commit', '--quiet', '-m', 'x');
  mkdirSync(join(root, 'schema'));
  put(WHOLE);
  expect(await said()).toEqual([true, `${nothing} HEAD has no schema/schema.graphql`]);
});

it('says so in a clone that is too shallow', async () => {
  git('init', '--quiet');
  commit(WHOLE);
  commit(WITHOUT_EMAIL);
  git('clone', '--quiet', '--depth', '1', `file://${root}`, 'clone');
  const { ok, lines } = await breakingChanges(join(root, 'clone'));
  expect({ ok, lines }).toEqual({ ok: true, lines: ['nothing to compare the schema with: there is no HEAD~1 here'] });
});
