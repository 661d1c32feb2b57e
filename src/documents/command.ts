import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import { argumentsOf, Mistake, Refusal, runReadily } from '../command.ts';
import { extract } from './manifest.ts';
import { filesIn, KINDS, sourcesIn } from './sources.ts';

const HELP = `clientele documents extract <file or folder>… [--out <file>]
  Makes the manifest for TRUSTED_DOCUMENTS of the operations that stand in a frontend's files, each with the fragments that it
  uses, wherever those stand. Files are
    ${KINDS}
  and in programs literals that are tagged gql or graphql, given to a function of that name, or behind /* GraphQL */. Folders
  are looked through, but for node_modules and what begins with a dot.
  Each operation is checked against the schema and the limits of this version of the gateway, and names have to be unique.
  Every problem is told at once, as file:line:column message; then nothing is written.
  --out <file>   where the manifest goes, whole or not at all; default: stdout
  --help         this
Exit code: 0, 1 where there is a problem or no operation, 2 for a mistake in the arguments.
`;

/** @returns the exit code */
export const runDocuments = (argv: readonly string[], loadSchema: () => Promise<GraphQLSchema>): Promise<number> =>
  runReadily(HELP, argv, async () => {
    const { files, out } = readArguments(argv);
    const { sources, problems: unread } = await sourcesIn(files);
    const { manifest, problems } = extract(sources, await loadSchema());
    if (unread.length + problems.length > 0) throw new Refusal([...unread, ...problems].join('\n'));
    const count = Object.keys(manifest).length;
    if (count === 0) throw new Refusal(`There is no operation in ${counted(files.length, 'file')}, of ${KINDS}.`);
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    if (out === undefined) process.stdout.write(text);
    else writeWhole(out, text);
    const from = new Set(sources.map(({ name }) => name)).size;
    process.stderr.write(`${counted(count, 'operation')} in ${counted(from, 'file')} with GraphQL.\n`);
  });

function readArguments([verb, ...rest]: readonly string[]) {
  if (verb !== 'extract') throw new Mistake('What of the documents? Say extract.');
  const { values, positionals } = argumentsOf(rest, { out: { type: 'string' } });
  if (positionals.length === 0) throw new Mistake('Of which files? Name those of the frontend, or its folder.');
  if (values.out === '') throw new Mistake('Where to? Give --out a file.');
  try {
    return { files: filesIn(positionals), out: values.out };
  } catch (cause) {
    throw new Mistake(cause instanceof Error ? cause.message : 'These files can’t be found.');
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Whoever reads the file, a gateway that watches it too, never finds half of it. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new Refusal(`The manifest can’t be written: ${cause instanceof Error ? cause.message : 'why is not known'}`);
  }
}
