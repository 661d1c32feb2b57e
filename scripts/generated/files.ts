import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadProviders } from '../../src/providers/index.ts';
import { typedDocuments } from './client.ts';
import { EMPTY_README, withTables } from './readme.ts';
import { printedSchema } from './schema.ts';

/** A file that is printed from the code. */
export interface GeneratedFile {
  /** In the repository. */
  readonly path: string;
  /** null: what it was made from is gone, and so should it be. */
  readonly content: string | null;
}

/**
 * The generated files that are not as they should be.
 * @param root the folder that they lie in, with the operations and the README they are made from
 */
export async function outOfDate(root: string): Promise<readonly GeneratedFile[]> {
  const providers = await loadProviders();
  const sdl = printedSchema(providers);
  const documents = await typedDocuments(root, sdl);
  const stale = globSync('schema/client/**/*.ts', { cwd: root }).filter((path) => !documents.has(path));
  const files = new Map<string, string | null>([
    ['schema/schema.graphql', sdl],
    ...documents,
    ...stale.map((path): [string, null] => [path, null]),
    ['README.md', withTables(readIfThere(join(root, 'README.md')) ?? EMPTY_README, providers)],
  ]);
  return [...files]
    .map(([path, content]) => ({ path, content }))
    .filter(({ path, content }) => readIfThere(join(root, path)) !== content);
}

export function write(root: string, { path, content }: GeneratedFile): void {
  const file = join(root, path);
  if (content === null) {
    rmSync(file);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const readIfThere = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);
