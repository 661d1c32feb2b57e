import { readFileSync, statSync } from 'node:fs';
import type { Setting } from './contract/provider.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A credential has some hundred bytes, a certificate some thousand: what is larger is another file. */
const MOST_BYTES = 64 * 1024;

/** What a setting is given, and by which variable; or what is wrong with that. */
export type Given =
  | { readonly name: string; readonly text: string | undefined }
  | { readonly name: string; readonly problem: string };

/**
 * What the environment gives a setting: the text of `<name>`, or, where the setting is a secret, of the file that `<name>_FILE`
 * names, less one line break at its end. So Docker and Kubernetes hand out secrets.
 */
export function given(name: string, { secret }: Setting, environment: Environment): Given {
  // An empty variable is one that is not set: compose files and shells leave such behind.
  const text = environment[name] || undefined;
  const file = `${name}_FILE`;
  const path = secret && environment[file];
  if (!path) return { name, text };
  return text === undefined
    ? { name: file, ...read(path) }
    : { name, problem: `and ${file} are both set: take one out` };
}

/** Whether the environment says anything of a setting, right or wrong. */
export const isGiven = (name: string, { secret }: Setting, environment: Environment): boolean =>
  Boolean(environment[name] || (secret && environment[`${name}_FILE`]));

/** What is wrong is told by the system’s code: its words quote the path, which may tell more than a log should hold. */
function read(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    const file = statSync(path);
    if (file.isDirectory()) return { problem: 'names a folder (EISDIR)' };
    // Whoever reads a pipe waits until somebody writes.
    if (!file.isFile()) return { problem: 'names what is no file' };
    if (file.size > MOST_BYTES) return { problem: 'names a file of more than 64 KiB' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)).replace(/\r?\n$/, '');
    return text === '' ? { problem: 'names an empty file' } : { text };
  } catch (cause) {
    if (cause instanceof TypeError) return { problem: 'names a file that is not text in UTF-8' };
    return { problem: `names a file that can’t be read (${(cause as NodeJS.ErrnoException).code})` };
  }
}
