import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProviders } from '../src/providers/index.ts';
import { readQuirks } from './check/quirks.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const sources = globSync('src/**/*.ts', { cwd: ROOT }).sort();

const EVERY_PROVIDER_HAS = ['README.md', 'index.ts', 'api.ts', 'client.ts', 'mapping.ts', 'schema.ts', 'sandbox.ts'];

describe.each(await loadProviders())('the folder of $id', ({ id, capabilities }) => {
  const folder = `src/providers/${id}`;
  const files = readdirSync(join(ROOT, folder));
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => read(`${folder}/${file}`));
  const quirks = readQuirks(read(`${folder}/README.md`), tests);

  it('has the files that every provider has', () => {
    expect(EVERY_PROVIDER_HAS.filter((file) => !files.includes(file))).toEqual([]);
    const writes = [capabilities.CREATE, capabilities.UPDATE].some(({ support }) => support !== 'UNSUPPORTED');
    expect({ 'writes.ts': files.includes('writes.ts') }).toEqual({ 'writes.ts': writes });
  });

  it('numbers its quirks from 1, without a gap', () => {
    const [letters] = quirks.told[0]?.split('-') ?? [];
    expect(letters).toBeDefined();
    expect(quirks.told).toEqual(quirks.told.map((_, index) => `${letters}-${index + 1}`));
  });

  it('has a test named after each quirk, and none after a quirk that it has not', () => {
    expect(quirks).toMatchObject({ untested: [], untold: [] });
  });
});

describe('a file of src', () => {
  it('has at most 300 lines', () => {
    const long = sources.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > 300)).toEqual([]);
  });

  it('says what is, not what is still to be done', () => {
    expect(sources.filter((path) => /\b(TODO|FIXME)\b/.test(read(path)))).toEqual([]);
  });

  it('is looked at by the compiler, the linter and the search for dead code', () => {
    const biome = JSON.parse(read('biome.json')) as { files: { includes: string[] }; overrides?: unknown };
    const knip = JSON.parse(read('knip.jsonc').replace(/^\s*\/\/.*$/gm, '')) as Record<string, unknown>;
    const compiler = JSON.parse(read('tsconfig.json')) as { include: string[]; exclude?: unknown };
    const left = biome.files.includes.filter((glob) => glob.startsWith('!')).map((glob) => glob.replace(/^!+/, ''));
    const unlinted = sources.filter((path) =>
      left.some((glob) => matchesGlob(path, glob) || matchesGlob(path, `${glob}/**`)),
    );
    expect(unlinted).toEqual([]);
    expect(biome.overrides).toBeUndefined();
    expect(knip.project).toContain('src/**/*.ts');
    // The made-up provider is checked where its test puts it.
    expect([knip.ignore, compiler.exclude]).toEqual([['test/fixtures/**'], ['test/fixtures']]);
    expect(Object.keys(knip).filter((key) => /^ignore(Files|Issues|Workspaces|Members)$/.test(key))).toEqual([]);
    expect(knip.project).not.toContainEqual(expect.stringMatching(/^!/));
    expect(compiler.include).toContain('src');
    expect(existsSync(join(ROOT, '.biomeignore'))).toBe(false);
  });
});
