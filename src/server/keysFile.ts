import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { parseKeys } from './keys.ts';

/** Somebody else is at the file, or was and did not come to an end. */
export class KeysFileTaken extends Error {}

/** Entries as they stand there, with whatever their owner has noted beside. */
export type RawEntry = Readonly<Record<string, unknown>>;

/**
 * Changes an `API_KEYS_FILE`, which is made where there is none. The new file takes the old one's place as a whole, with its
 * owner and rights: a gateway that reads it meanwhile sees one or the other.
 * @param change given the entries, gives what is to stand there
 * @throws FileFault where it is not as documented, KeysFileTaken, and what the system says
 */
export function changeKeysFile(path: string, change: (entries: readonly RawEntry[]) => readonly RawEntry[]): void {
  const { target, before } = placeOf(path);
  const draft = `${target}.new`;
  const file = openDraft(draft);
  try {
    // Read only now that nobody else can be changing it: what they have added or revoked stays so.
    const entries = before ? entriesIn(target) : [];
    writeSync(file, `${JSON.stringify(change(entries), null, 2)}\n`);
    if (before) {
      chmodSync(draft, before.mode);
      if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.())
        chownSync(draft, before.uid, before.gid);
    }
    fsyncSync(file);
    renameSync(draft, target);
  } catch (thrown) {
    unlinkSync(draft);
    throw thrown;
  } finally {
    closeSync(file);
  }
}

/** @throws FileFault */
export function entriesIn(path: string): readonly RawEntry[] {
  const entries: unknown = JSON.parse(readFileSync(path, 'utf8'));
  parseKeys(entries);
  return entries as RawEntry[];
}

/** A link stays one: what it leads to is changed. */
function placeOf(path: string): { readonly target: string; readonly before: Stats | null } {
  try {
    const target = realpathSync(path);
    return { target, before: statSync(target) };
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'ENOENT') throw thrown;
    return { target: path, before: null };
  }
}

function openDraft(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o600);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'EEXIST') throw thrown;
    throw new KeysFileTaken(`Somebody else is changing the file. If nobody is, delete ${draft}.`);
  }
}
