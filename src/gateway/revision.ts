import { GatewayError } from '../errors.ts';
import { type Ids, keyText, type RecordKey } from '../ids/ids.ts';
import type { Seals } from '../ids/seal.ts';
import { isGone, problemOf, type Reading } from './record.ts';

/** A record that could not be read. */
export interface Unread {
  readonly key: RecordKey;
  readonly problem: GatewayError;
}

/**
 * What a customer's records say that an update can change, as a hash: equal as long as nobody has changed any of it.
 * @returns it under every secret, the one to give first; or which record could not be read, where that keeps it from being told
 */
export function revisionOf(ids: Ids, readings: readonly (readonly [RecordKey, Reading])[]): Seals | Unread {
  const said: (readonly [string, unknown])[] = [];
  for (const [key, reading] of readings) {
    // A record that is gone can't be changed, nor keep anything else from being.
    if (isGone(reading)) continue;
    const problem = problemOf(reading);
    if (reading instanceof GatewayError || problem) return { key, problem: problem ?? (reading as GatewayError) };
    said.push([keyText(key), reading.connection.update?.writable(reading.wire) ?? null]);
  }
  return ids.fingerprints(['revision', said.sort(([one], [other]) => (one < other ? -1 : 1))]);
}
