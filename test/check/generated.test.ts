import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outOfDate, write } from '../../scripts/generated/files.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const SCRIPT = join(REPOSITORY, 'scripts/generate.ts');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clientele-generated-'));
  cpSync(join(REPOSITORY, 'schema'), join(root, 'schema'), { recursive: true });
  cpSync(join(REPOSITORY, 'README.md'), join(root, 'README.md'));
});
afterEach(() => rmSync(root, { recursive: true }));

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));

async function refresh(): Promise<void> {
  for (const file of await outOfDate(root)) write(root, file);
}

it('names what was edited by hand and what to do, writes nothing, and puts it right when asked to', async () => {
  await refresh();
  edit('schema/schema.graphql', (text) => text.replace('  email: ', '  eMail: '));
  edit('README.md', (text) => text.replace('| READ |', '| WRITE |').replace('# ', '# A better '));
  writeFileSync(join(root, 'schema/client/old.ts'), '');
  const check = spawnSync(process.execPath, [SCRIPT, '--check'], { cwd: root, encoding: 'utf8' });
  expect(check.stderr.trim().split('\n')).toEqual([
    'schema/schema.graphql is out of date: run npm run generate',
    'schema/client/old.ts is out of date: run npm run generate',
    'README.md is out of date: run npm run generate',
  ]);
  expect(check.status).toBe(1);
  expect(readFileSync(join(root, 'schema/schema.graphql'), 'utf8')).toContain('  eMail: ');

  await refresh();
  expect(await outOfDate(root)).toEqual([]);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(readme).toContain('# A better ');
  expect(readme).toContain('| READ |');
});

it('makes a typed document of every operation, whatever comments stand above it', async () => {
  writeFileSync(
    join(root, 'schema/operations/99-mine.graphql'),
    '# variables: {"id": "x"}\n# What is mine.\nquery Mine($id: ID!) { customer(id: $id) { id } }\n',
  );
  const changed = await outOfDate(root);
  const documents = changed.find(({ path }) => path === 'schema/client/graphql.ts');
  expect(documents?.content).toContain('export const MineDocument');
});

it('asks for a marker that the README has lost', async () => {
  edit('README.md', (text) => text.replace('<!-- generated: settings -->', ''));
  await expect(outOfDate(root)).rejects.toThrow('README.md has lost the markers <!-- generated: settings -->');
});
