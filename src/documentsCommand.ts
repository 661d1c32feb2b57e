import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { Mistake, Refusal, runReadily } from './command.ts';
import type { Extraction, SourceText } from './documents/extract.ts';

const HELP = `clientele documents extract <file or folder>… [--out <file>]
  Gathers the operations of a frontend into a manifest for TRUSTED_DOCUMENTS: each with the fragments that it uses, checked
  against the schema of this gateway. Read are .graphql and .gql files, and what is tagged gql or graphql, or has the comment
  GraphQL before it, in JavaScript and TypeScript; folders whose name begins with a dot, and node_modules, are left out.
  --out <file>  writes it there, whole; else it goes to stdout
  --help        this
A caller sends an operation as its text, in whatever layout, or the id of it in the manifest as documentId.
`;

const DOCUMENTS = ['.graphql', '.gql'];
const CODE = ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts'];

/** @param schema of this gateway @returns the exit code: 0, 1 where something is wrong with the files, 2 for a mistake in the arguments */
export function runDocuments(argv: readonly string[], schema: () => Promise<GraphQLSchema>): Promise<number> {
  return runReadily(HELP, argv, async () => {
    const { paths, out } = readArguments(argv);
    const files = paths.flatMap(filesIn);
    const { extract } = await import('./documents/extract.ts');
    const extraction = await extract(files.map(textOf), await schema());
    if (extraction.problems.length > 0) throw new Refusal(extraction.problems.join('\n'));
    if (extraction.operations === 0)
      throw new Refusal(
        `There is no operation in ${files.length} files: looked for in ${[...DOCUMENTS, ...CODE].join(' ')}.`,
      );
    write(extraction, out);
    process.stderr.write(`${extraction.operations} operations in ${files.length} files.\n`);
  });
}

function readArguments([verb, ...rest]: readonly string[]) {
  if (verb !== 'extract') throw new Mistake('What of the documents? Say extract.');
  const place = rest.indexOf('--out');
  const out = place < 0 ? null : rest[place + 1];
  if (out === undefined) throw new Mistake('Where to? Give --out a file.');
  const paths = place < 0 ? rest : rest.toSpliced(place, 2);
  const unknown = paths.find((each) => each.startsWith('-'));
  if (unknown !== undefined) throw new Mistake(`There is no option ${unknown}.`);
  if (paths.length === 0) throw new Mistake('Which files? Name them, or folders of them.');
  return { paths, out };
}

/** @throws Refusal where there is none */
function filesIn(path: string): string[] {
  if (!asked(path, () => statSync(path)).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return filesIn(inner);
      return entry.isFile() && [...DOCUMENTS, ...CODE].includes(extname(inner)) ? [inner] : [];
    });
}

const textOf = (path: string): SourceText => ({
  ...{ path, text: asked(path, () => readFileSync(path, 'utf8')) },
  isCode: !DOCUMENTS.includes(extname(path)),
});

function asked<Answer>(path: string, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (thrown) {
    throw new Refusal(
      `${path} can’t be read (${thrown instanceof Error && 'code' in thrown ? thrown.code : 'unknown'}).`,
    );
  }
}

/** A gateway that rereads the file sees the old manifest or the new one. */
function write({ manifest }: Extraction, out: string | null): void {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  if (out === null) return void process.stdout.write(text);
  asked(out, () => {
    writeFileSync(`${out}.new`, text);
    renameSync(`${out}.new`, out);
  });
}
