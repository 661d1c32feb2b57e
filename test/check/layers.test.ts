import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Layers, layerRules, readLayers } from '../../scripts/checks/layers.ts';
import { ALLOWED, PLANTS, type Plant } from './plants.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-layers-'));
  folders.push(folder);
  return folder;
}

function put(root: string, path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A tree with the rooms of src, in which every file has the one import that it was planted with. */
function plant(root: string, imports: readonly Omit<Plant, 'rules'>[]): void {
  put(root, 'package.json', '{"type":"module","dependencies":{"declared":"1"},"devDependencies":{"tool":"1"}}');
  for (const name of ['declared', 'tool', 'undeclared']) {
    put(root, `node_modules/${name}/package.json`, `{"name":"${name}","type":"module","main":"./index.js"}`);
    put(root, `node_modules/${name}/index.js`, 'export const value = 1;');
  }
  for (const { from, to, type } of imports) {
    const path = to.includes('/') ? `./${relative(dirname(from), to)}` : to;
    put(root, from, `import ${type ? 'type ' : ''}{ value } from '${path}';\nexport type { value };`);
  }
  for (const { to } of imports) {
    const isThere = !to.endsWith('.ts') || to.endsWith('absent.ts') || existsSync(join(root, to));
    if (!isThere) put(root, to, 'export const value = 1;');
  }
}

describe('the rules of who may import whom', () => {
  let found: Layers;
  beforeAll(async () => {
    const root = makeFolder();
    plant(root, [...PLANTS, ...ALLOWED]);
    found = await readLayers(root);
  });

  it.each(PLANTS)('refuse $from → $to: $rules', ({ rules, from }) => {
    const refusedBy = found.violations.filter((violation) => violation.from === from).map(({ rule }) => rule);
    expect(refusedBy.sort()).toEqual([...rules].sort());
  });

  it.each(ALLOWED)('let $from → $to through', ({ from }) => {
    expect(found.violations.filter((violation) => violation.from === from)).toEqual([]);
  });

  it('each have a plant here, and say why they are there', async () => {
    const { forbidden = [] } = await layerRules();
    const planted = new Set(PLANTS.flatMap(({ rules }) => rules));
    expect(forbidden.map(({ name }) => name).sort()).toEqual([...planted].sort());
    for (const { name, comment, severity } of forbidden) {
      expect({ name, severity, says: (comment ?? '').length > 40 }).toEqual({ name, severity: 'error', says: true });
    }
  });

  it('are kept by the code as it is', async () => {
    const { modules, violations } = await readLayers(REPOSITORY);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(100);
  });

  it('fail where next to nothing was read: it was the parser, then, that saw nothing wrong', () => {
    const root = makeFolder();
    put(root, 'package.json', '{}');
    put(root, 'src/one.ts', 'export const value = 1;');
    put(root, 'examples/one.ts', 'export const value = 1;');
    const script = join(REPOSITORY, 'scripts/checks/layers.ts');
    const { status, stdout } = spawnSync(process.execPath, [script], { cwd: root, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('too few to be true') });
  });
});
