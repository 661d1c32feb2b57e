import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';

/**
 * The secret that seals ids where no setting gives one: made once and kept in a file that only its owner can read.
 * Several processes may start at once: the file appears whole or not at all, and the first one to make it wins.
 * @throws Error when the file can't be read or made, or holds something else
 */
export function keptSecret(path: string): string {
  if (!existsSync(path)) make(path);
  return read(path);
}

function make(path: string): void {
  // A name that no other start ever takes: in a container every process has the same number.
  const draft = `${path}.${randomUUID()}.new`;
  const file = openSync(draft, 'wx', 0o600);
  writeSync(file, `${randomBytes(32).toString('base64url')}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (thrown) {
    // Another process was first: its secret is the one.
    if (systemCodeOf(thrown) !== 'EEXIST') throw thrown;
  } finally {
    unlinkSync(draft);
  }
}

function read(path: string): string {
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < 32)
    throw new Error(`${path} does not hold an id secret; put it back from a backup, or set ID_SECRET`);
  return secret;
}
