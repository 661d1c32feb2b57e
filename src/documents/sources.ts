import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { Source } from 'graphql';

/** The GraphQL that stands in a frontend's files, as it is written there. */
export interface Sources {
  /** Named by their file, each where it stands there. */
  readonly sources: readonly Source[];
  /** Files that can't be read: `file:line:column message`. */
  readonly problems: readonly string[];
}

/**
 * What a program puts into a text when it runs stands as this here: GraphQL ignores it (October 2021, "Unicode BOM"), as it
 * should beside definitions, where fragments are put in; inside of one, something would be missing.
 */
export const PUT_IN = '\uFEFF';

export const KINDS = '.graphql .gql .ts .tsx .mts .cts .js .jsx .mjs .cjs';

const DOCUMENTS = ['.graphql', '.gql'];
const READ = KINDS.split(' ');
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The files that are read of those named: folders are looked through, but for `node_modules`, and what begins with a dot. Links are
 * not followed there.
 * @throws Error of the system where a path leads nowhere
 */
export function filesIn(paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
  return [...new Map(files.map((file) => [resolve(file), file])).values()];
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => name !== 'node_modules' && !name.startsWith('.'),
  );
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && READ.includes(extname(path)) ? [path] : [];
    });
}

export async function sourcesIn(files: readonly string[]): Promise<Sources> {
  const sources: Source[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      sources.push(...(await readIn(file)));
    } catch (cause) {
      problems.push(`${file}${placeOf(cause)} ${reasonOf(cause)}`);
    }
  }
  return { sources: sources.filter(({ body }) => body.replaceAll(/#.*/g, '').trim() !== ''), problems };
}

async function readIn(file: string): Promise<readonly Source[]> {
  const extension = extname(file);
  if (!READ.includes(extension)) throw new Error(`is of a kind that is not read: there are ${KINDS}`);
  if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`has more than ${MAX_FILE_BYTES} bytes`);
  const text = readFileSync(file, 'utf8');
  if (DOCUMENTS.includes(extension)) return [new Source(text, file)];
  return /gql|graphql/i.test(text) ? literalsIn(file, text) : [];
}

/** What stands in literals that are tagged gql or graphql, given to a function of such a name, or behind the comment GraphQL. */
async function literalsIn(filePath: string, code: string): Promise<readonly Source[]> {
  // Half a second, which no other command has a use for.
  const { parseCode } = await import('@graphql-tools/graphql-tag-pluck');
  const options = { skipIndent: true, pluckStringFromFile: asItRuns };
  return parseCode({ code, filePath, options }).map(({ content, loc: { start } }) => {
    // Babel counts columns from 0; behind them is the backtick.
    return new Source(content, filePath, { line: start.line, column: start.column + 2 });
  });
}

interface Quasi {
  readonly value: { readonly raw: string; readonly cooked?: string | null | undefined };
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
}

/** A literal's text as the program has it, on as many lines as it stands on. */
function asItRuns(code: string, { quasis }: { readonly quasis: readonly Quasi[] }): string {
  return quasis
    .map(({ value, end }, place) => {
      const next = quasis[place + 1];
      const between = next ? PUT_IN + code.slice(end ?? 0, next.start ?? 0).replaceAll(/[^\n]/g, '') : '';
      return (value.cooked ?? value.raw) + between;
    })
    .join('');
}

/** Babel's ends with the place, counted from 0. */
const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message.replace(/ \(\d+:\d+\)$/, '') : 'can’t be read';

/** Where Babel stopped, as it says. */
function placeOf(cause: unknown): string {
  const { loc } = Object(cause) as { readonly loc?: { readonly line: number; readonly column: number } };
  return loc ? `:${loc.line}:${loc.column + 1}` : ':';
}
